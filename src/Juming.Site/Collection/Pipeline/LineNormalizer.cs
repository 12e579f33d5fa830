using System.Buffers.Text;
using Juming.Site.Collection.Formats;
using Juming.Site.Collection.Packs;
using Juming.Site.Events;

namespace Juming.Site.Collection.Pipeline;

/// <summary>
/// One line to one event: charset, syslog header, then the first format that fits. Whatever the bytes, an event comes out and the line is kept;
/// what no format knows is searchable as text.
/// </summary>
internal sealed class LineNormalizer(PackSet packs) : ILineNormalizer
{
    private const int MostLine = 64 * 1024;
    private const int MostOriginalBytes = 8 * 1024;
    private const long Day = 86_400_000_000;
    private const long Second = 1_000_000;

    private static readonly Utf8Names<FieldTarget> DataKeys = new(key => KeyVocabulary.Of(key, "log.syslog.structured_data."), most: 2048);

    private static readonly ushort OriginalBytes = FieldNames.Intern("event.original_bytes");

    private volatile PackSet _packs = packs;

    /// <summary>A normaliser with the packs that ship with the product.</summary>
    public LineNormalizer()
        : this(PackSet.BuiltIn)
    {
    }

    /// <summary>The packs in force; set to swap all of them at once between two lines.</summary>
    public PackSet Packs
    {
        get => _packs;
        set => _packs = value;
    }

    /// <summary>Names that <c>--format</c> accepts besides "auto".</summary>
    public static readonly IReadOnlyList<string> Formats = ["json", "cef", "leef", "kv", "access", "auditd", "xml", "plain"];

    /// <inheritdoc/>
    public void Normalize(EventBatch batch, ReadOnlySpan<byte> line, in LineContext context)
    {
        var flags = EventFlags.None;
        if (line.Length > MostLine)
        {
            line = line[..CutAtCharacter(line, MostLine)];
            flags |= EventFlags.Truncated;
        }
        if (line.StartsWith("\uFEFF"u8)) line = line[3..];
        if (LineDecoder.IsNeeded(line, context.Source.PinnedCharset))
        {
            batch.Begin(LineDecoder.Decode(line, context.Source.PinnedCharset, ref flags), context.Received, context.SourceId, context.Line);
            if ((flags & EventFlags.LossyText) != 0) KeepBytes(batch, line);
        }
        else batch.Begin(line, context.Received, context.SourceId, context.Line);
        batch.Current.Flags = flags;
        var index = batch.Count - 1;
        var writer = new EventWriter(batch, batch.Raw(index), batch.Current.RawOffset, context);
        Parse(writer, context);
        CheckTime(ref batch.Current);
    }

    /// <summary>What could not be read as text is kept as it was sent, as far as a tool that takes it apart will want it.</summary>
    private static void KeepBytes(EventBatch batch, ReadOnlySpan<byte> line)
    {
        var kept = line[..Math.Min(line.Length, MostOriginalBytes)];
        var room = batch.GetSpan(Base64.GetMaxEncodedToUtf8Length(kept.Length));
        Base64.EncodeToUtf8(kept, room, out _, out var written);
        batch.AddSlice(OriginalBytes, batch.Advance(written), written);
    }

    private void Parse(in EventWriter to, in LineContext context)
    {
        var header = SyslogHeader.Read(to.Raw, context.Source, context.Received);
        if (header.Time != 0)
        {
            to.Time(header.Time);
            if (header.TimeAssumed) to.Batch.Current.Flags |= EventFlags.TimeAssumed;
        }
        else to.Batch.Current.Flags |= EventFlags.TimeAssumed;
        if (header.Priority >= 0) to.Batch.Add(Field.LogSyslogPriority, header.Priority);
        if (header.HostLength > 0) to.Slice(Field.HostName, header.HostAt, header.HostLength);
        if (header.AppLength > 0) to.Slice(Field.LogSyslogAppname, header.AppAt, header.AppLength);
        if (header.PidLength > 0) to.Slice(Field.LogSyslogProcid, header.PidAt, header.PidLength);
        var app = to.Raw.Slice(header.AppAt, header.AppLength);
        var known = context.Format is { } format ? ReadAs(to, format, header.Message) : ReadAny(to, app, header.Message);
        if (header.DataLength > 2) known |= KeyValueFormat.Read(to, header.DataAt, header.DataAt + header.DataLength, DataKeys) > 0;
        if (header.HostLength > 0 && EventWriter.IsAddress(to.Raw.Slice(header.HostAt, header.HostLength))) to.Slice(Field.HostIp, header.HostAt, header.HostLength);
        // Payload and header tell two times: the payload's is the event's, the header's is when the device sent it.
        if (header.Time != 0 && Math.Abs(header.Time - to.Batch.Current.Time) > Second) to.Instant(Field.EventCreated, header.Time);
        if (!known)
        {
            to.Batch.Current.Flags |= EventFlags.Unparsed;
            AddressText.AddRelated(to, header.Message);
            PayloadTime.Take(to, header.Message, header.Time);
            to.Slice(Field.Message, header.Message, to.Raw.Length - header.Message);
            if (header.AppLength > 0 || header.HostLength > 0) to.Set(Field.EventDataset, "syslog"u8);
        }
        else if (!to.Batch.TryGet(to.Batch.Count - 1, Field.Message, out _)) to.Slice(Field.Message, header.Message, to.Raw.Length - header.Message);
    }

