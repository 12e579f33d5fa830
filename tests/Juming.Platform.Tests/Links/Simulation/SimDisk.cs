using System.Buffers.Binary;
using Google.Protobuf;
using Juming.Contracts.Link;
using Juming.Platform.Links.Sync;

namespace Juming.Platform.Tests.Links.Simulation;

/// <summary>The process ends here and now; what is on the disk stays.</summary>
internal sealed class SimCrashException : Exception;

/// <summary>Where a process may end: before and after each commit.</summary>
internal sealed class SimFaults(Random random)
{
    /// <summary>Share of commits at which it ends; 0 in peace.</summary>
    public double CrashShare { get; set; }

    public void Commit(Action change)
    {
        Point();
        change();
        Point();
    }

    private void Point()
    {
        if (CrashShare > 0 && random.NextDouble() < CrashShare) throw new SimCrashException();
    }
}

/// <summary>What one node keeps; copied for a backup.</summary>
internal sealed class SimDisk(SimFaults faults)
{
    public SimLog Log { get; private init; } = new(faults);
    public SimInbox Inbox { get; private init; } = new(faults);
    public SimValues Values { get; private init; } = new(faults);
    public SimValuesInbox ValuesInbox { get; private init; } = new(faults);

    public SimDisk Copy() => new(faults) { Log = Log.Copy(), Inbox = Inbox.Copy(), Values = Values.Copy(), ValuesInbox = ValuesInbox.Copy() };
}

/// <summary>A log in memory.</summary>
internal sealed class SimLog(SimFaults faults) : ILogStore
{
    private readonly List<KeptRecord> _records = [];
    private readonly HashSet<ulong> _damaged = [];
    private ulong _acked;

    /// <summary>Lowest number kept.</summary>
    public ulong First { get; private set; } = 1;

    public ulong Last => (ulong)_records.Count;

    /// <summary>The number that a record's payload carries.</summary>
    public static long IdOf(Record record) => BinaryPrimitives.ReadInt64LittleEndian(record.Payload.Span);

    public void Append(long id, DateTimeOffset at) => faults.Commit(() =>
    {
        var payload = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(payload, id);
        var record = new Record { Type = 1, At = at.ToUnixTimeMilliseconds() * 1000, Payload = UnsafeByteOperations.UnsafeWrap(payload) };
        var before = _records.Count == 0 ? Chain.Start : _records[^1].HashAfter;
        _records.Add(new KeptRecord(record, Chain.Next(before, Last + 1, Chain.Digest(record))));
    });

    /// <summary>Drops what was acknowledged, up to a number.</summary>
    public void Purge(ulong upTo) => First = Math.Max(First, Math.Min(upTo, _acked) + 1);

    public void Damage(ulong seq) => _damaged.Add(seq);

    public long IdAt(ulong seq) => IdOf(_records[(int)seq - 1].Record);

    public ValueTask<LogEnds> Ends(CancellationToken ct) => new(new LogEnds(First, Last, _acked));

    public ValueTask<byte[]?> HashAt(ulong seq, CancellationToken ct) =>
        new(seq > Last || seq + 1 < First ? null : seq == 0 ? Chain.Start.ToArray() : _records[(int)seq - 1].HashAfter);

    public ValueTask<IReadOnlyList<KeptRecord>> Read(ulong from, int mostRecords, int mostBytes, CancellationToken ct)
    {
        var found = new List<KeptRecord>();
        // Small batches, so that a window has several under way.
        for (var seq = from; seq <= Last && found.Count < Math.Min(mostRecords, 4); seq++)
        {
            var kept = _records[(int)seq - 1];
            found.Add(_damaged.Contains(seq) ? new KeptRecord(new Record { DamagedDigest = ByteString.CopyFrom(Chain.Digest(kept.Record)) }, kept.HashAfter) : kept);
        }
        return new(found);
    }

    public ValueTask Acknowledge(ulong seq, CancellationToken ct)
    {
        if (seq > _acked) faults.Commit(() => _acked = seq);
        return default;
    }

    public SimLog Copy()
    {
        var copy = new SimLog(faults) { First = First, _acked = _acked };
        copy._records.AddRange(_records);
        copy._damaged.UnionWith(_damaged);
        return copy;
    }
}

/// <summary>A receiver in memory, with the effects of what it applied.</summary>
internal sealed class SimInbox(SimFaults faults) : IInboxStore
{
    private readonly Dictionary<ulong, byte[]> _marks = new() { [0] = Chain.Start.ToArray() };
    private ulong _last;

    private readonly HashSet<string> _ended = [];

    /// <summary>Applied records by number, of the line that is held now.</summary>
    public SortedDictionary<ulong, long> Line { get; } = [];

    /// <summary>All that was ever done.</summary>
    public List<long> Effects { get; } = [];

    /// <summary>Numbers that were told lost or damaged.</summary>
    public HashSet<ulong> Missing { get; } = [];

    /// <summary>Ranges that were passed over because nobody kept them.</summary>
    public List<(ulong From, ulong To)> Skipped { get; } = [];

    /// <summary>Lowest number whose mark is kept.</summary>
    public ulong MarksFrom { get; private set; }

    public void ForgetMarks(ulong below)
    {
        below = Math.Min(below, _last);
        for (; MarksFrom < below; MarksFrom++) _marks.Remove(MarksFrom);
    }

    public ValueTask<InboxEnd> End(CancellationToken ct) => new(new InboxEnd(_last, _marks[_last], MarksFrom));

