using Juming.Site.Response;
using Juming.Site.Response.Rehearsal;
using Juming.Site.Response.Runs;
using Juming.Site.Watching;
using Juming.Site.Watching.Entries;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;
using static Juming.Site.Tests.Response.ResponseBench;

namespace Juming.Site.Tests.Response;

/// <summary>Playbooks that watch values and stop watching them.</summary>
[Category("S3.2")]
internal sealed class WatchActionTests
{
    private ResponseBench _bench = null!;

    [OneTimeSetUp]
    public async Task Start() => _bench = await ResponseBench.Start();

    [OneTimeTearDown]
    public async Task Stop() => await _bench.DisposeAsync();

    private IWatchList List => _bench.Site.Services.GetRequiredService<IWatchList>();

    private static string Step(string capability, object args) => Document("watch", new { watch = new { type = "action", commands = Do(capability, args) } });

    private async Task RollBack(string run)
    {
        Assert.That((await _bench.Site.Send(new RollBackRun(run))).Error, Is.Null);
        await _bench.Until(run, r => r.Brief.State == RunState.RolledBack);
    }

    [Test]
    public async Task A_value_is_watched_with_its_reason_and_end_and_no_longer_after_it_was_taken_back()
    {
        await _bench.Site.Send(new WatchValue(WatchKind.Address, "203.0.113.20", "a person's own"));
        var playbook = await _bench.Publish(Step("watch", new { kind = "address", value = "203.0.113.20", reason = "line one\nline two", minutes = "120" }));
        Assert.That((await _bench.Site.Send(new RehearsePlaybook(playbook, null, false, null))).Value.Failure, Is.Empty);
        Assert.That((await _bench.Site.Send(new ListWatches { Text = "203.0.113.20" })).Value.Total, Is.EqualTo(1), "a dry run watches nothing");
        var run = await _bench.Over(await _bench.Begin(playbook));
        Assert.That(run.Brief.State, Is.EqualTo(RunState.Succeeded), run.Brief.Failure);
        var made = (await _bench.Site.Send(new ListWatches { Text = "203.0.113.20" })).Value.Items.Single(w => w.Until is not null);
        Assert.That((made.Reason, made.By), Is.EqualTo(("line one line two", run.Brief.Number)));
        Assert.That(made.Until, Is.EqualTo(TimeProvider.System.GetUtcNow().AddMinutes(120)).Within(TimeSpan.FromMinutes(5)));
        await RollBack(run.Brief.Number);
        Assert.That((await _bench.Site.Send(new ListWatches { Text = "203.0.113.20" })).Value.Items.Single().Reason, Is.EqualTo("a person's own"), "only what the run made is taken back");
    }

    [Test]
    public async Task What_a_run_took_off_the_list_comes_back_with_it()
    {
        await _bench.Site.Send(new WatchValue(WatchKind.Account, "Jane", "left the house"));
        var run = await _bench.Run(Step("unwatch", new { kind = "account", value = "JANE" }));
        Assert.That(run.Brief.State, Is.EqualTo(RunState.Succeeded), run.Brief.Failure);
        Assert.That(List.Find("jane"), Is.Null);
        await RollBack(run.Brief.Number);
        Assert.That(List.Find("jane")?.Reason, Is.EqualTo("left the house"));
    }

    [TestCase("address", "0.0.0.0/0", "60", "bad-watch")]
    [TestCase("address", "attacker'; drop table", "60", "bad-watch")]
    [TestCase("host", "10.0.0.1", "60", "bad-watch")]
    [TestCase("host", "a.example", "0", "bad-input")]
    [TestCase("host", "a.example", "999999999", "bad-input")]
    public async Task What_can_not_be_watched_is_refused_in_the_dry_run_too(string kind, string value, string minutes, string code)
    {
        var run = await _bench.Run(Step("watch", new { kind, value, reason = "r", minutes }));
        Assert.That((run.Brief.State, run.Brief.Failure), Is.EqualTo((RunState.Failed, code)));
        Assert.That((await _bench.Site.Send(new RehearsePlaybook(run.Brief.Playbook, null, false, null))).Value.Failure, Is.EqualTo(code));
    }
}
