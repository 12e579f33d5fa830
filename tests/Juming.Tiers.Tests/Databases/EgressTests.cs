using Google.Protobuf;
using Juming.Contracts.Egress;
using Juming.Platform.Http;
using Juming.Platform.Links;
using Juming.Platform.Links.Data;
using Juming.Platform.Links.Egress;
using Juming.Platform.Links.Egress.Gate;
using Juming.Platform.Links.Egress.Ledger;
using Juming.Platform.Links.Egress.Policy;
using Juming.Platform.Links.Lower;
using Juming.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace Juming.Tiers.Tests.Databases;

/// <summary>The gate's order and the ledger's chain hold on both databases, with two processes that write at once where several may.</summary>
[Category("X3")]
[TestFixture(TestDatabases.Sqlite)]
[TestFixture(TestDatabases.Postgres)]
internal sealed class EgressTests(string database)
{
    [Test]
    public async Task What_two_writers_send_at_once_is_one_chain_and_arrives_whole()
    {
        await using var upper = await RunningTier.Start("operator", settings: LinkedTiers.Upper);
        await using var lower = await RunningTier.Start("site", settings: await TestDatabases.Make(database));
        await LinkedTiers.Join(upper, lower);
        Assert.That((await lower.Send(new ChoosePolicy(2))).Error, Is.Null);
        using var second = new EgressDesk(lower.Services.GetRequiredService<IServiceScopeFactory>(), lower.Services.GetRequiredService<EgressGate>(), lower.Services.GetRequiredService<EgressWatch>(), lower.Services.GetRequiredService<UpperWake>(), TimeProvider.System);
        await second.StartAsync(CancellationToken.None);
        var desks = new[] { lower.Services.GetRequiredService<EgressDesk>(), second };
        await Task.WhenAll(Enumerable.Range(0, 80).Select(i => Send(desks[i % 2], i)));
        await On(lower, async db =>
        {
            for (var i = 0; i < 20; i++) desks[0].SendWith(db, new IncidentSummary { Incident = Identity(), Alerts = 500 });
            return await db.SaveChangesAsync();
        });
        await Until(() => On(upper, db => db.Inboxes.AnyAsync(i => i.Topic == Topics.Reports && i.Last == 60)));
        await Until(() => On(upper, async db => await db.ArrivedValues.CountAsync(v => v.Type == 3) == 20));
        await second.StopAsync(CancellationToken.None);
        var verdict = (await lower.Send(new VerifyEgress())).Value;
        var page = (await lower.Send(new ListLedger("T1059", null, null, TimeProvider.System.GetUtcNow().AddDays(-1), null, null, 200))).Value;
        var all = (await lower.Send(new ListLedger(null, EgressPlace.Upper, 2, null, null, null, 200))).Value;
        var calls = (await lower.Send(new ListLedger("hook", EgressPlace.Outside, 0, null, null, null, 200))).Value;
        var refused = (await lower.Send(new ListRefusals())).Value;
        Assert.Multiple(() =>
        {
            Assert.That((verdict.Intact, verdict.Reason), Is.EqualTo((true, (string?)null)));
            Assert.That(verdict.Entries, Is.GreaterThanOrEqualTo(90));
            Assert.That(page.Total, Is.Zero, "labels are content, not subject");
            Assert.That((all.Total, all.Items.Count), Is.EqualTo((60L, 60)));
            Assert.That(all.Days.Single(), Has.Property("Entries").EqualTo(60));
            Assert.That((calls.Total, calls.Items[0].Kind), Is.EqualTo((10L, EgressKind.Call)));
            Assert.That(refused.Items.Single(), Has.Property("Reason").EqualTo("not-in-dictionary").And.Property("Count").EqualTo(10));
        });
        Assert.That((await lower.Send(new ChoosePolicy(0))).Error, Is.Null);
        Assert.That(await On(lower, db => db.Values.CountAsync(v => v.Type == 3)), Is.Zero);
    }

    private static async Task Send(EgressDesk desk, int number)
    {
        if (number % 8 == 0) await desk.Enter(new OutboundEntry(false, "notify", "hook.example:443", OutboundPlace.Outside, "POST", 7, "content"u8.ToArray()), CancellationToken.None);
        else if (number % 8 == 1) await desk.Send(new IncidentSummary { Incident = Identity(), Attack = "host-7" }, CancellationToken.None);
        else if (number % 4 == 2) await desk.Send(new IndicatorSightings { Indicator = Identity(), Hits = (ulong)number }, CancellationToken.None);
        else await desk.Send(new IncidentSummary { Incident = Identity(), Attack = "T1059", Alerts = (uint)number }, CancellationToken.None);
    }

    private static ByteString Identity() => ByteString.CopyFrom(Guid.CreateVersion7().ToByteArray(bigEndian: true));

    private static async Task<T> On<T>(RunningTier tier, Func<LinksDb, Task<T>> look)
    {
        await using var scope = tier.Services.CreateAsyncScope();
        return await look(scope.ServiceProvider.GetRequiredService<LinksDb>());
    }

    private static async Task Until(Func<Task<bool>> holds)
    {
        for (var i = 0; i < 300 && !await holds(); i++) await Task.Delay(100);
        Assert.That(await holds(), Is.True);
    }
}
