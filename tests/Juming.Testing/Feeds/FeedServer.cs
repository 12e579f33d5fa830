using System.Collections.Concurrent;
using System.IO.Compression;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Juming.Testing.Feeds;

/// <summary>A server of feeds over real HTTP: files with tags for conditional requests, and answers that do harm.</summary>
public sealed class FeedServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, RequestDelegate> _paths = new();
    private readonly ConcurrentQueue<FeedCall> _calls = new();

    private FeedServer(WebApplication app) => _app = app;

    /// <summary>Where it listens.</summary>
    public Uri Address => new(_app.Urls.First());

    /// <summary>Every call as it came.</summary>
    public IReadOnlyList<FeedCall> Calls => [.. _calls];

    /// <summary>Starts on a free port.</summary>
    public static async Task<FeedServer> Start()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0").ConfigureKestrel(k => k.AllowSynchronousIO = true);
        var app = builder.Build();
        var server = new FeedServer(app);
        app.Run(server.Answer);
        await app.StartAsync();
        return server;
    }

    /// <summary>Answers a path in a way of one's own.</summary>
    public Uri On(string path, RequestDelegate answer)
    {
        _paths[path] = answer;
        return new Uri(Address, path);
    }

    /// <summary>A file with an ETag; asked for the same again it says that nothing changed.</summary>
    public Uri File(string path, string content, string type = "text/plain; charset=utf-8")
    {
        var tag = $"\"{Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(content)))[..16]}\"";
        return On(path, async http =>
        {
            http.Response.Headers.ETag = tag;
            if (http.Request.Headers.IfNoneMatch == tag)
            {
                http.Response.StatusCode = 304;
                return;
            }
            http.Response.ContentType = type;
            await http.Response.WriteAsync(content);
        });
    }

    /// <summary>Bytes as they are.</summary>
    public Uri Bytes(string path, byte[] content) => On(path, http => http.Response.Body.WriteAsync(content).AsTask());

    /// <summary>Nothing but a status.</summary>
    public Uri Status(string path, int status, int? retryAfterSeconds = null) => On(path, http =>
    {
        http.Response.StatusCode = status;
        if (retryAfterSeconds is { } seconds) http.Response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return Task.CompletedTask;
    });

    /// <summary>Sends elsewhere.</summary>
    public Uri Redirect(string path, string to) => On(path, http =>
    {
        http.Response.Redirect(to);
        return Task.CompletedTask;
    });

    /// <summary>Goes on for ever, as fast as it is read.</summary>
    public Uri Endless(string path) => On(path, async http =>
    {
        var line = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 1000).Select(i => $"h{i}.evil.example\n")));
        while (!http.RequestAborted.IsCancellationRequested) await http.Response.Body.WriteAsync(line, http.RequestAborted);
    });

    /// <summary>A byte now and then.</summary>
    public Uri Slow(string path) => On(path, async http =>
    {
        while (!http.RequestAborted.IsCancellationRequested)
        {
            await http.Response.WriteAsync("a", http.RequestAborted);
            await http.Response.Body.FlushAsync(http.RequestAborted);
            await Task.Delay(200, http.RequestAborted);
        }
    });

    /// <summary>Names more bytes than it sends, then cuts the connection.</summary>
    public Uri Shorter(string path) => On(path, async http =>
    {
        http.Response.ContentLength = 1_000_000;
        await http.Response.WriteAsync("a.evil.example\n");
        await http.Response.Body.FlushAsync();
        http.Abort();
    });

    /// <summary>Some kilobytes that unpack to so many megabytes of zeros.</summary>
    public Uri Bomb(string path, int megabytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize))
        {
            var part = new byte[1 << 20];
            for (var i = 0; i < megabytes; i++) gzip.Write(part);
        }
        return Bytes(path, packed.ToArray());
    }

    /// <summary>Packs a text.</summary>
    public static byte[] Gzip(string text)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal)) gzip.Write(Encoding.UTF8.GetBytes(text));
        return packed.ToArray();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await _app.StopAsync(soon.Token);
        await _app.DisposeAsync();
    }

    private async Task Answer(HttpContext http)
    {
        http.Features.Get<IHttpMinResponseDataRateFeature>()?.MinDataRate = null;
        _calls.Enqueue(new FeedCall(http.Request.Path + http.Request.QueryString, http.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase)));
        if (_paths.TryGetValue(http.Request.Path, out var answer)) await answer(http);
        else http.Response.StatusCode = 404;
    }
}

/// <summary>A call to the server.</summary>
/// <param name="Path">Path and query.</param>
/// <param name="Headers">Headers.</param>
public sealed record FeedCall(string Path, IReadOnlyDictionary<string, string> Headers);
