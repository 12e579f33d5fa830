using System.Text.Json;

namespace Juming.Site.Approvals.Data;

/// <summary>A question and how it ended.</summary>
internal sealed class ApprovalRow
{
    public Guid Id { get; set; } = Guid.CreateVersion7();

    /// <summary>Identity of the effect that waits; unique.</summary>
    public string Key { get; set; } = "";
    public string Code { get; set; } = "";

    /// <summary>JSON of names and values, in their order.</summary>
    public string Effect { get; set; } = "{}";

    /// <summary>JSON list of lines.</summary>
    public string Evidence { get; set; } = "[]";
    public string? Inverse { get; set; }
    public Guid? IncidentId { get; set; }
    public Guid? RunId { get; set; }
    public string? RequestedBy { get; set; }

    /// <summary>Who wants it, as people know them.</summary>
    public string? RequestedName { get; set; }
    public int Keys { get; set; } = 1;
    public bool HighRisk { get; set; }
    public ApprovalState State { get; set; }
    public DateTimeOffset AskedAt { get; set; }
    public DateTimeOffset ExpiresAt { get; set; }
    public DateTimeOffset? DecidedAt { get; set; }
    public string DecidedBy { get; set; } = "";
    public string Reason { get; set; } = "";

    /// <summary>Counts answers and decisions: of two at the same time one is told to look again.</summary>
    public long Version { get; set; } = 1;

    public IReadOnlyDictionary<string, string> EffectValues => JsonSerializer.Deserialize<Dictionary<string, string>>(Effect) ?? [];

    public IReadOnlyList<string> EvidenceLines => JsonSerializer.Deserialize<List<string>>(Evidence) ?? [];

    public ApprovalStanding Standing => new(State, DecidedBy, Reason, DecidedAt);

    /// <summary>Ends it.</summary>
    public void Decide(ApprovalState state, string by, string reason, DateTimeOffset at)
    {
        (State, DecidedBy, Reason, DecidedAt) = (state, by, reason, at);
        Version++;
    }
}

/// <summary>One person's answer.</summary>
internal sealed class AnswerRow
{
    public Guid ApprovalId { get; set; }
    public Guid PersonId { get; set; }
    public string PersonName { get; set; } = "";
    public bool Agreed { get; set; }
    public string Reason { get; set; } = "";

    /// <summary>"console", "phone" or "wecom".</summary>
    public string Way { get; set; } = "";
    public DateTimeOffset At { get; set; }
}

/// <summary>A one-time link of one person to one approval; only its hash is kept.</summary>
internal sealed class LinkRow
{
    public string Hash { get; set; } = "";
    public Guid ApprovalId { get; set; }
    public Guid PersonId { get; set; }
    public DateTimeOffset ExpiresAt { get; set; }
    public DateTimeOffset? UsedAt { get; set; }
}
