using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Juming.Platform.Access.Audit;
using Juming.Platform.Modules;
using Juming.Site.Events;
using Juming.Site.Events.Search;
using Juming.Site.Events.Store;
using Juming.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;

namespace Juming.Tiers.Tests.Faults;

/// <summary>Faults of the event store's files and disk.</summary>
internal sealed class EventStoreFaultTests
{
    private static readonly Dictionary<string, string?> Quiet = new() { ["Modules:Collection:Udp:0"] = "127.0.0.1:0", ["Modules:Collection:Tcp:0"] = "127.0.0.1:0", ["Log:File"] = "false" };

    private SmallDisk _disk = null!;

    [SetUp]
    public void MakeDisk() => _disk = new SmallDisk(96);

    [TearDown]
    public void RemoveDisk() => _disk.Dispose();

    [Test]
    public async Task A_checkpoint_that_finds_no_room_loses_nothing_and_storing_goes_on_when_there_is_room()
    {
        if (!_disk.IsMounted) Needs.Skip(Needs.Mount, "Mounting a tmpfs is not permitted here.");
        var stored = 0;
        using (var store = Open())
        {
            for (; stored < 20_000; stored += 2000) await store.Append(Batch(2000), new BatchCommit(), CancellationToken.None);
            await _disk.FillAllBut(300_000);
            var refused = 0;
            for (var i = 0; i < 5; i++)
            {
                try
                {
                    // The segment is full: its checkpoint comes first.
                    await store.Append(Batch(2000), new BatchCommit(), CancellationToken.None);
                    stored += 2000;
                }
                catch (Exception e) when (e is IOException or DuckDB.NET.Data.DuckDBException)
                {
                    refused++;
                }
            }
            Assert.That(refused, Is.GreaterThan(0), "the disk must really have been too small");
            _disk.Free();
            await store.Append(Batch(10), new BatchCommit(), CancellationToken.None);
            stored += 10;
            Assert.That(await Count(store), Is.EqualTo(stored));
        }
        using var again = Open();
        Assert.Multiple(async () =>
        {
            Assert.That(await Count(again), Is.EqualTo(stored));
            Assert.That(again.SetAside, Is.Empty);
        });
    }

    [Test]
    public async Task An_export_for_which_there_is_no_room_ends_cleanly_and_leaves_no_file()
    {
        if (!_disk.IsMounted) Needs.Skip(Needs.Mount, "Mounting a tmpfs is not permitted here.");
        var settings = new Dictionary<string, string?>(Quiet) { ["Modules:Events:LeastFreeMegabytes"] = "8", ["Modules:Events:DiskPercent"] = "99" };
        await using var site = await RunningTier.Start("site", Path.Combine(_disk.Folder, "data"), settings);
        using var client = await site.WithToken("collection.send", "events.read");
        var block = string.Concat(Enumerable.Range(0, 4000).Select(i => $"{i} {new string('x', 600)}\n"));
        for (var i = 0; i < 5; i++) Assert.That((await client.PostAsync("/api/collection/events", new StringContent(block))).StatusCode, Is.EqualTo(HttpStatusCode.OK));
        // Room for a part of the file only: 20,000 lines are more than 12 MB.
        await _disk.Fill(_disk.FreeMegabytes - 22);
        using var begun = await client.PostAsJsonAsync("/api/events/exports", new { query = "", from = DateTimeOffset.UnixEpoch, to = TimeProvider.System.GetUtcNow().AddHours(1), format = "ndjson" });
        Assert.That(begun.StatusCode, Is.EqualTo(HttpStatusCode.OK), await begun.Content.ReadAsStringAsync());
        JsonElement export = default;
        await Databases.WholeTierTests.Wait(async () =>
        {
            export = JsonDocument.Parse(await client.GetStringAsync("/api/events/exports")).RootElement[0];
            return export.GetProperty("state").GetString() is not ("Waiting" or "Running");
        }, "the export ends", 30);
        Assert.Multiple(() =>
        {
            Assert.That(export.GetProperty("state").GetString(), Is.EqualTo("Failed"));
            Assert.That(export.GetProperty("problem").GetString(), Is.EqualTo("events.export-disk"));
            Assert.That(Directory.GetFiles(Path.Combine(_disk.Folder, "data", "exports")), Is.Empty);
        });
        Assert.That((await client.PostAsync("/api/collection/events", new StringContent("still\n"))).StatusCode, Is.EqualTo(HttpStatusCode.OK), "logs had the room");
    }

    [Test]
    public async Task A_broken_segment_is_said_by_readiness_and_booked_in_the_audit_trail()
    {
        var data = Path.Combine(_disk.Folder, "data");
        using (var store = Open())
        {
            for (var i = 0; i < 6; i++) await store.Append(Batch(2000), new BatchCommit(), CancellationToken.None);
        }
        await File.WriteAllBytesAsync(Path.Combine(data, "events", "00000001.duckdb"), new byte[20_000]);
        await using var site = await RunningTier.Start("site", data, new Dictionary<string, string?>(Quiet) { ["Modules:Events:LeastFreeMegabytes"] = "1" });
        using var client = await site.WithToken("collection.read");
        using var ready = await client.GetAsync("/readyz");
        Assert.That(JsonDocument.Parse(await ready.Content.ReadAsStringAsync()).RootElement.GetProperty("event-store").GetString(), Is.EqualTo("warning"));
        await Retention.Run(site.Services, CancellationToken.None);
        var lines = (await site.Send(new SearchAudit(null, null, Action: "EventSegmentGone"))).Value;
        Assert.That(lines, Has.Count.EqualTo(1));
        Assert.That(lines[0].Arguments, Does.Contain("set-aside").And.Contain("10000"));
    }

    private DuckEventStore Open() =>
        new(new TierContext(new TierDefinition("site", 3, 0, []), Path.Combine(_disk.Folder, "data")), new EventStoreSettings { SegmentRows = 10_000, LeastFreeMegabytes = 0 }, TimeProvider.System, NullLogger<DuckEventStore>.Instance);

    private static EventBatch Batch(int count)
    {
        var batch = new EventBatch(count);
        for (var i = 0; i < count; i++) batch.Begin(Encoding.UTF8.GetBytes($"{Guid.NewGuid()} {i}"), TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() * 1000);
        return batch;
    }

    private static async Task<long> Count(DuckEventStore store)
    {
        using var search = new DuckSearch(store);
        return (await search.Histogram(new SearchRequest("", DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200)), 1, CancellationToken.None)).Sum(s => s.Count);
    }
}
