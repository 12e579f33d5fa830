using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Juming.Testing;
using NUnit.Framework;

namespace Juming.Tiers.Tests.Faults;

/// <summary>A disk that fills up: a small file system of its own where mounting is permitted, a moved threshold of the disk guard elsewhere.</summary>
internal sealed class DiskFullTests
{
    private const int DiskMegabytes = 96;

    private SmallDisk _disk = null!;

    [SetUp]
    public void MakeDisk() => _disk = new SmallDisk(DiskMegabytes);

    [TearDown]
    public void DeleteDisk() => _disk.Dispose();

    [Test]
    public async Task A_full_disk_refuses_events_tells_it_and_recovers_by_itself_with_a_balanced_ledger()
    {
        if (!_disk.IsMounted) Needs.Skip(Needs.Mount, "Mounting a tmpfs is not permitted here; the guard is tested by its threshold instead.");
        var port = FreePort();
        var settings = new Dictionary<string, string?>
        {
            ["Modules:Collection:Udp:0"] = "127.0.0.1:0",
            ["Modules:Collection:Tcp:0"] = $"127.0.0.1:{port}",
            ["Modules:Events:LeastFreeMegabytes"] = "24",
            ["Modules:Events:DiskPercent"] = "60",
        };
        await using var site = await RunningTier.Start("site", Path.Combine(_disk.Folder, "data"), settings);
        using var sender = await site.WithToken("collection.send", "collection.read");
        Assert.That(await Send(sender, "before"), Is.EqualTo(HttpStatusCode.OK));
        Assert.That(await Level(sender), Is.EqualTo("good"));

        await _disk.Fill(_disk.FreeMegabytes - 30);
        await Until(sender, "warning");
        Assert.That(await Send(sender, "while tight"), Is.EqualTo(HttpStatusCode.OK), "a tight disk still takes events");

        await _disk.Fill(_disk.FreeMegabytes - 10);
        await Until(sender, "bad");
        Assert.That(await Send(sender, "while full"), Is.EqualTo(HttpStatusCode.InsufficientStorage).Or.EqualTo(HttpStatusCode.ServiceUnavailable).Or.EqualTo(HttpStatusCode.TooManyRequests));
        // A transport that can't be told is counted: these lines are dropped with their reason.
        using (var client = new TcpClient())
        {
            await client.ConnectAsync(IPAddress.Loopback, port);
            for (var i = 0; i < 5; i++) await client.GetStream().WriteAsync(Encoding.UTF8.GetBytes($"<14>Nov 23 10:00:0{i} h app: lost {i}\n"));
            await Task.Delay(1500);
        }
        Assert.That((await sender.GetAsync("/healthz")).StatusCode, Is.EqualTo(HttpStatusCode.OK));

        _disk.Free();
        await Until(sender, "good");
        Assert.That(await Send(sender, "after"), Is.EqualTo(HttpStatusCode.OK));
        JsonElement ledger = default;
        await Databases.WholeTierTests.Wait(async () =>
        {
            ledger = JsonDocument.Parse(await sender.GetStringAsync("/api/collection/ledger")).RootElement;
            return ledger.GetProperty("received").GetInt64() == 8;
        }, "drops are booked once there is room");
        Assert.Multiple(() =>
        {
            Assert.That(ledger.GetProperty("stored").GetInt64(), Is.EqualTo(3));
            Assert.That(ledger.GetProperty("dropped").GetProperty("disk-full").GetInt64(), Is.EqualTo(5));
            Assert.That(ledger.GetProperty("imbalance").GetInt64(), Is.Zero);
            Assert.That(ledger.GetProperty("inFlight").GetInt64(), Is.Zero);
        });
    }

