using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Juming.Testing.FakeMessengers;

/// <summary>
/// WeCom, DingTalk, Feishu and a webhook receiver on one real port, with their limits, signatures, tokens and codes. What they answer next can be scripted, in
/// this process or at <c>/__fake/{provider}</c> (GET what came, POST an answer, DELETE everything).
/// </summary>
public sealed class FakeMessengers : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, ConcurrentQueue<FakeReply>> _scripts = new();
    private readonly ConcurrentQueue<FakeMessage> _received = new();
    private readonly ConcurrentQueue<string> _wire = new();
    private readonly ConcurrentDictionary<string, ConcurrentQueue<DateTimeOffset>> _pace = new();

    private FakeMessengers(WebApplication app, Func<DateTimeOffset> now) => (_app, Now, WeCom) = (app, now, new FakeWeCom(now));

    /// <summary>The clock that signatures, tokens and rates are held against.</summary>
    public Func<DateTimeOffset> Now { get; }

    /// <summary>Where it listens.</summary>
    public Uri Address => new(_app.Urls.First());

    /// <summary>WeCom's side.</summary>
    public FakeWeCom WeCom { get; }

    /// <summary>Secret of DingTalk's signature; empty takes unsigned messages.</summary>
    public string DingTalkSign { get; set; } = "";

    /// <summary>Secret of Feishu's signature; empty takes unsigned messages.</summary>
    public string FeishuSign { get; set; } = "";

    /// <summary>Secret of the webhook's signature.</summary>
    public string WebhookSecret { get; set; } = "";

    /// <summary>Every request as it came: address, headers and body.</summary>
    public IEnumerable<string> Wire => _wire;

    /// <summary>Starts on a free port.</summary>
    public static async Task<FakeMessengers> Start(Func<DateTimeOffset>? now = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var fake = new FakeMessengers(app, now ?? TimeProvider.System.GetUtcNow);
        FakeRoutes.Map(app, fake);
        await app.StartAsync();
        return fake;
    }

    /// <summary>Messages that a provider took: "wecom-robot", "wecom-app", "dingtalk", "feishu", "webhook".</summary>
    public IReadOnlyList<FakeMessage> Received(string provider) => [.. _received.Where(r => r.Provider == provider)];

    /// <summary>The provider's next answer, instead of its own.</summary>
    public void Script(string provider, FakeReply reply) => _scripts.GetOrAdd(provider, _ => new()).Enqueue(reply);

    /// <summary>Forgets everything.</summary>
    public void Reset()
    {
        _received.Clear();
        _wire.Clear();
        _scripts.Clear();
        _pace.Clear();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    internal void Take(string provider, JsonElement body, IHeaderDictionary headers) => _received.Enqueue(new FakeMessage(provider, body.Clone(), headers.ToDictionary(h => h.Key, h => h.Value.ToString())));

    /// <summary>Reads a request, and answers it here when that is scripted; null then.</summary>
    internal async Task<(JsonElement Body, byte[] Bytes)?> Open(string provider, HttpContext http)
    {
        using var copy = new MemoryStream();
        await http.Request.Body.CopyToAsync(copy);
        var bytes = copy.ToArray();
        _wire.Enqueue($"{http.Request.Method} {http.Request.Path}{http.Request.QueryString}\n{string.Join('\n', http.Request.Headers.Select(h => h.Key + ": " + h.Value))}\n\n{Encoding.UTF8.GetString(bytes)}");
        if (_scripts.TryGetValue(provider, out var script) && script.TryDequeue(out var reply) && await reply.Play(http)) return null;
        using var document = bytes.Length == 0 ? JsonDocument.Parse("{}") : JsonDocument.Parse(bytes);
        return (document.RootElement.Clone(), bytes);
    }

    /// <summary>True when one more within this minute is too many.</summary>
    internal bool TooFast(string key, int perMinute)
    {
        var times = _pace.GetOrAdd(key, _ => new());
        while (times.TryPeek(out var first) && first < Now().AddMinutes(-1)) times.TryDequeue(out _);
        times.Enqueue(Now());
        return times.Count > perMinute;
    }
}

/// <summary>A message that was taken.</summary>
public sealed record FakeMessage(string Provider, JsonElement Body, IReadOnlyDictionary<string, string> Headers);

/// <summary>A scripted answer.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Body">Body; null goes on to the provider's own answer (after the delay).</param>
/// <param name="DelayMilliseconds">Wait before.</param>
/// <param name="Drop">Cuts the connection instead.</param>
/// <param name="Header">One header, "Retry-After: 7".</param>
public sealed record FakeReply(int Status = 200, string? Body = null, int DelayMilliseconds = 0, bool Drop = false, string? Header = null)
{
    internal async Task<bool> Play(HttpContext http)
    {
        if (DelayMilliseconds > 0) await Task.Delay(DelayMilliseconds, http.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (Drop)
        {
            http.Abort();
            return true;
        }
        if (Body is null && Status == 200) return false;
        http.Response.StatusCode = Status;
        if (Header?.Split(": ") is [var name, var value]) http.Response.Headers[name] = value;
        await http.Response.WriteAsync(Body ?? "");
        return true;
    }
}
