namespace Juming.Platform.Access.Users;

/// <summary>Where changes of accounts' rights take turns: each sees what the one before it left, so that two last administrators can't shut each other out. A host's accounts are changed by its own process alone.</summary>
internal sealed class AdministratorTurn : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>Waits for the turn; it ends when the answer is disposed.</summary>
    public async Task<IDisposable> Enter(CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        return new Turn(_turn);
    }

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    private sealed class Turn(SemaphoreSlim turn) : IDisposable
    {
        private SemaphoreSlim? _turn = turn;

        public void Dispose() => Interlocked.Exchange(ref _turn, null)?.Release();
    }
}
