using Juming.Site.Detection;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;
using static Juming.Site.Tests.Incidents.IncidentsBench;

namespace Juming.Site.Tests.Incidents;

/// <summary>The pages of alerts can lead to the incident of an alert.</summary>
[Category("S2.6")]
internal sealed class AlertWhereaboutsTests
{
    [Test]
    public async Task An_alert_leads_to_its_incident_and_one_that_waits_or_is_unknown_leads_nowhere()
    {
        await using var bench = await IncidentsBench.Start();
        var at = Network();
        AlertView high = Alert(0, Severity.High, at(1), at(2)), info = Alert(0, Severity.Info, at(7), at(8));
        await bench.Raise(high, info);
        var incident = (await bench.About(at(1))).Single();
        await using var scope = bench.Site.Services.CreateAsyncScope();
        var places = await scope.ServiceProvider.GetRequiredService<IAlertWhereabouts>().Find([high.Id, info.Id, Guid.NewGuid()], CancellationToken.None);
        Assert.That(places.Keys, Is.EqualTo(new[] { high.Id }));
        Assert.That(places[high.Id], Is.EqualTo(new AlertPlace(incident.Number, "/incidents/" + incident.Number)));
    }
}
