using Juming.Site.Assets;
using Juming.Site.Incidents.Data;

namespace Juming.Site.Incidents.Grouping;

/// <summary>Keys under which groups are found: one for an attacker, one for an account, and for a target its name and the asset behind it.</summary>
internal static class PartyKeys
{
    /// <summary>Key of a party that is no target; null without a value.</summary>
    public static string? Of(PartyKind kind, string? value) => string.IsNullOrEmpty(value) ? null : (kind == PartyKind.Attacker ? "a|" : "u|") + value.ToLowerInvariant();

    /// <summary>Keys of a target: an address and the host that holds it are one.</summary>
    public static IReadOnlyList<string> Targets(string? value, IAssetDirectory assets)
    {
        if (string.IsNullOrEmpty(value)) return [];
        var name = "t|" + value.ToLowerInvariant();
        return assets.Find(value) is { } asset ? [name, "t|asset:" + asset.Id.ToString("N")] : [name];
    }

    /// <summary>Keys of a stored party.</summary>
    public static IReadOnlyList<string> Of(PartyRow party, IAssetDirectory assets) =>
        party.Kind is PartyKind.Victim or PartyKind.Host ? Targets(party.Value, assets) : Of(party.Kind, party.Value) is { } key ? [key] : [];
}
