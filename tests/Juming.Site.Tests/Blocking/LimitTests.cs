using Juming.Site.Blocking;
using Juming.Testing.Blocking;
using NUnit.Framework;

namespace Juming.Site.Tests.Blocking;

/// <summary>Automation is held within bounds, and stops when people take back what it did.</summary>
[Category("S3.3")]
internal sealed class LimitTests
{
    private BlockingDevice _device = null!;
    private BlockingDevice _other = null!;
    private BlockingBench _bench = null!;

    [SetUp]
    public async Task Start()
    {
        (_device, _other) = (await BlockingDevice.Start("a-fw"), await BlockingDevice.Start("b-fw"));
        _bench = await BlockingBench.Start([_device, _other], settings: new Dictionary<string, string?> { ["Modules:Blocking:AutomaticPerHour"] = "8", ["Modules:Blocking:MostLiftsPerHour"] = "2" });
    }

    [TearDown]
    public async Task Stop()
    {
        await _bench.DisposeAsync();
        await _device.DisposeAsync();
        await _other.DisposeAsync();
    }

    [Test]
    public async Task Automation_blocks_so_many_an_hour_and_people_go_on()
    {
        for (var i = 0; i < 8; i++) Assert.That((await _bench.List.Want(BlockingBench.Wish("203.0.113." + (40 + i), "k" + i), CancellationToken.None)).Succeeded);
        Assert.That((await _bench.List.Want(BlockingBench.Wish("203.0.113.60", "k9"), CancellationToken.None)).Error?.Code, Is.EqualTo("blocking.rate-limit"));
        Assert.That((await _bench.List.Foresee(BlockingBench.Wish("203.0.113.60", "k9"), CancellationToken.None)).Refusal, Is.EqualTo("rate-limit"));
        // The same key is the same wish, and counts once.
        Assert.That((await _bench.List.Want(BlockingBench.Wish("203.0.113.40", "k0"), CancellationToken.None)).Succeeded);
        await _bench.Until(await _bench.Block("203.0.113.61"), BlockState.Verified);
        _bench.Clock.Ahead = TimeSpan.FromMinutes(61);
        Assert.That((await _bench.List.Want(BlockingBench.Wish("203.0.113.60", "k9"), CancellationToken.None)).Succeeded);
    }

    [Test]
    public async Task Too_many_lifts_pause_automation_until_the_security_administrator_lets_it_go_on()
    {
        var entries = new List<Guid>();
        for (var i = 0; i < 4; i++) entries.Add((await _bench.List.Want(BlockingBench.Wish("203.0.113." + (70 + i), "k" + i), CancellationToken.None)).Value);
        foreach (var entry in entries) await _bench.Until(entry, BlockState.Verified);
        foreach (var entry in entries.Take(2)) await _bench.Post(entry + "/lift", new { reason = "a customer" });
        Assert.That((await _bench.Get("automation")).GetProperty("paused").GetBoolean(), Is.False);
        await _bench.Post(entries[2] + "/lift", new { reason = "a customer" });
        var paused = await _bench.Get("automation");
        Assert.Multiple(async () =>
        {
            Assert.That(paused.GetProperty("paused").GetBoolean());
            Assert.That(paused.GetProperty("cause").GetString(), Is.EqualTo("Breaker"));
            Assert.That(_bench.Raised.Notices.Select(n => n.Code), Does.Contain("blocking.breaker-opened"));
            Assert.That(await _bench.Audited("PauseAutomation"), Does.Contain("PauseAutomation done"));
            Assert.That((await _bench.List.Want(BlockingBench.Wish("203.0.113.80", "k9"), CancellationToken.None)).Error?.Code, Is.EqualTo("blocking.paused"));
        });
        await _bench.Until(await _bench.Block("203.0.113.81"), BlockState.Verified);
        foreach (var entry in entries.Take(3)) await _bench.Until(entry, BlockState.Removed);
        Assert.That((await _bench.Post("automation/resume")).Status, Is.EqualTo(403));
        Assert.That((await _bench.Post("automation/resume", by: _bench.Admin)).Status, Is.EqualTo(204));
        Assert.That((await _bench.List.Want(BlockingBench.Wish("203.0.113.80", "k9"), CancellationToken.None)).Succeeded);
        // What was lifted before it went on does not count again.
        await _bench.Post(entries[3] + "/lift", new { reason = "one more" });
        Assert.That((await _bench.Get("automation")).GetProperty("paused").GetBoolean(), Is.False);
    }

