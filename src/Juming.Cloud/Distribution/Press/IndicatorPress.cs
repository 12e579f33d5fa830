using System.Globalization;
using Juming.Cloud.Distribution.Data;
using Juming.Cloud.ThreatIntel;
using Juming.Contracts.Indicators;
using Juming.Platform.Content;
using Juming.Platform.Handlers;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Juming.Cloud.Distribution.Press;

/// <summary>Brings what is published up to what the merge says: changes go out as changes, and when many have gathered the set is made anew.</summary>
internal sealed class IndicatorPress(IServiceScopeFactory scopes, IContentPublisher publisher, IContent content, DistributionSettings settings, TimeProvider clock)
{
    private const int ParcelBytes = 48 * 1024;
    private const int ParcelChanges = 10_000;

    // Those of the last instant that was looked at: the next look begins with it.
    private readonly HashSet<Guid> _looked = [];
    private PublishedSet? _published;

    /// <summary>Looks once.</summary>
    /// <returns>How many changes went out; all of the set counts as one.</returns>
    public async Task<int> Look(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var catalogue = scope.ServiceProvider.GetRequiredService<IIndicatorCatalogue>();
        var db = scope.ServiceProvider.GetRequiredService<DistributionDb>();
        var row = await db.Progress.FirstOrDefaultAsync(p => p.Line == ContentKinds.Intelligence, ct);
        var licences = await catalogue.Licences(ct) + "|" + settings.StrictestTlp;
        _published ??= await Load(ct);
        if (_published is null || row is null || row.Licences != licences) return await Rebuild(catalogue, db, row, licences, ct);
        var most = (int)Math.Max(settings.RebuildFrom, Math.Min(150_000, await LargeSet(catalogue, ct) / 10));
        var changed = await catalogue.ChangedSince(row.LookedAt, settings.StrictestTlp, most + 1, ct);
        if (changed.Count > most) return await Rebuild(catalogue, db, row, licences, ct);
        var fresh = changed.Where(c => c.ChangedAt > row.LookedAt || !_looked.Contains(c.Id)).ToList();
        if (fresh.Count == 0) return 0;
        var changes = await Differences(fresh, ct);
        if (_published.ChangedValues + changes.Count > most) return await Rebuild(catalogue, db, row, licences, ct);
        if (changes.Count > 0) await Publish(changes, ct);
        await Note(db, row, fresh, ct);
        return changes.Count;
    }

    private async Task<long> LargeSet(IIndicatorCatalogue catalogue, CancellationToken ct) => _published!.Bits > 6 ? await catalogue.Count(ct) : 0;

    private async Task<PublishedSet?> Load(CancellationToken ct)
    {
        try
        {
            return await PublishedSet.Load(content, await publisher.Published(ContentKinds.Intelligence, ct), ct);
        }
        catch (RefusalException)
        {
            // Files of it are gone: all is made anew.
            return null;
        }
    }

    private async Task<List<ParcelChange>> Differences(IEnumerable<PassedIndicator> changed, CancellationToken ct)
    {
        var changes = new List<ParcelChange>();
        foreach (var indicator in changed)
        {
            var before = await _published!.Find(indicator.Id, indicator.Value.Kind, ct);
            var now = EntryOf(indicator);
            if (before == now) continue;
            changes.Add(new ParcelChange(now, indicator.Id));
        }
        return changes;
    }

    private async Task Publish(List<ParcelChange> changes, CancellationToken ct)
    {
        var (parcels, facts) = (_published!.Changes.ToList(), _published.ChangeFacts.ToList());
        var from = _published.End;
        var tail = new List<ParcelChange>();
        // The last parcel grows until it is worth a file of its own, so that a day of single changes is not a thousand files.
        if (parcels.Count > 0 && parcels[^1] is { Length: < ParcelBytes } last && await _published.Unpack(last, ct) is { Count: < ParcelChanges } open)
        {
            parcels.RemoveAt(parcels.Count - 1);
            facts.RemoveAll(f => f.Name == last.Name);
            tail.AddRange(open);
            from -= open.Count;
        }
        foreach (var part in tail.Concat(changes).Chunk(ParcelChanges))
        {
            var to = from + part.Length;
            var name = string.Create(CultureInfo.InvariantCulture, $"{from}-{to}");
            parcels.Add(await publisher.Keep(name, IndicatorParcel.PackChanges(part, out var said), ct));
            if (said is not null) facts.Add(await publisher.Keep(name, said, ct));
            from = to;
        }
        var hot = await publisher.Keep("hot", ContentParts.Write(parcels), ct);
        var hotFacts = await publisher.Keep("hot-facts", ContentParts.Write(facts), ct);
        await publisher.Publish(ContentKinds.Intelligence, targets =>
        {
            targets[PublishedSet.HotPath] = TargetOf(PublishedSet.HotPath, hot, from);
            targets[PublishedSet.HotFactsPath] = TargetOf(PublishedSet.HotFactsPath, hotFacts, from);
        }, ct);
        _published = await Load(ct);
    }

