using Juming.Platform.Access;
using Juming.Site.Incidents.List;
using Juming.Site.Incidents.Views;
using NUnit.Framework;

namespace Juming.Site.Tests.Incidents;

/// <summary>People keep lists under names, and choose columns; each has their own.</summary>
[Category("S2.6")]
internal sealed class ViewTests
{
    private IncidentsBench _bench = null!;

    [OneTimeSetUp]
    public async Task Start() => _bench = await IncidentsBench.Start();

    [OneTimeTearDown]
    public Task Stop() => _bench.DisposeAsync().AsTask();

    [Test]
    public async Task A_view_is_kept_overwritten_renamed_and_forgotten_by_its_owner_alone()
    {
        var (anna, bert) = (Someone("anna"), Someone("bert"));
        var view = (await _bench.Site.Send(new SaveView(" Night shift ", "?view=unassigned&severity=High&sort=last&skip=50&open=1"), anna)).Value;
        Assert.That((view.Name, view.Query), Is.EqualTo(("Night shift", "?view=unassigned&severity=High&sort=last")), "a page and a pane are no part of a list");
        var again = (await _bench.Site.Send(new SaveView("Night shift", "?view=mine"), anna)).Value;
        Assert.That((again.Id, again.Query), Is.EqualTo((view.Id, "?view=mine")));
        var other = (await _bench.Site.Send(new SaveView("Day shift", ""), anna)).Value;
        Assert.That((await _bench.Site.Send(new ListViews(), anna)).Value.Select(v => v.Name), Is.EqualTo(new[] { "Day shift", "Night shift" }));
        Assert.That((await _bench.Site.Send(new ListViews(), bert)).Value, Is.Empty);

        Assert.That((await _bench.Site.Send(new RenameView(other.Id, "Night shift"), anna)).Error?.Code, Is.EqualTo("incidents.view-name-taken"));
        Assert.That((await _bench.Site.Send(new RenameView(view.Id, "mine now"), bert)).Error?.Code, Is.EqualTo("incidents.no-such-view"));
        Assert.That((await _bench.Site.Send(new ForgetView(view.Id), bert)).Error?.Code, Is.EqualTo("incidents.no-such-view"));
        Assert.That((await _bench.Site.Send(new RenameView(view.Id, "Late shift"), anna)).Succeeded, Is.True);
        Assert.That((await _bench.Site.Send(new ForgetView(other.Id), anna)).Succeeded, Is.True);
        Assert.That((await _bench.Site.Send(new ListViews(), anna)).Value.Select(v => v.Name), Is.EqualTo(new[] { "Late shift" }));
    }

    [TestCase("javascript:alert(1)")]
    [TestCase("//evil.example/?view=mine")]
    [TestCase("?text=%22%3E%3Cscript%3E&evil=1")]
    [TestCase("?view=mine#x")]
    public async Task A_view_leads_to_the_list_and_nowhere_else(string query)
    {
        var view = (await _bench.Site.Send(new SaveView("odd", query), Someone("carl"))).Value;
        Assert.That(view.Query, Is.Empty.Or.Match("^\\?(view|text)=[A-Za-z0-9%]*$"));
    }

    [Test]
    public async Task A_view_needs_a_name_and_there_are_not_endlessly_many()
    {
        var dora = Someone("dora");
        Assert.That((await _bench.Site.Send(new SaveView("  ", ""), dora)).Error?.Code, Is.EqualTo("request.invalid"));
        Assert.That((await _bench.Site.Send(new SaveView(new string('x', 61), ""), dora)).Error?.Code, Is.EqualTo("request.invalid"));
        for (var i = 0; i < 50; i++) Assert.That((await _bench.Site.Send(new SaveView("v" + i, ""), dora)).Succeeded, Is.True);
        Assert.That((await _bench.Site.Send(new SaveView("one more", ""), dora)).Error?.Code, Is.EqualTo("incidents.too-many-views"));
        var stranger = new Actor(ActorKind.Person, "x", "x", System.Collections.Frozen.FrozenSet<string>.Empty, [Scope.All]);
        Assert.That((await _bench.Site.Send(new ListViews(), stranger)).Error?.Code, Is.EqualTo("access.not-permitted"));
    }

    [Test]
    public async Task Columns_are_remembered_of_each_person()
    {
        var (anna, bert) = (Someone("anna"), Someone("bert"));
        async Task<IReadOnlyList<string>> Of(Actor who) => IncidentColumns.Read((await _bench.Site.Send(new GetMyPreference(IncidentColumns.Preference), who)).Value.Value);
        Assert.That(await Of(anna), Is.EqualTo(IncidentColumns.Usual));
        await _bench.Site.Send(new SetMyPreference(IncidentColumns.Preference, IncidentColumns.Write(["severity", "attacker", "target"])), anna);
        Assert.That(await Of(anna), Is.EqualTo(new[] { "severity", "attacker", "target" }));
        Assert.That(IncidentColumns.Shown(await Of(anna), false).Select(c => c.Key), Is.EqualTo(new[] { "severity", "number", "title", "attacker", "target" }), "a row keeps its number and title");
        Assert.That(await Of(bert), Is.EqualTo(IncidentColumns.Usual));
        await _bench.Site.Send(new SetMyPreference(IncidentColumns.Preference, IncidentColumns.Write([])), anna);
        Assert.That(await Of(anna), Is.Empty, "none is a choice too");
        await _bench.Site.Send(new SetMyPreference(IncidentColumns.Preference, "gone,last,severity,<script>"), anna);
        Assert.That(await Of(anna), Is.EqualTo(new[] { "severity", "last" }), "columns of another release");
        await _bench.Site.Send(new SetMyPreference(IncidentColumns.Preference, IncidentColumns.Write(IncidentColumns.Usual)), anna);
        Assert.That((await _bench.Site.Send(new GetMyPreference(IncidentColumns.Preference), anna)).Value.Value, Is.Empty);
        Assert.That((await _bench.Site.Send(new SetMyPreference("Not A Key", "x"), anna)).Error?.Code, Is.EqualTo("request.invalid"));
    }

    private static Actor Someone(string name) => new(ActorKind.Person, "id-of-" + name, name, System.Collections.Frozen.FrozenSet.ToFrozenSet(["incidents.read"]), [Scope.All]);
}
