using System.Security.Cryptography;
using Google.Protobuf;
using Juming.Contracts.Egress;
using Juming.Contracts.Link;
using Juming.Platform.Access.Audit;
using Juming.Platform.Links;
using Juming.Platform.Links.Data;
using Juming.Platform.Links.Egress.Held;
using Juming.Platform.Links.Egress.Ledger;
using Juming.Platform.Links.Keep;
using Juming.Platform.Links.Lower;
using Juming.Platform.Links.Upper;
using Juming.Platform.Notify.Data;
using Juming.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace Juming.Platform.Tests.Links.Egress;

/// <summary>Days of a ledger that were told upward are kept there, held against each other, and answered; who tells one in two ways is noticed at both ends. The site tells what it likes here.</summary>
[Category("X3")]
public sealed class HeldLedgerTests
{
    private const int First = 20_500;

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private TwoHosts _hosts = null!;
    private LedgerHeadRow? _last;

    [OneTimeSetUp]
    public async Task Link() => _hosts = await TwoHosts.Linked();

    [OneTimeTearDown]
    public async Task End()
    {
        await _hosts.DisposeAsync();
        _key.Dispose();
    }

    [Test, Order(1)]
    public async Task Days_that_follow_each_other_are_kept_and_answered()
    {
        for (var day = First; day < First + 3; day++) await Tell(Day(day, out _));
        var held = await Held(3);
        await TwoHosts.Until(() => OnLower(db => db.Receipts.CountAsync(), n => n == 3));
        Assert.Multiple(() =>
        {
            Assert.That(held.Select(h => h.State), Is.EqualTo(new[] { HeldState.First, HeldState.Continues, HeldState.Continues }));
            Assert.That(held.Select(h => (h.DayEntries, h.DayBytes)), Is.All.EqualTo((10L, 1000L)));
        });
        // The site signed none of these itself: that the host above holds them is told to its people.
        Assert.That(await OnLower(db => db.Receipts.Select(r => r.State).Distinct().ToListAsync()), Is.EqualTo(new[] { HeldState.Rewritten }));
        await TwoHosts.Until(() => OnLowerNotices("links.own-ledger-doubted"));
    }

    [Test, Order(2)]
    public async Task A_day_that_is_told_twice_in_the_same_way_is_no_news()
    {
        var before = _last!;
        await Tell(LedgerStatement.Of(before, Before(before), 1000, _key));
        // What comes after it shows that it was dealt with.
        await Tell(Day(First + 3, out _));
        Assert.That((await Held(4)).Select(h => h.State).Skip(2), Is.All.EqualTo(HeldState.Continues));
    }

    [TestCaseSource(nameof(Doubtful)), Order(3)]
    public async Task What_does_not_follow_is_kept_beside_it_and_told_to_people(string what, HeldState state)
    {
        var count = (await _hosts.OnUpper(db => db.HeldHeads.CountAsync())) + 1;
        await Tell(Bad(what));
        var row = (await Held(count)).MaxBy(h => h.Id)!;
        Assert.That(row.State, Is.EqualTo(state));
        await TwoHosts.Until(async () => (await _hosts.Upper.Send(new SearchAudit(null, null, 100, Action: "LedgerDoubted"))).Value.Any(a => a.Arguments.Contains(state.ToString(), StringComparison.Ordinal)));
        Assert.Multiple(async () =>
        {
            Assert.That(await _hosts.OnUpper(db => db.HeldHeads.CountAsync(h => h.Day == First && h.State == HeldState.First)), Is.EqualTo(1), "what was kept stays");
        });
        await TwoHosts.Until(() => OnUpperNotices("links.ledger-doubted"));
        await TwoHosts.Until(() => OnLower(db => db.Receipts.CountAsync(r => r.State == state), n => n > 0));
    }

    private static IEnumerable<TestCaseData> Doubtful()
    {
        yield return new("rewritten", HeldState.Rewritten);
        yield return new("rewritten by the old form", HeldState.NotSigned);
        yield return new("another hash before", HeldState.Branched);
        yield return new("fewer entries", HeldState.Branched);
        yield return new("an earlier day", HeldState.Branched);
        yield return new("entries out of nowhere", HeldState.Branched);
        yield return new("a day that was never told", HeldState.Missing);
        // From here on the other key is the one that is known.
        yield return new("another key", HeldState.KeyChanged);
        yield return new("no signature", HeldState.NotSigned);
        yield return new("key that is no point", HeldState.NotSigned);
        yield return new("signature of another day", HeldState.NotSigned);
    }