    private async Task<int> Rebuild(IIndicatorCatalogue catalogue, DistributionDb db, ProgressRow? row, string licences, CancellationToken ct)
    {
        // What is being written has taken its time already; past it, whatever comes is later.
        await catalogue.Settled(ct);
        var started = clock.GetUtcNow();
        var (buckets, facts) = await Buckets(catalogue, PublishedSet.BitsFor(await catalogue.Count(ct)), ct);
        // Past every number that was ever given out, even by a database that was put back since.
        var end = Math.Max((_published?.End ?? 0) + 1, started.ToUnixTimeMilliseconds());
        var set = await publisher.Keep("set", ContentParts.Write(buckets.OrderBy(b => b.Name, StringComparer.Ordinal)), ct);
        var setFacts = await publisher.Keep("set-facts", ContentParts.Write(facts.OrderBy(b => b.Name, StringComparer.Ordinal)), ct);
        var hot = await publisher.Keep("hot", ContentParts.Write([]), ct);
        await publisher.Publish(ContentKinds.Intelligence, targets =>
        {
            targets[PublishedSet.SetPath] = TargetOf(PublishedSet.SetPath, set, end);
            targets[PublishedSet.HotPath] = TargetOf(PublishedSet.HotPath, hot, end);
            targets[PublishedSet.SetFactsPath] = TargetOf(PublishedSet.SetFactsPath, setFacts, end);
            targets[PublishedSet.HotFactsPath] = TargetOf(PublishedSet.HotFactsPath, hot, end);
        }, ct);
        _published = await Load(ct);
        _looked.Clear();
        if (row is null) db.Add(row = new ProgressRow { Line = ContentKinds.Intelligence });
        (row.LookedAt, row.Licences) = (started, licences);
        await db.SaveChangesAsync(ct);
        return 1;
    }

    private async Task<(List<ContentPart> Buckets, List<ContentPart> Facts)> Buckets(IIndicatorCatalogue catalogue, int bits, CancellationToken ct)
    {
        var (buckets, facts, open, index) = (new List<ContentPart>(), new List<ContentPart>(), new Dictionary<IndicatorKind, List<ParcelEntry>>(), 0);
        await foreach (var indicator in catalogue.All(settings.StrictestTlp, ct))
        {
            var next = PublishedSet.IndexOf(indicator.Id, bits);
            if (next != index)
            {
                await Close();
                index = next;
            }
            if (!open.TryGetValue(indicator.Value.Kind, out var entries)) open[indicator.Value.Kind] = entries = [];
            entries.Add(EntryOf(indicator)!.Value);
        }
        await Close();
        return (buckets, facts);

        async Task Close()
        {
            foreach (var (kind, entries) in open)
            {
                var name = PublishedSet.NameOf(kind, bits, index);
                buckets.Add(await publisher.Keep(name, IndicatorParcel.PackBucket(kind, entries, out var said), ct));
                if (said is not null) facts.Add(await publisher.Keep(name, said, ct));
            }
            open.Clear();
        }
    }

    private async Task Note(DistributionDb db, ProgressRow row, List<PassedIndicator> looked, CancellationToken ct)
    {
        var last = looked.Max(l => l.ChangedAt);
        if (last > row.LookedAt) _looked.Clear();
        _looked.UnionWith(looked.Where(l => l.ChangedAt == last).Select(l => l.Id));
        row.LookedAt = last;
        await db.SaveChangesAsync(ct);
    }

    private ContentTarget TargetOf(string path, ContentPart part, long version) => new(path, part.Sha256, part.Length) { Parts = true, Version = version, PublishedAt = clock.GetUtcNow() };

    private static ParcelEntry? EntryOf(PassedIndicator indicator) =>
        indicator.Tlp is { } tlp ? new ParcelEntry(indicator.Value, indicator.Confidence, indicator.Severity, (int)tlp, (int)indicator.Threat, Math.Min(indicator.Sources, 255)) { Facts = indicator.Facts } : null;
}
