namespace Juming.Site.DeviceLinkage.Runs;

/// <summary>One run at a time on a device, in the order in which they came; and only so many devices at once.</summary>
internal sealed class DeviceTurns(LinkageSettings settings) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, Queue<TaskCompletionSource>> _waiting = [];
    private readonly SemaphoreSlim _all = new(settings.MostAtOnce, settings.MostAtOnce);

    /// <summary>True while a run is under way on the device or waits for it.</summary>
    public bool IsTaken(Guid device)
    {
        lock (_gate) return _waiting.ContainsKey(device);
    }

    public async Task<IDisposable> Enter(Guid device, CancellationToken ct)
    {
        TaskCompletionSource? turn = null;
        lock (_gate)
        {
            if (_waiting.TryGetValue(device, out var queue)) queue.Enqueue(turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            else _waiting[device] = new Queue<TaskCompletionSource>();
        }
        if (turn is not null)
        {
            await using var gone = ct.Register(() => turn.TrySetCanceled(ct));
            await turn.Task;
        }
        try
        {
            await _all.WaitAsync(ct);
        }
        catch
        {
            Pass(device);
            throw;
        }
        return new Held(this, device);
    }

    public void Dispose() => _all.Dispose();

    private void Pass(Guid device)
    {
        lock (_gate)
        {
            var queue = _waiting[device];
            while (queue.TryDequeue(out var next))
                if (next.TrySetResult()) return;
            _waiting.Remove(device);
        }
    }

    private sealed class Held(DeviceTurns turns, Guid device) : IDisposable
    {
        private int _given;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _given, 1) != 0) return;
            turns._all.Release();
            turns.Pass(device);
        }
    }
}
