using Juming.Contracts.Indicators;
using Juming.Platform.Content;
using Juming.Site.Deliveries.Data;
using Juming.Site.ThreatIntel;

namespace Juming.Site.Deliveries.Indicators;

/// <summary>Brings in force what operators give this site under their own keys: all of an operator's list at each change, as far as the site wishes for it; nothing when the list or the delegation is gone.</summary>
internal sealed class OperatorTaker(IOperatorIndicators indicators, Subscription subscription) : IContentTaker
{
    public async Task Take(IContent content, CancellationToken ct)
    {
        var wish = await subscription.Row(ct);
        var lists = content.Targets.Where(t => t.Path.Split('/') is ["operators", _, ContentKinds.Intelligence, "own"]).ToDictionary(t => t.Path.Split('/')[1]);
        foreach (var gone in indicators.Operators.Where(o => !lists.ContainsKey(o)).ToList()) await Replace(gone, [], ct);
        foreach (var (name, list) in lists) await Replace(name, await Entries(content, list, wish, ct), ct);
    }

    private async Task Replace(string operatorId, IReadOnlyList<IndicatorEntry> entries, CancellationToken ct)
    {
        if ((await indicators.Replace(operatorId, entries, ct)).Error is { } error) throw new DeliveryException(error);
    }

    private static async Task<List<IndicatorEntry>> Entries(IContent content, ContentTarget list, WishRow wish, CancellationToken ct)
    {
        var parts = (ContentParts.Read(await content.Get(list.Sha256, list.Length, ct)) ?? throw Unreadable(list.Path)).DistinctBy(p => p.Name).ToDictionary(p => p.Name);
        var entries = new Dictionary<Guid, IndicatorEntry>();
        foreach (var part in parts.Values.Where(p => !p.Name.EndsWith(".facts", StringComparison.Ordinal)))
        {
            byte[] facts = parts.GetValueOrDefault(part.Name + ".facts") is { } beside ? await content.Get(beside.Sha256, beside.Length, ct) : [];
            var values = await content.Get(part.Sha256, part.Length, ct);
            foreach (var change in IndicatorParcel.UnpackChanges(values, facts) ?? throw Unreadable(list.Path + " " + part.Name))
                if (change.Entry is { } entry && Subscription.Wants(wish, entry)) entries[change.Id] = IndicatorTaker.EntryOf(change.Id, entry);
            // Before a hostile list fills the memory.
            if (entries.Count > IOperatorIndicators.Most) break;
        }
        return [.. entries.Values];
    }

    private static DeliveryException Unreadable(string what) => new(DeliveriesErrors.Unreadable.With("file", what));
}
