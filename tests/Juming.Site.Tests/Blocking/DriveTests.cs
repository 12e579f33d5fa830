using Juming.Site.Blocking;
using Juming.Testing.Blocking;
using NUnit.Framework;

namespace Juming.Site.Tests.Blocking;

/// <summary>Blocks come about on real devices, are read back, end in their time, and survive what devices and people do to them.</summary>
[Category("S3.3")]
internal sealed class DriveTests
{
    private BlockingDevice _device = null!;
    private BlockingBench _bench = null!;

    [SetUp]
    public async Task Start()
    {
        _device = await BlockingDevice.Start();
        _bench = await BlockingBench.Start([_device]);
    }

    [TearDown]
    public async Task Stop()
    {
        await _bench.DisposeAsync();
        await _device.DisposeAsync();
    }

    [Test]
    public async Task A_block_is_set_read_back_lifted_and_read_back_again()
    {
        var entry = await _bench.Block("203.0.113.7");
        await _bench.Until(entry, BlockState.Verified);
        Assert.That(_device.List, Is.EqualTo(new[] { "203.0.113.7" }));
        Assert.That((await _bench.Post(entry + "/lift", new { reason = "wrong" })).Status, Is.EqualTo(200));
        var over = await _bench.Until(entry, BlockState.Removed);
        Assert.Multiple(() =>
        {
            Assert.That(_device.Truth, Is.EqualTo(new[] { "+203.0.113.7", "-203.0.113.7" }));
            Assert.That(over.GetProperty("block").GetProperty("liftReason").GetString(), Is.EqualTo("wrong"));
        });
        Assert.That(await Eventually(() => _bench.Raised.Moved.Select(m => m.State).Distinct().ToArray() is [BlockState.Wanted, BlockState.Applying, BlockState.Verified, BlockState.Expired, BlockState.Removed]), string.Join(' ', _bench.Raised.Moved.Select(m => m.State)));
        Assert.That((await _bench.Post(entry + "/lift", new { reason = "again" })).Body.GetProperty("code").GetString(), Is.EqualTo("blocking.already-over"));
    }

    [Test]
    public async Task The_same_key_blocks_once_and_another_wish_extends()
    {
        var first = await _bench.Block("203.0.113.8", 60, "key-1");
        Assert.That(await _bench.Block("203.0.113.8", 60, "key-1"), Is.EqualTo(first));
        await _bench.Until(first, BlockState.Verified);
        Assert.That(await _bench.Block("::ffff:203.0.113.8", 600, "key-2"), Is.EqualTo(first));
        var found = await _bench.Until(first, BlockState.Verified);
        var until = found.GetProperty("block").GetProperty("until").GetDateTimeOffset();
        Assert.Multiple(() =>
        {
            Assert.That(until, Is.GreaterThan(TimeProvider.System.GetUtcNow().AddHours(9)));
            Assert.That(found.GetProperty("wishes").GetArrayLength(), Is.EqualTo(2));
            Assert.That(_device.Truth, Is.EqualTo(new[] { "+203.0.113.8" }));
        });
        Assert.That((await _bench.Post("", new { target = "203.0.113.9", reason = "x", key = "key-1" })).Body.GetProperty("code").GetString(), Is.EqualTo("blocking.key-of-other"));
        await _bench.Post(first + "/extend", new { minutes = 60 });
        Assert.That((await _bench.Get(first.ToString())).GetProperty("block").GetProperty("until").GetDateTimeOffset(), Is.EqualTo(until.AddHours(1)));
    }

    [Test]
    public async Task Forty_wishes_at_once_come_one_after_the_other_on_a_device_and_none_is_lost()
    {
        _device.Pace = TimeSpan.FromMilliseconds(5);
        var entries = await Task.WhenAll(Enumerable.Range(1, 40).Select(i => _bench.Block("198.51.100." + i)));
        foreach (var entry in entries) await _bench.Until(entry, BlockState.Verified, 60);
        Assert.Multiple(() =>
        {
            Assert.That(_device.Overlaps, Is.Zero);
            Assert.That(_device.List, Is.EquivalentTo(Enumerable.Range(1, 40).Select(i => "198.51.100." + i)));
        });
    }

