using System.Globalization;
using System.Text.Json;
using Juming.Cloud.ThreatIntel.Data;

namespace Juming.Cloud.ThreatIntel.Feeds;

/// <summary>
/// A MISP feed: manifest.json names events and when they changed; those that changed since the last reading are read, the oldest first, so that a reading that ends early goes on there.
/// Attributes that are meant for detection (to_ids) become statements. An event that is gone from the manifest stays: its values age.
/// </summary>
internal sealed class MispFeed(FeedHttp http)
{
    private const int MostEvents = 2000;
    private const int MostNames = 3;

    private static readonly HashSet<string> Galaxies = new(new[] { "malpedia", "mitre-malware", "mitre-tool", "mitre-intrusion-set", "threat-actor", "ransomware", "botnet", "rat", "banker", "stealer", "backdoor", "tool" }.Select(g => $"misp-galaxy:{g}="), StringComparer.Ordinal);

    public async Task<Reading> Read(SourceRow source, FeedIntake into, CancellationToken ct)
    {
        var root = new Uri(source.Address.EndsWith('/') ? source.Address : source.Address + "/");
        using var fetched = await http.Get(source, new Uri(root, "manifest.json"), new Dictionary<string, string>(), ct);
        var bytes = fetched.Bytes;
        var events = Changed(fetched.Content!, long.TryParse(source.Cursor, NumberStyles.None, CultureInfo.InvariantCulture, out var since) ? since : 0);
        var cursor = source.Cursor;
        foreach (var (id, changed) in events)
        {
            using var one = await http.Get(source, new Uri(root, id.ToString("D") + ".json"), new Dictionary<string, string>(), ct);
            bytes += one.Bytes;
            using var document = FeedJson.Parse(one.Content!);
            if (document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("Event", out var held)) Event(held, into);
            cursor = changed.ToString(CultureInfo.InvariantCulture);
        }
        return new Reading(events.Count == 0, false, bytes) { Cursor = cursor };
    }

    /// <summary>Events that changed; of one moment all or none, or the rest of them would be passed over the next time.</summary>
    private static List<(Guid Id, long Changed)> Changed(Stream manifest, long since)
    {
        using var document = FeedJson.Parse(manifest);
        if (document.RootElement.ValueKind != JsonValueKind.Object) throw new FeedFailedException("unreadable", "the manifest is no object");
        var all = new List<(Guid Id, long Changed)>();
        foreach (var member in document.RootElement.EnumerateObject())
            // The name becomes a part of an address, so it must be what it says.
            if (Guid.TryParseExact(member.Name, "D", out var id) && long.TryParse(FeedJson.Text(member.Value, "timestamp"), NumberStyles.None, CultureInfo.InvariantCulture, out var changed) && changed > since) all.Add((id, changed));
        all.Sort((a, b) => a.Changed.CompareTo(b.Changed));
        return all.Count <= MostEvents ? all : all[..(all.FindIndex(MostEvents, e => e.Changed != all[MostEvents - 1].Changed) is > 0 and var end ? end : all.Count)];
    }

    private static void Event(JsonElement held, FeedIntake into)
    {
        var (info, tags) = (held.String("info"), Tags(held));
        foreach (var attribute in held.List("Attribute").Concat(held.List("Object").SelectMany(o => o.List("Attribute")))) Attribute(attribute, info, tags, into);
    }

    private static void Attribute(JsonElement attribute, string? info, List<string> tags, FeedIntake into)
    {
        if (!attribute.IsTrue("to_ids") && !attribute.IsTrue("deleted")) return;
        var (type, value) = (attribute.String("type") ?? "", attribute.String("value") ?? "");
        var words = tags.Concat(Tags(attribute)).ToList();
        var (types, values) = (type.Split('|'), value.Split('|'));
        // "filename|sha256" and "domain|ip" carry two values, "ip-dst|port" one.
        for (var i = 0; i < types.Length && i < values.Length; i++)
        {
            var kind = FeedWords.KindOf(types[i]);
            if (kind == Contracts.Indicators.IndicatorKind.None) continue;
            into.Add(new FeedItem(values[i], kind)
            {
                Family = FamilyOf(words),
                Techniques = string.Join(' ', words.Where(w => w.Contains("attack-pattern", StringComparison.Ordinal))),
                Threat = words.Append(attribute.String("category")).Select(FeedWords.ThreatOf).FirstOrDefault(t => t is not null),
                Note = attribute.String("comment") is { Length: > 0 } comment ? comment : info,
                Tlp = words.Select(TlpOf).Max(),
                First = FeedWords.InstantOf(attribute.String("first_seen")),
                Last = FeedWords.InstantOf(attribute.String("last_seen") ?? FeedJson.Text(attribute, "timestamp")),
                Revoked = attribute.IsTrue("deleted"),
            });
        }
    }

    private static List<string> Tags(JsonElement holder) => [.. holder.List("Tag").Take(50).Select(t => t.String("name") ?? "")];

    /// <summary>Names of malware and actors out of galaxy tags: misp-galaxy:malpedia="Emotet".</summary>
    private static string? FamilyOf(List<string> tags)
    {
        var names = tags.Select(t => t.Split('"')).Where(p => p.Length == 3 && Galaxies.Contains(p[0])).Select(p => p[1].Trim()).Where(n => n.Length > 0).Distinct(StringComparer.OrdinalIgnoreCase).ToList();
        return names.Count > 0 ? string.Join(", ", names.Take(MostNames)) : null;
    }

    private static Tlp? TlpOf(string tag) => tag.ToLowerInvariant() switch
    {
        "tlp:clear" or "tlp:white" => Tlp.Clear,
        "tlp:green" => Tlp.Green,
        "tlp:amber" => Tlp.Amber,
        "tlp:amber+strict" => Tlp.AmberStrict,
        "tlp:red" => Tlp.Red,
        _ => null,
    };
}