    private bool ReadAny(in EventWriter to, ReadOnlySpan<byte> app, int at)
    {
        var text = to.Raw[at..];
        // RFC 5424 lines may say everything in their structured data.
        if (text.IsEmpty) return _packs.Read(to, app, at);
        // Some devices sign their own logs as "kernel": only packet lines are surely Linux's.
        var unsure = app.SequenceEqual("kernel"u8) && text.IndexOf(" SRC="u8) < 0;
        if (unsure && _packs.Read(to, app, at)) return true;
        if (app.Length > 0 && LinuxFormats.Read(to, app, at)) return true;
        switch (text[0])
        {
            case (byte)'{' when JsonFormat.IsFast(text):
                return JsonFormat.Read(to, at);
            case (byte)'<' when WindowsXmlFormat.Find(text) is >= 0 and var begin && WindowsXmlFormat.Read(to, at + begin):
                return true;
            case (byte)'%' when text.StartsWith("%ASA-"u8) || text.StartsWith("%FTD-"u8) || text.StartsWith("%PIX-"u8):
                return CiscoAsaFormat.Read(to, at);
            case (byte)'C' when text.StartsWith("CEF:"u8):
                return HeaderedFormats.ReadCef(to, at);
            case (byte)'L' when text.StartsWith("LEEF:"u8):
                return HeaderedFormats.ReadLeef(to, at);
            case (byte)'t' when text.StartsWith("type="u8) && text.IndexOf("msg=audit("u8) is > 0 and < 64:
                LinuxFormats.Audit(to, at);
                return true;
        }
        if ((text[0] is (>= (byte)'0' and <= (byte)'9') or (>= (byte)'a' and <= (byte)'f') or (byte)':') && WebAccessFormat.Read(to, at)) return true;
        if (text[0] == (byte)'d' && text.StartsWith("date="u8) && IsFortiGate(text)) return ReadPairs(to, at);
        if (_packs.Read(to, app, at)) return true;
        return ReadGeneric(to, at);
    }

    private static bool ReadGeneric(in EventWriter to, int at)
    {
        var text = to.Raw[at..];
        if (CiscoIosFormat.Find(text) is >= 0 and var mark)
        {
            var asa = text[mark..].StartsWith("%ASA-"u8) || text[mark..].StartsWith("%FTD-"u8);
            if (asa ? CiscoAsaFormat.Read(to, at + mark) : CiscoIosFormat.Read(to, at + mark)) return true;
        }
        var cef = text.IndexOf("CEF:"u8);
        var brace = text.IndexOf((byte)'{');
        var known = (text[0] == (byte)'{' && JsonFormat.Read(to, at))
            || (brace is > 0 and < 120 && text.TrimEnd((byte)' ') is [.., (byte)'}'] && JsonFormat.Read(to, at + brace))
            || (cef is > 0 and < 120 && HeaderedFormats.ReadCef(to, at + cef))
            || (KeyValueFormat.Fits(text) && ReadPairs(to, at));
        if (known) AddressText.AddRelated(to, at);
        return known;
    }

    private static bool IsFortiGate(ReadOnlySpan<byte> text) => text.IndexOf("devid=\"FG"u8) >= 0 || text.IndexOf("devname=\"FG"u8) >= 0 || text.IndexOf("devid=FG"u8) >= 0;

    private static bool ReadAs(in EventWriter to, string format, int at) => format switch
    {
        "json" => JsonFormat.Read(to, at),
        "cef" => HeaderedFormats.ReadCef(to, at),
        "leef" => HeaderedFormats.ReadLeef(to, at),
        "kv" => ReadPairs(to, at),
        "access" => WebAccessFormat.Read(to, at),
        "auditd" => Audit(to, at),
        "xml" => WindowsXmlFormat.Find(to.Raw[at..]) is >= 0 and var begin && WindowsXmlFormat.Read(to, at + begin),
        _ => false,
    };

    private static bool Audit(in EventWriter to, int at)
    {
        LinuxFormats.Audit(to, at);
        return true;
    }

    private static bool ReadPairs(in EventWriter to, int at)
    {
        if (KeyValueFormat.Read(to, at) == 0) return false;
        var text = to.Raw[at..];
        if (IsFortiGate(text))
        {
            to.Kind("fortinet.fortigate"u8, "fortinet"u8, "network"u8, "fortigate"u8);
            to.Observer("fortinet"u8, "fortigate"u8, "firewall"u8);
        }
        else
        {
            to.Kind("kv"u8, "kv"u8, "network"u8, "kv"u8);
        }
        return true;
    }

    private static void CheckTime(ref EventHeader header)
    {
        if (header.Time == 0) header.Time = header.Received;
        if (Math.Abs(header.Received - header.Time) > Day) header.Flags |= EventFlags.TimeSuspect;
    }

    private static int CutAtCharacter(ReadOnlySpan<byte> line, int most)
    {
        var cut = most;
        while (cut > most - 4 && (line[cut] & 0xC0) == 0x80) cut--;
        return cut;
    }
}
