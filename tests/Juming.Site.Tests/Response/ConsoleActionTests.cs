using System.Text.Json;
using Juming.Site.Assets;
using Juming.Site.Assets.Change;
using Juming.Site.Response;
using Juming.Site.Response.Actions;
using Juming.Site.Response.Rehearsal;
using Juming.Site.Response.Runs;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;
using static Juming.Site.Tests.Response.ResponseBench;

namespace Juming.Site.Tests.Response;

/// <summary>Hosts that are isolated and accounts that are disabled by the recipes of a console, and what never is.</summary>
[Category("S3.2")]
internal sealed class ConsoleActionTests
{
    private ResponseBench _bench = null!;

    [OneTimeSetUp]
    public async Task Start() => _bench = await ResponseBench.Start();

    [OneTimeTearDown]
    public async Task Stop() => await _bench.DisposeAsync();

    private static string Step(string capability, object args) => Document("act", new { act = new { type = "action", commands = Do(capability, args) } });

    [TestCase("isolate-host", "host", "10.92.0.7", "release-host")]
    [TestCase("disable-account", "account", "CORP\\jane <b>", "enable-account")]
    public async Task The_recipe_of_the_capability_runs_and_its_inverse_takes_it_back(string capability, string input, string target, string inverse)
    {
        var playbook = await _bench.Publish(Step(capability, new Dictionary<string, string> { ["device"] = "core-switch", [input] = target }));
        var before = _bench.Consoles.Orders.Count;
        var seen = await _bench.Site.Send(new RehearsePlaybook(playbook, null, false, null));
        Assert.That((seen.Value.Failure, _bench.Consoles.Orders.Count), Is.EqualTo(("", before)), "a dry run drives no device");
        var run = await _bench.Over(await _bench.Begin(playbook));
        Assert.That(run.Brief.State, Is.EqualTo(RunState.Succeeded), run.Brief.Failure);
        var order = _bench.Consoles.Orders.Last();
        Assert.That((order.Capability, order.Inputs[input]), Is.EqualTo((capability, target)));
        Assert.That((await _bench.Site.Send(new RollBackRun(run.Brief.Number))).Error, Is.Null);
        await _bench.Until(run.Brief.Number, r => r.Brief.State == RunState.RolledBack);
        var back = _bench.Consoles.Orders.Last();
        Assert.That((back.Capability, back.Inputs[input], back.Key == order.Key), Is.EqualTo((inverse, target, false)));
    }

    [Test]
    public async Task A_wide_protected_range_is_seen_behind_a_narrow_one_of_the_sites_own()
    {
        // The site's own network lies within the range of the stations that manage everything.
        await using var bench = await ResponseBench.Start(settings: new() { ["Modules:Assets:Networks:0"] = "10.93.1.0/24" });
        Assert.That((await bench.Site.Send(new Juming.Site.Blocking.Protected.Protect("10.93.0.0/16", "management", "stations"))).Error, Is.Null);
        var run = await bench.Run(Step("isolate-host", new Dictionary<string, string> { ["device"] = "core-switch", ["host"] = "10.93.1.7" }));
        Assert.That((run.Brief.State, bench.Consoles.Orders.Count), Is.EqualTo((RunState.Failed, 0)));
        await using var scope = bench.Site.Services.CreateAsyncScope();
        var check = await scope.ServiceProvider.GetRequiredService<Juming.Site.Blocking.IProtectedAddresses>().Check("10.93.1.7", CancellationToken.None);
        Assert.That(check.Entry, Is.EqualTo("own-range 10.93.1.0/24"), "the narrow one says most");
        Assert.That(check.Entries, Is.EqualTo(new[] { "own-range 10.93.1.0/24", "management 10.93.0.0/16", "private 10.0.0.0/8" }));
    }

    [TestCase("isolate-host", "host", "127.0.0.1", "host-protected")]
    [TestCase("isolate-host", "host", "8.8.8.8", "host-protected")]
    [TestCase("isolate-host", "host", "169.254.169.254", "host-protected")]
    [TestCase("isolate-host", "host", "::1", "host-protected")]
    [TestCase("isolate-host", "host", "10.1", "bad-host")]
    [TestCase("isolate-host", "host", "0x0a000001", "bad-host")]
    [TestCase("isolate-host", "host", "010.0.0.1", "bad-host")]
    [TestCase("isolate-host", "host", "10.0.0.0/8", "bad-host")]
    [TestCase("isolate-host", "host", "::ffff:10.0.0.1", "bad-host")]
    [TestCase("isolate-host", "host", "web01; reboot", "bad-host")]
    [TestCase("disable-account", "account", "a\nb", "bad-account")]
    [TestCase("disable-account", "account", "ja\u202Ene", "bad-account")]
    public async Task What_must_not_be_touched_reaches_no_device(string capability, string input, string target, string code)
    {
        var before = _bench.Consoles.Orders.Count;
        var run = await _bench.Run(Step(capability, new Dictionary<string, string> { ["device"] = "core-switch", [input] = target }));
        Assert.That((run.Brief.State, run.Brief.Failure, _bench.Consoles.Orders.Count), Is.EqualTo((RunState.Failed, code, before)));
        Assert.That((await _bench.Site.Send(new RehearsePlaybook(run.Brief.Playbook, null, false, null))).Value.Failure, Is.EqualTo(code), "the dry run says the same");
    }

    [Test]
    public async Task A_dry_run_names_the_asset_its_business_and_owner()
    {
        await _bench.Site.Send(new EnterAsset("ledger-db", "10.92.0.8", "") { Importance = AssetImportance.Core, Business = "ledger", Owner = "wang" });
        var playbook = await _bench.Publish(Step("isolate-host", new { device = "core-switch", host = "10.92.0.8" }));
        Assert.That(JsonSerializer.Serialize((await _bench.Site.Send(new RehearsePlaybook(playbook, null, false, null))).Value), Does.Contain("ledger-db").And.Contain("wang"));
    }

    [Test]
    public async Task What_was_pressed_but_not_proven_has_failed_and_can_be_taken_back()
    {
        _bench.Consoles.Proves = null;
        try
        {
            var run = await _bench.Run(Step("isolate-host", new { device = "core-switch", host = "10.92.0.9" }));
            Assert.That((run.Brief.State, run.Brief.Failure), Is.EqualTo((RunState.Failed, "not-verified")));
            _bench.Consoles.Proves = true;
            await _bench.Site.Send(new RollBackRun(run.Brief.Number));
            await _bench.Until(run.Brief.Number, r => r.Brief.State == RunState.RolledBack);
            Assert.That(_bench.Consoles.Orders.Last().Capability, Is.EqualTo("release-host"));
        }
        finally
        {
            _bench.Consoles.Proves = true;
        }
    }

    [Test]
    public async Task A_device_that_is_not_there_or_can_not_is_named()
    {
        Assert.That((await _bench.Run(Step("isolate-host", new { device = "none", host = "10.92.0.7" }))).Brief.Failure, Is.EqualTo("no-device"));
        var probe = await _bench.Site.Send(new ProbeAction("isolate-host"));
        Assert.That(probe.Value.Works, Is.True);
    }
}
