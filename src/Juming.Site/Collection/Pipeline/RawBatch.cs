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
    public const int FullBytes = 4 * 1024 * 1024;

    private readonly RawLine[] _lines = new RawLine[MostLines];
    private byte[] _bytes = new byte[256 * 1024];
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

    /// <summary>Adds a copy of a line.</summary>
    public void Add(ReadOnlySpan<byte> line, Source source, long received, int number = 0)
    {
        var needed = _used + line.Length;
        if (needed > _bytes.Length) Array.Resize(ref _bytes, Math.Max(needed, _bytes.Length * 2));
        line.CopyTo(_bytes.AsSpan(_used));
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

    /// <summary>Empties the batch; keeps its memory unless one huge line blew it up.</summary>
    public void Clear()
    {
        Array.Clear(_lines, 0, Count);
        Count = 0;
        _used = 0;
        if (_bytes.Length > 2 * FullBytes) _bytes = new byte[256 * 1024];
        Commit = new BatchCommit();
        Stored = null;
        SenderKeepsCopy = false;
    }
}
