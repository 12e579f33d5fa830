using System.Text.Json.Serialization;
using Juming.Site.Response.Cacao;

namespace Juming.Site.Response.Playbooks;

/// <summary>A playbook in the list.</summary>
internal sealed record PlaybookBrief
{
    public required Guid Id { get; init; }
    public required string CacaoId { get; init; }
    public required string Name { get; init; }

    /// <summary>Number of the version in force, 0 for none.</summary>
    public required int Published { get; init; }
    public required bool On { get; init; }

    /// <summary>Name of the ready playbook that it came from; empty for one's own.</summary>
    public required string Ready { get; init; }
    public required DateTimeOffset DraftAt { get; init; }
    public required string DraftBy { get; init; }

    /// <summary>Runs of the last 30 days.</summary>
    public required int Runs { get; init; }

    /// <summary>Those of them that failed or wait for a person.</summary>
    public required int Trouble { get; init; }
    public DateTimeOffset? LastRunAt { get; init; }
    public RunState? LastState { get; init; }
}

/// <summary>One playbook: draft, version in force, problems, versions.</summary>
internal sealed record PlaybookView
{
    public required Guid Id { get; init; }
    public required string CacaoId { get; init; }
    public required string Name { get; init; }

    /// <summary>The draft, as JSON.</summary>
    public required string Draft { get; init; }

    /// <summary>Counts changes of the draft.</summary>
    public required long Revision { get; init; }
    public required string DraftBy { get; init; }
    public required DateTimeOffset DraftAt { get; init; }
    public required int Published { get; init; }
    public required bool On { get; init; }
    public required string OnBy { get; init; }
    public DateTimeOffset? OnAt { get; init; }

    /// <summary>Version whose dry run or replay was looked at last.</summary>
    public required int LookedAt { get; init; }
    public required string LookedBy { get; init; }

    /// <summary>Runs by itself that still ask.</summary>
    public required int RunsThatAsk { get; init; }
    public required IReadOnlyList<ProblemView> Problems { get; init; }
    public required IReadOnlyList<VersionBrief> Versions { get; init; }

    /// <summary>How the draft differs from the version in force.</summary>
    public required IReadOnlyList<PlaybookChange> Changes { get; init; }
}

/// <summary>A problem in the reader's language.</summary>
internal sealed record ProblemView(string Pointer, string Code, ProblemRank Rank, string Reason)
{
    public static ProblemView Of(PlaybookProblem problem) => new(problem.Pointer, problem.Code, problem.Rank, ResponseTexts.Problem(problem));

    [JsonIgnore]
    public bool Blocks => Rank > ProblemRank.Warning;
}

/// <summary>A published version.</summary>
internal sealed record VersionBrief(int Number, string Note, string By, DateTimeOffset At);

/// <summary>The draft after a change.</summary>
internal sealed record DraftState(Guid Id, long Revision, IReadOnlyList<ProblemView> Problems);
