using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Juming.Testing.Feeds;

/// <summary>
/// A TAXII 2.1 server (OASIS, 2021): discovery, one API root, one collection with objects in the order in which they were added, added_after (exclusive), limit, next, match[type], the
/// media type demanded, messages for errors, and the name and password it was given.
/// </summary>
public sealed class TaxiiServer
{
    private const string MediaType = "application/taxii+json;version=2.1";
    private const string Collection = "91a7b528-80eb-42ed-a74d-c6fbd5a26116";
    private readonly List<(DateTimeOffset Added, JsonObject Object)> _objects = [];
    private readonly string? _authorization;
    private DateTimeOffset _last = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Serves below /taxii2/ and /root/.</summary>
    /// <param name="server">The server.</param>
    /// <param name="authorization">The Authorization header that it wants; null for none.</param>
    public TaxiiServer(FeedServer server, string? authorization = null)
    {
        _authorization = authorization;
        server.On("/taxii2/", http => Send(http, new JsonObject { ["title"] = "Test", ["default"] = "/root/", ["api_roots"] = new JsonArray("/root/") }));
        server.On("/root/", http => Send(http, new JsonObject { ["title"] = "Root", ["versions"] = new JsonArray(MediaType), ["max_content_length"] = 10_000_000 }));
        server.On($"/root/collections/{Collection}/", http => Send(http, new JsonObject { ["id"] = Collection, ["title"] = "Indicators", ["can_read"] = true, ["can_write"] = false, ["media_types"] = new JsonArray("application/stix+json;version=2.1") }));
        server.On($"/root/collections/{Collection}/objects/", Objects);
        Address = new Uri(server.Address, $"/root/collections/{Collection}/");
    }

    /// <summary>Address of the collection.</summary>
    public Uri Address { get; }

    /// <summary>Most objects of a page, whatever the client asks for.</summary>
    public int PageSize { get; set; } = 100;

    /// <summary>Answers "more" with the same "next" for ever.</summary>
    public bool Loops { get; set; }

    /// <summary>Breaks with 500 from this page on; -1 for never.</summary>
    public int BreaksAtPage { get; set; } = -1;

    /// <summary>Adds an indicator a microsecond after the last.</summary>
    public void Add(string pattern, Action<JsonObject>? more = null)
    {
        _last = _last.AddTicks(10);
        var one = new JsonObject
        {
            ["type"] = "indicator",
            ["spec_version"] = "2.1",
            ["id"] = $"indicator--{Guid.NewGuid():D}",
            ["created"] = "2026-11-20T08:00:00.000Z",
            ["modified"] = "2026-11-27T08:00:00.000Z",
            ["name"] = "test",
            ["pattern"] = pattern,
            ["pattern_type"] = "stix",
            ["valid_from"] = "2026-11-20T08:00:00Z",
        };
        more?.Invoke(one);
        _objects.Add((_last, one));
    }

    private async Task Objects(HttpContext http)
    {
        var query = http.Request.Query;
        var after = query["added_after"] is [{ } text] ? DateTimeOffset.Parse(text, CultureInfo.InvariantCulture) : DateTimeOffset.MinValue;
        var types = query["match[type]"] is [{ } named] ? named.Split(',') : null;
        var from = query["next"] is [{ } next] ? int.Parse(next, CultureInfo.InvariantCulture) : 0;
        var size = Math.Min(PageSize, query["limit"] is [{ } limit] ? int.Parse(limit, CultureInfo.InvariantCulture) : PageSize);
        var fitting = _objects.Where(o => o.Added > after && (types is null || types.Contains(o.Object["type"]!.GetValue<string>()))).ToList();
        if (BreaksAtPage >= 0 && from / PageSize >= BreaksAtPage)
        {
            http.Response.StatusCode = 500;
            await Send(http, new JsonObject { ["title"] = "Broken", ["http_status"] = "500" });
            return;
        }
        var page = fitting.Skip(from).Take(size).ToList();
        var envelope = new JsonObject();
        if (page.Count > 0)
        {
            envelope["objects"] = new JsonArray([.. page.Select(o => o.Object.DeepClone())]);
            http.Response.Headers["X-TAXII-Date-Added-First"] = Instant(page[0].Added);
            http.Response.Headers["X-TAXII-Date-Added-Last"] = Instant(page[^1].Added);
        }
        if (Loops || from + size < fitting.Count)
        {
            envelope["more"] = true;
            envelope["next"] = Loops ? "0" : (from + size).ToString(CultureInfo.InvariantCulture);
        }
        await Send(http, envelope);
    }

    private async Task Send(HttpContext http, JsonObject body)
    {
        if (_authorization is not null && http.Request.Headers.Authorization != _authorization) (http.Response.StatusCode, body) = (401, new JsonObject { ["title"] = "Unauthorized", ["http_status"] = "401" });
        else if (!http.Request.Headers.Accept.ToString().Replace(" ", "", StringComparison.Ordinal).Contains(MediaType, StringComparison.Ordinal)) (http.Response.StatusCode, body) = (406, new JsonObject { ["title"] = "Not acceptable", ["http_status"] = "406" });
        http.Response.ContentType = MediaType;
        await http.Response.WriteAsync(JsonSerializer.Serialize(body));
    }

    private static string Instant(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
}