    [Test]
    public async Task Its_time_over_a_block_is_taken_away_and_the_next_offence_lasts_longer()
    {
        var entry = await _bench.Block("203.0.113.10", 1);
        await _bench.Until(entry, BlockState.Verified);
        _bench.Clock.Ahead = TimeSpan.FromMinutes(2);
        await _bench.Until(entry, BlockState.Removed);
        Assert.That(_device.List, Is.Empty);
        var again = await _bench.Block("203.0.113.10", null);
        var block = (await _bench.Until(again, BlockState.Verified)).GetProperty("block");
        Assert.That(block.GetProperty("offence").GetInt32(), Is.EqualTo(2));
        Assert.That((block.GetProperty("until").GetDateTimeOffset() - block.GetProperty("since").GetDateTimeOffset()).TotalDays, Is.EqualTo(7).Within(0.01));
    }

    [Test]
    public async Task A_wrong_password_is_tried_once_and_a_person_tries_again()
    {
        _device.Fault = DeviceFault.Refuse;
        var entry = await _bench.Block("203.0.113.11");
        var failed = await _bench.Until(entry, BlockState.Failed);
        await Task.Delay(600);
        Assert.Multiple(() =>
        {
            Assert.That(failed.GetProperty("devices")[0].GetProperty("failure").GetString(), Is.EqualTo("wrong-password"));
            Assert.That(_device.Refusals, Is.EqualTo(1));
            Assert.That(_bench.Raised.Notices.Select(n => n.Code), Does.Contain("blocking.device-needs-person"));
        });
        _device.Fault = DeviceFault.None;
        Assert.That((await _bench.Post(entry + "/retry")).Status, Is.EqualTo(204));
        await _bench.Until(entry, BlockState.Verified);
    }

    [Test]
    public async Task A_full_table_fails_a_busy_device_is_tried_again_and_a_bug_of_an_executor_harms_nobody_else()
    {
        _device.Fault = DeviceFault.Full;
        var full = await _bench.Block("203.0.113.12");
        Assert.That((await _bench.Until(full, BlockState.Failed)).GetProperty("devices")[0].GetProperty("failure").GetString(), Is.EqualTo("capacity-full"));
        _device.Fault = DeviceFault.Busy;
        var busy = await _bench.Block("203.0.113.13");
        await Eventually(() => _bench.Executor.Keys.Count(k => k.Contains(busy.ToString("N"), StringComparison.Ordinal)) >= 2);
        _device.Fault = DeviceFault.None;
        await _bench.Until(busy, BlockState.Verified);
        _bench.Executor.Throws = true;
        var broken = await _bench.Block("203.0.113.14");
        await _bench.Until(broken, BlockState.Failed);
        _bench.Executor.Throws = false;
        await _bench.Until(await _bench.Block("203.0.113.15"), BlockState.Verified);
        Assert.That(_device.List, Is.EquivalentTo(new[] { "203.0.113.13", "203.0.113.15" }));
    }

    [Test]
    public async Task A_line_cut_after_the_submit_is_settled_by_reading_and_nothing_is_done_twice()
    {
        _device.Fault = DeviceFault.CutAfterSubmit;
        var entry = await _bench.Block("203.0.113.16");
        await _bench.Until(entry, BlockState.Verified);
        Assert.That(_device.Truth, Is.EqualTo(new[] { "+203.0.113.16" }));
        await _bench.Post(entry + "/lift", new { reason = "over" });
        await _bench.Until(entry, BlockState.Removed);
        Assert.That(_device.Truth, Is.EqualTo(new[] { "+203.0.113.16", "-203.0.113.16" }));
    }

    [Test]
    public async Task A_device_that_says_yes_and_does_nothing_is_never_believed()
    {
        _device.Fault = DeviceFault.FakeSuccess;
        var entry = await _bench.Block("203.0.113.17");
        Assert.That((await _bench.Until(entry, BlockState.Failed)).GetProperty("devices")[0].GetProperty("failure").GetString(), Is.EqualTo("not-in-list"));
        await Eventually(() => _bench.Raised.Moved.Any(m => m.State == BlockState.Failed));
        Assert.That(_bench.Raised.Moved.Select(m => m.State), Does.Not.Contain(BlockState.Verified));
        _device.Fault = DeviceFault.None;
        var lasting = await _bench.Block("203.0.113.18");
        await _bench.Until(lasting, BlockState.Verified);
        _device.Fault = DeviceFault.FakeSuccess;
        await _bench.Post(lasting + "/lift", new { reason = "over" });
        Assert.That((await _bench.Until(lasting, BlockState.RemoveFailed)).GetProperty("devices")[0].GetProperty("failure").GetString(), Is.EqualTo("still-in-list"));
        Assert.That(_bench.Raised.Notices.Any(n => n.Code == "blocking.device-needs-person" && n.Arguments["state"] == "RemoveFailed"));
        _device.Fault = DeviceFault.None;
        await _bench.Post(lasting + "/retry");
        await _bench.Until(lasting, BlockState.Removed);
    }

