namespace Juming.Site.Blocking.Drive;

/// <summary>One hand at a time on the block list: wishes count towards limits, and the driver's outcomes meet what people decide meanwhile. Devices are waited for outside of it.</summary>
internal sealed class BlockTurn : IDisposable
{
    private readonly SemaphoreSlim _one = new(1, 1);
    private readonly SemaphoreSlim _due = new(0);

    public async Task<IDisposable> Enter(CancellationToken ct)
    {
        await _one.WaitAsync(ct);
        return new Held(_one);
    }

    /// <summary>Tells the driver that something may be due.</summary>
    public void Ring()
    {
        if (_due.CurrentCount == 0) _due.Release();
    }

    /// <summary>Waits for a ring, at most so long.</summary>
    public Task<bool> Wait(TimeSpan most, CancellationToken ct) => _due.WaitAsync(most, ct);

    public void Dispose()
    {
        _one.Dispose();
        _due.Dispose();
    }

    private sealed class Held(SemaphoreSlim one) : IDisposable
    {
        private SemaphoreSlim? _one = one;

        public void Dispose() => Interlocked.Exchange(ref _one, null)?.Release();
    }
}
