using Juming.Site.Events;
using NUnit.Framework;

namespace Juming.Site.Tests.Events;

[Category("S2")]
public sealed class RetentionTests
{
    private const long Gib = 1L << 30;

    private StoreBench _bench = null!;

    [SetUp]
    public void Open() => _bench = new StoreBench(new EventStoreSettings { SegmentRows = 10_000, KeepDays = 30, KeepLeastDays = 7, LeastFreeMegabytes = 0 });

    [TearDown]
    public void Close() => _bench.Dispose();

    [Test]
    public async Task A_site_that_fell_silent_loses_its_old_events_and_keeps_ledger_marks_and_sequence()
    {
        var commit = new BatchCommit();
        commit.Marks.Add(("tail:x", "17", null));
        await _bench.Append(500, commit: commit);
        _bench.Clock.At += TimeSpan.FromDays(29);
        await _bench.Store.Retire(CancellationToken.None);
        Assert.That(await _bench.Count(), Is.EqualTo(500), "within their time they stay");
        _bench.Clock.At += TimeSpan.FromDays(2);
        Assert.That(await _bench.Store.Retire(CancellationToken.None), Is.EqualTo(1));
        Assert.That(await _bench.Store.Retire(CancellationToken.None), Is.Zero);
        _bench.Reopen();
        Assert.Multiple(async () =>
        {
            Assert.That(await _bench.Count(), Is.Zero);
            Assert.That(await _bench.Received(), Is.EqualTo(500));
            Assert.That(await _bench.Store.ReadMark("tail:x", CancellationToken.None), Is.EqualTo("17"));
            Assert.That(_bench.Store.LastSequence, Is.EqualTo(1));
            Assert.That(_bench.Files, Has.Length.EqualTo(1));
        });
        Assert.That(await _bench.Append(1), Is.EqualTo(2));
    }

    [Test]
    public async Task A_day_is_a_segment_and_a_quiet_site_has_few_of_them()
    {
        for (var day = 0; day < 4; day++, _bench.Clock.At += TimeSpan.FromDays(1)) await _bench.Append(300);
        Assert.That(_bench.Store.Segments, Has.Count.EqualTo(4));
        _bench.Settings.KeepDays = 360;
        for (var day = 0; day < 400; day++, _bench.Clock.At += TimeSpan.FromDays(1))
        {
            await _bench.Append(1);
            await _bench.Store.Retire(CancellationToken.None);
        }
        Assert.That(_bench.Store.Segments.Count, Is.InRange(25, 40));
        Assert.That(await _bench.Count(), Is.InRange(360, 372 + 12), "a segment of twelve days goes as a whole");
        Assert.That(await _bench.Received(), Is.EqualTo(1600));
    }

    [Test]
    public async Task Data_of_others_that_fills_the_disk_costs_no_events()
    {
        await Fill(5);
        _bench.Disk = (100 * Gib, 95 * Gib);
        for (var pass = 0; pass < 5; pass++) Assert.That(await _bench.Store.Retire(CancellationToken.None), Is.Zero);
        Assert.Multiple(async () =>
        {
            Assert.That(await _bench.Count(), Is.EqualTo(50_000));
            Assert.That(_bench.Store.DiskTrouble, Does.Contain("other data"));
        });
        _bench.Disk = (100 * Gib, 10 * Gib);
        await _bench.Store.Retire(CancellationToken.None);
        Assert.That(_bench.Store.DiskTrouble, Is.Null);
    }

    [Test]
    public async Task A_disk_that_the_events_fill_loses_one_segment_a_pass_until_it_is_below_the_limit()
    {
        await Fill(6);
        _bench.Settings.DiskPercent = 50;
        var two = _bench.Store.Segments.Take(2).Sum(s => s.Bytes);
        // Over the limit by one segment and a half.
        _bench.Disk = ((_bench.OwnBytes - (two * 3 / 4)) * 2, 0);
        Assert.That(await _bench.Store.Retire(CancellationToken.None), Is.EqualTo(1), _bench.Describe());
        Assert.That(await _bench.Store.Retire(CancellationToken.None), Is.EqualTo(1), _bench.Describe());
        Assert.That(await _bench.Store.Retire(CancellationToken.None), Is.Zero, _bench.Describe());
        Assert.Multiple(async () =>
        {
            Assert.That(await _bench.Count(), Is.EqualTo(40_000));
            Assert.That(await _bench.Received(), Is.EqualTo(60_000));
            Assert.That(_bench.Store.TakeGone().Select(g => (g.What, g.Reason, g.Rows)), Is.EqualTo(new (string, string, long?)[] { ("retired", "disk", 10_000), ("retired", "disk", 10_000) }));
        });
    }

    [Test]
    public async Task Removing_stops_where_the_room_it_frees_does_not_stay_free()
    {
        await Fill(6);
        _bench.Settings.DiskPercent = 50;
        var own = _bench.OwnBytes;
        // Whatever goes, others (a snapshot of the disk) hold on to it.
        for (var pass = 0; pass < 5; pass++)
        {
            _bench.Disk = ((own - 1000) * 2, own - _bench.OwnBytes);
            await _bench.Store.Retire(CancellationToken.None);
        }
        Assert.Multiple(async () =>
        {
            Assert.That(await _bench.Count(), Is.EqualTo(50_000), "one was tried");
            Assert.That(_bench.Store.DiskTrouble, Does.Contain("no room"));
        });
    }

