using System.Net.Http.Json;
using System.Text.Json;
using Juming.Testing;
using Juming.Testing.Feeds;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace Juming.Cloud.Tests.ThreatIntel;

/// <summary>A cloud tier with a server of feeds beside it; tests come in over HTTP.</summary>
internal abstract class IntelHost
{
    protected ShiftedClock Time { get; } = new();

    protected RunningTier Cloud { get; private set; } = null!;

    protected HttpClient Client { get; private set; } = null!;

    protected FeedServer Feeds { get; private set; } = null!;

    protected virtual Dictionary<string, string?> Settings => [];

    [OneTimeSetUp]
    public async Task StartHost()
    {
        Feeds = await FeedServer.Start();
        var settings = new Dictionary<string, string?> { ["Outbound:AllowedNetworks:0"] = "127.0.0.1/32", ["Modules:ThreatIntel:GapMilliseconds"] = "0", ["Modules:ThreatIntel:MostMegabytes"] = "8", ["Modules:ThreatIntel:WithinSeconds"] = "4" };
        foreach (var (key, value) in Settings) settings[key] = value;
        Cloud = await RunningTier.Start("cloud", null, settings, s => s.AddSingleton<TimeProvider>(Time));
        Client = await Cloud.WithToken("threatintel.read", "threatintel.write", "threatintel.setup");
    }

    [OneTimeTearDown]
    public async Task StopHost()
    {
        Client.Dispose();
        await Cloud.DisposeAsync();
        await Feeds.DisposeAsync();
    }

    /// <summary>Time goes by, and with it the token.</summary>
    protected async Task Later(TimeSpan time)
    {
        Time.Shift += time;
        Client.Dispose();
        Client = await Cloud.WithToken("threatintel.read", "threatintel.write", "threatintel.setup");
    }

    protected async Task<JsonElement> Get(string path) => await Client.GetFromJsonAsync<JsonElement>("/api/threatintel/" + path);

    /// <summary>Adds a source that is not read by itself.</summary>
    protected async Task<Guid> Add(string name, string kind, Uri address, object? more = null)
    {
        var body = new Dictionary<string, object?> { ["name"] = name, ["kind"] = kind, ["address"] = address.ToString(), ["everyMinutes"] = 1000, ["enabled"] = false };
        if (more is not null) foreach (var property in more.GetType().GetProperties()) body[property.Name] = property.GetValue(more);
        using var answer = await Client.PostAsJsonAsync("/api/threatintel/sources", body);
        Assert.That(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return await answer.Content.ReadFromJsonAsync<Guid>();
    }

    protected async Task<JsonElement> Source(Guid id) => (await Get("sources")).EnumerateArray().First(s => s.GetProperty("id").GetGuid() == id);

    /// <summary>Has a source read and waits for the end; answers with its last reading.</summary>
    protected async Task<JsonElement> Read(Guid id, bool acceptShorter = false)
    {
        var before = (await Get($"sources/{id}/runs?limit=200")).GetArrayLength();
        using var answer = await Client.PostAsync($"/api/threatintel/sources/{id}/read?acceptShorter={(acceptShorter ? "true" : "false")}", null);
        Assert.That(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        for (var i = 0; i < 800; i++)
        {
            var runs = await Get($"sources/{id}/runs?limit=200");
            if (runs.GetArrayLength() > before && !(await Source(id)).GetProperty("isRunning").GetBoolean()) return runs[0];
            await Task.Delay(25);
        }
        throw new TimeoutException("The reading did not end.");
    }

    protected async Task<JsonElement?> Find(string value)
    {
        var found = (await Get("indicators?text=" + Uri.EscapeDataString(value))).GetProperty("items").EnumerateArray().Where(i => i.GetProperty("value").GetString() == value).ToList();
        return found.Count == 0 ? null : found[0];
    }

    protected async Task<JsonElement> Dossier(string value) => await Get("indicators/" + (await Find(value))!.Value.GetProperty("id").GetGuid());

    protected static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;

    protected static int Number(JsonElement element, string name) => element.GetProperty(name).GetInt32();
}
