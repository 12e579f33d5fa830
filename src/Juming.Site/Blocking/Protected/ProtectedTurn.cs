namespace Juming.Site.Blocking.Protected;

/// <summary>Lets one at a time change what is protected: no range stands twice, and of two changes made on the same version the second is told so.</summary>
internal sealed class ProtectedTurn : IDisposable
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
