using System.Security.Cryptography;
using Google.Protobuf;
using Juming.Platform.Data;
using Juming.Platform.Http;
using Juming.Platform.Links.Data;
using Juming.Platform.Links.Egress.Gate;
using Juming.Platform.Links.Egress.Ledger;
using Juming.Platform.Links.Keep;
using Microsoft.EntityFrameworkCore;

namespace Juming.Platform.Links.Egress;

/// <summary>Writes one group of what wants to leave, within one transaction. The only code that puts anything into the outbox of the way up.</summary>
internal sealed class GroupWriter(LinksDb db, EgressGate gate, TimeProvider clock)
{
    /// <summary>Content of calls and mails up to here is kept; of what is larger the hash tells.</summary>
    private const int MostContent = 64 * 1024;

    // Microseconds; the outbox tries again within ten minutes.
    private const long LongestRetry = 3_600_000_000;

    private readonly List<(int Type, string Key, byte[] Payload)> _records = [];
    private LedgerEndRow _end = null!;
    private (Guid Id, string Host)? _upper;
    private int _level;

    public List<EgressVerdict> Verdicts { get; } = [];

    /// <summary>Refusals that nobody has been told of within this hour.</summary>
    public List<RefusalRow> News { get; } = [];

    /// <summary>What left within this hour.</summary>
    public Budget Spent { get; private set; }

    /// <summary>The ledger's last entry.</summary>
    public long Last => _end.Last;

    /// <summary>There is something for the host above.</summary>
    public bool GoesUp { get; private set; }

    public async Task Write(IReadOnlyList<EgressDesk.Item> group, Budget spent, long spentAt, CancellationToken ct)
    {
        _end = await LockEnd(ct);
        _level = await db.Policies.AsNoTracking().Select(p => (int?)p.Level).FirstOrDefaultAsync(ct) ?? PolicyLevels.Default;
        _upper = await Upper(ct);
        var hour = Budget.HourOf(clock.GetUtcNow());
        Spent = spent.Hour == hour && spentAt == _end.Last ? spent : await SpentIn(hour, ct);
        foreach (var item in group) Verdicts.Add(item.Call is { } call ? Enter(call) : await Pass(item, ct));
        if (_records.Count > 0) await Outgoing.Add(db, _upper!.Value.Id, Topics.Reports, _records, clock.GetUtcNow(), ct);
    }

    private async Task<EgressVerdict> Pass(EgressDesk.Item item, CancellationToken ct)
    {
        if (_upper is not { } upper) return new EgressVerdict(EgressOutcome.NotJoined);
        if (item.Offer is { } offer && await IsEntered(offer, ct)) return new EgressVerdict(EgressOutcome.Sent);
        var judged = gate.Judge(item.Message!, _level, Spent, item.Approver);
        if (judged.Smuggled > 0) await Refuse(judged, "unknown-fields", null, ct);
        if (judged.Reason is { } reason)
        {
            await Refuse(judged, reason, judged.Field, ct, item.Message);
            return new EgressVerdict(EgressOutcome.Refused, reason, judged.Field);
        }
        var rule = judged.Rule!;
        if (rule.Topic == Topics.State)
        {
            if (await IsLate(item, upper.Id, judged.Key, ct) || !await DbValues.Put(db, upper.Id, rule.Topic, judged.Key, rule.Type, judged.Bytes, PlainStatements.Micros(item.At), ct)) return new EgressVerdict(EgressOutcome.Unchanged);
        }
        else _records.Add((rule.Type, judged.Key, judged.Bytes));
        Spent = Spent.With(judged);
        GoesUp = true;
        Append(new LedgerRow { Kind = EgressKind.Message, Destination = upper.Host, Place = EgressPlace.Upper, Sender = "link", Type = rule.Type, About = judged.Key, Bytes = judged.Bytes.Length, Labels = judged.Labels, Offer = item.Offer, Approver = Cut(item.Approver, 200) }, judged.Bytes, judged.Bytes);
        return new EgressVerdict(EgressOutcome.Sent);
    }

