using Juming.Cloud.ThreatIntel.Data;
using Juming.Cloud.ThreatIntel.Vulnerabilities;

namespace Juming.Cloud.ThreatIntel.Feeds;

/// <summary>Reads a source as its kind wants it.</summary>
internal sealed class FeedReader(FeedHttp http, TaxiiFeed taxii, MispFeed misp, ThreatIntelSettings settings)
{
    private const int LongestTag = 300;

    /// <exception cref="FeedFailedException">It can't be read; nothing was changed.</exception>
    public async Task<Reading> Read(SourceRow source, FeedIntake into, CancellationToken ct)
    {
        var reading = source.Kind switch
        {
            SourceKind.Taxii => await taxii.Read(source, into, ct),
            SourceKind.Misp => await misp.Read(source, into, ct),
            _ => await ReadFile(source, into, ct),
        };
        into.Close();
        return reading;
    }

    private async Task<Reading> ReadFile(SourceRow source, FeedIntake into, CancellationToken ct)
    {
        var headers = new Dictionary<string, string>();
        if (source.Etag.Length > 0) headers["If-None-Match"] = source.Etag;
        if (source.Modified.Length > 0) headers["If-Modified-Since"] = source.Modified;
        using var fetched = await http.Get(source, new Uri(source.Address), headers, ct);
        if (fetched.Content is not { } content) return new Reading(true, false, 0) { Etag = source.Etag, Modified = source.Modified };
        var mapping = FeedMapping.Read(source.Mapping);
        switch (source.Kind)
        {
            case SourceKind.Csv:
                CsvFeed.Read(content, mapping, into);
                break;
            case SourceKind.Json:
                JsonFeed.Read(content, mapping, into);
                break;
            case SourceKind.Kev:
                into.Exploited = VulnerabilityFeeds.Kev(content, into);
                break;
            case SourceKind.Epss:
                into.Forecasts = VulnerabilityFeeds.Epss(content, into);
                break;
            case SourceKind.Nvd:
                into.Known = NvdFeed.Read(content, into);
                break;
            case SourceKind.Cve:
                into.Records = CveFeed.Read(content, into, (long)settings.MostMegabytes << 20);
                break;
            case SourceKind.Stix:
                StixFeed.Read(content, into);
                break;
            default:
                TextFeed.Read(content, mapping, into);
                break;
        }
        return new Reading(false, true, fetched.Bytes) { Etag = Kept(fetched.Header("ETag")), Modified = Kept(fetched.Header("Last-Modified")) };
    }

    private static string Kept(string header) => header.Length <= LongestTag ? header : "";
}
