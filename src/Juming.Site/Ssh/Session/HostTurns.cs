namespace Juming.Site.Ssh.Session;

/// <summary>One session at a time on a host, in the order in which they came; and only so many hosts at once.</summary>
internal sealed class HostTurns(SshSettings settings) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, (SemaphoreSlim Turn, int Users)> _hosts = [];
    private readonly SemaphoreSlim _all = new(settings.MostAtOnce, settings.MostAtOnce);

    /// <summary>True while somebody works on the host or waits for it.</summary>
    public bool IsTaken(Guid host)
    {
        lock (_gate) return _hosts.ContainsKey(host);
    }

    public async Task<IDisposable> Enter(Guid host, CancellationToken ct)
    {
        SemaphoreSlim turn;
        lock (_gate)
        {
            turn = _hosts.TryGetValue(host, out var there) ? there.Turn : new SemaphoreSlim(1, 1);
            _hosts[host] = (turn, there.Users + 1);
        }
        try
        {
            await turn.WaitAsync(ct);
        }
        catch
        {
            Leave(host);
            throw;
        }
        try
        {
            await _all.WaitAsync(ct);
        }
        catch
        {
            turn.Release();
            Leave(host);
            throw;
        }
        return new Held(this, host, turn);
    }

    public void Dispose() => _all.Dispose();

    private void Leave(Guid host)
    {
        lock (_gate)
        {
            var (turn, users) = _hosts[host];
            if (users > 1) _hosts[host] = (turn, users - 1);
            else _hosts.Remove(host);
        }
    }

    private sealed class Held(HostTurns turns, Guid host, SemaphoreSlim turn) : IDisposable
    {
        private int _given;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _given, 1) != 0) return;
            turns._all.Release();
            turn.Release();
            turns.Leave(host);
        }
    }
}