    [Test]
    public async Task A_disk_that_fills_faster_than_the_guard_looks_neither_ends_the_process_nor_breaks_the_store()
    {
        if (!_disk.IsMounted) Needs.Skip(Needs.Mount, "Mounting a tmpfs is not permitted here.");
        var settings = new Dictionary<string, string?> { ["Modules:Collection:Udp:0"] = "127.0.0.1:0", ["Modules:Collection:Tcp:0"] = "127.0.0.1:0", ["Modules:Events:LeastFreeMegabytes"] = "1", ["Modules:Events:DiskPercent"] = "99", ["Log:File"] = "false" };
        var stored = 0;
        await using (var site = await RunningTier.Start("site", Path.Combine(_disk.Folder, "data"), settings))
        {
            using var sender = await site.WithToken("collection.send", "collection.read");
            Assert.That(await Send(sender, "before"), Is.EqualTo(HttpStatusCode.OK));
            stored++;
            await _disk.Fill(_disk.FreeMegabytes - 2);
            var block = string.Concat(Enumerable.Range(0, 4000).Select(i => $"{Guid.NewGuid()} {Guid.NewGuid()} filler {i}\n"));
            var refused = 0;
            for (var i = 0; i < 12; i++)
            {
                using var answer = await sender.PostAsync("/api/collection/events", new StringContent(block));
                if (answer.StatusCode == HttpStatusCode.OK) stored += 4000;
                else refused++;
            }
            Assert.That(refused, Is.GreaterThan(0), "the disk must really have been full");
            Assert.That((await sender.GetAsync("/healthz")).StatusCode, Is.EqualTo(HttpStatusCode.OK));
            _disk.Free();
            await Databases.WholeTierTests.Wait(async () =>
            {
                if (await Send(sender, "after") != HttpStatusCode.OK) return false;
                stored++;
                return true;
            }, "takes events again by itself");
            Assert.That(await StoredRows(sender), Is.EqualTo(stored));
        }
        await using var again = await RunningTier.Start("site", Path.Combine(_disk.Folder, "data"), settings);
        using var reader = await again.WithToken("collection.read");
        Assert.That(await StoredRows(reader), Is.EqualTo(stored), "everything that was acknowledged is there after a restart");
    }

    [Test]
    public async Task The_guards_threshold_alone_stops_storing_and_a_start_with_room_goes_on()
    {
        var settings = new Dictionary<string, string?> { ["Modules:Collection:Udp:0"] = "127.0.0.1:0", ["Modules:Collection:Tcp:0"] = "127.0.0.1:0" };
        var full = new Dictionary<string, string?>(settings) { ["Modules:Events:LeastFreeMegabytes"] = Math.Min(1_000_000, _disk.FreeMegabytes + 100).ToString(CultureInfo.InvariantCulture) };
        var room = new Dictionary<string, string?>(settings) { ["Modules:Events:LeastFreeMegabytes"] = "1" };
        var folder = Path.Combine(_disk.Folder, "data");
        await using (var site = await RunningTier.Start("site", folder, full))
        {
            using var sender = await site.WithToken("collection.send");
            Assert.That(await Send(sender, "one"), Is.Not.EqualTo(HttpStatusCode.OK));
            Assert.That(await Level(sender), Is.EqualTo("bad"));
        }
        await using var again = await RunningTier.Start("site", folder, room);
        using var later = await again.WithToken("collection.send");
        Assert.That(await Send(later, "two"), Is.EqualTo(HttpStatusCode.OK));
    }

    private static async Task<long> StoredRows(HttpClient reader) =>
        JsonDocument.Parse(await reader.GetStringAsync("/api/collection/ledger")).RootElement.GetProperty("stored").GetInt64();

    private static async Task<HttpStatusCode> Send(HttpClient sender, string line)
    {
        using var answer = await sender.PostAsync("/api/collection/events", new StringContent(line + "\n"));
        return answer.StatusCode;
    }

    private static async Task<string> Level(HttpClient client)
    {
        using var answer = await client.GetAsync("/readyz");
        return JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("event-store").GetString()!;
    }

    private static Task Until(HttpClient client, string level) => Databases.WholeTierTests.Wait(async () => await Level(client) == level, $"the store's level becomes {level} with nobody sending", 60);

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