    [Test]
    public async Task A_block_that_vanished_is_put_back_once_and_then_a_person_decides()
    {
        var entry = await _bench.Block("203.0.113.19");
        await _bench.Until(entry, BlockState.Verified);
        _device.Drop("203.0.113.19");
        await _bench.Post(entry + "/check");
        await Eventually(() => _device.Truth.Count == 2);
        await _bench.Until(entry, BlockState.Verified);
        await Eventually(() => _bench.Raised.Moved.Any(m => m.State == BlockState.Drifted));
        _device.Drop("203.0.113.19");
        // Nobody asks this time: the recurring look finds it.
        _bench.Clock.Ahead = TimeSpan.FromMinutes(31);
        await _bench.Until(entry, BlockState.Drifted);
        await Task.Delay(300);
        Assert.That(_device.List, Is.Empty);
        Assert.That(_bench.Raised.Notices.Any(n => n.Arguments.GetValueOrDefault("state") == "Drifted"));
        await _bench.Post(entry + "/retry");
        await _bench.Until(entry, BlockState.Verified);
        Assert.That(_device.Truth, Has.Count.EqualTo(3));
    }

    [Test]
    public async Task Many_blocks_of_a_device_are_looked_after_by_one_reading_and_only_what_is_missing_is_asked_for()
    {
        _bench.Executor.ReadsWhole = true;
        var entries = new List<Guid>();
        for (var i = 1; i <= 20; i++) entries.Add(await _bench.Block($"198.51.100.{i}", 600));
        foreach (var entry in entries) await _bench.Until(entry, BlockState.Verified);
        _device.Drop("198.51.100.5");
        lock (_bench.Executor.Keys) _bench.Executor.Keys.Clear();
        _bench.Clock.Ahead = TimeSpan.FromMinutes(31);
        Assert.That(await Eventually(() => _device.Truth.Count == 21), "What vanished is put back.");
        await _bench.Until(entries[4], BlockState.Verified);
        await Task.Delay(300);
        lock (_bench.Executor.Keys)
        {
            Assert.That(_bench.Executor.Keys.Count(k => k == "survey"), Is.EqualTo(1));
            Assert.That(_bench.Executor.Keys.Count(k => k.StartsWith("look/", StringComparison.Ordinal)), Is.EqualTo(1));
            Assert.That(_bench.Executor.Keys.Count(k => k.StartsWith("block/", StringComparison.Ordinal)), Is.EqualTo(1));
        }
    }

    [Test]
    public async Task What_is_lifted_while_it_is_being_set_does_not_stay_on_the_device()
    {
        _bench.Executor.StopAt = "block-submitted";
        var entry = await _bench.Block("203.0.113.20");
        await _bench.Executor.Stopped.Task;
        await _bench.Post(entry + "/lift", new { reason = "never mind" });
        await _bench.Until(entry, BlockState.Removed);
        Assert.That(_device.Truth, Is.EqualTo(new[] { "+203.0.113.20", "-203.0.113.20" }));
    }

    [Test]
    public async Task A_device_that_cannot_be_read_leaves_it_open_until_it_can()
    {
        var entry = await _bench.Block("203.0.113.21");
        await _bench.Until(entry, BlockState.Verified);
        _device.Fault = DeviceFault.Blind;
        await _bench.Post(entry + "/lift", new { reason = "over" });
        await _bench.Until(entry, BlockState.RemoveFailed);
        Assert.That(_device.List, Is.EqualTo(new[] { "203.0.113.21" }));
        _device.Fault = DeviceFault.None;
        await _bench.Post(entry + "/retry");
        await _bench.Until(entry, BlockState.Removed);
        Assert.That(_device.List, Is.Empty);
    }

    private static async Task<bool> Eventually(Func<bool> holds)
    {
        for (var i = 0; i < 200; i++)
        {
            if (holds()) return true;
            await Task.Delay(50);
        }
        return holds();
    }
}
