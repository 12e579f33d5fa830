using System.Net.Http.Json;
using System.Text.Json;
using Juming.Site.Assets;
using Juming.Site.Assets.Sightings;
using Juming.Site.Events;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace Juming.Site.Tests.Assets;

/// <summary>Machines of the site appear from what logs say of them, once each, and only they.</summary>
[Category("S1.2")]
internal sealed class SightingTests
{
    private AssetsBench _bench = null!;

    [OneTimeSetUp]
    public async Task Start() => _bench = await AssetsBench.Start();

    [OneTimeTearDown]
    public Task Stop() => _bench.DisposeAsync().AsTask();

    [Test]
    public async Task A_machine_appears_with_its_address_names_and_accounts_and_the_outside_does_not()
    {
        await _bench.Tell(Event(("source.ip", "198.51.100.7"), ("destination.ip", "10.1.0.5"), ("event.outcome", "success")), Event(("host.name", "WEB01"), ("host.ip", "10.1.0.5"), ("user.name", "alice")));
        var asset = await _bench.One("10.1.0.5");
        var dossier = await _bench.Get("/" + asset.GetProperty("id").GetString());
        Assert.Multiple(() =>
        {
            Assert.That(asset.GetProperty("name").GetString(), Is.EqualTo("web01"));
            Assert.That(dossier.GetProperty("users")[0].GetProperty("name").GetString(), Is.EqualTo("alice"));
            Assert.That(Directory.Find("WEB01")?.Id, Is.EqualTo(asset.GetProperty("id").GetGuid()));
            Assert.That(Directory.Find("10.1.0.5")?.Id, Is.EqualTo(asset.GetProperty("id").GetGuid()));
            Assert.That(Directory.Find("198.51.100.7"), Is.Null);
        });
    }

    [Test]
    public async Task An_address_that_moves_to_another_host_is_with_the_later_one_and_the_earlier_says_so()
    {
        await _bench.Tell(Event(("host.name", "pc-a"), ("host.ip", "10.2.0.9"), ("@timestamp", Ago(60))));
        await _bench.Tell(Event(("host.name", "pc-b"), ("host.ip", "10.2.0.9"), ("@timestamp", Ago(5))));
        var earlier = await _bench.Get("/" + (await _bench.One("pc-a")).GetProperty("id").GetString());
        var address = earlier.GetProperty("identities").EnumerateArray().Single(i => i.GetProperty("value").GetString() == "10.2.0.9");
        Assert.That(address.GetProperty("nowWith").GetProperty("name").GetString(), Is.EqualTo("pc-b"));
        Assert.That(Directory.Find("10.2.0.9")?.Name, Is.EqualTo("pc-b"));
    }

    [Test]
    public async Task A_sweep_over_a_network_fills_nothing()
    {
        await _bench.Tell([.. Enumerable.Range(0, 600).Select(i => Event(("source.ip", "10.3.0.1"), ("destination.ip", $"10.33.{i / 250}.{i % 250}"), ("destination.port", "22")))]);
        Assert.That((await _bench.Get("?text=10.33.")).GetProperty("total").GetInt32(), Is.LessThanOrEqualTo(32));
        Assert.That((await _bench.Get("?text=10.3.0.1")).GetProperty("total").GetInt32(), Is.EqualTo(1), "who sweeps is there");
    }

    [Test]
    public async Task A_router_before_many_addresses_does_not_make_them_one_machine()
    {
        for (var i = 1; i <= 9; i++) await _bench.Tell(Event(("source.ip", "10.4.0." + i), ("source.mac", "00:11:22:33:44:55")));
        Assert.That((await _bench.Get("?text=10.4.0.")).GetProperty("total").GetInt32(), Is.GreaterThanOrEqualTo(5));
    }

    [Test]
    public async Task A_host_name_of_markup_is_no_machine_and_an_account_of_markup_stays_text()
    {
        await _bench.Tell(Event(("host.name", "<script>alert(1)</script>")), Event(("host.name", "srv-evil"), ("user.name", "<img src=x onerror=alert(1)>")));
        Assert.That((await _bench.Get("?text=script")).GetProperty("total").GetInt32(), Is.Zero);
        var dossier = await _bench.Get("/" + (await _bench.One("srv-evil")).GetProperty("id").GetString());
        Assert.That(dossier.GetProperty("users")[0].GetProperty("name").GetString(), Is.EqualTo("<img src=x onerror=alert(1)>"));
    }

