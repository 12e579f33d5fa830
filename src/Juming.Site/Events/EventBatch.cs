using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Juming.Site.Events;

/// <summary>One field of one event: a number from <see cref="FieldNames"/> and a UTF-8 slice of the batch's arena.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
public struct FieldValue
{
    /// <summary>Number of the field, see <see cref="FieldNames"/>.</summary>
    public ushort Id;

    /// <summary>Where the value starts in <see cref="EventBatch.Arena"/>.</summary>
    public int Offset;

    /// <summary>Length of the value in bytes of UTF-8.</summary>
    public int Length;
}

/// <summary>What went right or wrong while one line became one event.</summary>
[Flags]
public enum EventFlags : ushort
{
    /// <summary>Nothing to say.</summary>
    None = 0,

    /// <summary>No parser knew the format; the line is kept whole in <c>event.original</c> and <c>message</c>.</summary>
    Unparsed = 1,

    /// <summary>The line was cut at the size limit.</summary>
    Truncated = 2,

    /// <summary>Event time and receipt differ by more than 24 hours, so receipt is used where order matters.</summary>
    TimeSuspect = 4,

    /// <summary>The line was not UTF-8 and was decoded from GB18030.</summary>
    Gb18030 = 8,

    /// <summary>The line had bytes that no accepted charset explains; they were replaced.</summary>
    LossyText = 16,

    /// <summary>Some keys were left in the raw line only: too many fields or too many distinct names.</summary>
    FieldsLeftOut = 32,

    /// <summary>The time zone or year was assumed.</summary>
    TimeAssumed = 64,
}

/// <summary>Fixed part of one event.</summary>
public struct EventHeader
{
    /// <summary>Where the raw line (UTF-8 after decoding, without framing) starts in the arena.</summary>
    public int RawOffset;

    /// <summary>Length of the raw line in bytes.</summary>
    public int RawLength;

    /// <summary>First entry of this event in <see cref="EventBatch.Fields"/>.</summary>
    public int FirstField;

    /// <summary>Number of entries.</summary>
    public int FieldCount;

    /// <summary>Event time, microseconds since 1970-01-01 UTC.</summary>
    public long Time;

    /// <summary>Receipt, microseconds since 1970-01-01 UTC.</summary>
    public long Received;

    /// <summary>Identity: a UUIDv7 of the receipt of the events it was stored with, counting upwards in a batch.</summary>
    public Guid Id;

    /// <summary>Number of the sender in the source register; 0 while it is not registered.</summary>
    public int SourceId;

    /// <summary>Line number in the file that was replayed or tailed, 1-based; 0 elsewhere.</summary>
    public int Line;

    /// <summary>What went right or wrong.</summary>
    public EventFlags Flags;
}

/// <summary>
/// Some thousands of events on their way through the pipeline: one byte arena, one array of field slices, no objects per event.
/// Not thread-safe; a batch has one owner at a time. Multi-valued fields are repeated entries with the same number.
/// </summary>
public sealed class EventBatch
{
    /// <summary>Most fields of one event; further ones stay in the raw line and set <see cref="EventFlags.FieldsLeftOut"/>.</summary>
    public const int MaxFieldsPerEvent = 512;

    private byte[] _arena;
    private FieldValue[] _fields;
    private EventHeader[] _events;

    /// <summary>Makes a batch with room for about <paramref name="events"/> events before it grows.</summary>
    public EventBatch(int events = 4096)
    {
        _arena = new byte[events * 512];
        _fields = new FieldValue[events * 24];
        _events = new EventHeader[events];
    }

    /// <summary>Number of events.</summary>
    public int Count { get; private set; }

    /// <summary>Position of the batch in the event store's order; 0 until it is appended.</summary>
    public long Sequence { get; set; }

    /// <summary>All bytes that the events' values and raw lines are slices of.</summary>
    public ReadOnlySpan<byte> Arena => _arena.AsSpan(0, ArenaLength);

    /// <summary>The arena's array; valid up to <see cref="ArenaLength"/> and until the next write.</summary>
    public byte[] ArenaBuffer => _arena;

    /// <summary>Used bytes of the arena.</summary>
    public int ArenaLength { get; private set; }

    /// <summary>Fields of all events, event after event.</summary>
    public ReadOnlySpan<FieldValue> Fields => _fields.AsSpan(0, FieldCount);

    /// <summary>Used entries of <see cref="Fields"/>.</summary>
    public int FieldCount { get; private set; }

    /// <summary>Headers of all events.</summary>
    public Span<EventHeader> Events => _events.AsSpan(0, Count);

    /// <summary>Bytes of memory that it holds, used or not.</summary>
    public long Capacity => _arena.Length + ((long)_fields.Length * Unsafe.SizeOf<FieldValue>()) + ((long)_events.Length * Unsafe.SizeOf<EventHeader>());

    /// <summary>Empties the batch for reuse; keeps its memory.</summary>
    public void Clear()
    {
        Count = 0;
        FieldCount = 0;
        ArenaLength = 0;
        Sequence = 0;
    }

    /// <summary>Makes room at once for so many events and bytes, so that a large batch does not grow into it by copies. Only on an empty batch.</summary>
    public void MakeRoom(int events, int bytes)
    {
        if (_events.Length < events) _events = new EventHeader[events];
        if (_fields.Length < events * 24) _fields = new FieldValue[events * 24];
        if (_arena.Length < bytes) _arena = GC.AllocateUninitializedArray<byte>(bytes);
    }