    [Test]
    public async Task The_emergency_stop_holds_what_automation_has_wished_and_nobody_has_set_yet()
    {
        (_device.Pace, _other.Pace) = (TimeSpan.FromMilliseconds(200), TimeSpan.FromMilliseconds(200));
        var entries = new List<Guid>();
        for (var i = 0; i < 6; i++) entries.Add((await _bench.List.Want(BlockingBench.Wish("203.0.113." + (90 + i), "k" + i), CancellationToken.None)).Value);
        Assert.That((await _bench.Post("automation/pause")).Status, Is.EqualTo(204));
        await Task.Delay(1500);
        var set = _device.Truth.Count;
        Assert.That(set, Is.LessThan(6));
        await Task.Delay(1500);
        Assert.That(_device.Truth, Has.Count.EqualTo(set));
        await _bench.Post("automation/resume", by: _bench.Admin);
        foreach (var entry in entries) await _bench.Until(entry, BlockState.Verified, 60);
        Assert.That(_device.List.Count, Is.EqualTo(6));
        Assert.That(_other.List.Count, Is.EqualTo(6));
    }

    [Test]
    public async Task A_table_is_filled_to_its_share_and_no_further()
    {
        _bench.Executor.Capacity = 4;
        for (var i = 0; i < 3; i++) await _bench.Until(await _bench.Block("203.0.113." + (100 + i)), BlockState.Verified);
        var (status, body) = await _bench.Post("", new { target = "203.0.113.110", reason = "x" });
        Assert.That((status, body.GetProperty("code").GetString()), Is.EqualTo((409, "blocking.devices-full")));
        // What is there already may last longer all the same.
        Assert.That((await _bench.Post("", new { target = "203.0.113.100", reason = "x", minutes = 600 })).Status, Is.EqualTo(200));
    }

    [Test]
    public async Task Devices_are_chosen_by_name_or_group_and_one_that_fails_does_not_hold_up_the_other()
    {
        _other.Fault = DeviceFault.Refuse;
        var (_, both) = await _bench.Post("", new { target = "203.0.113.120", reason = "x", group = "boundary" });
        // The whole has failed as soon as one device has; the other goes on.
        IEnumerable<string?> States(System.Text.Json.JsonElement block) => block.GetProperty("devices").EnumerateArray().Select(d => d.GetProperty("state").GetString());
        var failed = await _bench.Until(both.GetGuid(), BlockState.Failed);
        for (var i = 0; i < 200 && States(failed).First() is not ("Verified" or "Failed"); i++)
        {
            await Task.Delay(100);
            failed = await _bench.Until(both.GetGuid(), BlockState.Failed);
        }
        Assert.That(States(failed), Is.EqualTo(new[] { "Verified", "Failed" }));
        Assert.That(_device.List, Does.Contain("203.0.113.120"));
        var (_, one) = await _bench.Post("", new { target = "203.0.113.121", reason = "x", devices = new[] { _device.Id } });
        await _bench.Until(one.GetGuid(), BlockState.Verified);
        Assert.That((await _bench.Post("", new { target = "203.0.113.122", reason = "x", devices = new[] { Guid.NewGuid() } })).Body.GetProperty("code").GetString(), Is.EqualTo("blocking.no-such-device"));
        Assert.That((await _bench.Post("", new { target = "203.0.113.122", reason = "x", group = "nobody" })).Body.GetProperty("code").GetString(), Is.EqualTo("blocking.no-device"));
    }
}
