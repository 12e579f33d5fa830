using System.Buffers.Text;
using Juming.Site.Events;

namespace Juming.Site.Collection.Formats;

/// <summary>Writes the fields of the event that is being made. Values that lie in the raw line stay there; a stack-only view of one line.</summary>
internal readonly ref struct EventWriter(EventBatch batch, ReadOnlySpan<byte> raw, int rawOffset, in LineContext context)
{
    private readonly LineContext _context = context;

    /// <summary>The raw line.</summary>
    public ReadOnlySpan<byte> Raw { get; } = raw;

    /// <summary>The batch.</summary>
    public EventBatch Batch { get; } = batch;

    /// <summary>Receipt.</summary>
    public long Received => _context.Received;

    /// <summary>The sender's memory.</summary>
    public SourceMemory Source => _context.Source;

    /// <summary>Adds a slice of the raw line.</summary>
    public void Slice(ushort field, int start, int length) => Batch.AddSlice(field, rawOffset + start, length);

    /// <summary>Adds constant text.</summary>
    public void Set(ushort field, ReadOnlySpan<byte> value) => Batch.Add(field, value);

    /// <summary>Says what kind of event it is.</summary>
    public void Kind(ReadOnlySpan<byte> dataset, ReadOnlySpan<byte> module, ReadOnlySpan<byte> category, ReadOnlySpan<byte> parser)
    {
        Batch.Add(Field.EventDataset, dataset);
        Batch.Add(Field.EventModule, module);
        Batch.Add(Field.EventCategory, category);
        Batch.Add(Field.JmParser, parser);
    }

    /// <summary>Says which product speaks.</summary>
    public void Observer(ReadOnlySpan<byte> vendor, ReadOnlySpan<byte> product, ReadOnlySpan<byte> type)
    {
        Batch.Add(Field.ObserverVendor, vendor);
        Batch.Add(Field.ObserverProduct, product);
        Batch.Add(Field.ObserverType, type);
    }

    /// <summary>Sets event time.</summary>
    public void Time(long micros) => Batch.Current.Time = micros;

    private void TimeOf(long micros, byte rank)
    {
        if (Batch.TimeRank > rank) return;
        Batch.TimeRank = rank;
        Time(micros);
    }

    /// <summary>Puts a value where its key belongs.</summary>
    /// <param name="target">Where.</param>
    /// <param name="value">The value.</param>
    /// <param name="start">Where it lies in the raw line, or -1 when it is a copy.</param>
    public void Put(in FieldTarget target, ReadOnlySpan<byte> value, int start)
    {
        if (IsNone(value))
        {
            if (target.Kind == ValueKind.Verbatim) Store(target.Field, value, start);
            return;
        }
        switch (target.Kind)
        {
            case ValueKind.Ip:
                if (!IsAddress(value))
                {
                    // A policy's "any" is no party of a connection.
                    if (AddressText.Put(this, target, value, start) || Same(value, "any"u8)) return;
                    break;
                }
                if (value.SequenceEqual("0.0.0.0"u8) || value.SequenceEqual("::"u8)) return;
                Store(target.Field, value, start);
                Store(target.Also, value, start);
                return;
            case ValueKind.Port:
                if (value.SequenceEqual("0"u8) || !Utf8Parser.TryParse(value, out int port, out var used) || used != value.Length || port is < 0 or > 65535) return;
                Store(target.Field, value, start);
                return;
            case ValueKind.Protocol:
                PutProtocol(value, start);
                Store(target.Also, value, start);
                return;
            case ValueKind.Action:
                PutAction(value, start);
                Store(target.Also, value, start);
                return;
            case ValueKind.Time:
                if (LineTime.TryAny(value, Source.Zone, Received, out var micros)) Time(micros);
                Store(target.Also, value, start);
                return;
            case ValueKind.UtcTime:
                if (LineTime.TryAny(value, TimeZoneInfo.Utc, Received, out var utc)) TimeOf(utc, rank: 3);
                Store(target.Also, value, start);
                return;
            case ValueKind.CollectorTime:
                if (LineTime.TryAny(value, TimeZoneInfo.Utc, Received, out var collected)) TimeOf(collected, rank: 2);
                return;
            case ValueKind.LocalTime:
                if (LineTime.ReadIso(value, Source.Zone, out var local, out var zoned) > 0 || LineTime.TryAny(value, Source.Zone, Received, out local)) TimeOf(local, zoned ? (byte)3 : (byte)1);
                return;
            case ValueKind.WindowsUser:
                PutWindowsUser(value, start);
                // A bare name is stored by then; rules ask for the name with its domain too.
                if (target.Field != Field.UserName || value.Contains((byte)'\\')) Store(target.Field, value, start);
                Store(target.Also, value, start);
                return;
            case ValueKind.Severity:
                PutSeverity(value);
                Store(target.Also, value, start);
                return;
            case ValueKind.Hashes:
                PutHashes(value, start);
                break;
            case ValueKind.Instant:
                if (LineTime.TryAny(value, Source.Zone, Received, out var instant)) Instant(target.Field, instant);
                Store(target.Also, value, start);
                return;
            case ValueKind.Outcome:
                var outcome = ActionVocabulary.OutcomeOf(value);
                if (!outcome.IsEmpty) Set(target.Field, outcome);
                else Store(target.Field, value, start);
                Store(target.Also, value, start);
                return;
            case ValueKind.Rule:
                target.Rule!.Put(this, value, start);
                return;
        }
        Store(target.Field, value, start);
        Store(target.Also, value, start);
    }

    /// <summary>Adds an instant as ISO 8601 in UTC; left out when it is past the year 9999 or before 1.</summary>
    public void Instant(ushort field, long micros)
    {
        if (micros is < -62_135_596_800_000_000 or > 253_402_300_799_999_999) return;
        var room = Batch.GetSpan(40);
        DateTime.UnixEpoch.AddTicks(micros * 10).TryFormat(room, out var n, "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", System.Globalization.CultureInfo.InvariantCulture);
        Batch.AddSlice(field, Batch.Advance(n), n);
    }

    /// <summary>Adds a value, as a slice when it lies in the raw line.</summary>
    public void Store(ushort field, ReadOnlySpan<byte> value, int start)
    {
        if (field == 0) return;
        if (start >= 0) Slice(field, start, value.Length);
        else Batch.Add(field, value);
    }

    private static bool IsNone(ReadOnlySpan<byte> value) => value.Length switch
    {
        0 => true,
        1 => value[0] == (byte)'-',
        2 => value.SequenceEqual("--"u8),
        3 => value.SequenceEqual("N/A"u8),
        4 => value.SequenceEqual("null"u8) || value.SequenceEqual("NULL"u8) || value.SequenceEqual("None"u8),
        6 => value.SequenceEqual("(null)"u8) || value.SequenceEqual(ActionVocabulary.Unknown),
        7 => value.SequenceEqual("unknown"u8) || value.SequenceEqual("UNKNOWN"u8),
        _ => false,
    };

    /// <summary>True for what is written like an IPv4 or IPv6 address.</summary>
    public static bool IsAddress(ReadOnlySpan<byte> value)
    {
        if (value.Length is < 2 or > 45) return false;
        int dots = 0, colons = 0;
        foreach (var c in value)
        {
            if (c == (byte)'.') dots++;
            else if (c == (byte)':') colons++;
            else if (c is not (>= (byte)'0' and <= (byte)'9') && c is not (>= (byte)'a' and <= (byte)'f') && c is not (>= (byte)'A' and <= (byte)'F') && c != (byte)'%') return false;
        }
        return colons >= 2 || (colons == 0 && dots == 3 && value.IndexOfAnyInRange((byte)'a', (byte)'f') < 0 && value.IndexOfAnyInRange((byte)'A', (byte)'F') < 0);
    }

    private void PutProtocol(ReadOnlySpan<byte> value, int start)
    {
        if (value.StartsWith("IPPROTO_"u8))
        {
            value = value[8..];
            if (start >= 0) start += 8;
        }
        ReadOnlySpan<byte> name = value switch
        {
            [(byte)'6'] => "tcp"u8,
            [(byte)'1', (byte)'7'] => "udp"u8,
            [(byte)'1'] => "icmp"u8,
            [(byte)'5', (byte)'8'] => "ipv6-icmp"u8,
            _ when Same(value, "tcp"u8) => "tcp"u8,
            _ when Same(value, "udp"u8) => "udp"u8,
            _ when Same(value, "icmp"u8) => "icmp"u8,
            _ => default,
        };
        if (!name.IsEmpty) Set(Field.NetworkTransport, name);
        else Lower(Field.NetworkProtocol, value);
    }

    /// <summary>Adds text in ASCII lower case.</summary>
    public void Lower(ushort field, ReadOnlySpan<byte> value)
    {
        if (value.Length > 256) return;
        Span<byte> lower = stackalloc byte[value.Length];
        System.Text.Ascii.ToLower(value, lower, out var n);
        Batch.Add(field, n == value.Length ? lower : value);
    }

    private void PutAction(ReadOnlySpan<byte> value, int start)
    {
        var word = ActionVocabulary.Of(value);
        if (word == ActionWord.Blocked)
        {
            Set(Field.EventAction, "blocked"u8);
            Set(Field.EventType, "denied"u8);
        }
        else if (word == ActionWord.Allowed)
        {
            Set(Field.EventAction, "allowed"u8);
            Set(Field.EventType, "allowed"u8);
        }
        else Store(Field.EventAction, value, start);
    }

    private void PutSeverity(ReadOnlySpan<byte> value)
    {
        var severity = ActionVocabulary.SeverityOf(value);
        if (severity >= 0) Batch.Add(Field.EventSeverity, severity);
    }

    private void PutWindowsUser(ReadOnlySpan<byte> value, int start)
    {
        var at = value.IndexOf((byte)'\\');
        if (at > 0)
        {
            Store(Field.UserDomain, value[..at], start);
            Store(Field.UserName, value[(at + 1)..], start < 0 ? -1 : start + at + 1);
        }
        else Store(Field.UserName, value, start);
    }

    private void PutHashes(ReadOnlySpan<byte> value, int start)
    {
        var at = 0;
        while (at < value.Length)
        {
            var comma = value[at..].IndexOf((byte)',');
            var part = comma < 0 ? value[at..] : value.Slice(at, comma);
            var equals = part.IndexOf((byte)'=');
            if (equals > 0)
            {
                var hash = part[(equals + 1)..];
                var from = start < 0 ? -1 : start + at + equals + 1;
                if (part.StartsWith("SHA256="u8)) Store(Field.ProcessHashSha256, hash, from);
                else if (part.StartsWith("MD5="u8)) Store(Field.ProcessHashMd5, hash, from);
                else if (part.StartsWith("IMPHASH="u8)) Store(Field.FilePeImphash, hash, from);
            }
            if (comma < 0) return;
            at += comma + 1;
        }
    }

    private static bool Same(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b) => System.Text.Ascii.EqualsIgnoreCase(a, b);
}
