using Juming.Site.Events;

namespace Juming.Site.Collection.Formats;

/// <summary>Addresses as devices write them when they don't write a bare address: with a port, a mask, brackets, as a list, or in hexadecimal.</summary>
internal static class AddressText
{
    private const int MostOfOneValue = 16;
    private const int MostRelated = 32;

    private static readonly ushort RelatedIp = FieldNames.Intern("related.ip");

    /// <summary>Stores the address or addresses of a value below the target's fields, and its port where the target has one beside it.</summary>
    /// <returns>False when the value holds no address at its beginning.</returns>
    public static bool Put(in EventWriter to, in FieldTarget target, ReadOnlySpan<byte> value, int start)
    {
        Span<byte> dotted = stackalloc byte[16];
        if (TryHex(value, dotted, out var length))
        {
            Store(to, target, dotted[..length], -1);
            return true;
        }
        var found = 0;
        for (var at = 0; at < value.Length && found < MostOfOneValue; found++)
        {
            while (at < value.Length && value[at] is (byte)' ' or (byte)'[' or (byte)'(' or (byte)'"') at++;
            var end = at;
            while (end < value.Length && IsAddressByte(value[end])) end++;
            var (size, port) = Measure(value[at..end]);
            if (size == 0) break;
            Store(to, target, value.Slice(at, size), start < 0 ? -1 : start + at);
            if (port > 0 && PortBeside(target.Field) is > 0 and var field) to.Put(new FieldTarget(field, 0, ValueKind.Port), value[(at + port)..end], start < 0 ? -1 : start + at + port);
            at = end;
            var comma = value[at..].IndexOfAny((byte)',', (byte)';');
            if (comma < 0 || comma > 8) return true;
            at += comma + 1;
        }
        return found > 0;
    }

    /// <summary>Adds as related.ip every address of a part of the line that no field of the event holds yet.</summary>
    public static void AddRelated(in EventWriter to, int from)
    {
        var text = to.Raw;
        var added = 0;
        for (var at = from; at < text.Length && added < MostRelated; at++)
        {
            var c = text[at];
            if (!IsAddressByte(c) || c == (byte)'.') continue;
            var end = at;
            while (end < text.Length && IsAddressByte(text[end])) end++;
            // A letter before or after makes it a word: "abc.1.2.3.4x" or a version.
            var free = (at == 0 || !IsWord(text[at - 1])) && (end == text.Length || !IsWord(text[end]));
            var size = end - at >= 3 && free ? Measure(text[at..end]).Size : 0;
            if (size > 0) added += Relate(to, at, size);
            else if (end - at > 8) added += RelateBetweenColons(to, at, end);
            at = end;
        }
    }

    /// <summary>"user:192.0.2.1:admin" and "192.0.2.1:4000->": an IPv4 address that colons set apart from words and numbers.</summary>
    private static int RelateBetweenColons(in EventWriter to, int from, int end)
    {
        var text = to.Raw;
        var added = 0;
        for (var at = from; at < end;)
        {
            var colon = text[at..end].IndexOf((byte)':');
            var stop = colon < 0 ? end : at + colon;
            var left = at == 0 || text[at - 1] == (byte)':' || !IsWord(text[at - 1]);
            var right = stop == text.Length || text[stop] == (byte)':' || !IsWord(text[stop]);
            if (left && right && stop > at && IsV4(text[at..stop])) added += Relate(to, at, stop - at);
            at = stop + 1;
        }
        return added;
    }

    private static int Relate(in EventWriter to, int at, int size)
    {
        if (Holds(to, to.Raw.Slice(at, size))) return 0;
        to.Slice(RelatedIp, at, size);
        return 1;
    }

    private static bool IsWord(byte c) => c is (>= (byte)'a' and <= (byte)'z') or (>= (byte)'A' and <= (byte)'Z') or (byte)'_' or (byte)'-' or (byte)'.';

