using System.Collections.Concurrent;
using Juming.Platform.Links.Run;

namespace Juming.Platform.Links.Upper;

/// <summary>Who is connected to this process right now.</summary>
internal sealed class Connections
{
    private readonly ConcurrentDictionary<Guid, Connection> _live = new();
    private readonly ConcurrentDictionary<Call, Guid> _calls = new();

    /// <summary>One peer's session.</summary>
    public sealed class Connection(Guid peer, long fence, ulong bootId, CancellationToken ct) : IDisposable
    {
        private readonly CancellationTokenSource _end = CancellationTokenSource.CreateLinkedTokenSource(ct);
        private int _syncing;

        public Guid Peer { get; } = peer;
        public long Fence { get; } = fence;
        public ulong BootId { get; } = bootId;
        public Wake Wake { get; } = new();

        /// <summary>Rings when there is something newer to fetch.</summary>
        public Wake News { get; } = new();

        public CancellationToken Ended => _end.Token;

        /// <summary>Why it was ended from here; null while it lasts or when the other end went.</summary>
        public Contracts.Link.EndReason? Reason { get; private set; }

        /// <summary>Begins to synchronise; false while another call does.</summary>
        public bool BeginSync() => Interlocked.Exchange(ref _syncing, 1) == 0;

        /// <summary>That call has ended.</summary>
        public void EndSync() => Volatile.Write(ref _syncing, 0);

        public void End(Contracts.Link.EndReason reason)
        {
            Reason ??= reason;
            try
            {
                _end.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // It ended by itself at the same moment.
            }
        }

        public void Dispose() => _end.Dispose();
    }

    /// <summary>A call that runs beside its peer's session, over another connection: it ends when the peer is shut out.</summary>
    public sealed class Call : IDisposable
    {
        private readonly Connections _of;
        private readonly CancellationTokenSource _end;

        internal Call(Connections of, CancellationToken ct) => (_of, _end) = (of, CancellationTokenSource.CreateLinkedTokenSource(ct));

        /// <summary>Ended from here, or by the peer.</summary>
        public CancellationToken Ended => _end.Token;

        /// <summary>The peer was shut out while it ran.</summary>
        public bool IsShutOut { get; private set; }

        internal void ShutOut()
        {
            IsShutOut = true;
            try
            {
                _end.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // It ended by itself at the same moment.
            }
        }

        public void Dispose()
        {
            _of._calls.TryRemove(this, out _);
            _end.Dispose();
        }
    }

    /// <summary>How many sessions there are.</summary>
    public int Count => _live.Count;

    /// <summary>Peers that are connected, by a session or another call.</summary>
    public IEnumerable<Guid> Peers => _live.Keys.Union(_calls.Values);

    /// <summary>Begins a call of a peer beside its session.</summary>
    public Call Begin(Guid peer, CancellationToken ct)
    {
        var call = new Call(this, ct);
        _calls[call] = peer;
        return call;
    }

    /// <summary>Ends all that a peer has open here.</summary>
    public void ShutOut(Guid peer, Contracts.Link.EndReason reason)
    {
        Of(peer)?.End(reason);
        foreach (var (call, of) in _calls)
            if (of == peer) call.ShutOut();
    }

    /// <summary>Sessions of peers that are connected.</summary>
    public ICollection<Connection> All => _live.Values;

    /// <summary>Puts a session in the place of an earlier one of the same peer, which ends.</summary>
    public void Enter(Connection connection)
    {
        Connection? before = null;
        _live.AddOrUpdate(connection.Peer, connection, (_, now) =>
        {
            before = now;
            return connection;
        });
        before?.End(Contracts.Link.EndReason.TakenOver);
    }

    /// <summary>Tells all that there is something newer to fetch.</summary>
    public void TellNews()
    {
        foreach (var connection in _live.Values) connection.News.Ring();
    }

    /// <summary>Takes a session out, unless another has its place already.</summary>
    public void Leave(Connection connection) => _live.TryRemove(new KeyValuePair<Guid, Connection>(connection.Peer, connection));

    /// <summary>The session of a peer.</summary>
    public Connection? Of(Guid peer) => _live.GetValueOrDefault(peer);
}
