using Juming.Site.Assets;
using Juming.Site.Collection;
using Juming.Site.Collection.ChangeSource;
using Juming.Site.Collection.ListSources;
using Juming.Site.Collection.Sources;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace Juming.Site.Tests.Collection;

/// <summary>The register under a flood of forged senders, and what a person sees and sets of one.</summary>
[Category("S2")]
[CancelAfter(120_000)]
public sealed class SourceRegisterTests
{
    [Test]
    public async Task Forged_senders_take_no_room_of_others_and_make_room_when_they_are_idle()
    {
        await using var bench = await CollectionBench.Start(change: s => s.Tcp = []);
        var clock = new Later();
        var register = new SourceRegister(bench.Site.Services.GetRequiredService<IServiceScopeFactory>(), new CollectionSettings(), clock);
        var now = (clock.GetUtcNow().UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / 10;
        Source? first = null;
        for (var i = 0; i < SourceRegister.MostUnproven; i++)
        {
            var forged = register.Get($"syslog/10.{i >> 16}.{(i >> 8) & 255}.{i & 255}", "forged");
            forged.Count(1, 0, now);
            first ??= forged;
        }
        Assert.Multiple(() =>
        {
            Assert.That(register.Get("syslog/192.0.2.1", "192.0.2.1").Id, Is.Zero, "forged ones share what is left");
            Assert.That(register.Get("syslog/192.0.2.2", "192.0.2.2", proven: true).Id, Is.Not.Zero, "a handshake has room of its own");
            Assert.That(register.Get("file//var/log/new.log", "new.log", proven: true).Id, Is.Not.Zero);
        });
        for (var i = 0; i < 2000; i++) register.Get($"syslog/2001:db8::{i:x}", "handshake", proven: true);
        Assert.That((register.Get("syslog/2001:db8::ffff", "handshake", proven: true).Id, register.Get("http/token", "token", proven: true).Id > 0), Is.EqualTo((0, true)), "files and HTTP clients find room beside all of syslog");
        await register.Persist(CancellationToken.None);
        register.Find(5)!.Tended = true;
        Assert.That(await register.MakeRoom(_ => 1, CancellationToken.None), Is.Zero, "none is idle yet");
        clock.Passed = TimeSpan.FromHours(25);
        Assert.That(await register.MakeRoom(id => id == 7 ? 5000 : 1, CancellationToken.None), Is.EqualTo(SourceRegister.MostUnproven - 2));
        var fresh = register.Get("syslog/192.0.2.1", "192.0.2.1");
        Assert.That((register.Find(5) is not null, register.Find(7) is not null, fresh.Id), Is.EqualTo((true, true, SourceRegister.MostSyslog + 3)), "numbers are never given twice");
        register.Keep(first!);
        Assert.That((register.Find(first!.Id), first.Evicted), Is.EqualTo((first, false)), "one that sends again keeps its number");
        await register.Persist(CancellationToken.None);
        var again = new SourceRegister(bench.Site.Services.GetRequiredService<IServiceScopeFactory>(), new CollectionSettings(), clock);
        await again.Load(CancellationToken.None);
        Assert.That(again.Get("syslog/198.51.100.1", "x").Id, Is.GreaterThan(fresh.Id));
    }

    [Test]
    public async Task A_key_longer_than_its_column_is_cut_and_still_tells_senders_apart()
    {
        await using var bench = await CollectionBench.Start(change: s => s.Tcp = []);
        var register = bench.Site.Services.GetRequiredService<SourceRegister>();
        var one = register.Get("file/" + new string('a', 500) + "1", new string('n', 300), proven: true);
        var two = register.Get("file/" + new string('a', 500) + "2", "n", proven: true);
        Assert.Multiple(() =>
        {
            Assert.That(one, Is.Not.SameAs(two));
            Assert.That((one.Key.Length, two.Key.Length, one.Name.Length), Is.EqualTo((400, 400, 200)));
            Assert.That(register.Get("file/" + new string('a', 500) + "1", "n", proven: true), Is.SameAs(one));
        });
        await register.Persist(CancellationToken.None);
    }

    [Test]
    public async Task A_sender_shows_its_rate_its_day_its_zone_and_its_asset()
    {
        await using var bench = await CollectionBench.Start(services: s => s.AddSingleton<IAssetDirectory, OneAsset>());
        await bench.Send(string.Concat(Enumerable.Range(0, 30).Select(i => $"<13>line {i}\n")));
        Assert.That(await bench.Stored(30), Is.EqualTo(30));
        var source = bench.Site.Services.GetRequiredService<SourceRegister>().All.Single();
        for (var i = 0; i < 201; i++) source.CountSkew(8 * 3600 * 1_000_000L + (i * 100_000), zoneAssumed: true);
        source.CountSkew(-20 * 3600 * 1_000_000L, zoneAssumed: true);
        var view = (await bench.Site.Send(new ListSources())).Value.Items.Single();
        Assert.Multiple(() =>
        {
            Assert.That(view.Day.Sum(), Is.EqualTo(30));
            Assert.That(view.SkewSeconds, Is.EqualTo(8 * 3600).Within(30), "one clock that jumped does not move the median");
            Assert.That((view.ProposedZone?.Zone, view.ProposedZone?.Offset, view.Zone), Is.EqualTo(("Etc/UTC", "+00:00", "Asia/Shanghai")), "proposed, not set");
        });
        Assert.That((await bench.Site.Send(new ChangeSource(view.Id, view.Name, false, "", "", "no such"))).Error?.Code, Is.EqualTo("collection.no-such-asset"));
        Assert.That((await bench.Site.Send(new ChangeSource(view.Id, view.Name, false, "gb18030", view.ProposedZone!.Zone, "gateway"))).Succeeded, Is.True);
        var changed = (await bench.Site.Send(new ListSources())).Value.Items.Single();
        Assert.That((changed.Zone, changed.PinnedCharset, changed.Asset?.Name, changed.ProposedZone, changed.SkewSeconds), Is.EqualTo(("Etc/UTC", "gb18030", "Gateway", (ZoneGuess?)null, (double?)null)));
        Assert.That((await bench.Site.Send(new SuggestAssets("gate"))).Value.Items.Single().Id, Is.EqualTo(OneAsset.Gateway.Id));
        Assert.That((await bench.Site.Send(new ChangeSource(view.Id, view.Name, false, "", "", ""))).Succeeded, Is.True);
        Assert.That((await bench.Site.Send(new ListSources())).Value.Items.Single().Asset, Is.Null);
    }

    [Test]
    public async Task A_habit_is_in_the_register_after_a_restart()
    {
        using var folder = new TestFolder();
        await using (var first = await CollectionBench.Start(folder.Path))
        {
            await first.Send("<13>one\n");
            Assert.That(await first.Stored(1), Is.EqualTo(1));
            var source = first.Site.Services.GetRequiredService<SourceRegister>().All.Single();
            var at = source.LastSeen;
            for (var i = 1; i < 60; i++) source.Count(1, 0, at + (i * 100_000));
        }
        await using var second = await CollectionBench.Start(folder.Path);
        Assert.That((await second.Site.Send(new ListSources())).Value.Items.Single().SilentAfterSeconds, Is.EqualTo(300));
    }

    private sealed class Later : TimeProvider
    {
        public TimeSpan Passed { get; set; }

        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Passed;
    }

    private sealed class OneAsset : IAssetDirectory
    {
        public static readonly AssetBrief Gateway = new(Guid.NewGuid(), "Gateway", AssetImportance.Core, "", "");

        public AssetBrief? Find(string addressOrHost) => null;

        public AssetBrief? Of(Guid id) => id == Gateway.Id ? Gateway : null;

        public IReadOnlyList<AssetBrief> Suggest(string text, int most) => Gateway.Name.Contains(text, StringComparison.OrdinalIgnoreCase) ? [Gateway] : [];

        public bool IsInternal(string address) => false;
    }
}
