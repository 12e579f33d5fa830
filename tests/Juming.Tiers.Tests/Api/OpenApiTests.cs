using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Juming.Platform.Access;
using Juming.Site.Detection;
using Juming.Testing;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace Juming.Tiers.Tests.Api;

/// <summary>The OpenAPI document says what the endpoints really answer.</summary>
[Category("X10")]
internal sealed class OpenApiTests
{
    private static readonly string[] Methods = ["get", "post", "put", "patch", "delete"];

    private RunningTier _site = null!;
    private HttpClient _analyst = null!;
    private HttpClient _administrator = null!;
    private JsonElement _document;

    [OneTimeSetUp]
    public async Task Start()
    {
        _site = await RunningTier.Start("site", settings: await Databases.TestDatabases.Make(Databases.TestDatabases.Sqlite));
        _analyst = await _site.SignIn(Role.Analyst);
        _administrator = await _site.SignIn(Role.SystemAdmin);
        _document = JsonDocument.Parse(await _analyst.GetStringAsync("/openapi/v1.json")).RootElement;
        await Fill();
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        _analyst.Dispose();
        _administrator.Dispose();
        await _site.DisposeAsync();
    }

    [Test]
    public void Every_endpoint_says_what_it_is_for_what_it_answers_and_how_it_refuses()
    {
        var hollow = new List<string>();
        foreach (var (name, operation) in Operations())
        {
            if (!operation.TryGetProperty("summary", out var summary) || summary.GetString() is not { Length: > 5 }) hollow.Add(name + " has no summary");
            var answers = operation.GetProperty("responses").EnumerateObject().ToList();
            var good = answers.Find(a => a.Name.StartsWith('2'));
            if (good.Value.ValueKind == JsonValueKind.Undefined || (good.Name != "204" && !HasSchema(good.Value))) hollow.Add(name + " does not say what it answers");
            foreach (var status in new[] { "400", "401", "403", "404" })
                if (!answers.Exists(a => a.Name == status && a.Value.TryGetProperty("content", out var content) && content.TryGetProperty("application/problem+json", out _))) hollow.Add($"{name} does not say what a {status} looks like");
        }
        TestContext.Out.WriteLine($"{Operations().Count()} operations");
        Assert.That(hollow, Is.Empty);
    }

