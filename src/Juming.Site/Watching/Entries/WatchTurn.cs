namespace Juming.Site.Watching.Entries;

/// <summary>Lets one at a time change the list: a key makes one entry, the limit holds, and of two changes made on the same version the second is told so.</summary>
internal sealed class WatchTurn : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>Waits for the turn; dispose the answer to give it back.</summary>
    public async Task<IDisposable> Enter(CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        return new Held(_turn);
    }

    public void Dispose() => _turn.Dispose();

    private sealed class Held(SemaphoreSlim turn) : IDisposable
    {
        public void Dispose() => turn.Release();
    }
}
