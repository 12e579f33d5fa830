using System.Text.Json.Serialization;
using Juming.Platform.Events;

namespace Juming.Site.Approvals;

/// <summary>Asks people before something is done that they must answer for.</summary>
public interface IApprovalDesk
{
    /// <summary>Asks. The same <see cref="ApprovalRequest.Key"/> again returns the approval that is there.</summary>
    Task<Guid> Ask(ApprovalRequest request, CancellationToken ct);

    /// <summary>Takes a question back that nobody needs answered any more.</summary>
    Task Withdraw(Guid approval, string reason, CancellationToken ct);

    /// <summary>How it stands, or null when there is none.</summary>
    Task<ApprovalStanding?> Look(Guid approval, CancellationToken ct);
}

/// <summary>What a person is asked.</summary>
public sealed record ApprovalRequest
{
    /// <summary>Identity of the effect that waits: the same effect is asked about once.</summary>
    public required string Key { get; init; }

    /// <summary>Stable code of what is to be done, "block-ip": resources hold its texts.</summary>
    public required string Code { get; init; }

    /// <summary>What exactly, as named values: target, devices, minutes. Shown as they are, and part of what is approved.</summary>
    public required IReadOnlyDictionary<string, string> Effect { get; init; }

    /// <summary>Why: at most five lines of evidence.</summary>
    public IReadOnlyList<string> Evidence { get; init; } = [];

    /// <summary>Stable code of how it is undone, or null when it can't be.</summary>
    public string? Inverse { get; init; }

    /// <summary>Incident that it belongs to.</summary>
    public Guid? Incident { get; init; }

    /// <summary>Run of a playbook that waits for it.</summary>
    public Guid? Run { get; init; }

    /// <summary>Identity of who wants it; never one of those who approve. Null for the program.</summary>
    public string? RequestedBy { get; init; }

    /// <summary>How many different people must agree, 1 or 2.</summary>
    public int Keys { get; init; } = 1;

    /// <summary>True asks for a second factor with the answer.</summary>
    public bool HighRisk { get; init; }

    /// <summary>Unanswered by then it is refused; silence never agrees.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }
}

/// <summary>How far an approval is.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ApprovalState>))]
public enum ApprovalState
{
    /// <summary>Waits for people.</summary>
    Asked,

    /// <summary>Enough people agreed.</summary>
    Approved,

    /// <summary>Somebody refused.</summary>
    Rejected,

    /// <summary>Nobody answered in time.</summary>
    Expired,

    /// <summary>No longer needed.</summary>
    Withdrawn,
}

/// <summary>How an approval stands.</summary>
/// <param name="State">How far.</param>
/// <param name="By">Who decided, by name; empty while asked.</param>
/// <param name="Reason">Why, when refused or withdrawn.</param>
/// <param name="At">When it was decided.</param>
public sealed record ApprovalStanding(ApprovalState State, string By, string Reason, DateTimeOffset? At);

/// <summary>An approval came to its end.</summary>
/// <param name="Approval">Identity.</param>
/// <param name="Key">Identity of the effect that waited.</param>
/// <param name="State">How it ended.</param>
/// <param name="By">Who decided, by name; empty when time did.</param>
/// <param name="At">When.</param>
[EventName("approvals.decided", 1)]
public sealed record ApprovalDecided(Guid Approval, string Key, ApprovalState State, string By, DateTimeOffset At) : IModuleEvent;