    private LedgerHead Bad(string what)
    {
        var last = _last!;
        var next = new LedgerHeadRow { Day = last.Day + 1, Last = last.Last + 10, Hash = RandomNumberGenerator.GetBytes(32), SignedAt = TimeProvider.System.GetUtcNow() };
        switch (what)
        {
            case "rewritten": return Signed(new LedgerHeadRow { Day = last.Day, Last = last.Last, Hash = RandomNumberGenerator.GetBytes(32), SignedAt = last.SignedAt }, null, _key);
            case "rewritten by the old form": return new LedgerHead { Day = LedgerStatement.Micros(last.Day), Entries = (ulong)last.Last, Hash = ByteString.CopyFrom(new byte[32]), Signature = ByteString.CopyFrom(new byte[64]) };
            case "another hash before": return Signed(next, new LedgerHeadRow { Day = last.Day, Last = last.Last, Hash = new byte[32] }, _key);
            case "fewer entries": return Signed(new LedgerHeadRow { Day = last.Day + 1, Last = last.Last - 5, Hash = next.Hash, SignedAt = next.SignedAt }, new LedgerHeadRow { Day = last.Day, Last = last.Last - 10, Hash = last.Hash }, _key);
            case "an earlier day": return Signed(new LedgerHeadRow { Day = First - 1, Last = 5, Hash = next.Hash, SignedAt = next.SignedAt }, null, _key);
            case "entries out of nowhere": return Signed(next, new LedgerHeadRow { Day = last.Day, Last = last.Last + 3, Hash = last.Hash }, _key);
            case "another key":
                using (var other = ECDsa.Create(ECCurve.NamedCurves.nistP256)) return Signed(next, last, other);
            case "a day that was never told": return Signed(new LedgerHeadRow { Day = last.Day + 9, Last = last.Last + 90, Hash = next.Hash, SignedAt = next.SignedAt }, new LedgerHeadRow { Day = last.Day + 5, Last = last.Last + 80, Hash = new byte[32] }, _key);
        }
        var head = Signed(next, last, _key);
        if (what == "no signature") head.Statement = ByteString.CopyFrom(new byte[64]);
        if (what == "key that is no point") head.Key = ByteString.CopyFrom(Enumerable.Repeat((byte)7, 64).ToArray());
        if (what == "signature of another day") head.Day = LedgerStatement.Micros(last.Day + 2);
        return head;
    }

    [Test, Order(4)]
    public async Task What_is_no_day_at_all_is_left_alone()
    {
        var count = await _hosts.OnUpper(db => db.HeldHeads.CountAsync());
        var good = Signed(new LedgerHeadRow { Day = First + 50, Last = 9000, Hash = new byte[32], SignedAt = TimeProvider.System.GetUtcNow() }, null, _key);
        foreach (var spoil in new Action<LedgerHead>[]
                 {
                     h => h.Day = 0, h => h.Day = -1, h => h.Day++, h => h.Day = long.MaxValue, h => h.Day = LedgerStatement.Micros(50_000), h => h.Entries = 0, h => h.Entries = ulong.MaxValue, h => h.DayEntries = h.Entries + 1,
                     h => h.Hash = ByteString.CopyFrom(new byte[31]), h => h.Hash = ByteString.CopyFrom(new byte[100_000]), h => h.Signature = ByteString.Empty, h => h.Key = ByteString.CopyFrom(new byte[65]), h => h.PreviousHash = ByteString.CopyFrom(1),
                 })
        {
            var head = good.Clone();
            spoil(head);
            await Tell(head);
        }
        await Send(5, [1, 2, 3, 0xFF]);
        await Tell(Signed(new LedgerHeadRow { Day = First + 60, Last = 9999, Hash = new byte[32], SignedAt = TimeProvider.System.GetUtcNow() }, null, _key));
        await Held(count + 1);
        await TwoHosts.Until(() => OnLower(db => db.Receipts.AnyAsync(r => r.Day == First + 60), there => there));
    }