    private EgressVerdict Enter(OutboundEntry call)
    {
        var place = call.Place switch { OutboundPlace.Inside => EgressPlace.Inside, OutboundPlace.Proxy => EgressPlace.Proxy, _ => EgressPlace.Outside };
        var row = new LedgerRow { Kind = call.IsMail ? EgressKind.Mail : EgressKind.Call, Destination = Cut(call.Destination, 300), Place = place, Sender = call.Sender, About = call.About, Bytes = call.Bytes };
        Append(row, call.Content.Span, (call.Kept ?? call.Content).ToArray());
        return new EgressVerdict(EgressOutcome.Sent);
    }

    private void Append(LedgerRow row, ReadOnlySpan<byte> content, byte[] kept)
    {
        var now = clock.GetUtcNow();
        // The table keeps whole microseconds; the hash is over what is kept.
        (row.Seq, row.At, row.Level, row.Sha256) = (++_end.Last, now.AddTicks(-(now.Ticks % 10)), _level, SHA256.HashData(content));
        row.Masked = !content.SequenceEqual(kept);
        if (row.Masked) row.KeptSha256 = SHA256.HashData(kept);
        row.Hash = _end.Hash = LedgerChain.HashOf(_end.Hash, row);
        db.Add(row);
        if (kept.Length is > 0 and <= MostContent) db.Add(new LedgerContentRow { Seq = row.Seq, At = row.At, Content = kept });
    }

    private async Task Refuse(EgressGate.Judged judged, string reason, string? field, CancellationToken ct, IMessage? message = null)
    {
        var now = clock.GetUtcNow();
        var (hour, name, place) = (Budget.HourOf(now), Cut(judged.Rule?.Name ?? message?.Descriptor.FullName ?? "", 80), field ?? "");
        var row = db.Refusals.Local.FirstOrDefault(r => r.Hour == hour && r.Message == name && r.Reason == reason && r.Field == place)
            ?? await db.Refusals.FirstOrDefaultAsync(r => r.Hour == hour && r.Message == name && r.Reason == reason && r.Field == place, ct);
        if (row is null)
        {
            db.Add(row = new RefusalRow { Hour = hour, Message = name, Reason = reason, Field = place, FirstAt = now, Level = _level });
            News.Add(row);
        }
        (row.Count, row.LastAt) = (row.Count + 1, now);
    }

    /// <summary>An offer that had to be made again comes after a later one of the same key. Times of two hours are not compared: then the clock was set back.</summary>
    private async Task<bool> IsLate(EgressDesk.Item item, Guid upper, string key, CancellationToken ct) =>
        item.Offer is not null && await db.Values.FindAsync([upper, Topics.State, key], ct) is { } row && row.At - PlainStatements.Micros(item.At) is > 0 and < LongestRetry;

    private async Task<bool> IsEntered(Guid offer, CancellationToken ct) => db.Ledger.Local.Any(r => r.Offer == offer) || await db.Ledger.AnyAsync(r => r.Offer == offer, ct);

    private async Task<LedgerEndRow> LockEnd(CancellationToken ct)
    {
        // Takes the row's lock where there are several writers, so that the chain has one order, from its first entry on.
        if (await Lock() == 0)
        {
            await db.Database.ExecuteSqlAsync($"INSERT INTO links_ledger_ends (id, last, hash) VALUES (1, 0, {LedgerChain.Start}) ON CONFLICT (id) DO NOTHING", ct);
            await Lock();
        }
        return await db.LedgerEnds.FirstAsync(ct);

        Task<int> Lock() => db.LedgerEnds.ExecuteUpdateAsync(s => s.SetProperty(r => r.Last, r => r.Last), ct);
    }

    private async Task<(Guid Id, string Host)?> Upper(CancellationToken ct)
    {
        var row = await db.Memberships.AsNoTracking().OrderBy(m => m.JoinedAt).Select(m => new { m.Upper, m.Url }).LastOrDefaultAsync(ct);
        return row is null ? null : (row.Upper, Cut(new Uri(row.Url).Authority, 300));
    }

    private async Task<Budget> SpentIn(long hour, CancellationToken ct)
    {
        var from = DateTimeOffset.FromUnixTimeSeconds(hour * 3600);
        var rows = db.Ledger.AsNoTracking().Where(r => r.At >= from && r.Kind == EgressKind.Message);
        return new Budget(hour, await rows.SumAsync(r => r.Bytes, ct), await rows.SumAsync(r => (long)r.Labels, ct));
    }

    private static string Cut(string text, int most) => text.Length > most ? text[..most] : text;
}
