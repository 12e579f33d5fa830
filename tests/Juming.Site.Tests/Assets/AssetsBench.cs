using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Juming.Site.Assets.Register;
using Juming.Site.Collection;
using Juming.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Juming.Site.Tests.Assets;

/// <summary>A running site that takes logs over its bulk door and is asked for assets over HTTP.</summary>
internal sealed class AssetsBench : IAsyncDisposable
{
    private AssetsBench(RunningTier site, HttpClient client) => (Site, Client) = (site, client);

    public RunningTier Site { get; }

    public HttpClient Client { get; }

    public static async Task<AssetsBench> Start(string? folder = null, Dictionary<string, string?>? settings = null, Action<IServiceCollection>? services = null)
    {
        // A long flush interval: the test says when sightings are written.
        var all = new Dictionary<string, string?>(settings ?? []) { ["Modules:Assets:FlushSeconds"] = "300" };
        var site = await RunningTier.Start("site", folder, all, s =>
        {
            s.AddSingleton(new CollectionSettings { Udp = [], Tcp = [] });
            services?.Invoke(s);
        });
        return new AssetsBench(site, await site.WithToken("collection.send", "assets.read", "assets.write"));
    }

    /// <summary>Sends events and waits until what they tell stands in the register.</summary>
    public async Task Tell(params object[] events)
    {
        using var body = new StringContent(string.Join('\n', events.Select(e => JsonSerializer.Serialize(e))) + "\n", Encoding.UTF8, "application/x-ndjson");
        using var answer = await Client.PostAsync("/api/collection/events", body);
        answer.EnsureSuccessStatusCode();
        var writer = Site.Services.GetRequiredService<SightingWriter>();
        // The answer comes with the commit; matching follows it.
        for (var quiet = 0; quiet < 10;)
        {
            quiet = await writer.Flush(CancellationToken.None) > 0 ? 0 : quiet + 1;
            await Task.Delay(20);
        }
    }

    public async Task<JsonElement> Get(string path = "") => await Client.GetFromJsonAsync<JsonElement>("/api/assets" + path);

    /// <summary>The only asset that a text finds.</summary>
    public async Task<JsonElement> One(string text)
    {
        var page = await Get("?text=" + Uri.EscapeDataString(text));
        return page.GetProperty("total").GetInt32() == 1 ? page.GetProperty("items")[0] : throw new InvalidOperationException($"{text}: {page}");
    }

    public async Task<(int Status, JsonElement Body)> Post(string path, HttpContent? body = null)
    {
        using var answer = await Client.PostAsync("/api/assets/" + path, body);
        var text = await answer.Content.ReadAsStringAsync();
        return ((int)answer.StatusCode, text.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(text));
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Site.DisposeAsync();
    }
}
