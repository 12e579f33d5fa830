using Juming.Platform.Handlers;
using Juming.Site.Events;
using Juming.Site.Incidents.List;

namespace Juming.Site.Incidents.Evidence;

/// <summary>Lets the log search put events to incidents. Goes through the same commands as the incident page.</summary>
internal sealed class EvidenceDesk(Sender sender) : IEvidenceDesk
{
    private const int Most = 100;

    public string Permission => IncidentsWrite.Code;

    public async Task<Result<IReadOnlyList<OpenCase>>> OpenCases(CancellationToken ct)
    {
        var found = await sender.Send(new ListIncidents { Take = Most }, ct);
        return found.Error is { } error ? error : Result<IReadOnlyList<OpenCase>>.Of([.. found.Value.Items.Select(i => new OpenCase(i.Id, i.Number, IncidentsTexts.Title(i.Title)))]);
    }

    public async Task<Result<Guid>> Keep(Guid incident, Guid eventId, string note, CancellationToken ct)
    {
        var pinned = await sender.Send(new PinEvent(incident.ToString(), eventId, note), ct);
        return pinned.Error is { } error ? error : pinned.Value.Evidence;
    }
}
