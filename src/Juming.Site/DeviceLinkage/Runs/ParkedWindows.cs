using Juming.Site.DeviceLinkage.Browser;
using Juming.Site.DeviceLinkage.Data;

namespace Juming.Site.DeviceLinkage.Runs;

/// <summary>
/// Pages of consoles that stay open for a moment after a run that went well: blocks come in bursts, and opening a page is a third of a block's time.
/// Few, for a short time, and only for a run on the very same device, account and certificate.
/// </summary>
internal sealed class ParkedWindows(LinkageSettings settings, TimeProvider clock) : IAsyncDisposable
{
    private const int MostOpen = 4;

    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, Parked> _parked = [];
    private bool _over;

    /// <summary>Pages that are open.</summary>
    public int Count { get { lock (_gate) return _parked.Count; } }

    /// <summary>What must be the same for a page to serve another run.</summary>
    public static string KeyOf(DeviceRow device) => string.Join('\n', device.Address, device.Pin, device.Account, device.Language);

    /// <summary>The open page of a device, as good as new; null when there is none.</summary>
    public async Task<DeviceWindow?> Take(Guid device, string key)
    {
        if (Remove(device, null) is not { } parked) return null;
        if (parked.Key == key && parked.Window.IsAlive)
        {
            parked.Window.Renew();
            return parked.Window;
        }
        await parked.Window.DisposeAsync();
        return null;
    }

    /// <summary>Keeps a page open, or closes it where that is not wanted.</summary>
    public async Task Park(Guid device, string key, DeviceWindow window)
    {
        var closing = new List<DeviceWindow>();
        lock (_gate)
        {
            if (_over || settings.OpenSeconds == 0) closing.Add(window);
            else
            {
                if (Remove(device, null) is { } before) closing.Add(before.Window);
                if (_parked.Count >= MostOpen && Remove(_parked.MinBy(p => p.Value.At).Key, null) is { } oldest) closing.Add(oldest.Window);
                var timer = clock.CreateTimer(_ => Close(device, window), null, TimeSpan.FromSeconds(settings.OpenSeconds), Timeout.InfiniteTimeSpan);
                _parked[device] = new Parked(window, key, clock.GetUtcNow(), timer);
            }
        }
        foreach (var one in closing) await one.DisposeAsync();
    }

    /// <summary>Closes the page of a device.</summary>
    public void Close(Guid device) => Close(device, null);

    public async ValueTask DisposeAsync()
    {
        List<Guid> devices;
        lock (_gate) (_over, devices) = (true, [.. _parked.Keys]);
        foreach (var device in devices)
            if (Remove(device, null) is { } parked) await parked.Window.DisposeAsync();
    }

    private void Close(Guid device, DeviceWindow? only)
    {
        if (Remove(device, only) is { } parked) _ = parked.Window.DisposeAsync().AsTask();
    }

    private Parked? Remove(Guid device, DeviceWindow? only)
    {
        lock (_gate)
        {
            if (!_parked.TryGetValue(device, out var parked) || (only is not null && parked.Window != only)) return null;
            _parked.Remove(device);
            parked.Timer.Dispose();
            return parked;
        }
    }

    private sealed record Parked(DeviceWindow Window, string Key, DateTimeOffset At, ITimer Timer);
}
