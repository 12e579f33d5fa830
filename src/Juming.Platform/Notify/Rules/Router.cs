using System.Text.Json;
using Juming.Platform.Access;
using Juming.Platform.Notify.Channels;
using Juming.Platform.Notify.Data;
using Juming.Platform.Notify.Delivery;
using Juming.Platform.Notify.Posting;
using Juming.Platform.Vault;
using Microsoft.EntityFrameworkCore;

namespace Juming.Platform.Notify.Rules;

/// <summary>Plans for each new notice who finds it in the console and which messages go out when.</summary>
internal sealed class Router(NotifyDb db, IPeople directory, NoticeBook book, IVault vault, NotifySettings settings, TimeProvider clock)
{
    private const int MostAtOnce = 50;

    private Dictionary<Guid, Person> _people = [];
    private List<RuleRow> _rules = [];
    private Dictionary<Guid, ChannelRow> _channels = [];
    private HashSet<string> _planned = [];

    /// <summary>Plans the oldest that have no plan; tells how many.</summary>
    public async Task<int> RouteSome(CancellationToken ct)
    {
        var rows = await db.Notices.Where(n => n.RoutedAt == null).OrderBy(n => n.PostedAt).ThenBy(n => n.Id).Take(MostAtOnce).ToListAsync(ct);
        if (rows.Count == 0) return 0;
        _people = (await directory.Active(ct)).ToDictionary(p => p.Id);
        _rules = await db.Rules.AsNoTracking().ToListAsync(ct);
        _channels = await db.Channels.AsNoTracking().Where(c => c.Enabled).ToDictionaryAsync(c => c.Id, ct);
        foreach (var row in rows)
        {
            await Route(row, ct);
            // One by one: what was just planned keeps its repetitions quiet.
            await db.SaveChangesAsync(ct);
            await DropUnused(row, ct);
        }
        return rows.Count;
    }

    /// <summary>A one-time path that no message will carry is not kept.</summary>
    private async Task DropUnused(NoticeRow notice, CancellationToken ct)
    {
        var paths = await db.Paths.Where(p => p.NoticeId == notice.Id && !db.Deliveries.Any(d => d.NoticeId == p.NoticeId && d.PersonId == p.PersonId)).ToListAsync(ct);
        foreach (var path in paths)
        {
            await vault.Remove(path.SecretId, ct);
            db.Remove(path);
        }
        await db.SaveChangesAsync(ct);
    }

    private async Task Route(NoticeRow notice, CancellationToken ct)
    {
        _planned = [];
        var now = clock.GetUtcNow();
        var named = JsonSerializer.Deserialize<List<Guid>>(notice.People)!.Where(_people.ContainsKey).ToList();
        var rules = _rules.Where(r => RuleBody.Fits(r, notice.Code, notice.Weight)).Select(RuleBody.Read).ToList();
        if (notice.ChannelId is { } only)
        {
            PlanOnly(notice, only, named, now);
            return;
        }
        var told = await Told(notice, now, ct);
        foreach (var person in Readers(notice, named, rules).Where(p => !told.Inbox.Contains(p)))
            db.Add(new InboxRow { NoticeId = notice.Id, PersonId = person, At = now });
        foreach (var rule in rules) Plan(notice, rule, named, now, told.Ways);
        // Someone is asked in person and no rule says how: then on every way that reaches people in person.
        if (rules.Count == 0 && named.Count > 0) Add(notice, _channels.Values.Where(c => ChannelForm.IsPersonal(c)), named, 0, now, told.Ways);
        notice.RoutedAt = now;
    }

    /// <summary>Whoever named the channel wants to know what became of it: no rule, no quiet hours, no repetition stand between.</summary>
    private void PlanOnly(NoticeRow notice, Guid channel, List<Guid> named, DateTimeOffset now)
    {
        foreach (var person in named) db.Add(new InboxRow { NoticeId = notice.Id, PersonId = person, At = now });
        if (_channels.TryGetValue(channel, out var row)) Add(notice, [row], named, 0, now, []);
        notice.RoutedAt = now;
    }

    private HashSet<Guid> Readers(NoticeRow notice, List<Guid> named, List<RuleBody> rules)
    {
        if (named.Count > 0) return [.. named, .. rules.SelectMany(r => r.Leaders.Where(_people.ContainsKey))];
        var roles = book.Find(notice.Code)?.Audience ?? [];
        return [.. _people.Values.Where(p => p.Roles.Any(roles.Contains)).Select(p => p.Id), .. rules.SelectMany(PeopleOf)];
    }

    private IEnumerable<Guid> PeopleOf(RuleBody rule) =>
        _people.Values.Where(p => p.Roles.Any(rule.Roles.Contains) || rule.People.Contains(p.Id)).Select(p => p.Id);

    private void Plan(NoticeRow notice, RuleBody rule, List<Guid> named, DateTimeOffset now, HashSet<string> told)
    {
        var start = rule.Out(now, (NoticeWeight)notice.Weight, settings.TimeZone);
        var people = named.Count > 0 ? named : [.. PeopleOf(rule)];
        var channels = rule.Channels.Where(_channels.ContainsKey).Select(c => _channels[c]).ToList();
        Add(notice, rule.Escalates ? channels.Take(1) : channels, people, 0, start, told);
        if (!rule.Escalates) return;
        Add(notice, channels.Skip(1), people, 1, start.AddMinutes(settings.NextChannelMinutes), told);
        Add(notice, channels, [.. rule.Leaders.Where(_people.ContainsKey)], 2, start.AddMinutes(settings.LeaderMinutes), told);
    }

    private void Add(NoticeRow notice, IEnumerable<ChannelRow> channels, IReadOnlyList<Guid> people, int step, DateTimeOffset due, HashSet<string> told)
    {
        foreach (var channel in channels)
        {
            IEnumerable<Guid?> receivers = ChannelForm.IsPersonal(channel) ? people.Select(p => (Guid?)p) : [null];
            foreach (var person in receivers)
            {
                var way = $"{channel.Id:N}:{person:N}";
                var key = $"{notice.Id:N}:{way}";
                if (told.Contains(way) || !_planned.Add(key)) continue;
                db.Add(new DeliveryRow { Key = key, NoticeId = notice.Id, ChannelId = channel.Id, PersonId = person, Step = step, Weight = notice.Weight, State = DeliveryState.Waiting, PlannedAt = clock.GetUtcNow(), DueAt = due });
            }
        }
    }

    /// <summary>Who heard of the same thing in the last minutes, and on which ways.</summary>
    private async Task<(HashSet<Guid> Inbox, HashSet<string> Ways)> Told(NoticeRow notice, DateTimeOffset now, CancellationToken ct)
    {
        if (notice.SameAs is not { } same) return ([], []);
        var since = now.AddMinutes(-settings.SameMinutes);
        var earlier = await db.Notices.Where(n => n.SameAs == same && n.PostedAt > since && n.Id != notice.Id && n.RoutedAt != null).Select(n => n.Id).ToListAsync(ct);
        if (earlier.Count == 0) return ([], []);
        var inbox = await db.Inbox.Where(i => earlier.Contains(i.NoticeId)).Select(i => i.PersonId).ToListAsync(ct);
        var ways = await db.Deliveries.Where(d => earlier.Contains(d.NoticeId)).Select(d => new { d.ChannelId, d.PersonId }).ToListAsync(ct);
        return ([.. inbox], [.. ways.Select(w => $"{w.ChannelId:N}:{w.PersonId:N}")]);
    }
}
