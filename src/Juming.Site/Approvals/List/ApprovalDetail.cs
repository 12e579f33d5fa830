using Juming.Site.Approvals.Data;

namespace Juming.Site.Approvals.List;

/// <summary>An approval as lists show it.</summary>
internal record ApprovalBrief
{
    /// <summary>Identity.</summary>
    public required Guid Id { get; init; }

    /// <summary>What is to be done: "block-ip".</summary>
    public required string Code { get; init; }

    /// <summary>What exactly.</summary>
    public required IReadOnlyDictionary<string, string> Effect { get; init; }

    /// <summary>How far it is.</summary>
    public required ApprovalState State { get; init; }

    /// <summary>A second factor is asked with the answer.</summary>
    public required bool HighRisk { get; init; }

    /// <summary>How many people must agree.</summary>
    public required int Keys { get; init; }

    /// <summary>How many have agreed.</summary>
    public required int Agreed { get; init; }

    /// <summary>Who wants it; null for the program.</summary>
    public string? RequestedBy { get; init; }

    /// <summary>Incident that it belongs to.</summary>
    public Guid? Incident { get; init; }

    /// <summary>Run that waits for it.</summary>
    public Guid? Run { get; init; }

    /// <summary>When it was asked.</summary>
    public required DateTimeOffset AskedAt { get; init; }

    /// <summary>Until when it can be answered.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? DecidedAt { get; init; }

    /// <summary>Who decided.</summary>
    public required string DecidedBy { get; init; }

    /// <summary>Why.</summary>
    public required string Reason { get; init; }
}

/// <summary>An approval with why it is asked and who answered.</summary>
internal sealed record ApprovalDetail : ApprovalBrief
{
    /// <summary>Evidence; attacker-controlled text.</summary>
    public required IReadOnlyList<string> Evidence { get; init; }

    /// <summary>How it is undone; null when it can't be.</summary>
    public string? Inverse { get; init; }

    /// <summary>Answers so far.</summary>
    public required IReadOnlyList<ApprovalAnswer> Answers { get; init; }

    /// <summary>Only an answer is wanted; what follows from it is the playbook's, and has its own inverse.</summary>
    public bool IsQuestion => Effect.ContainsKey("question");

    /// <summary>The reader has answered.</summary>
    public required bool AnsweredByMe { get; init; }

    /// <summary>The reader asked for it; somebody else must answer.</summary>
    public required bool AskedByMe { get; init; }

    public static ApprovalDetail Of(ApprovalRow row, IReadOnlyList<AnswerRow> answers, Guid? reader) => new()
    {
        Id = row.Id,
        Code = row.Code,
        Effect = row.EffectValues,
        State = row.State,
        HighRisk = row.HighRisk,
        Keys = row.Keys,
        Agreed = answers.Count(a => a.Agreed),
        RequestedBy = row.RequestedName,
        Incident = row.IncidentId,
        Run = row.RunId,
        AskedAt = row.AskedAt,
        ExpiresAt = row.ExpiresAt,
        DecidedAt = row.DecidedAt,
        DecidedBy = row.DecidedBy,
        Reason = row.Reason,
        Evidence = row.EvidenceLines,
        Inverse = row.Inverse,
        Answers = [.. answers.Select(a => new ApprovalAnswer(a.PersonName, a.Agreed, a.Reason, a.Way, a.At))],
        AnsweredByMe = answers.Any(a => a.PersonId == reader),
        AskedByMe = reader is { } me && row.RequestedBy == me.ToString(),
    };
}

/// <summary>One person's answer.</summary>
/// <param name="By">Name.</param>
/// <param name="Agreed">Yes or no.</param>
/// <param name="Reason">Why.</param>
/// <param name="Way">"console", "phone" or "wecom".</param>
/// <param name="At">When.</param>
internal sealed record ApprovalAnswer(string By, bool Agreed, string Reason, string Way, DateTimeOffset At);
