using System.Net;
using Juming.Site.Blocking;

namespace Juming.Testing.Blocking;

/// <summary>Drives small devices over HTTP: reads the list, changes it where it must, reads it again. It can be made to stop for ever at a named point, as a program does that is killed there.</summary>
public sealed class DeviceExecutor(params BlockingDevice[] devices) : IBlockExecutor, IDisposable
{
#pragma warning disable RS0030 // A test talks to devices of its own and disposes the client.
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(20) };
#pragma warning restore RS0030

    /// <summary>Point at which the next order stops for ever: "block-begin", "block-submitted", "block-read", "unblock-begin", "unblock-submitted", "unblock-read"; null for none.</summary>
    public string? StopAt { get; set; }

    /// <summary>Completes when an order has stopped.</summary>
    public TaskCompletionSource Stopped { get; private set; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Throws what no executor should throw.</summary>
    public bool Throws { get; set; }

    /// <summary>Capacity that devices have.</summary>
    public int? Capacity { get; set; }

    /// <summary>Orders that came, "block/…".</summary>
    public List<string> Keys { get; } = [];

    /// <inheritdoc/>
    public Task<IReadOnlyList<BlockDevice>> Devices(CancellationToken ct) => Task.FromResult<IReadOnlyList<BlockDevice>>([.. devices.Select(d => new BlockDevice(d.Id, d.Name, "boundary", Capacity, null))]);

    /// <inheritdoc/>
    public Task<BlockOutcome> Block(BlockOrder order, CancellationToken ct) => Run(order, "block", true, ct);

    /// <inheritdoc/>
    public Task<BlockOutcome> Unblock(BlockOrder order, CancellationToken ct) => Run(order, "unblock", false, ct);

    /// <inheritdoc/>
    public async Task<BlockOutcome> Look(BlockOrder order, CancellationToken ct)
    {
        Note(order);
        return await Read(order, ct) is { } read ? read : Outcome(BlockReading.Unknown, false, "unreachable");
    }

    /// <summary>True reads a whole list at once when asked for many.</summary>
    public bool ReadsWhole { get; set; }

    /// <inheritdoc/>
    public async Task<BlockSurvey?> Survey(Guid device, IReadOnlyList<string> targets, CancellationToken ct)
    {
        if (!ReadsWhole) return null;
        lock (Keys) Keys.Add("survey");
        var list = (await _http.GetStringAsync(new Uri(devices.First(d => d.Id == device).Address, "list?target=&comment="), ct)).Split('\n');
        return new BlockSurvey(targets.Where(list.Contains).ToHashSet(), null);
    }

    private async Task<BlockOutcome> Run(BlockOrder order, string what, bool add, CancellationToken ct)
    {
        Note(order);
        if (Throws) throw new InvalidOperationException("The executor has a bug.");
        await Point(what + "-begin");
        if (await Read(order, ct) is not { } before) return Outcome(BlockReading.Unknown, false, "unreachable");
        if (before.Failure is not null || (before.Reading == BlockReading.Present) == add) return before;
        string? failure;
        try
        {
            using var answer = await _http.PostAsync(Of(order, add ? "add" : "remove"), null, ct);
            failure = answer.StatusCode switch { HttpStatusCode.OK => null, HttpStatusCode.InsufficientStorage => "capacity-full", HttpStatusCode.ServiceUnavailable => "busy", _ => "page-changed" };
        }
        catch (HttpRequestException)
        {
            // Nobody knows whether it was done; whoever drives this must read first.
            return Outcome(BlockReading.Unknown, null, "unreachable");
        }
        await Point(what + "-submitted");
        var after = await Read(order, ct);
        await Point(what + "-read");
        var changed = failure is null;
        return after is { } read ? read with { Changed = changed, Failure = failure ?? read.Failure } : Outcome(BlockReading.Unknown, changed, failure);
    }

    private void Note(BlockOrder order)
    {
        lock (Keys) Keys.Add(order.Key);
    }

    private async Task Point(string name)
    {
        if (StopAt != name) return;
        StopAt = null;
        Stopped.TrySetResult();
        await new TaskCompletionSource().Task;
    }

    private async Task<BlockOutcome?> Read(BlockOrder order, CancellationToken ct)
    {
        try
        {
            using var answer = await _http.GetAsync(Of(order, "list"), ct);
            if (answer.StatusCode == HttpStatusCode.Unauthorized) return Outcome(BlockReading.Unknown, false, "wrong-password");
            var list = await answer.Content.ReadAsStringAsync(ct);
            return Outcome(list.Split('\n').Contains(order.Target) ? BlockReading.Present : BlockReading.Absent, false, null);
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    private Uri Of(BlockOrder order, string path) => new(devices.First(d => d.Id == order.Device).Address, $"{path}?target={Uri.EscapeDataString(order.Target)}&comment={Uri.EscapeDataString(order.Comment)}");

    private static BlockOutcome Outcome(BlockReading reading, bool? changed, string? failure) => new(reading, changed, failure, new Dictionary<string, string>(), null);

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();
}
