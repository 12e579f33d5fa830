using Juming.Platform.Handlers;
using Juming.Site.Approvals.List;

namespace Juming.Site.Approvals.Phone;

/// <summary>What the page on the phone shows.</summary>
public sealed record PhoneView
{
    /// <summary>What the link is for; null when it does not open.</summary>
    internal ApprovalDetail? Approval { get; init; }

    /// <summary>Why the last answer was refused, or the link does not open.</summary>
    internal Error? Problem { get; init; }

    /// <summary>What was typed before.</summary>
    internal string? Reason { get; init; }

    /// <summary>Name of the antiforgery field.</summary>
    internal string FormField { get; init; } = "";

    /// <summary>Antiforgery token.</summary>
    internal string FormToken { get; init; } = "";
}
