using Juming.Platform.Events;

namespace Juming.Site.Approvals;

/// <summary>People are asked.</summary>
/// <param name="Approval">Identity.</param>
/// <param name="Code">What is to be done: "block-ip".</param>
/// <param name="Incident">Incident that it belongs to.</param>
/// <param name="HighRisk">A second factor is asked with the answer.</param>
/// <param name="ExpiresAt">Unanswered by then it is refused.</param>
[EventName("approvals.asked", 1)]
public sealed record ApprovalAsked(Guid Approval, string Code, Guid? Incident, bool HighRisk, DateTimeOffset ExpiresAt) : IModuleEvent;
