namespace Juming.Site.Response.Runs;

/// <summary>A run in the list.</summary>
internal sealed record RunBrief
{
    public required Guid Id { get; init; }

    /// <summary>"RUN-2026-0012".</summary>
    public required string Number { get; init; }
    public required Guid Playbook { get; init; }
    public required string PlaybookName { get; init; }
    public required int Version { get; init; }
    public required RunState State { get; init; }
    public required string Cause { get; init; }
    public required string Incident { get; init; }
    public required string StartedBy { get; init; }
    public required bool Automatic { get; init; }

    /// <summary>Code of why it failed; empty when it did not.</summary>
    public required string Failure { get; init; }
    public required string StoppedBy { get; init; }
    public required DateTimeOffset StartedAt { get; init; }
    public DateTimeOffset? EndedAt { get; init; }
}

/// <summary>One run with its steps.</summary>
internal sealed record RunView
{
    public required RunBrief Brief { get; init; }

    /// <summary>Values of its variables; attacker-controlled.</summary>
    public required IReadOnlyDictionary<string, string> Variables { get; init; }
    public required IReadOnlyList<StepView> Steps { get; init; }

    /// <summary>Some of its steps can be taken back.</summary>
    public required bool CanRollBack { get; init; }
}

/// <summary>A step of a run.</summary>
internal sealed record StepView
{
    public required Guid Id { get; init; }

    /// <summary>Identity in the playbook.</summary>
    public required string StepId { get; init; }
    public required int Number { get; init; }

    /// <summary>How deep in branches.</summary>
    public required int Depth { get; init; }
    public required string Name { get; init; }
    public required string Action { get; init; }
    public required StepState State { get; init; }
    public required int Attempt { get; init; }
    public required string Code { get; init; }
    public required IReadOnlyDictionary<string, string> Input { get; init; }
    public required IReadOnlyDictionary<string, string> Output { get; init; }
    public required IReadOnlyDictionary<string, string> Evidence { get; init; }
    public required string Reference { get; init; }
    public required DateTimeOffset StartedAt { get; init; }
    public DateTimeOffset? EndedAt { get; init; }
    public DateTimeOffset? DueAt { get; init; }
}
