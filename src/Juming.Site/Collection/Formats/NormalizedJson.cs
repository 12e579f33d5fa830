using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Juming.Site.Events;

namespace Juming.Site.Collection.Formats;

/// <summary>
/// Writes normalised events as flat JSON, one object a line: <c>{"line":1,"@timestamp":"…Z","source.ip":"…"}</c>. A field with several values
/// becomes an array of text. Values are copied as they are unless JSON demands an escape. Not for several threads at once.
/// </summary>
internal sealed class NormalizedJson
{
    private static readonly SearchValues<byte> MustEscape = SearchValues.Create([.. Enumerable.Range(0, 32).Select(b => (byte)b), (byte)'"', (byte)'\\']);
    private static readonly UTF8Encoding Replacing = new(false, false);
    private static readonly byte[]?[] Names = new byte[FieldNames.Capacity][];

    private const long MicrosPerDay = 86_400_000_000;
    private const int TimeBytes = 29;

    private readonly int[] _seenIn = new int[FieldNames.Capacity];
    private readonly bool[] _again = new bool[FieldNames.Capacity];
    private readonly byte[] _day = new byte[11];
    private byte[] _bytes = new byte[16 * 1024];
    private int _used;
    private int _event;
    private long _dayNumber = long.MinValue;

    /// <summary>False leaves out a message that is the end of the line, as the event store does: the line itself follows it.</summary>
    public bool RepeatsMessage { get; init; } = true;

