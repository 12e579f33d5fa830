using Juming.Platform.Events;
using Juming.Site.Detection;

namespace Juming.Site.Incidents;

/// <summary>Alerts opened an incident, or a person split one off.</summary>
/// <param name="Incident">Identity.</param>
/// <param name="Number">"INC-2026-0012".</param>
/// <param name="Severity">Severity at that time.</param>
/// <param name="Priority">Priority at that time.</param>
/// <param name="At">When it was detected.</param>
[EventName("incidents.opened", 1)]
public sealed record IncidentOpened(Guid Incident, string Number, Severity Severity, IncidentPriority Priority, DateTimeOffset At) : IModuleEvent;

/// <summary>New alerts or an asset's importance made an open incident more urgent.</summary>
[EventName("incidents.escalated", 1)]
public sealed record IncidentEscalated(Guid Incident, IncidentPriority From, IncidentPriority To, DateTimeOffset At) : IModuleEvent;

/// <summary>A person moved an incident to another state.</summary>
[EventName("incidents.state-changed", 1)]
public sealed record IncidentStateChanged(Guid Incident, IncidentState From, IncidentState To, Verdict? Verdict, DateTimeOffset At) : IModuleEvent;

/// <summary>Alerts were moved between incidents: a merge, a split, or the undoing of one.</summary>
/// <param name="From">Where the alerts were.</param>
/// <param name="To">Where they are.</param>
/// <param name="Alerts">How many.</param>
/// <param name="At">When.</param>
[EventName("incidents.alerts-moved", 1)]
public sealed record IncidentAlertsMoved(Guid From, Guid To, int Alerts, DateTimeOffset At) : IModuleEvent;
