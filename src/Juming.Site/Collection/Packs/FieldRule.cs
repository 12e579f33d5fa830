using System.Buffers;
using System.Buffers.Text;
using System.Text;
using Juming.Site.Collection.Formats;
using Juming.Site.Events;

namespace Juming.Site.Collection.Packs;

/// <summary>What a pack does with a value beyond naming its field: decode, translate, mask, read as a time of its own layout.</summary>
internal sealed class FieldRule : IValueRule
{
    private const int MostDecoded = 64 * 1024;

    private readonly PackField _field;
    private readonly FieldTarget _target;
    private readonly (byte[] From, byte[] To)[] _map;
    private readonly TimeLayout[] _layouts;
    private readonly TimeZoneInfo? _zone;

    private FieldRule(PackField field)
    {
        _field = field;
        _target = Named(field);
        _map = field.Map is null ? [] : [.. field.Map.Select(m => (Encoding.UTF8.GetBytes(m.Key), Encoding.UTF8.GetBytes(m.Value)))];
        _layouts = [.. field.Time.Select(TimeLayout.TryParse).OfType<TimeLayout>()];
        _zone = field.Zone is { } zone && TimeZoneInfo.TryFindSystemTimeZoneById(zone, out var found) ? found : null;
    }

    /// <summary>The target of a field: plain where its name says enough, this rule elsewhere.</summary>
    public static FieldTarget Compile(PackField field)
    {
        if (field.Drop || field.To is null) return default;
        if (field is { Decode: null, Map: null, Mask: false, Time.Count: 0, Zone: null }) return Named(field);
        return new FieldTarget(0, 0, ValueKind.Rule, new FieldRule(field));
    }

    private static FieldTarget Named(PackField field) => FieldTarget.Of(field.To!, field.Also is { } also ? FieldNames.Intern(also) : (ushort)0);

    /// <inheritdoc/>
    public void Put(in EventWriter to, ReadOnlySpan<byte> value, int start)
    {
        if (_field.Mask)
        {
            to.Store(_target.Field, "***"u8, -1);
            return;
        }
        foreach (var (word, ours) in _map)
            if (value.SequenceEqual(word))
            {
                to.Put(_target, ours, -1);
                return;
            }
        if (_layouts.Length > 0 || _zone is not null) PutTime(to, value, start);
        else if (_field.Decode is { } decode) Decode(to, decode, value, start);
        else to.Put(_target, value, start);
    }

    private void PutTime(in EventWriter to, ReadOnlySpan<byte> value, int start)
    {
        var zone = _zone ?? to.Source.Zone;
        foreach (var layout in _layouts)
            if (layout.TryRead(value, zone, out var micros))
            {
                PutInstant(to, micros);
                return;
            }
        if (LineTime.TryAny(value, zone, to.Received, out var any)) PutInstant(to, any);
        else to.Store(_target.Also, value, start);
    }

    private void PutInstant(in EventWriter to, long micros)
    {
        if (_target.Kind == ValueKind.Time) to.Time(micros);
        else to.Instant(_target.Field, micros);
    }

    private void Decode(in EventWriter to, string how, ReadOnlySpan<byte> value, int start)
    {
        Span<byte> dotted = stackalloc byte[16];
        if (how == "hexip" && AddressText.TryHex(value, dotted, out var length)) to.Put(_target, dotted[..length], -1);
        else if (how == "intip" && Utf8Parser.TryParse(value, out long number, out var digits) && digits == value.Length && number is >= int.MinValue and <= uint.MaxValue && AddressText.TryNumber((uint)number, dotted, out length)) to.Put(_target, dotted[..length], -1);
        else if (how is "hexip" or "intip" || value.Length > MostDecoded) to.Put(_target, value, start);
        else DecodeText(to, how, value, start);
    }

    private void DecodeText(in EventWriter to, string how, ReadOnlySpan<byte> value, int start)
    {
        var room = ArrayPool<byte>.Shared.Rent(Math.Max(value.Length, 16));
        var done = how switch
        {
            "base64" => Base64.DecodeFromUtf8(value, room, out _, out var n) == OperationStatus.Done ? n : -1,
            "hex" => Convert.FromHexString(value, room, out _, out var n) == OperationStatus.Done ? n : -1,
            _ => Unescape(value, room),
        };
        // What decodes to something that is no text stays as it was sent.
        if (done > 0 && System.Text.Unicode.Utf8.IsValid(room.AsSpan(0, done))) to.Put(_target, room.AsSpan(0, done), -1);
        else to.Put(_target, value, start);
        ArrayPool<byte>.Shared.Return(room);
    }

    private static int Unescape(ReadOnlySpan<byte> value, Span<byte> room)
    {
        var n = 0;
        for (var i = 0; i < value.Length; i++)
        {
            var c = value[i];
            if (c == (byte)'%' && i + 2 < value.Length && Utf8Parser.TryParse(value.Slice(i + 1, 2), out byte code, out var used, 'x') && used == 2)
            {
                c = code;
                i += 2;
            }
            room[n++] = c;
        }
        return n;
    }
}
