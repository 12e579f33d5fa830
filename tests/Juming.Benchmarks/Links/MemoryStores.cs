using Google.Protobuf;
using Juming.Contracts.Link;
using Juming.Platform.Links.Sync;

namespace Juming.Benchmarks.Links;

/// <summary>What a simulated site has to send of its reports, in memory: a thousand databases would be measured instead of one operator.</summary>
internal sealed class MemoryLog : ILogStore
{
    private readonly Lock _lock = new();
    private readonly List<KeptRecord> _records = [];
    private byte[] _hash = Chain.Start.ToArray();
    private ulong _acked;

    /// <summary>Records that the operator has committed.</summary>
    public ulong Acked
    {
        get
        {
            lock (_lock) return _acked;
        }
    }

    public void Add(int type, string key, long at, byte[] payload)
    {
        var record = new Record { Type = (uint)type, Key = key, At = at, Payload = UnsafeByteOperations.UnsafeWrap(payload) };
        lock (_lock)
        {
            _hash = Chain.Next(_hash, (ulong)_records.Count + 1, Chain.Digest(record));
            _records.Add(new KeptRecord(record, _hash));
        }
    }

    public ValueTask<LogEnds> Ends(CancellationToken ct)
    {
        lock (_lock) return ValueTask.FromResult(new LogEnds(1, (ulong)_records.Count, _acked));
    }

    public ValueTask<byte[]?> HashAt(ulong seq, CancellationToken ct)
    {
        lock (_lock) return ValueTask.FromResult(seq == 0 ? Chain.Start.ToArray() : seq <= (ulong)_records.Count ? _records[(int)seq - 1].HashAfter : null);
    }

    public ValueTask<IReadOnlyList<KeptRecord>> Read(ulong from, int mostRecords, int mostBytes, CancellationToken ct)
    {
        lock (_lock) return ValueTask.FromResult<IReadOnlyList<KeptRecord>>([.. _records.Skip((int)from - 1).Take(mostRecords)]);
    }

    public ValueTask Acknowledge(ulong seq, CancellationToken ct)
    {
        lock (_lock) _acked = Math.Max(_acked, seq);
        return ValueTask.CompletedTask;
    }
}

/// <summary>The latest values of a simulated site, in memory.</summary>
internal sealed class MemoryValues : IStateStore
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, StateItem> _items = new(StringComparer.Ordinal);
    private ulong _version;

    public void Set(string key, int type, byte[] payload, long at)
    {
        lock (_lock) _items[key] = new StateItem { Key = key, Version = ++_version, Type = (uint)type, Payload = UnsafeByteOperations.UnsafeWrap(payload), At = at };
    }

    public ValueTask<IReadOnlyList<StateItem>> All(CancellationToken ct)
    {
        lock (_lock) return ValueTask.FromResult<IReadOnlyList<StateItem>>([.. _items.Values]);
    }

    public ValueTask<IReadOnlyList<StateItem>> After(ulong version, CancellationToken ct)
    {
        lock (_lock) return ValueTask.FromResult<IReadOnlyList<StateItem>>([.. _items.Values.Where(i => i.Version > version).OrderBy(i => i.Version)]);
    }

    public ValueTask LiftAbove(ulong version, CancellationToken ct)
    {
        lock (_lock)
        {
            _version = Math.Max(_version, version);
            foreach (var item in _items.Values) item.Version = ++_version;
        }
        return ValueTask.CompletedTask;
    }
}

/// <summary>Nobody is told.</summary>
internal sealed class NoAlarms : ILinkAlarms
{
    public void Raise(LinkAlarm kind, uint topic, ulong from, ulong to) => Figures.Note($"alarm {kind} on topic {topic}, {from} to {to}");
}
