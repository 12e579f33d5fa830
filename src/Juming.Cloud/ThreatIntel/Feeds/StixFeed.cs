using System.Globalization;
using System.Text.Json;
using Juming.Contracts.Indicators;

namespace Juming.Cloud.ThreatIntel.Feeds;

/// <summary>Indicators of STIX 2.0 and 2.1: of a bundle, or of a TAXII envelope. What an indicator stands for is told by its direct relations alone; nothing is followed further, so that circles do no harm.</summary>
internal static class StixFeed
{
    // OASIS: TLP 2.0, the statement-type objects of STIX 2.1 for TLP 1, and the AMBER+STRICT that OpenCTI used before there was one.
    private static readonly Dictionary<string, Tlp> Markings = new()
    {
        ["marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487"] = Tlp.Clear,
        ["marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb"] = Tlp.Green,
        ["marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421"] = Tlp.Amber,
        ["marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003"] = Tlp.AmberStrict,
        ["marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1"] = Tlp.Red,
        ["marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9"] = Tlp.Clear,
        ["marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da"] = Tlp.Green,
        ["marking-definition--f88d31f6-486f-44da-b317-01333bde0b82"] = Tlp.Amber,
        ["marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed"] = Tlp.Red,
        ["marking-definition--826578e1-40ad-459f-bc73-ede076f81f37"] = Tlp.AmberStrict,
    };

    public static void Read(Stream content, FeedIntake into)
    {
        using var document = FeedJson.Parse(content);
        var root = document.RootElement;
        if (root.String("type") != "bundle") throw new FeedFailedException("unreadable", "it is no STIX bundle");
        Objects(root, into);
    }

    /// <summary>Takes in the objects of a bundle or envelope.</summary>
    public static void Objects(JsonElement holder, FeedIntake into)
    {
        var context = new StixContext(holder);
        foreach (var one in holder.List("objects"))
            if (one.ValueKind == JsonValueKind.Object && one.String("type") == "indicator") Indicator(one, context, into);
    }

    private static void Indicator(JsonElement one, StixContext context, FeedIntake into)
    {
        var (family, techniques) = context.Of(one);
        var pattern = one.String("pattern") ?? "";
        if (one.String("pattern_type") is not (null or "stix") || StixPattern.Read(pattern) is not { } values)
        {
            into.Refuse(pattern.Length > 0 ? pattern : one.String("id") ?? "indicator", IndicatorProblem.Unreadable);
            return;
        }
        var words = one.List("indicator_types").Concat(one.List("labels")).Where(l => l.ValueKind == JsonValueKind.String).Take(50).Select(FeedJson.Of).ToList();
        Tlp? tlp = null;
        foreach (var marking in one.List("object_marking_refs"))
            if (marking.ValueKind == JsonValueKind.String && Markings.TryGetValue(FeedJson.Of(marking) ?? "", out var named) && (tlp is null || named > tlp)) tlp = named;
        foreach (var (value, kind) in values)
            into.Add(new FeedItem(value, kind)
            {
                Confidence = one.TryGetProperty("confidence", out var sure) && sure.ValueKind == JsonValueKind.Number && sure.TryGetInt32(out var percent) && percent is >= 0 and <= 100 ? percent : null,
                Threat = words.Select(FeedWords.ThreatOf).FirstOrDefault(t => t is not null),
                Family = family,
                Techniques = techniques,
                Note = one.String("name"),
                Reference = one.List("external_references").Select(r => r.String("url")).FirstOrDefault(u => u is not null),
                Tlp = tlp,
                First = Instant(one, "valid_from"),
                Last = Instant(one, "modified"),
                Until = Instant(one, "valid_until"),
                Revoked = one.IsTrue("revoked"),
            });
    }

    private static DateTimeOffset? Instant(JsonElement one, string name) => DateTimeOffset.TryParse(one.String(name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : null;
}
