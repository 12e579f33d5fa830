using System.Text.Json;
using Juming.Cloud.ThreatIntel.Feeds;
using Juming.Contracts.Indicators;
using Juming.Contracts.Vulnerabilities;

namespace Juming.Cloud.ThreatIntel.Vulnerabilities;

/// <summary>Reads the National Vulnerability Database's JSON 2.0, as its yearly files and its API have it: what a vulnerability is, how grave, and which versions of which products it concerns.</summary>
internal static class NvdFeed
{
    private static readonly string[] Metrics = ["cvssMetricV40", "cvssMetricV31", "cvssMetricV30", "cvssMetricV2"];

    public static List<VulnerabilityEntry> Read(Stream content, FeedIntake into)
    {
        var found = new Dictionary<string, VulnerabilityEntry>(StringComparer.Ordinal);
        using var items = new JsonItems(content, "vulnerabilities");
        while (items.Next())
        {
            if (!items.Current.TryObject("cve", out var cve) || CveId.Of(cve.String("id")) is not { } id || CveId.BucketOf(id) == 0) into.Refuse(items.Current.TryObject("cve", out var named) ? named.String("id") ?? "?" : "?", IndicatorProblem.Unreadable);
            // One that was taken back says nothing any more; its products go with it.
            else if (cve.String("vulnStatus") is "Rejected") into.Count(found[id] = new VulnerabilityEntry(id, "", 0, null, []));
            else into.Count(found[id] = Entry(id, cve));
        }
        return [.. found.Values];
    }

    private static VulnerabilityEntry Entry(string id, JsonElement cve)
    {
        var ranges = cve.List("configurations").SelectMany(Ranges).Distinct().Take(VulnerabilityParcel.MostRanges).ToList();
        return new VulnerabilityEntry(id, VulnerabilityFeeds.Summary(cve.List("descriptions")), Score(cve), VulnerabilityFeeds.DayOf(cve.String("published")), ranges);
    }

    private static IEnumerable<AffectedRange> Ranges(JsonElement configuration)
    {
        var nodes = configuration.List("nodes").ToList();
        var needs = configuration.String("operator") is "AND" && nodes.Count > 1;
        foreach (var node in nodes)
        {
            // What is said of all but some products can't be told of one.
            if (node.IsTrue("negate")) continue;
            foreach (var match in node.List("cpeMatch"))
                if (match.IsTrue("vulnerable") && CpeName.Parse(match.String("criteria")) is { Product: not ("*" or "-") } name)
                    yield return new AffectedRange(name.Part, name.Vendor, name.Product, name.Version, Low(match, out var lowOut), lowOut, High(match, out var highOut), highOut, needs);
        }
    }

    private static string Low(JsonElement match, out bool excluded) => End(match, "versionStartExcluding", "versionStartIncluding", out excluded);

    private static string High(JsonElement match, out bool excluded) => End(match, "versionEndExcluding", "versionEndIncluding", out excluded);

    private static string End(JsonElement match, string excluding, string including, out bool excluded)
    {
        excluded = match.String(excluding) is { Length: > 0 };
        return VulnerabilityFeeds.Line(excluded ? match.String(excluding) : match.String(including), 100);
    }

    private static int Score(JsonElement cve)
    {
        if (!cve.TryObject("metrics", out var metrics)) return 0;
        foreach (var name in Metrics)
            foreach (var metric in metrics.List(name).OrderBy(m => m.String("type") is "Primary" ? 0 : 1))
                if (metric.TryObject("cvssData", out var data) && VulnerabilityFeeds.ScoreOf(data) is { } score) return score;
        return 0;
    }
}
