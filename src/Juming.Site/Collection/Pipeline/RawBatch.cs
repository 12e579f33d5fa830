using System.Buffers;
using System.Runtime.InteropServices;
using Juming.Site.Collection.Sources;
using Juming.Site.Events;

namespace Juming.Site.Collection.Pipeline;

/// <summary>One received line: a slice of the batch's bytes.</summary>
internal struct RawLine
{
    public int Offset;
    public int Length;
    public int Line;
    public long Received;
    public Source Source;
}

/// <summary>Lines as they were received, before anything is known about them. Pooled; has one owner at a time.</summary>
internal sealed class RawBatch
{
    /// <summary>Most lines of one batch.</summary>
    public const int MostLines = 8192;

    /// <summary>Bytes after which a batch is full.</summary>
    public const int FullBytes = 3 * 1024 * 1024;

    private const int FirstBytes = 16 * 1024;
    private const int FirstLines = 128;

    // The bytes are needed until the lines are normalised, the batch until they are matched: several times as long.
    private static readonly ArrayPool<byte> Pool = ArrayPool<byte>.Create(4 * 1024 * 1024, 16);

    // Both grow with what comes: thousands of quiet connections hold a batch of a few lines each.
    private RawLine[] _lines = new RawLine[FirstLines];
    private readonly Dictionary<(int Source, long Minute), (int Lines, long Bytes)> _sums = [];
    private byte[] _bytes = [];
    private int _used;

    /// <summary>Number of lines.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes of all lines.</summary>
    public int Bytes => _used;

    /// <summary>True when the next line belongs in a new batch.</summary>
    public bool IsFull => Count == MostLines || _used >= FullBytes;

    /// <summary>The lines.</summary>
    public ReadOnlySpan<RawLine> Lines => _lines.AsSpan(0, Count);

    /// <summary>What is committed together with the lines.</summary>
    public BatchCommit Commit { get; private set; } = new();

    /// <summary>A sender waits for the answer: completed when the lines are durable, faulted when they are refused.</summary>
    public TaskCompletionSource? Stored { get; set; }

    /// <summary>The sender can send again, so a refusal is an answer and not a loss.</summary>
    public bool SenderKeepsCopy { get; set; }

    /// <summary>True while it takes one of the places that the queue has for senders that can wait.</summary>
    public bool HoldsPlace { get; set; }

    /// <summary>Makes room at once for a batch that will be filled to the brim, instead of growing into it.</summary>
    public RawBatch ForFull() => For(MostLines, FullBytes + 1);

    /// <summary>Makes room at once for as much as is expected.</summary>
    public RawBatch For(int lines, int bytes)
    {
        if (_bytes.Length < bytes) Grow(bytes);
        if (_lines.Length < lines) Array.Resize(ref _lines, Math.Min(MostLines, lines));
        return this;
    }

    /// <summary>Lines and bytes by sender and minute of receipt; made anew on each call into the same dictionary.</summary>
    public Dictionary<(int Source, long Minute), (int Lines, long Bytes)> Sums()
    {
        _sums.Clear();
        var lines = Lines;
        for (int i = 0, start = 0; i < lines.Length; start = i)
        {
            var (source, minute, bytes) = (lines[start].Source, lines[start].Received / 60_000_000, 0L);
            for (; i < lines.Length && ReferenceEquals(lines[i].Source, source) && lines[i].Received / 60_000_000 == minute; i++) bytes += lines[i].Length;
            ref var sum = ref CollectionsMarshal.GetValueRefOrAddDefault(_sums, (source.Id, minute), out _);
            sum = (sum.Lines + i - start, sum.Bytes + bytes);
        }
        return _sums;
    }

    /// <summary>Gives the lines' bytes back; their lengths stay.</summary>
    public void LetBytesGo()
    {
        if (_bytes.Length > 0) Pool.Return(_bytes);
        _bytes = [];
    }

    private void Grow(int needed)
    {
        var larger = Pool.Rent(Math.Max(needed, Math.Max(FirstBytes, _bytes.Length * 2)));
        _bytes.AsSpan(0, _used).CopyTo(larger);
        if (_bytes.Length > 0) Pool.Return(_bytes);
        _bytes = larger;
    }

    /// <summary>Adds a copy of a line.</summary>
    public void Add(ReadOnlySpan<byte> line, Source source, long received, int number = 0)
    {
        var needed = _used + line.Length;
        if (needed > _bytes.Length) Grow(needed);
        line.CopyTo(_bytes.AsSpan(_used));
        if (Count == _lines.Length) Array.Resize(ref _lines, Math.Min(MostLines, Count * 2));
        ref var entry = ref _lines[Count++];
        entry.Offset = _used;
        entry.Length = line.Length;
        entry.Line = number;
        entry.Received = received;
        entry.Source = source;
        _used = needed;
    }

    /// <summary>Bytes of a line.</summary>
    public ReadOnlySpan<byte> Of(in RawLine line) => _bytes.AsSpan(line.Offset, line.Length);

    /// <summary>Empties the batch and gives its bytes back.</summary>
    public void Clear()
    {
        Array.Clear(_lines, 0, Count);
        Count = 0;
        _used = 0;
        LetBytesGo();
        Commit = new BatchCommit();
        Stored = null;
        SenderKeepsCopy = false;
    }
}
