using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Site.Detection;
using Juming.Site.Incidents;
using Juming.Site.Overview.Security;
using Juming.Site.Overview.Show;
using Juming.Site.Overview.Workbench;
using Juming.Site.Tests.Incidents;
using NUnit.Framework;

namespace Juming.Site.Tests.Overview;

/// <summary>The workbench is read in parts, and tells what changed while somebody was away.</summary>
[Category("S1.3")]
internal sealed class WorkbenchTests
{
    [Test]
    public async Task Figures_come_in_parts_and_the_incidents_only_to_those_who_may_see_them()
    {
        await using var bench = await IncidentsBench.Start();
        var incident = await bench.One();
        var figures = (await bench.Site.Send(new GetIncidentFigures())).Value;
        Assert.That(figures.Changed.Items.Select(i => i.Number), Does.Contain(incident.Brief.Number));
        Assert.That((figures.Unassigned, figures.Open[Severity.High]), Is.EqualTo((1, 1)));
        Assert.That((await bench.Site.Send(new GetAlertFigures())).Error, Is.Null);
        Assert.That((await bench.Site.Send(new GetLogFigures())).Value.Hours, Has.Count.EqualTo(48));
        Assert.That((await bench.Site.Send(new GetSecurityIncidents(90))).Value.Open[Severity.High], Is.EqualTo(1));
        Assert.That((await bench.Site.Send(new GetSecurityLogs(1))).Value.Steps, Has.Count.EqualTo(48));
        Assert.That((await bench.Site.Send(new GetSecurityAlerts(91))).Error!.Kind, Is.EqualTo(ErrorKind.Invalid));
        var auditor = new Actor(ActorKind.Person, "x", "x", System.Collections.Frozen.FrozenSet.ToFrozenSet(["overview.read"]), [Scope.All]);
        Assert.That((await bench.Site.Send(new GetIncidentFigures(), auditor)).Error!.Kind, Is.EqualTo(ErrorKind.Forbidden));
    }

    [Test]
    public async Task A_part_that_fails_says_so_under_an_id_that_the_log_knows_and_keeps_what_it_showed()
    {
        var (part, log) = (new Part<string>(), new Lines());
        await part.Load(() => Task.FromResult<Result<string>>("read"), log);
        await part.Load(() => throw new IOException("no room on /var/lib/secret-place"), log);
        var (logged, broken) = log.All.Single();
        Assert.That(part.View, Is.EqualTo("read"));
        Assert.That(part.Problem, Does.Not.Contain("secret-place"));
        Assert.That(broken, Is.InstanceOf<IOException>());
        var id = System.Text.RegularExpressions.Regex.Match(logged, "error id ([0-9a-f]{8})").Groups[1].Value;
        Assert.That(part.Problem, Does.Contain(id).And.Not.EqualTo("PartBroken"));
        Assert.That(id, Has.Length.EqualTo(8));
        await part.Load(() => Task.FromResult<Result<string>>("read again"), log);
        Assert.That((part.View, part.Problem), Is.EqualTo(("read again", (string?)null)));
    }

    [Test]
    public void A_visit_ends_with_half_an_hour_away_and_each_person_has_their_own()
    {
        var visits = new LastVisits();
        var noon = IncidentsBench.Noon;
        Assert.That(visits.Before("a", noon), Is.EqualTo(noon.AddDays(-1)));
        Assert.That(visits.Before("a", noon.AddMinutes(10)), Is.EqualTo(noon.AddDays(-1)), "still the same visit");
        Assert.That(visits.Before("a", noon.AddHours(3)), Is.EqualTo(noon.AddMinutes(10)));
        Assert.That(visits.Before("b", noon.AddHours(3)), Is.EqualTo(noon.AddHours(-21)));
    }

    private sealed class Lines : Microsoft.Extensions.Logging.ILogger
    {
        public List<(string Text, Exception? Broken)> All { get; } = [];

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(Microsoft.Extensions.Logging.LogLevel logLevel) => true;

        public void Log<TState>(Microsoft.Extensions.Logging.LogLevel logLevel, Microsoft.Extensions.Logging.EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => All.Add((formatter(state, exception), exception));
    }
}
