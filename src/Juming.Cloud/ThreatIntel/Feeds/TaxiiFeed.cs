using System.Text.Json;
using Juming.Cloud.ThreatIntel.Data;

namespace Juming.Cloud.ThreatIntel.Feeds;

/// <summary>What a reading of a source brought.</summary>
/// <param name="Unchanged">The source says that nothing has changed.</param>
/// <param name="IsWhole">It is all that the source says.</param>
/// <param name="Bytes">Bytes that came.</param>
internal sealed record Reading(bool Unchanged, bool IsWhole, long Bytes)
{
    /// <summary>To be kept when everything is written.</summary>
    public string Etag { get; init; } = "";
    public string Modified { get; init; } = "";
    public string Cursor { get; init; } = "";
}

/// <summary>
/// TAXII 2.1: reads on in a collection from where the last reading ended, page by page. The address is the collection's, …/collections/ID/. Where it ended is kept only after
/// all of it was written, so that nothing is passed over.
/// </summary>
internal sealed class TaxiiFeed(FeedHttp http)
{
    private const string MediaType = "application/taxii+json;version=2.1";
    private const int MostPages = 10_000;
    private const int PageSize = 1000;
    private const int LongestMark = 500;

    public async Task<Reading> Read(SourceRow source, FeedIntake into, CancellationToken ct)
    {
        var root = new Uri(source.Address.EndsWith('/') ? source.Address : source.Address + "/");
        var (added, bytes, next) = (source.Cursor, 0L, "");
        var seen = new HashSet<string>();
        for (var page = 0; page < MostPages; page++)
        {
            var query = $"?limit={PageSize}&match[type]=indicator,relationship,malware,tool,threat-actor,intrusion-set,campaign,attack-pattern" + (source.Cursor.Length > 0 ? "&added_after=" + Uri.EscapeDataString(source.Cursor) : "") + (next.Length > 0 ? "&next=" + Uri.EscapeDataString(next) : "");
            using var fetched = await http.Get(source, new Uri(root, "objects/" + query), new Dictionary<string, string> { ["Accept"] = MediaType }, ct);
            if (!fetched.Header("Content-Type").StartsWith("application/taxii+json", StringComparison.OrdinalIgnoreCase)) throw new FeedFailedException("unreadable", $"the server answers {Shortened(fetched.Header("Content-Type"))}, not TAXII");
            bytes += fetched.Bytes;
            using var document = FeedJson.Parse(fetched.Content!);
            StixFeed.Objects(document.RootElement, into);
            if (fetched.Header("X-TAXII-Date-Added-Last") is { Length: > 0 and < LongestMark } last) added = last;
            if (!document.RootElement.IsTrue("more")) return new Reading(page == 0 && into.Read == 0, false, bytes) { Cursor = added };
            next = document.RootElement.String("next") ?? "";
            if (next.Length is 0 or > LongestMark || !seen.Add(next)) throw new FeedFailedException("paging", "the server names more pages and no way to them that is new");
        }
        throw new FeedFailedException("too-many", $"more than {MostPages} pages");
    }

    private static string Shortened(string text) => text.Length <= 100 ? text : text[..100];
}