    [TestCase("/api/collection/sources", "")]
    [TestCase("/api/collection/ledger", "")]
    [TestCase("/api/collection/parsers", "")]
    [TestCase("/api/events/search", "?limit=5")]
    [TestCase("/api/events/searches", "")]
    [TestCase("/api/events/exports", "")]
    [TestCase("/api/detection/alerts", "?limit=5")]
    [TestCase("/api/detection/alerts/{id}", "")]
    [TestCase("/api/detection/rules", "?take=200")]
    [TestCase("/api/detection/rules/{id}", "")]
    [TestCase("/api/detection/coverage", "")]
    [TestCase("/api/incidents", "?view=all")]
    [TestCase("/api/incidents/{id}", "")]
    [TestCase("/api/incidents/response-times", "?from=2020-01-01T00:00:00Z&to=2100-01-01T00:00:00Z")]
    [TestCase("/api/notify/mine", "")]
    [TestCase("/api/assets", "")]
    [TestCase("/api/assets/{id}", "")]
    public async Task An_answer_has_the_promised_shape(string path, string query)
    {
        var list = path.Replace("/{id}", "", StringComparison.Ordinal);
        var address = list == path ? path : $"{list}/{await First(list)}";
        using var answer = await _analyst.GetAsync(address + query);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.OK), text);
        Assert.That(new Shape(_document).Misfits(JsonDocument.Parse(text).RootElement, SchemaOf("get", path, "200", "application/json")), Is.Empty, text);
    }

    [TestCase("/api/incidents", "?limit=0", "400")]
    [TestCase("/api/incidents", "?limit=many", "400")]
    [TestCase("/api/detection/alerts/{id}", "", "404")]
    [TestCase("/api/access/users", "", "403")]
    [TestCase("/api/collection/ledger", "", "401")]
    public async Task A_refusal_has_the_promised_shape(string path, string query, string status)
    {
        using var stranger = _site.Client(followRedirects: false);
        using var answer = await (status == "401" ? stranger : _analyst).GetAsync(path.Replace("{id}", Guid.NewGuid().ToString(), StringComparison.Ordinal) + query);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.That(((int)answer.StatusCode).ToString(CultureInfo.InvariantCulture), Is.EqualTo(status), text);
        Assert.That(answer.Content.Headers.ContentType?.MediaType, Is.EqualTo("application/problem+json"));
        Assert.That(new Shape(_document).Misfits(JsonDocument.Parse(text).RootElement, SchemaOf("get", path, status, "application/problem+json")), Is.Empty, text);
        Assert.That(text, Does.Contain("\"code\":"));
    }

    [Test]
    public async Task Numbers_are_taken_up_to_the_promised_ends_and_no_further()
    {
        var looked = 0;
        foreach (var (path, parameter) in _document.GetProperty("paths").EnumerateObject().Where(p => p.Value.TryGetProperty("get", out _) && !p.Name.Contains("export", StringComparison.Ordinal) && !p.Name.Contains("/access/", StringComparison.Ordinal))
            .SelectMany(p => p.Value.GetProperty("get").TryGetProperty("parameters", out var all) ? all.EnumerateArray().Select(a => (p.Name, a)) : []))
        {
            var (name, schema) = (parameter.GetProperty("name").GetString()!, parameter.GetProperty("schema"));
            if (!name.EndsWith("imit", StringComparison.Ordinal) && !name.EndsWith("ake", StringComparison.Ordinal) && !name.EndsWith("kip", StringComparison.Ordinal)) continue;
            looked++;
            long least = schema.GetProperty("minimum").GetInt64(), most = schema.GetProperty("maximum").GetInt64();
            foreach (var (value, isTaken) in new[] { (least, true), (most, true), (least - 1, false), (most + 1, false) })
            {
                using var answer = await (path.StartsWith("/api/notify/", StringComparison.Ordinal) || path.StartsWith("/api/links/", StringComparison.Ordinal) ? _administrator : _analyst).GetAsync($"{path.Replace("{id}", Guid.NewGuid().ToString(), StringComparison.Ordinal).Replace("{cve}", "CVE-1999-99999", StringComparison.Ordinal)}?{name}={value}");
                // Of what does not exist there is no page, but a number out of bounds is refused before that is found.
                Assert.That(answer.StatusCode, Is.EqualTo(!isTaken ? HttpStatusCode.BadRequest : path.Contains('{', StringComparison.Ordinal) ? HttpStatusCode.NotFound : HttpStatusCode.OK), $"{path}?{name}={value}");
            }
        }
        Assert.That(looked, Is.GreaterThanOrEqualTo(9));
    }

    [Test]
    public async Task The_bulk_intake_is_described_and_answers_as_described()
    {
        var operation = _document.GetProperty("paths").GetProperty("/api/collection/events").GetProperty("post");
        Assert.That(operation.GetProperty("requestBody").GetProperty("content").TryGetProperty("application/x-ndjson", out _));
        var key = operation.GetProperty("parameters").EnumerateArray().Single(p => p.GetProperty("name").GetString() == "Idempotency-Key");
        Assert.That((key.GetProperty("in").GetString(), key.GetProperty("schema").GetProperty("maxLength").GetInt32()), Is.EqualTo(("header", 128)));
        using var sender = await _site.WithToken("collection.send");
        foreach (var (length, status) in new[] { (128, "200"), (129, "400") })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/api/collection/events") { Content = new StringContent("{\"message\":\"hello\"}\n", Encoding.UTF8, "application/x-ndjson") };
            request.Headers.Add("Idempotency-Key", new string('k', length));
            using var answer = await sender.SendAsync(request);
            var text = await answer.Content.ReadAsStringAsync();
            Assert.That(((int)answer.StatusCode).ToString(CultureInfo.InvariantCulture), Is.EqualTo(status), text);
            Assert.That(new Shape(_document).Misfits(JsonDocument.Parse(text).RootElement, SchemaOf("post", "/api/collection/events", status, status == "200" ? "application/json" : "application/problem+json")), Is.Empty, text);
        }
    }

    [Test]
    public async Task An_incident_is_changed_by_its_number_as_well_as_by_its_identity()
    {
        var incident = JsonDocument.Parse(await _analyst.GetStringAsync("/api/incidents?view=all")).RootElement.GetProperty("items")[0];
        foreach (var (name, title) in new[] { ("number", "by number"), ("id", "by identity") })
        {
            var address = "/api/incidents/" + incident.GetProperty(name).GetString();
            using var changed = await _analyst.PatchAsync(address, new StringContent($"{{\"title\":\"{title}\"}}", Encoding.UTF8, "application/json"));
            var text = await changed.Content.ReadAsStringAsync();
            Assert.That(changed.StatusCode, Is.EqualTo(HttpStatusCode.OK), text);
            Assert.That(new Shape(_document).Misfits(JsonDocument.Parse(text).RootElement, SchemaOf("patch", "/api/incidents/{id}", "200", "application/json")), Is.Empty, text);
            Assert.That(await _analyst.GetStringAsync(address), Does.Contain(title));
        }
        foreach (var name in new[] { "INC-1999-0001", "INC-2026-99999999999", "' or 1=1 --", "none" })
        {
            using var refused = await _analyst.PatchAsync("/api/incidents/" + Uri.EscapeDataString(name), new StringContent("{\"title\":\"x\"}", Encoding.UTF8, "application/json"));
            Assert.That(refused.StatusCode, Is.EqualTo(HttpStatusCode.NotFound), name);
        }
    }

    [Test]
    public void A_hollow_schema_and_a_wrong_one_are_found()
    {
        var shape = new Shape(_document);
        var value = JsonDocument.Parse("""{"total":"three","items":[]}""").RootElement;
        Assert.Multiple(() =>
        {
            Assert.That(shape.Misfits(value, JsonDocument.Parse("{}").RootElement), Is.EqualTo(new[] { "$: the schema names no type" }));
            Assert.That(shape.Misfits(value, JsonDocument.Parse("""{"type":"object"}""").RootElement), Has.Count.EqualTo(2));
            Assert.That(shape.Misfits(value, JsonDocument.Parse("""{"type":"object","required":["cursor"],"properties":{"total":{"type":"integer"},"items":{"type":"array"}}}""").RootElement),
                Is.EqualTo(new[] { "$.total: string where integer is promised", "$.cursor: promised and missing" }));
        });
    }

    /// <summary>Guesses at a password, so that there are events, a source, an asset, an alert; and an alert that is worth an incident by itself.</summary>
    private async Task Fill()
    {
        using var sender = await _site.WithToken("collection.send");
        var now = TimeProvider.System.GetUtcNow().AddHours(8);
        var body = new StringBuilder();
        for (var i = 0; i < 8; i++) body.Append(CultureInfo.InvariantCulture, $"<38>{now.AddSeconds(i - 20):MMM dd HH:mm:ss} web01 sshd[{900 + i}]: Failed password for root from 10.20.30.40 port {40001 + i} ssh2\n");
        await Post(sender, "/api/collection/events", body.ToString(), "text/plain");
        await Post(_analyst, "/api/events/searches", """{"name":"mine","query":"web01","span":"now-24h","shared":false}""", "application/json");
        await Post(_analyst, "/api/events/exports", """{"query":"","from":"2026-01-01T00:00:00Z","to":"2100-01-01T00:00:00Z","format":"csv"}""", "application/json");
        _site.Services.GetRequiredService<IAlertIntake>().Raise("collection.source-silent", Severity.Critical, new Dictionary<string, string> { ["source"] = "web01" }, 1, TimeProvider.System.GetUtcNow());
        foreach (var list in new[] { "/api/detection/alerts", "/api/incidents", "/api/assets" })
            await Databases.WholeTierTests.Wait(async () => await First(list) is not null, "something in " + list, 60);
    }

    private static async Task Post(HttpClient client, string path, string body, string contentType)
    {
        using var answer = await client.PostAsync(path, new StringContent(body, Encoding.UTF8, contentType));
        Assert.That(answer.IsSuccessStatusCode, $"{path}: {await answer.Content.ReadAsStringAsync()}");
    }

    private async Task<string?> First(string list)
    {
        using var found = JsonDocument.Parse(await _analyst.GetStringAsync(list + (list == "/api/incidents" ? "?view=all" : "")));
        if (found.RootElement.GetProperty("items").EnumerateArray().FirstOrDefault() is not { ValueKind: JsonValueKind.Object } item) return null;
        if (item.TryGetProperty("number", out var number)) return number.GetString();
        return (item.TryGetProperty("alert", out var alert) ? alert : item).GetProperty("id").GetString();
    }

    private IEnumerable<(string Name, JsonElement Operation)> Operations() => _document.GetProperty("paths").EnumerateObject()
        .SelectMany(p => p.Value.EnumerateObject().Where(o => Methods.Contains(o.Name)).Select(o => ($"{o.Name.ToUpperInvariant()} {p.Name}", o.Value)));

    private static bool HasSchema(JsonElement answer) => answer.TryGetProperty("content", out var content) && content.EnumerateObject().Any() && content.EnumerateObject().All(c => c.Value.TryGetProperty("schema", out var schema) && schema.EnumerateObject().Any());

    private JsonElement SchemaOf(string method, string path, string status, string contentType)
    {
        var paths = _document.GetProperty("paths");
        var found = paths.TryGetProperty(path, out var exact) ? exact : paths.GetProperty(path + "/");
        return found.GetProperty(method).GetProperty("responses").GetProperty(status).GetProperty("content").GetProperty(contentType).GetProperty("schema");
    }
}
