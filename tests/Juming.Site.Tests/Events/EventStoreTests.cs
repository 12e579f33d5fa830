using System.Text;
using Juming.Platform.Modules;
using Juming.Site.Events;
using Juming.Site.Events.Store;
using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;

namespace Juming.Site.Tests.Events;

[Category("S2")]
public sealed class EventStoreTests
{
    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("juming-store").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, true);

    [Test]
    public async Task What_was_appended_is_there_after_reopening_in_order_and_with_marks_and_ledger()
    {
        using (var store = Open())
        {
            for (var b = 0; b < 3; b++)
            {
                var commit = new BatchCommit();
                commit.Marks.Add(("pos", $"o'{b}", null));
                commit.Ledger.Add(new LedgerDelta(7, 100, "received", 5000, 10));
                Assert.That(await store.Append(Batch(5000, b * 5000), commit, CancellationToken.None), Is.EqualTo(b + 1));
            }
        }
        using var again = Open();
        var lines = new List<string>();
        await foreach (var batch in again.ReadAfter(1, CancellationToken.None)) lines.AddRange(batch.Lines.Select(l => Encoding.UTF8.GetString(l.Raw)));
        Assert.Multiple(async () =>
        {
            Assert.That(again.LastSequence, Is.EqualTo(3));
            Assert.That(lines, Is.EqualTo(Enumerable.Range(5000, 10_000).Select(i => $"line {i}")));
            Assert.That(await again.ReadMark("pos", CancellationToken.None), Is.EqualTo("o'2"));
            Assert.That((await again.ReceivedBySource(CancellationToken.None))[7], Is.EqualTo(15_000));
        });
    }

    [Test]
    public async Task Batches_of_many_writers_each_get_a_place_of_their_own_and_are_all_there_after_reopening()
    {
        long[] sequences;
        using (var store = Open())
        {
            sequences = await Task.WhenAll(Enumerable.Range(0, 40).Select(b => Task.Run(() =>
            {
                var commit = new BatchCommit();
                commit.Marks.Add(($"writer/{b}", "done", null));
                return store.Append(Batch(b % 10 == 0 ? 0 : 3000, b * 3000), commit, CancellationToken.None);
            })));
        }
        using var again = Open();
        var lines = new List<string>();
        await foreach (var batch in again.ReadAfter(0, CancellationToken.None)) lines.AddRange(batch.Lines.Select(l => Encoding.UTF8.GetString(l.Raw)));
        Assert.Multiple(async () =>
        {
            Assert.That(sequences.Order(), Is.EqualTo(Enumerable.Range(1, 40)));
            Assert.That(lines, Is.EquivalentTo(Enumerable.Range(0, 40).Where(b => b % 10 != 0).SelectMany(b => Enumerable.Range(b * 3000, 3000)).Select(i => $"line {i}")));
            Assert.That(await again.ReadMarks("writer/", CancellationToken.None), Has.Count.EqualTo(40));
        });
    }

    /// <summary>A commit that makes the file's checkpoint is seen by readers seconds before it is safe; a kill in between takes the batch away.</summary>
    [Test]
    public async Task What_is_not_yet_safe_on_disk_is_not_read_back()
    {
        using var store = Open();
        await store.Append(Batch(10, 0), new BatchCommit(), CancellationToken.None);
        store.Duck.Execute($"INSERT INTO {store.Segments[^1].Alias}.batches VALUES (2, 1, 0, 0, 0, 0)");
        var read = new List<long>();
        await foreach (var batch in store.ReadAfter(0, CancellationToken.None)) read.Add(batch.Sequence);
        Assert.That(read, Is.EqualTo(new long[] { 1 }));
    }

    [Test]
    public async Task Hostile_values_are_stored_without_harm()
    {
        using var store = Open();
        var batch = new EventBatch(4);
        batch.Begin("raw\0with nul"u8, 1_000_000);
        batch.Add(Field.UserName, [0xff, 0xfe, (byte)'a']);
        batch.Add(Field.SourcePort, "not a number"u8);
        batch.Add(FieldNames.Intern("vendor.x"), [(byte)'a', 0x1f, (byte)'b']);
        batch.Begin([], 1_000_000);
        batch.Begin(new byte[60_000], 1_000_000);
        await store.Append(batch, new BatchCommit(), CancellationToken.None);
        var stored = new List<StoredLine>();
        await foreach (var b in store.ReadAfter(0, CancellationToken.None)) stored.AddRange(b.Lines);
        Assert.That(stored, Has.Count.EqualTo(3));
        Assert.That(Encoding.UTF8.GetString(stored[0].Raw), Is.EqualTo("raw\0with nul"));
    }

    [Test]
    public async Task A_new_segment_begins_at_its_limit_and_carries_the_marks_over()
    {
        using (var store = Open(new EventStoreSettings { SegmentRows = 10_000 }))
        {
            var commit = new BatchCommit();
            commit.Marks.Add(("kept", "yes", null));
            await store.Append(Batch(10_000), commit, CancellationToken.None);
            await store.Append(Batch(10), new BatchCommit(), CancellationToken.None);
            Assert.That(store.Segments, Has.Count.EqualTo(2));
            File.Delete(store.Segments[0].Path + ".unused");
        }
        File.Delete(Directory.GetFiles(Path.Combine(_folder, "events"), "*.duckdb").Order().First());
        using var again = Open();
        Assert.That(await again.ReadMark("kept", CancellationToken.None), Is.EqualTo("yes"));
    }

    [Test]
    public async Task A_broken_segment_is_set_aside_and_the_rest_opens()
    {
        using (var store = Open(new EventStoreSettings { SegmentRows = 10_000 }))
        {
            await store.Append(Batch(10_000), new BatchCommit(), CancellationToken.None);
            await store.Append(Batch(10), new BatchCommit(), CancellationToken.None);
        }
        var first = Directory.GetFiles(Path.Combine(_folder, "events"), "*.duckdb").Order().First();
        await File.WriteAllBytesAsync(first, new byte[8192]);
        using var again = Open();
        Assert.That(again.SetAside, Has.Count.EqualTo(1));
        Assert.That(again.Segments, Has.Count.EqualTo(1));
        Assert.That(await again.Append(Batch(1), new BatchCommit(), CancellationToken.None), Is.GreaterThan(0));
    }

    [Test]
    public async Task A_full_disk_refuses_with_advice()
    {
        using var store = Open(new EventStoreSettings { LeastFreeMegabytes = 1_000_000 });
        var refusal = Assert.ThrowsAsync<EventStoreFullException>(() => store.Append(Batch(1), new BatchCommit(), CancellationToken.None))!;
        Assert.That(refusal.Message, Does.Contain("KeepDays"));
        await Task.CompletedTask;
    }

    private DuckEventStore Open(EventStoreSettings? settings = null) =>
        new(new TierContext(Tiers.Site, _folder), settings ?? new EventStoreSettings(), TimeProvider.System, NullLogger<DuckEventStore>.Instance);

    private static EventBatch Batch(int count, int first = 0)
    {
        var batch = new EventBatch(count);
        for (var i = 0; i < count; i++)
        {
            batch.Begin(Encoding.UTF8.GetBytes($"line {first + i}"), 1_700_000_000_000_000 + i, 7, i + 1);
            batch.Add(Field.SourceIp, "10.1.2.3"u8);
            batch.Add(Field.SourcePort, i);
        }
        return batch;
    }
}
