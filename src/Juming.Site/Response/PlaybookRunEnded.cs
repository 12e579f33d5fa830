using Juming.Platform.Events;

namespace Juming.Site.Response;

/// <summary>A run of a playbook came to its end, or was taken back.</summary>
/// <param name="Run">Identity.</param>
/// <param name="Number">"RUN-2026-0012".</param>
/// <param name="Playbook">Identity of the playbook.</param>
/// <param name="Incident">Incident that it was about.</param>
/// <param name="State">"Succeeded", "Failed", "Stopped" or "RolledBack".</param>
/// <param name="Failure">Code of why it failed; empty when it did not.</param>
/// <param name="At">When.</param>
[EventName("response.run-ended", 1)]
public sealed record PlaybookRunEnded(Guid Run, string Number, Guid Playbook, Guid? Incident, string State, string Failure, DateTimeOffset At) : IModuleEvent;