    public ValueTask<byte[]?> MarkAt(ulong seq, CancellationToken ct) => new(_marks.GetValueOrDefault(seq));

    public ValueTask Apply(InboxEnd before, IReadOnlyList<KeptRecord> records, CancellationToken ct)
    {
        faults.Commit(() => Take(before, records, withEffects: true));
        return default;
    }

    /// <summary>As no store may do it: the effects in one transaction, the end in the next.</summary>
    public void ApplyInTwo(InboxEnd before, IReadOnlyList<KeptRecord> records)
    {
        faults.Commit(() =>
        {
            foreach (var (record, hash) in records)
                if (record.DamagedDigest.Length == 0 && !_ended.Contains(Convert.ToHexString(hash))) Effects.Add(SimLog.IdOf(record));
        });
        faults.Commit(() => Take(before, records, withEffects: false));
    }

    private void Take(InboxEnd before, IReadOnlyList<KeptRecord> records, bool withEffects)
    {
        if (before.Last != _last) throw new InvalidOperationException("Two hands on one inbox.");
        foreach (var (record, hash) in records)
        {
            _marks[++_last] = hash;
            // A sender that was put back and forth comes again with what a branch held that had ended.
            var known = _ended.Remove(Convert.ToHexString(hash));
            if (record.DamagedDigest.Length > 0)
            {
                Missing.Add(_last);
                continue;
            }
            Line.Add(_last, SimLog.IdOf(record));
            if (!known && withEffects) Effects.Add(SimLog.IdOf(record));
        }
    }

    public ValueTask Branch(InboxEnd before, ulong at, CancellationToken ct)
    {
        faults.Commit(() =>
        {
            for (; _last > at; _last--)
            {
                if (!Missing.Remove(_last)) _ended.Add(Convert.ToHexString(_marks[_last]));
                _marks.Remove(_last);
                Line.Remove(_last);
            }
        });
        return default;
    }

    public ValueTask Skip(InboxEnd before, ulong to, byte[] hash, CancellationToken ct)
    {
        faults.Commit(() =>
        {
            for (var seq = _last + 1; seq <= to; seq++) Missing.Add(seq);
            Skipped.Add((_last + 1, to));
            _marks.Clear();
            _marks[to] = hash;
            (_last, MarksFrom) = (to, to);
        });
        return default;
    }

    public SimInbox Copy()
    {
        var copy = new SimInbox(faults) { _last = _last, MarksFrom = MarksFrom };
        copy._marks.Clear();
        foreach (var (seq, hash) in _marks) copy._marks[seq] = hash;
        foreach (var (seq, id) in Line) copy.Line[seq] = id;
        copy.Effects.AddRange(Effects);
        copy._ended.UnionWith(_ended);
        copy.Missing.UnionWith(Missing);
        copy.Skipped.AddRange(Skipped);
        return copy;
    }
}

/// <summary>Latest values in memory, where they come from.</summary>
internal sealed class SimValues(SimFaults faults) : IStateStore
{
    private readonly SortedDictionary<string, StateItem> _items = new(StringComparer.Ordinal);
    private ulong _version;

    public IEnumerable<StateItem> Held => _items.Values;

    public void Set(string key, long id) => faults.Commit(() =>
        _items[key] = new StateItem { Key = key, Version = ++_version, Type = 1, Payload = ByteString.CopyFrom(BitConverter.GetBytes(id)) });

    public ValueTask<IReadOnlyList<StateItem>> All(CancellationToken ct) => new([.. _items.Values]);

    public ValueTask<IReadOnlyList<StateItem>> After(ulong version, CancellationToken ct) => new([.. _items.Values.Where(i => i.Version > version).OrderBy(i => i.Version)]);

    public ValueTask LiftAbove(ulong version, CancellationToken ct)
    {
        faults.Commit(() =>
        {
            _version = Math.Max(_version, version);
            foreach (var item in _items.Values.ToList())
            {
                var lifted = item.Clone();
                lifted.Version = ++_version;
                _items[item.Key] = lifted;
            }
        });
        return default;
    }

    public SimValues Copy()
    {
        var copy = new SimValues(faults) { _version = _version };
        foreach (var (key, item) in _items) copy._items[key] = item;
        return copy;
    }
}

/// <summary>Latest values in memory, at the other end.</summary>
internal sealed class SimValuesInbox(SimFaults faults) : IStateInbox
{
    private readonly SortedDictionary<string, StateItem> _items = new(StringComparer.Ordinal);

    public IEnumerable<StateItem> Held => _items.Values;

    public ValueTask<IReadOnlyList<StateVersion>> Versions(CancellationToken ct) => new([.. _items.Values.Select(i => new StateVersion(i.Key, i.Version, i.Payload.Memory))]);

    public ValueTask Take(IReadOnlyList<StateItem> items, StateRange? allOf, CancellationToken ct)
    {
        faults.Commit(() =>
        {
            if (allOf is not null)
                foreach (var key in _items.Keys.Where(k => string.CompareOrdinal(k, allOf.After) > 0 && (allOf.UpTo.Length == 0 || string.CompareOrdinal(k, allOf.UpTo) <= 0)).ToList())
                    _items.Remove(key);
            foreach (var item in items)
                if (!_items.TryGetValue(item.Key, out var held) || held.Version < item.Version) _items[item.Key] = item;
        });
        return default;
    }

    public SimValuesInbox Copy()
    {
        var copy = new SimValuesInbox(faults);
        foreach (var (key, item) in _items) copy._items[key] = item;
        return copy;
    }
}