    [Test, Order(5)]
    public async Task A_receipt_from_a_host_above_that_is_not_in_order_changes_nothing()
    {
        var before = await OnLower(db => db.Receipts.CountAsync());
        foreach (var payload in new[] { [0xFF, 0xFF], new LedgerReceipt { Day = 5, Hash = ByteString.CopyFrom(new byte[32]), ReceivedAt = 1 }.ToByteArray(), new LedgerReceipt { Day = LedgerStatement.Micros(First + 70), Hash = ByteString.CopyFrom(new byte[900]), ReceivedAt = 1_790_000_000_000_000 }.ToByteArray() })
            await Down(payload);
        await Down(new LedgerReceipt { Day = LedgerStatement.Micros(First + 71), Entries = 5, Hash = ByteString.CopyFrom(new byte[32]), State = (ReceiptState)77, ReceivedAt = 1_790_000_000_000_000 }.ToByteArray());
        await TwoHosts.Until(() => OnLower(db => db.Receipts.AnyAsync(r => r.Day == First + 71), there => there));
        Assert.That(await OnLower(db => db.Receipts.CountAsync()), Is.EqualTo(before + 1));
        Assert.That(await OnLower(db => db.Receipts.Where(r => r.Day == First + 71).Select(r => r.State).FirstAsync()), Is.EqualTo(HeldState.Rewritten), "what this release does not know is no reason to be calm");
    }

    private LedgerHead Day(int day, out LedgerHeadRow row)
    {
        row = new LedgerHeadRow { Day = day, Last = (_last?.Last ?? 0) + 10, Hash = SHA256.HashData(BitConverter.GetBytes(day)), SignedAt = TimeProvider.System.GetUtcNow() };
        var head = Signed(row, _last, _key);
        _last = row;
        return head;
    }

    private static LedgerHeadRow Before(LedgerHeadRow row) => new() { Day = row.Day - 1, Last = row.Last - 10, Hash = SHA256.HashData(BitConverter.GetBytes(row.Day - 1)) };

    private static LedgerHead Signed(LedgerHeadRow row, LedgerHeadRow? before, ECDsa key)
    {
        row.Signature = key.SignData(LedgerChain.SignedOf(row.Day, row.Last, row.Hash), HashAlgorithmName.SHA256);
        return LedgerStatement.Of(row, before, 1000, key);
    }

    private Task Tell(LedgerHead head) => Send(5, head.ToByteArray());

    private async Task Send(int type, byte[] payload)
    {
        await _hosts.Lower.Services.GetRequiredService<Outgoing>().Append(await _hosts.UpperId(), Topics.Reports, [(type, "5", payload)], CancellationToken.None);
        _hosts.Lower.Services.GetRequiredService<UpperWake>().Bell.Ring();
    }

    private async Task Down(byte[] payload)
    {
        await _hosts.Upper.Services.GetRequiredService<Outgoing>().Append(_hosts.Peer, Topics.Orders, [(20, "20", payload)], CancellationToken.None);
        _hosts.Upper.Services.GetRequiredService<Connections>().Of(_hosts.Peer)?.Wake.Ring();
    }

    private async Task<IReadOnlyList<HeldHeadRow>> Held(int count)
    {
        await TwoHosts.Until(() => _hosts.OnUpper(async db => await db.HeldHeads.CountAsync() == count));
        return await _hosts.OnUpper(db => db.HeldHeads.AsNoTracking().OrderBy(h => h.Day).ThenBy(h => h.Id).ToListAsync());
    }

    private async Task<T> OnLower<T>(Func<LinksDb, Task<T>> look)
    {
        await using var scope = _hosts.Lower.Services.CreateAsyncScope();
        return await look(scope.ServiceProvider.GetRequiredService<LinksDb>());
    }

    private async Task<bool> OnLower<T>(Func<LinksDb, Task<T>> look, Func<T, bool> holds) => holds(await OnLower(look));

    private Task<bool> OnLowerNotices(string code) => Notices(_hosts.Lower, code);

    private Task<bool> OnUpperNotices(string code) => Notices(_hosts.Upper, code);

    private static async Task<bool> Notices(RunningTier tier, string code)
    {
        await using var scope = tier.Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<NotifyDb>().Notices.AnyAsync(n => n.Code == code);
    }
}