    /// <summary>What was written since the last <see cref="Clear"/>.</summary>
    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, _used);

    /// <summary>Begins anew; keeps its memory.</summary>
    public void Clear() => _used = 0;

    /// <summary>Writes one event as one object and a line feed.</summary>
    public void Write(EventBatch batch, int index)
    {
        var header = batch.Events[index];
        var fields = batch.FieldsOf(index);
        MarkRepeated(fields);
        Literal("{\"line\":"u8);
        Number(header.Line);
        Literal(",\"@timestamp\":"u8);
        Time(header.Time);
        Literal(",\"event.ingested\":"u8);
        Time(header.Received);
        for (var i = 0; i < fields.Length; i++)
        {
            var id = fields[i].Id;
            if (id == Field.EventOriginal || _seenIn[id] != _event) continue;
            if (id == Field.Message && !RepeatsMessage && IsEndOfLine(fields[i], header)) continue;
            Literal(NameOf(id));
            if (_again[id]) Several(batch, fields[i..], id);
            else Text(batch.Value(fields[i]));
            _seenIn[id] = 0;
        }
        if (header.Flags != EventFlags.None) Flags(header.Flags);
        Literal(",\"event.original\":"u8);
        Text(batch.Raw(index));
        Literal("}\n"u8);
    }

    private static bool IsEndOfLine(in FieldValue field, in EventHeader header) =>
        field.Offset >= header.RawOffset && field.Offset + field.Length == header.RawOffset + header.RawLength;

    private void MarkRepeated(ReadOnlySpan<FieldValue> fields)
    {
        _event = _event == int.MaxValue ? 1 : _event + 1;
        foreach (ref readonly var field in fields)
        {
            _again[field.Id] = _seenIn[field.Id] == _event;
            _seenIn[field.Id] = _event;
        }
    }

    private void Several(EventBatch batch, ReadOnlySpan<FieldValue> fields, ushort id)
    {
        var between = (byte)'[';
        foreach (ref readonly var field in fields)
        {
            if (field.Id != id) continue;
            Literal([between]);
            Text(batch.Value(field));
            between = (byte)',';
        }
        Literal("]"u8);
    }

    private static byte[] NameOf(ushort id) => Names[id] ??= [.. ",\""u8, .. JsonEncodedText.Encode(FieldNames.Name(id), System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes, .. "\":"u8];

    private void Literal(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Room(bytes.Length));
        _used += bytes.Length;
    }

    private void Number(long value)
    {
        Utf8Formatter.TryFormat(value, Room(20), out var n);
        _used += n;
    }

    private void Time(long micros)
    {
        // 0001-01-01 and 9999-12-31 in microseconds from 1970: a time outside has no ISO form.
        if (micros is < -62_135_596_800_000_000 or > 253_402_300_799_999_999)
        {
            Number(micros);
            return;
        }
        var day = Math.DivRem(micros, MicrosPerDay, out var rest);
        if (rest < 0) (day, rest) = (day - 1, rest + MicrosPerDay);
        if (day != _dayNumber)
        {
            // Lines come in runs of one day, and formatting a date by its pattern took a tenth of all writing.
            DateTime.UnixEpoch.AddDays(day).TryFormat(_day, out _, "yyyy-MM-dd'T'", CultureInfo.InvariantCulture);
            _dayNumber = day;
        }
        var to = Room(TimeBytes)[..TimeBytes];
        to[0] = (byte)'"';
        _day.CopyTo(to[1..]);
        var second = (int)(rest / 1_000_000);
        Digits(to, 12, second / 3600, 2);
        Digits(to, 15, second / 60 % 60, 2);
        Digits(to, 18, second % 60, 2);
        Digits(to, 21, (int)(rest % 1_000_000), 6);
        (to[14], to[17], to[20], to[27], to[28]) = ((byte)':', (byte)':', (byte)'.', (byte)'Z', (byte)'"');
        _used += TimeBytes;
    }

    private static void Digits(Span<byte> to, int at, int value, int count)
    {
        for (var i = at + count - 1; i >= at; i--)
        {
            to[i] = (byte)('0' + (value % 10));
            value /= 10;
        }
    }

    private void Text(ReadOnlySpan<byte> value)
    {
        // A value cut inside a character is not valid UTF-8, and then its line would be no JSON.
        if (!Utf8.IsValid(value)) value = Encoding.UTF8.GetBytes(Replacing.GetString(value));
        var room = Room((value.Length * 6) + 2);
        var at = 0;
        room[at++] = (byte)'"';
        while (value.IndexOfAny(MustEscape) is >= 0 and var plain)
        {
            value[..plain].CopyTo(room[at..]);
            at += plain;
            at += Escape(value[plain], room[at..]);
            value = value[(plain + 1)..];
        }
        value.CopyTo(room[at..]);
        at += value.Length;
        room[at++] = (byte)'"';
        _used += at;
    }

    private static int Escape(byte character, Span<byte> to)
    {
        to[0] = (byte)'\\';
        to[1] = character switch { (byte)'\n' => (byte)'n', (byte)'\r' => (byte)'r', (byte)'\t' => (byte)'t', (byte)'"' or (byte)'\\' => character, _ => (byte)'u' };
        if (to[1] != (byte)'u') return 2;
        Utf8Formatter.TryFormat(character, to[2..], out _, new StandardFormat('x', 4));
        return 6;
    }

    private void Flags(EventFlags flags)
    {
        Literal(",\"tags\":"u8);
        var between = "["u8;
        foreach (var (flag, name) in FlagNames)
        {
            if ((flags & flag) == 0) continue;
            Literal(between);
            Literal(name);
            between = ","u8;
        }
        Literal("]"u8);
    }

    private static readonly (EventFlags Flag, byte[] Name)[] FlagNames =
    [
        (EventFlags.Unparsed, "\"unparsed\""u8.ToArray()), (EventFlags.Truncated, "\"truncated\""u8.ToArray()), (EventFlags.TimeSuspect, "\"time_suspect\""u8.ToArray()),
        (EventFlags.Gb18030, "\"gb18030\""u8.ToArray()), (EventFlags.LossyText, "\"lossy_text\""u8.ToArray()), (EventFlags.FieldsLeftOut, "\"fields_left_out\""u8.ToArray()),
        (EventFlags.TimeAssumed, "\"time_assumed\""u8.ToArray()),
    ];

    private Span<byte> Room(int length)
    {
        if (_used + length > _bytes.Length) Array.Resize(ref _bytes, Math.Max(_used + length, _bytes.Length * 2));
        return _bytes.AsSpan(_used);
    }
}
