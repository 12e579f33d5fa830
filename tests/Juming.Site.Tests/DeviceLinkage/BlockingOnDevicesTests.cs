using Juming.Site.Blocking;
using Juming.Testing.DeviceLinkage;
using Juming.Testing.Farm;
using NUnit.Framework;

namespace Juming.Site.Tests.DeviceLinkage;

/// <summary>What a device says and what it does are two things; its list after a fresh load decides.</summary>
[TestFixture]
internal sealed class BlockingOnDevicesTests
{
    private LinkedSite _site = null!;
    private FarmConsole _console = null!;
    private Guid _device;

    [OneTimeSetUp]
    public async Task Start()
    {
        _site = await LinkedSite.Start();
        _console = await DeviceFarm.StartOne("layer");
        _device = await _site.Add(_console);
        await _site.Learn(_device);
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        await _site.DisposeAsync();
        await _console.DisposeAsync();
    }

    [SetUp]
    public void Reset()
    {
        _console.Faults.FakeSuccess = false;
        _console.Capacity = 1000;
    }

    [Test]
    public async Task A_protected_address_is_refused_before_a_browser_is_opened()
    {
        var before = _console.TruthLog.Lines.Count;
        var refused = await _site.Block(_device, "127.0.0.1");
        Assert.That((refused.Failure, refused.Changed, refused.Run), Is.EqualTo(("protected", (bool?)false, (Guid?)null)));
        Assert.That(_console.TruthLog.Lines, Has.Count.EqualTo(before));
    }

    [Test]
    public async Task The_same_key_never_does_it_twice_and_what_is_there_is_not_added()
    {
        var first = await _site.Block(_device, "203.0.113.20", "key-20");
        Assert.That((first.Reading, first.Failure, first.Changed), Is.EqualTo((BlockReading.Present, (string?)null, (bool?)true)), () => _site.Film(first.Run));
        var again = await _site.Block(_device, "203.0.113.20", "key-20");
        Assert.That((again.Reading, again.Run), Is.EqualTo((BlockReading.Present, first.Run)));
        var other = await _site.Block(_device, "203.0.113.20", "another-key");
        Assert.That((other.Reading, other.Failure, other.Changed), Is.EqualTo((BlockReading.Present, (string?)null, (bool?)false)), () => _site.Film(other.Run));
        Assert.That(_console.TruthLog.Of("block").Count(t => t.Target == "203.0.113.20"), Is.EqualTo(1));
    }

    [Test]
    public async Task A_full_table_is_told_as_such()
    {
        _console.Capacity = _console.BlockEntries.Count;
        var full = await _site.Block(_device, "203.0.113.21");
        Assert.That((full.Reading, full.Failure, full.Changed), Is.EqualTo((BlockReading.Absent, "capacity-full", (bool?)false)), () => _site.Film(full.Run));
    }

    [Test]
    public async Task A_success_that_the_list_does_not_show_is_none()
    {
        _console.Faults.FakeSuccess = true;
        var faked = await _site.Block(_device, "203.0.113.22");
        Assert.That((faked.Reading, faked.Failure), Is.EqualTo((BlockReading.Absent, "not-in-list")), () => _site.Film(faked.Run));
    }

    [Test]
    public async Task A_connection_that_breaks_after_the_point_of_no_return_is_settled_by_reading()
    {
        _console.Faults.CutAfterSubmit();
        var cut = await _site.Block(_device, "203.0.113.23");
        Assert.That(cut.Reading, Is.EqualTo(BlockReading.Present), () => _site.Film(cut.Run));
        Assert.That(_console.TruthLog.Of("block").Count(t => t.Target == "203.0.113.23"), Is.EqualTo(1));
    }

    [Test]
    public async Task Looking_notices_what_somebody_took_away_and_changes_nothing()
    {
        var set = await _site.Block(_device, "203.0.113.24");
        Assert.That(set.Reading, Is.EqualTo(BlockReading.Present), () => _site.Film(set.Run));
        Assert.That((await _site.Look(_device, "203.0.113.24")).Reading, Is.EqualTo(BlockReading.Present));
        _console.DropEntry("203.0.113.24");
        var mutations = _console.TruthLog.Mutations.Count;
        var looked = await _site.Look(_device, "203.0.113.24");
        Assert.That((looked.Reading, looked.Failure), Is.EqualTo((BlockReading.Absent, (string?)null)), () => _site.Film(looked.Run));
        Assert.That(_console.TruthLog.Mutations, Has.Count.EqualTo(mutations));
    }

    [Test]
    public async Task Many_are_looked_for_with_one_reading_of_the_list()
    {
        foreach (var target in new[] { "203.0.113.31", "203.0.113.32" }) Assert.That((await _site.Block(_device, target)).Reading, Is.EqualTo(BlockReading.Present));
        var before = _console.TruthLog.Mutations.Count;
        var survey = await _site.Blocks(b => b.Survey(_device, ["203.0.113.31", "203.0.113.32", "203.0.113.39"], CancellationToken.None));
        Assert.That(survey?.Present, Is.EquivalentTo(new[] { "203.0.113.31", "203.0.113.32" }), () => _site.Film(survey?.Run));
        Assert.That(_console.TruthLog.Mutations, Has.Count.EqualTo(before));
    }

    /// <summary>Rows on many pages, cards, rows without a table.</summary>
    [TestCase("paging", 120)]
    [TestCase("totp", 6)]
    [TestCase("spa", 6)]
    [TestCase("frames", 6)]
    [Category("Long")]
    public async Task A_list_is_read_once_whatever_it_is_made_of(string name, int entries)
    {
        await using var console = await DeviceFarm.StartOne(name, 4751);
        var device = await _site.Add(console);
        await _site.Learn(device);
        var targets = console.BlockEntries.Select(e => e.Address).Order(StringComparer.Ordinal).Take(entries).ToList();
        var survey = await _site.Blocks(b => b.Survey(device, [.. targets, "203.0.113.77"], CancellationToken.None));
        Assert.That(survey?.Present, Is.EquivalentTo(targets), () => _site.Film(survey?.Run));
    }

    [Test]
    public async Task A_session_that_ends_in_the_middle_is_opened_anew()
    {
        Assert.That((await _site.Look(_device, "203.0.113.25")).Reading, Is.EqualTo(BlockReading.Absent));
        _console.ExpireSessions();
        var blocked = await _site.Block(_device, "203.0.113.25");
        Assert.That((blocked.Reading, blocked.Failure), Is.EqualTo((BlockReading.Present, (string?)null)), () => _site.Film(blocked.Run));
    }

    [Test]
    public async Task Orders_for_one_device_wait_for_each_other()
    {
        var outcomes = await Task.WhenAll(Enumerable.Range(30, 3).Select(i => _site.Block(_device, $"203.0.113.{i}")));
        Assert.That(outcomes.Select(o => o.Reading), Is.All.EqualTo(BlockReading.Present));
        Assert.That(outcomes.Select(o => o.Run).Distinct().Count(), Is.EqualTo(3));
    }
}
