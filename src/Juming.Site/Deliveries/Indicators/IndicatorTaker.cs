using System.Globalization;
using System.Runtime.CompilerServices;
using Juming.Contracts.Indicators;
using Juming.Platform.Content;
using Juming.Site.Deliveries.Data;
using Juming.Site.ThreatIntel;

namespace Juming.Site.Deliveries.Indicators;

/// <summary>
/// Brings the cloud's indicators in force: changes as they come, a whole set when there is a newer one, when the site wishes for others, or at the first time. Fetches only the buckets of
/// kinds that are wanted, and of those only what is not here.
/// </summary>
internal sealed class IndicatorTaker(IIndicatorSet indicators, Subscription subscription, DeliveriesDb db, TimeProvider clock) : IContentTaker
{
    private const string SetPath = ContentKinds.Intelligence + "/set";
    private const string HotPath = ContentKinds.Intelligence + "/hot";
    private const string SetFactsPath = ContentKinds.Intelligence + "/set-facts";
    private const string HotFactsPath = ContentKinds.Intelligence + "/hot-facts";

    // In the order of the cloud's numbers.
    private static readonly string[] Threats = ["", "c2", "ransomware", "malware", "phishing", "exploit", "scanner", "spam", "anonymizer"];

    public async Task Take(IContent content, CancellationToken ct)
    {
        if (content.Targets.FirstOrDefault(t => t.Path == SetPath) is not { } set || content.Targets.FirstOrDefault(t => t.Path == HotPath) is not { } hot) return;
        // Rolled back: nothing is taken before a later set has come.
        if (indicators.WantsSetAfter is { } after && set.Version <= after) return;
        var wish = await subscription.Row(ct);
        if (wish.TakenSet < set.Version || wish.TakenWish != Subscription.MarkOf(wish) || indicators.Version < set.Version || indicators.WantsSetAfter is not null) await TakeSet(content, set, hot, wish, ct);
        else if (indicators.Version < hot.Version) await TakeChanges(content, hot, wish, ct);
    }

    private async Task TakeSet(IContent content, ContentTarget set, ContentTarget hot, WishRow wish, CancellationToken ct)
    {
        var since = new Dictionary<Guid, ParcelEntry?>();
        var hotFacts = await Facts(content, HotFactsPath, ct);
        foreach (var parcel in await Parts(content, hot, ct))
            foreach (var change in await Changes(content, parcel, hotFacts, ct)) since[change.Id] = change.Entry;
        var entries = Entries(content, await Parts(content, set, ct), await Facts(content, SetFactsPath, ct), since, wish, ct);
        var taken = await indicators.Replace(Math.Max(hot.Version, indicators.Version), entries, ct);
        if (taken.Error is { } error) throw new DeliveryException(error);
        (wish.TakenSet, wish.TakenWish, wish.TakenAt) = (set.Version, Subscription.MarkOf(wish), clock.GetUtcNow());
        await db.SaveChangesAsync(ct);
    }

    private static async IAsyncEnumerable<IndicatorEntry> Entries(IContent content, IReadOnlyList<ContentPart> buckets, Dictionary<string, ContentPart> facts, Dictionary<Guid, ParcelEntry?> since, WishRow wish, [EnumeratorCancellation] CancellationToken ct)
    {
        foreach (var bucket in buckets)
        {
            if (!Enum.TryParse<IndicatorKind>(bucket.Name.Split('.')[0], out var kind) || !Subscription.Wants(wish, kind)) continue;
            var (values, said) = (await content.Get(bucket.Sha256, bucket.Length, ct), await Bytes(content, facts, bucket, ct));
            var entries = IndicatorParcel.UnpackBucket(values, said) ?? throw Unreadable(bucket.Name);
            foreach (var entry in entries)
                if (entry.Id is var id && !since.ContainsKey(id) && Subscription.Wants(wish, entry)) yield return EntryOf(id, entry);
        }
        foreach (var (id, changed) in since)
            if (changed is { } entry && Subscription.Wants(wish, entry)) yield return EntryOf(id, entry);
    }