    /// <summary>Starts an event whose raw line is copied into the arena. Its fields follow by the Add methods.</summary>
    /// <returns>Index of the event.</returns>
    public int Begin(ReadOnlySpan<byte> raw, long received, int sourceId = 0, int line = 0)
    {
        if (Count == _events.Length) Array.Resize(ref _events, _events.Length * 2);
        var offset = Write(raw);
        TimeRank = 0;
        _events[Count] = new EventHeader
        {
            RawOffset = offset,
            RawLength = raw.Length,
            FirstField = FieldCount,
            Time = received,
            Received = received,
            SourceId = sourceId,
            Line = line,
        };
        return Count++;
    }

    /// <summary>How sure the time of the event being written is, for formats whose lines hold several: a surer one is not replaced. 0 when it begins.</summary>
    public byte TimeRank { get; set; }

    /// <summary>The event that is being written.</summary>
    public ref EventHeader Current => ref _events[Count - 1];

    /// <summary>Takes back the event that is being written.</summary>
    public void DropCurrent()
    {
        FieldCount = _events[Count - 1].FirstField;
        Count--;
    }

    /// <summary>Copies bytes into the arena and returns where they start.</summary>
    public int Write(ReadOnlySpan<byte> bytes)
    {
        Reserve(bytes.Length);
        bytes.CopyTo(_arena.AsSpan(ArenaLength));
        var offset = ArenaLength;
        ArenaLength += bytes.Length;
        return offset;
    }

    /// <summary>Room of at least <paramref name="length"/> bytes at the arena's end; follow with <see cref="Advance"/>.</summary>
    public Span<byte> GetSpan(int length)
    {
        Reserve(length);
        return _arena.AsSpan(ArenaLength);
    }

    /// <summary>Says how much of <see cref="GetSpan"/> was used and returns where it starts.</summary>
    public int Advance(int length)
    {
        var offset = ArenaLength;
        ArenaLength += length;
        return offset;
    }

    /// <summary>Adds a field whose value already lies in the arena (most often a slice of the raw line). Empty values are not stored.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AddSlice(ushort id, int offset, int length)
    {
        if (id == 0 || length == 0) return;
        ref var current = ref _events[Count - 1];
        if (current.FieldCount >= MaxFieldsPerEvent)
        {
            current.Flags |= EventFlags.FieldsLeftOut;
            return;
        }
        if (FieldCount == _fields.Length) Array.Resize(ref _fields, _fields.Length * 2);
        ref var field = ref _fields[FieldCount++];
        field.Id = id;
        field.Offset = offset;
        field.Length = length;
        current.FieldCount++;
    }

    /// <summary>Adds a field with a copy of the value. Empty values are not stored.</summary>
    public void Add(ushort id, ReadOnlySpan<byte> value)
    {
        if (id == 0 || value.IsEmpty) return;
        AddSlice(id, Write(value), value.Length);
    }

    /// <summary>Adds a field from text.</summary>
    public void Add(ushort id, ReadOnlySpan<char> value)
    {
        if (id == 0 || value.IsEmpty) return;
        var room = GetSpan(Encoding.UTF8.GetMaxByteCount(value.Length));
        var n = Encoding.UTF8.GetBytes(value, room);
        AddSlice(id, Advance(n), n);
    }

    /// <summary>Adds a whole number as decimal text.</summary>
    public void Add(ushort id, long value)
    {
        if (id == 0) return;
        var room = GetSpan(20);
        System.Buffers.Text.Utf8Formatter.TryFormat(value, room, out var n);
        AddSlice(id, Advance(n), n);
    }

    /// <summary>Fields of one event.</summary>
    public ReadOnlySpan<FieldValue> FieldsOf(int index) => _fields.AsSpan(_events[index].FirstField, _events[index].FieldCount);

    /// <summary>Bytes of a field's value.</summary>
    public ReadOnlySpan<byte> Value(in FieldValue field) => _arena.AsSpan(field.Offset, field.Length);

    /// <summary>Raw line of an event.</summary>
    public ReadOnlySpan<byte> Raw(int index) => _arena.AsSpan(_events[index].RawOffset, _events[index].RawLength);

    /// <summary>First value of a field of an event.</summary>
    public bool TryGet(int index, ushort id, out ReadOnlySpan<byte> value)
    {
        foreach (ref readonly var field in FieldsOf(index))
            if (field.Id == id)
            {
                value = Value(field);
                return true;
            }
        value = default;
        return false;
    }

    /// <summary>First value of a field as text, or null.</summary>
    public string? Text(int index, ushort id) => TryGet(index, id, out var value) ? Encoding.UTF8.GetString(value) : null;

    /// <summary>Replaces the first value of a field of the event that is being written, or adds it.</summary>
    public void Set(ushort id, ReadOnlySpan<byte> value)
    {
        var header = _events[Count - 1];
        for (var i = header.FirstField; i < header.FirstField + header.FieldCount; i++)
            if (_fields[i].Id == id)
            {
                var offset = Write(value);
                _fields[i].Offset = offset;
                _fields[i].Length = value.Length;
                return;
            }
        Add(id, value);
    }

    private void Reserve(int length)
    {
        var needed = ArenaLength + length;
        if (needed <= _arena.Length) return;
        Array.Resize(ref _arena, (int)Math.Min(Array.MaxLength, Math.Max(needed, _arena.Length * 2L)));
    }
}
