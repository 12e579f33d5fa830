using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Juming.Testing.Blocking;

/// <summary>What is wrong with the device.</summary>
public enum DeviceFault
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The password is wrong.</summary>
    Refuse,

    /// <summary>It is busy and changes nothing.</summary>
    Busy,

    /// <summary>It does what it was told, and the line is cut before it says so.</summary>
    CutAfterSubmit,

    /// <summary>Its table is full.</summary>
    Full,

    /// <summary>It says yes and does nothing.</summary>
    FakeSuccess,

    /// <summary>It can't be read.</summary>
    Blind,
}

/// <summary>
/// A small device with a block list behind a real port. It knows nothing of keys: told twice, it has two entries. Everything that was really done to it stands in its truth.
/// </summary>
public sealed class BlockingDevice : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Lock _gate = new();
    private readonly List<string> _list = [];
    private readonly ConcurrentQueue<string> _truth = new();
    private int _working;

    private BlockingDevice(WebApplication app, string name, Guid id) => (_app, Name, Id) = (app, name, id);

    /// <summary>Identity in the register.</summary>
    public Guid Id { get; }

    /// <summary>Name for people.</summary>
    public string Name { get; }

    /// <summary>What is wrong with it at present.</summary>
    public DeviceFault Fault { get; set; }

    /// <summary>How long it takes for each request.</summary>
    public TimeSpan Pace { get; set; }

    /// <summary>What was really done: "+203.0.113.7", "-203.0.113.7".</summary>
    public IReadOnlyList<string> Truth => [.. _truth];

    /// <summary>It was asked for something while it still worked on something else.</summary>
    public int Overlaps { get; private set; }

    /// <summary>Requests that came with a wrong password.</summary>
    public int Refusals { get; private set; }

    /// <summary>What is in its list.</summary>
    public IReadOnlyList<string> List
    {
        get
        {
            lock (_gate) return [.. _list];
        }
    }

    /// <summary>Where it listens.</summary>
    public Uri Address => new(_app.Urls.First());

    /// <summary>Starts a device.</summary>
    public static async Task<BlockingDevice> Start(string name = "edge-fw", Guid? id = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var device = new BlockingDevice(app, name, id ?? Guid.CreateVersion7());
        app.MapGet("/list", device.Read);
        app.MapPost("/add", (HttpContext http) => device.Change(http, true));
        app.MapPost("/remove", (HttpContext http) => device.Change(http, false));
        await app.StartAsync();
        return device;
    }

    /// <summary>Somebody at the device takes an entry away.</summary>
    public void Drop(string target)
    {
        lock (_gate) _list.Remove(target);
    }

    private async Task Read(HttpContext http)
    {
        using var work = await Work();
        if (Fault == DeviceFault.Refuse) Refuse(http);
        else if (Fault == DeviceFault.Blind) http.Abort();
        else await http.Response.WriteAsync(string.Join('\n', List));
    }

    private async Task Change(HttpContext http, bool add)
    {
        using var work = await Work();
        var target = http.Request.Query["target"].ToString();
        if (Fault == DeviceFault.Refuse) Refuse(http);
        else if (Fault == DeviceFault.Busy) http.Response.StatusCode = 503;
        else if (Fault == DeviceFault.Full && add) http.Response.StatusCode = 507;
        else if (Fault != DeviceFault.FakeSuccess) Do(target, add);
        if (Fault == DeviceFault.CutAfterSubmit) http.Abort();
    }

    private void Do(string target, bool add)
    {
        lock (_gate)
        {
            if (add) _list.Add(target);
            else if (!_list.Remove(target)) return;
        }
        _truth.Enqueue((add ? "+" : "-") + target);
    }

    private void Refuse(HttpContext http)
    {
        Refusals++;
        http.Response.StatusCode = 401;
    }

    private async Task<IDisposable> Work()
    {
        if (Interlocked.Increment(ref _working) > 1) Overlaps++;
        await Task.Delay(Pace);
        return new End(this);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private sealed class End(BlockingDevice device) : IDisposable
    {
        public void Dispose() => Interlocked.Decrement(ref device._working);
    }
}
