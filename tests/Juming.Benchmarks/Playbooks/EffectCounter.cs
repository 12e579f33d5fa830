using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Juming.Benchmarks.Playbooks;

/// <summary>The other side: counts effects by their key, outside of the process that has them.</summary>
internal sealed class EffectCounter : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, int> _effects = new();
    private readonly WebApplication _app;

    private EffectCounter(WebApplication app) => _app = app;

    public string Address => _app.Urls.First();

    public int Effects => _effects.Values.Sum();

    public int Keys => _effects.Count;

    /// <summary>Effects beyond the first of their key.</summary>
    public int Doubled => _effects.Values.Sum(n => n - 1);

    public static async Task<EffectCounter> Start()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var counter = new EffectCounter(app);
        app.MapPost("/{**key}", (string key) => counter._effects.AddOrUpdate(key, 1, (_, n) => n + 1).ToString(CultureInfo.InvariantCulture));
        app.MapGet("/{**key}", (string key) => counter._effects.GetValueOrDefault(key).ToString(CultureInfo.InvariantCulture));
        await app.StartAsync();
        return counter;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