    [Test]
    public async Task A_change_is_kept_by_sightings_and_an_older_version_is_refused()
    {
        await _bench.Tell(Event(("host.name", "db-main"), ("host.ip", "10.5.0.1")));
        var path = "/api/assets/" + (await _bench.One("db-main")).GetProperty("id").GetString();
        using var first = await _bench.Client.PatchAsJsonAsync(path, new { version = 1, name = "Ledger", importance = "Core", zone = "core" });
        using var second = await _bench.Client.PatchAsJsonAsync(path, new { version = 1, owner = "li" });
        await _bench.Tell(Event(("host.name", "db-main"), ("host.ip", "10.5.0.2")));
        var asset = await _bench.One("db-main");
        Assert.Multiple(() =>
        {
            Assert.That((int)first.StatusCode, Is.EqualTo(204));
            Assert.That((int)second.StatusCode, Is.EqualTo(409));
            Assert.That(asset.GetProperty("name").GetString(), Is.EqualTo("Ledger"));
            Assert.That(asset.GetProperty("addresses").GetArrayLength(), Is.EqualTo(2));
            Assert.That(Directory.Find("10.5.0.2")?.Importance, Is.EqualTo(AssetImportance.Core));
        });
    }

    [Test]
    public async Task Two_assets_merge_and_come_apart_again()
    {
        await _bench.Tell(Event(("host.name", "left-1"), ("host.ip", "10.6.0.1")), Event(("host.name", "right-1"), ("host.ip", "10.6.0.2")));
        var (left, right) = ((await _bench.One("left-1")).GetProperty("id").GetGuid(), (await _bench.One("right-1")).GetProperty("id").GetGuid());
        Assert.That((await _bench.Post("merge", JsonContent.Create(new { into = left, from = right }))).Status, Is.EqualTo(204));
        Assert.That(Directory.Find("10.6.0.2")?.Id, Is.EqualTo(left));
        Assert.That((await _bench.One("right-1")).GetProperty("id").GetGuid(), Is.EqualTo(left));
        Assert.That((await _bench.Post("merge", JsonContent.Create(new { into = left, from = right }))).Status, Is.EqualTo(409));
        Assert.That((await _bench.Post(right + "/unmerge")).Status, Is.EqualTo(204));
        Assert.That(Directory.Find("10.6.0.2")?.Id, Is.EqualTo(right));
    }

    [Test]
    public async Task A_short_name_and_its_only_long_form_are_one_machine_and_two_long_forms_are_not()
    {
        await _bench.Tell(Event(("host.name", "app77")));
        await _bench.Tell(Event(("host.name", "app77.corp.example"), ("host.ip", "10.8.0.1")));
        Assert.That((await _bench.One("app77")).GetProperty("hosts").GetArrayLength(), Is.EqualTo(2));
        await _bench.Tell(Event(("host.name", "app77.lab.example"), ("host.ip", "10.8.0.2")));
        Assert.That((await _bench.Get("?text=app77")).GetProperty("total").GetInt32(), Is.EqualTo(2));
        var other = await _bench.Get("/" + (await _bench.One("app77.lab")).GetProperty("id").GetString());
        Assert.That(other.GetProperty("namesakes").GetArrayLength(), Is.EqualTo(1), "a person is asked");
        Assert.That((await _bench.Get("?text=app7")).GetProperty("total").GetInt32(), Is.EqualTo(2));
    }

    [Test]
    public async Task A_merge_takes_nothing_from_what_matters_and_an_asset_is_entered_once()
    {
        await _bench.Tell(Event(("host.name", "plain-1"), ("host.ip", "10.8.1.1")));
        var plain = (await _bench.One("plain-1")).GetProperty("id").GetGuid();
        var (status, core) = await _bench.Post("", JsonContent.Create(new { name = "Ledger", address = "10.8.1.2", host = "LEDGER-1", importance = "Core" }));
        Assert.That((status, Directory.Find("ledger-1")?.Importance), Is.EqualTo((200, (AssetImportance?)AssetImportance.Core)));
        Assert.That((await _bench.One("ledger-1")).GetProperty("origin").GetString(), Is.EqualTo("Entered"));
        Assert.That((await _bench.Post("", JsonContent.Create(new { name = "Twice", address = "10.8.1.2", host = "" }))).Status, Is.EqualTo(409));
        Assert.That((await _bench.Post("", JsonContent.Create(new { name = "None", address = "", host = " " }))).Status, Is.EqualTo(400));
        Assert.That((await _bench.Post("", JsonContent.Create(new { name = "Evil", address = "", host = "<b>x</b>" }))).Status, Is.EqualTo(400));
        Assert.That((await _bench.Post("merge", JsonContent.Create(new { into = plain, from = core.GetGuid() }))).Status, Is.EqualTo(204));
        Assert.That(Directory.Find("10.8.1.1")?.Importance, Is.EqualTo(AssetImportance.Core));
    }