    private async Task TakeChanges(IContent content, ContentTarget hot, WishRow wish, CancellationToken ct)
    {
        var facts = await Facts(content, HotFactsPath, ct);
        foreach (var parcel in await Parts(content, hot, ct))
        {
            var numbers = parcel.Name.Split('-');
            if (numbers.Length != 2 || !long.TryParse(numbers[0], CultureInfo.InvariantCulture, out var from) || !long.TryParse(numbers[1], CultureInfo.InvariantCulture, out var to)) throw Unreadable(parcel.Name);
            if (to <= indicators.Version) continue;
            var changes = await Changes(content, parcel, facts, ct);
            if (changes.Count != to - from) throw Unreadable(parcel.Name);
            var known = (int)Math.Max(0, indicators.Version - from);
            foreach (var part in changes.Skip(known).Chunk(IIndicatorSet.MostChanges))
            {
                known += part.Length;
                await TakePart(from + known, part, wish, ct);
            }
        }
    }

    private async Task TakePart(long version, IReadOnlyList<ParcelChange> part, WishRow wish, CancellationToken ct)
    {
        // The last word on each counts; what is not wanted any more goes like what is gone.
        var last = new Dictionary<Guid, ParcelEntry?>();
        foreach (var change in part) last[change.Id] = change.Entry is { } entry && Subscription.Wants(wish, entry) ? entry : null;
        var added = last.Where(l => l.Value is not null).Select(l => EntryOf(l.Key, l.Value!.Value)).ToList();
        var taken = await indicators.Change(version, added, [.. last.Where(l => l.Value is null).Select(l => l.Key)], ct);
        if (taken.Error is { } error) throw new DeliveryException(error);
    }

    private static async Task<IReadOnlyList<ContentPart>> Parts(IContent content, ContentTarget target, CancellationToken ct) => ContentParts.Read(await content.Get(target.Sha256, target.Length, ct)) ?? throw Unreadable(target.Path);

    /// <summary>Facts by the name of what they belong to; none from a cloud that sends none.</summary>
    private static async Task<Dictionary<string, ContentPart>> Facts(IContent content, string path, CancellationToken ct) =>
        content.Targets.FirstOrDefault(t => t.Path == path) is { } target ? (await Parts(content, target, ct)).DistinctBy(p => p.Name).ToDictionary(p => p.Name) : [];

    private static async Task<byte[]> Bytes(IContent content, Dictionary<string, ContentPart> facts, ContentPart of, CancellationToken ct) => facts.GetValueOrDefault(of.Name) is { } part ? await content.Get(part.Sha256, part.Length, ct) : [];

    private static async Task<IReadOnlyList<ParcelChange>> Changes(IContent content, ContentPart parcel, Dictionary<string, ContentPart> facts, CancellationToken ct)
    {
        var (values, said) = (await content.Get(parcel.Sha256, parcel.Length, ct), await Bytes(content, facts, parcel, ct));
        return IndicatorParcel.UnpackChanges(values, said) ?? throw Unreadable(parcel.Name);
    }

    /// <summary>An entry as the site takes it.</summary>
    internal static IndicatorEntry EntryOf(Guid id, ParcelEntry entry) => new(id, entry.Value, entry.Confidence, Math.Clamp(entry.Severity, 1, 4))
    {
        Tlp = (SharingLimit)Math.Min(entry.Tlp, (int)SharingLimit.Red),
        Labels = entry.Threat > 0 && entry.Threat < Threats.Length ? [Threats[entry.Threat]] : [],
        Sources = Math.Max(1, entry.Sources),
        Threat = entry.Facts.Family ?? "",
        Techniques = entry.Facts.Techniques?.Split(',', StringSplitOptions.RemoveEmptyEntries) ?? [],
        ValidUntil = entry.Facts.Ends,
    };

    private static DeliveryException Unreadable(string what) => new(DeliveriesErrors.Unreadable.With("file", what));
}
