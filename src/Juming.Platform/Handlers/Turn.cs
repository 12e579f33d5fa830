namespace Juming.Platform.Handlers;

/// <summary>Lets one at a time do something. Each kind of work has a turn of its own, registered once for the host.</summary>
public abstract class Turn : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>Waits for the turn; dispose the answer to give it back.</summary>
    /// <param name="ct">Ends the wait.</param>
    public async Task<IDisposable> Enter(CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        return new Held(_turn);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _turn.Dispose();
        GC.SuppressFinalize(this);
    }

    private sealed class Held(SemaphoreSlim turn) : IDisposable
    {
        public void Dispose() => turn.Release();
    }
}