    private static bool IsAddressByte(byte c) => c is (>= (byte)'0' and <= (byte)'9') or (byte)'.' or (byte)':' or (>= (byte)'a' and <= (byte)'f') or (>= (byte)'A' and <= (byte)'F');

    private static void Store(in EventWriter to, in FieldTarget target, ReadOnlySpan<byte> address, int start)
    {
        if (address.SequenceEqual("0.0.0.0"u8) || address.SequenceEqual("::"u8)) return;
        to.Store(target.Field, address, start);
        to.Store(target.Also, address, start);
    }

    /// <summary>How long the address at the beginning of a run is, and where a port follows it; 0 for none.</summary>
    private static (int Size, int Port) Measure(ReadOnlySpan<byte> run)
    {
        while (run.Length > 0 && run[^1] is (byte)'.' or (byte)':') run = run[..^1];
        var colon = run.IndexOf((byte)':');
        if (colon < 0) return IsV4(run) ? (run.Length, 0) : (0, 0);
        if (IsV4(run[..colon])) return (colon, run.Length > colon + 1 && run[(colon + 1)..].IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0 ? colon + 1 : 0);
        if (IsV6(run)) return (run.Length, 0);
        var last = run.LastIndexOf((byte)':');
        return last > colon && run.LastIndexOf("::"u8) >= 0 && IsV6(run[..last]) ? (last, last + 1) : (0, 0);
    }

    private static bool IsV4(ReadOnlySpan<byte> text)
    {
        if (text.Length is < 7 or > 15) return false;
        int parts = 1, value = -1;
        foreach (var c in text)
        {
            if (c == (byte)'.')
            {
                if (value < 0 || ++parts > 4) return false;
                value = -1;
            }
            else if (c is >= (byte)'0' and <= (byte)'9')
            {
                value = ((value < 0 ? 0 : value) * 10) + c - '0';
                if (value > 255) return false;
            }
            else return false;
        }
        return parts == 4 && value >= 0;
    }

    private static bool IsV6(ReadOnlySpan<byte> text)
    {
        if (text.Length is < 3 or > 45 || text.IndexOf((byte)'.') >= 0) return false;
        Span<char> chars = stackalloc char[45];
        for (var i = 0; i < text.Length; i++) chars[i] = (char)text[i];
        var colons = text.Count((byte)':');
        // Six pairs of hexadecimal digits are a hardware address, two colons and digits a clock.
        if (text.IndexOf("::"u8) < 0 && colons != 7) return false;
        return System.Net.IPAddress.TryParse(chars[..text.Length], out var address) && address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6;
    }

    /// <summary>"4-C0A80111" and "C0A80111": IPv4 in hexadecimal, as DPtech prints it.</summary>
    public static bool TryHex(ReadOnlySpan<byte> value, Span<byte> dotted, out int length)
    {
        length = 0;
        if (value.StartsWith("4-"u8)) value = value[2..];
        if (value.Length != 8 || !System.Buffers.Text.Utf8Parser.TryParse(value, out uint number, out var used, 'x') || used != 8) return false;
        return TryNumber(number, dotted, out length);
    }

    /// <summary>An IPv4 address as one number.</summary>
    public static bool TryNumber(uint number, Span<byte> dotted, out int length)
    {
        length = 0;
        for (var shift = 24; shift >= 0; shift -= 8)
        {
            System.Buffers.Text.Utf8Formatter.TryFormat((byte)(number >> shift), dotted[length..], out var n);
            length += n;
            if (shift > 0) dotted[length++] = (byte)'.';
        }
        return true;
    }

    private static ushort PortBeside(ushort field) => field == Field.SourceIp ? Field.SourcePort : field == Field.DestinationIp ? Field.DestinationPort : (ushort)0;

    private static bool Holds(in EventWriter to, ReadOnlySpan<byte> address)
    {
        foreach (ref readonly var field in to.Batch.FieldsOf(to.Batch.Count - 1))
            if (field.Length == address.Length && to.Batch.Value(field).SequenceEqual(address)) return true;
        return false;
    }
}