    [Test]
    public async Task The_last_days_stay_while_others_fill_the_disk_and_go_before_nothing_can_be_stored()
    {
        await Fill(5);
        var own = _bench.OwnBytes;
        var total = own * 10;
        _bench.Settings.DiskPercent = 85;
        _bench.Disk = (total, (total * 85 / 100) - (own / 2));
        Assert.That(await _bench.Store.Retire(CancellationToken.None), Is.Zero);
        Assert.That(_bench.Store.DiskTrouble, Does.Contain("7 days"));
        _bench.Clock.At += TimeSpan.FromDays(8);
        Assert.That(await _bench.Store.Retire(CancellationToken.None), Is.EqualTo(1), "older ones may go");
        _bench.Clock.At -= TimeSpan.FromDays(8);
        // What others hold on to is forgotten once there was room.
        _bench.Disk = null;
        await _bench.Store.Retire(CancellationToken.None);
        // Writing has stopped for want of a few hundred KB, which one segment brings.
        _bench.Settings.LeastFreeMegabytes = 1;
        _bench.Disk = (total, total - _bench.OwnBytes - 1_048_576 + (_bench.Store.Segments[0].Bytes / 2));
        Assert.That(await _bench.Store.Retire(CancellationToken.None), Is.EqualTo(1), _bench.Describe());
    }

    [Test]
    public async Task Whoever_reads_a_segment_that_goes_reads_it_to_its_end()
    {
        await Fill(3);
        var seen = 0;
        var chunks = _bench.Search.Search(new SearchRequest("", DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200), 100_000), CancellationToken.None).GetAsyncEnumerator();
        Assert.That(await chunks.MoveNextAsync(), Is.True);
        seen += chunks.Current.Events.Count;
        var batches = _bench.Store.ReadAfter(0, CancellationToken.None).GetAsyncEnumerator();
        Assert.That(await batches.MoveNextAsync(), Is.True);
        using (_bench.Store.Hold())
        {
            _bench.Clock.At += TimeSpan.FromDays(40);
            await _bench.Append(1);
            Assert.That(await _bench.Store.Retire(CancellationToken.None), Is.EqualTo(3));
            Assert.That(await _bench.Received(), Is.EqualTo(30_001), "the ledger is counted once, from the one place or the other");
        }
        Assert.That(await _bench.Received(), Is.EqualTo(30_001));
        while (await chunks.MoveNextAsync()) seen += chunks.Current.Events.Count;
        await chunks.DisposeAsync();
        Assert.That(_bench.Files, Has.Length.EqualTo(4), "held until the last reader leaves");
        var lines = batches.Current.Lines.Count;
        while (await batches.MoveNextAsync()) lines += batches.Current.Lines.Count;
        await batches.DisposeAsync();
        Assert.Multiple(async () =>
        {
            Assert.That(seen, Is.EqualTo(30_000));
            Assert.That(lines, Is.EqualTo(30_001), "and what came meanwhile");
            Assert.That(_bench.Files, Has.Length.EqualTo(1));
            Assert.That(await _bench.Count(), Is.EqualTo(1));
        });
    }

    [Test]
    public async Task A_kill_between_retiring_and_deleting_counts_nothing_twice()
    {
        await Fill(3);
        var oldest = _bench.Files[0];
        _bench.Clock.At += TimeSpan.FromDays(31);
        await _bench.Append(1);
        File.Copy(oldest, oldest + ".kept");
        await _bench.Store.Retire(CancellationToken.None);
        _bench.Close();
        File.Move(oldest + ".kept", oldest);
        _bench.Reopen();
        Assert.Multiple(async () =>
        {
            Assert.That(File.Exists(oldest), Is.False);
            Assert.That(await _bench.Received(), Is.EqualTo(30_001));
            Assert.That(await _bench.Count(), Is.EqualTo(1));
        });
    }

    [Test]
    public async Task A_sender_with_endless_keys_keeps_its_newest_and_others_keep_theirs_and_time_clears_them()
    {
        _bench.Settings = new EventStoreSettings { KeysPerSender = 1000, SegmentRows = 10_000 };
        _bench.Reopen();
        for (var b = 0; b < 30; b++)
        {
            var commit = new BatchCommit();
            for (var i = 0; i < 100; i++) commit.Marks.Add(($"idem:a:{(b * 100) + i}", "1", _bench.Clock.At.AddHours(24)));
            commit.Marks.Add(($"idem:b:{b}", "1", _bench.Clock.At.AddHours(24)));
            commit.Marks.Add(("tail:y", b.ToString(System.Globalization.CultureInfo.InvariantCulture), null));
            await _bench.Append(1000, commit: commit);
        }
        Assert.That(_bench.Store.MarkCount, Is.EqualTo(1031));
        _bench.Reopen();
        Assert.Multiple(async () =>
        {
            Assert.That(_bench.Store.MarkCount, Is.EqualTo(1031));
            Assert.That(await _bench.Store.ReadMark("idem:a:1999", CancellationToken.None), Is.Null);
            Assert.That(await _bench.Store.ReadMark("idem:a:2000", CancellationToken.None), Is.EqualTo("1"));
            Assert.That(await _bench.Store.ReadMark("idem:b:0", CancellationToken.None), Is.EqualTo("1"));
            Assert.That(await _bench.Store.ReadMark("tail:y", CancellationToken.None), Is.EqualTo("29"));
        });
        _bench.Clock.At += TimeSpan.FromHours(25);
        await _bench.Store.Retire(CancellationToken.None);
        Assert.That(_bench.Store.MarkCount, Is.EqualTo(1));
    }

    private async Task Fill(int segments)
    {
        for (var i = 0; i < segments; i++) await _bench.Append(10_000, spread: true);
        // The last one, full too, is closed now, and an empty one follows it.
        await _bench.Store.Retire(CancellationToken.None);
        Assert.That(_bench.Store.Segments, Has.Count.EqualTo(segments + 1));
    }
}
