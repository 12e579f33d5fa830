using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Juming.Site.Collection;
using Juming.Site.Collection.Ledger;
using Juming.Site.Collection.Pipeline;
using Juming.Site.Collection.Receivers;
using Juming.Site.Events;
using Juming.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Juming.Site.Tests.Collection;

/// <summary>A running site with real sockets and files, and what it counted.</summary>
internal sealed class CollectionBench : IAsyncDisposable
{
    private CollectionBench(RunningTier site) => Site = site;

    public RunningTier Site { get; }

    public LedgerBook Book => Site.Services.GetRequiredService<LedgerBook>();

    public static async Task<CollectionBench> Start(string? folder = null, Action<CollectionSettings>? change = null, Action<IServiceCollection>? services = null)
    {
        var settings = new CollectionSettings { Udp = [], Tcp = ["127.0.0.1:0"] };
        change?.Invoke(settings);
        return new CollectionBench(await RunningTier.Start("site", folder, null, s =>
        {
            s.AddSingleton(settings);
            services?.Invoke(s);
        }));
    }

    /// <summary>Where a kind of receiver listens.</summary>
    public IPEndPoint At(string kind) => IPEndPoint.Parse(Site.Services.GetRequiredService<CollectionService>().Listening.First(l => l.StartsWith(kind + " ", StringComparison.Ordinal))[(kind.Length + 1)..]);

    public async Task<TcpClient> Connect()
    {
        var client = new TcpClient();
        await client.ConnectAsync(At("tcp"));
        return client;
    }

    public async Task Send(string text)
    {
        using var client = await Connect();
        await client.GetStream().WriteAsync(Encoding.UTF8.GetBytes(text));
    }

    /// <summary>Lines stored since the start, once there are so many.</summary>
    public async Task<long> Stored(long atLeast)
    {
        for (var i = 0; i < 400 && Book.StoredLines < atLeast; i++) await Task.Delay(50);
        return Book.StoredLines;
    }

    public async Task<bool> Until(Func<bool> condition)
    {
        for (var i = 0; i < 400 && !condition(); i++) await Task.Delay(50);
        return condition();
    }

    /// <summary>All lines of the store as they were sent, in order of receipt.</summary>
    public async Task<List<string>> Lines(string query = "")
    {
        var found = new List<EventView>();
        await foreach (var chunk in Site.Services.GetRequiredService<ISearch>().Search(new SearchRequest(query, DateTimeOffset.UnixEpoch, TimeProvider.System.GetUtcNow().AddDays(1), 10_000), CancellationToken.None)) found.AddRange(chunk.Events);
        return [.. found.OrderBy(e => e.Received).ThenBy(e => e.Id).Select(e => e.Raw)];
    }

    public async Task<LedgerView> Ledger()
    {
        await Site.Services.GetRequiredService<IngestPipeline>().BookWaiting();
        var now = TimeProvider.System.GetUtcNow();
        return (await Site.Send(new ReadLedger(now.AddDays(-1), now.AddMinutes(1)))).Value;
    }

    public async Task<string> Metrics()
    {
        using var client = Site.Client();
        return await client.GetStringAsync("/metrics");
    }

    public static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    public ValueTask DisposeAsync() => Site.DisposeAsync();
}

/// <summary>A folder that is gone after the test.</summary>
internal sealed class TestFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("juming-test-").FullName;

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, true);
}