    [Test]
    public void A_sender_that_names_one_host_for_long_is_that_host_and_a_relay_never_is()
    {
        const long minute = 60_000_000;
        var senders = new Senders(source => "10.8.8." + source);
        for (var i = 0; i < 30; i++) Assert.That(senders.OwnAddress(1, 7, i), Is.Null, "many lines at once prove nothing");
        Assert.That(senders.OwnAddress(1, 7, 11 * minute), Is.EqualTo("10.8.8.1"));
        for (var i = 0; i < 30; i++) senders.OwnAddress(2, (ulong)(i % 2), i * minute);
        Assert.That(senders.OwnAddress(2, 1, 60 * minute), Is.Null);
        Assert.That(senders.OwnAddress(1, 8, 12 * minute), Is.Null, "another name makes it a relay");
        Assert.That(senders.OwnAddress(1, 7, 13 * minute), Is.Null);
        Assert.That(senders.OwnAddress(0, 7, 99 * minute), Is.Null);
    }

    [Test]
    public async Task A_million_forged_addresses_grow_neither_memory_nor_the_register_without_bound()
    {
        await using var bench = await AssetsBench.Start(settings: new() { ["Modules:Assets:MostAssets"] = "100" });
        var watcher = bench.Site.Services.GetRequiredService<AssetWatcher>();
        var batch = new EventBatch();
        var before = GC.GetTotalMemory(true);
        for (var i = 0; i < 1_000_000; i++)
        {
            Fill(batch, $"10.{(i >> 16) & 255}.{(i >> 8) & 255}.{i & 255}");
            watcher.Match(batch);
        }
        var grown = (GC.GetTotalMemory(true) - before) / 1_048_576.0;
        TestContext.Out.WriteLine($"memory {grown:F1} MiB more, {watcher.Refused} refused");
        await bench.Tell(Event(("source.ip", "10.9.9.9")));
        Assert.That(grown, Is.LessThan(20));
        Assert.That((await bench.Get()).GetProperty("total").GetInt32(), Is.LessThanOrEqualTo(100));
    }

    [Test]
    public void What_was_seen_already_costs_no_memory_and_little_time()
    {
        var watcher = new AssetWatcher(new Networks([]), new Senders(_ => null), new Juming.Site.Assets.Software.SoftwareLook());
        var batch = new EventBatch();
        Fill(batch, "10.7.0.1");
        for (var i = 0; i < 10_000; i++) watcher.Match(batch);
        var memory = GC.GetAllocatedBytesForCurrentThread();
        var watch = System.Diagnostics.Stopwatch.StartNew();
        for (var i = 0; i < 1_000_000; i++) watcher.Match(batch);
        var bytes = GC.GetAllocatedBytesForCurrentThread() - memory;
        TestContext.Out.WriteLine($"{watch.Elapsed.TotalMilliseconds:F0} ns an event, {bytes} bytes");
        Assert.That(bytes, Is.LessThan(10_000));
        Assert.That(watch.Elapsed, Is.LessThan(TimeSpan.FromSeconds(3)));
    }

    private IAssetDirectory Directory => _bench.Site.Services.GetRequiredService<IAssetDirectory>();

    private static Dictionary<string, string> Event(params (string Name, string Value)[] fields) => fields.ToDictionary(f => f.Name, f => f.Value);

    private static string Ago(int minutes) => TimeProvider.System.GetUtcNow().AddMinutes(-minutes).ToString("O");

    private static void Fill(EventBatch batch, string address)
    {
        batch.Clear();
        batch.Begin("x"u8, 1_780_000_000_000_000);
        batch.Current.Time = 1_780_000_000_000_000;
        batch.Add(Field.SourceIp, address);
    }
}
