using System.Text;
using System.Text.Json;
using Juming.Site.Events;

namespace Juming.Site.Collection.Formats;

/// <summary>
/// Reads one JSON object: Suricata EVE, Windows events in their four usual shapes, and anything else flattened to dotted names.
/// Depth, fields and name length are bounded; broken JSON keeps what was read before the break.
/// </summary>
internal static class JsonFormat
{
    private const int MostDepth = 16;
    private const int MostPath = 200;

    private static readonly Utf8Names<FieldTarget> Eve = new(EveKey);
    private static readonly Utf8Names<FieldTarget> Windows = new(WindowsKeys.Of);
    private static readonly Utf8Names<FieldTarget> Generic = new(GenericKey, key => KeyVocabulary.IsWanted(key, ""));

    /// <summary>Reads the object that begins at a place of the raw line.</summary>
    /// <returns>False when nothing of it could be read.</returns>
    public static bool Read(in EventWriter to, int from)
    {
        var json = to.Raw[from..];
        if (json.IndexOf("\"event_type\""u8) is >= 0 and < 400 && (json.IndexOf("\"flow_id\""u8) >= 0 || json.IndexOf("\"kernel_packets\""u8) >= 0)) return ReadEve(to, from);
        if (IsWindows(json)) return ReadWindows(to, from);
        var read = Flatten(to, from, Generic);
        if (!read) return false;
        if (!to.Batch.TryGet(to.Batch.Count - 1, Field.EventDataset, out _)) to.Set(Field.EventDataset, "json"u8);
        to.Set(Field.JmParser, "json"u8);
        return true;
    }

    /// <summary>True for objects that this reads better than any pack could: EVE and Windows events.</summary>
    public static bool IsFast(ReadOnlySpan<byte> json) => (json.IndexOf("\"event_type\""u8) is >= 0 and < 400 && (json.IndexOf("\"flow_id\""u8) >= 0 || json.IndexOf("\"kernel_packets\""u8) >= 0)) || IsWindows(json);

    private static bool IsWindows(ReadOnlySpan<byte> json) =>
        (json.IndexOf("\"EventID\""u8) >= 0 && (json.IndexOf("\"Channel\""u8) >= 0 || json.IndexOf("\"System\""u8) >= 0)) || (json.IndexOf("\"winlog\""u8) >= 0 && json.IndexOf("\"event_id\""u8) >= 0) || json.IndexOf("\"winlog.channel\""u8) >= 0;

    private static FieldTarget GenericKey(string path)
    {
        if (path is "@timestamp" or "timestamp") return new FieldTarget(0, 0, ValueKind.Time);
        // What is written in ECS already keeps its name.
        if (path.Contains('.', StringComparison.Ordinal) && FieldNames.Find(path) > 0) return FieldTarget.Of(path);
        return KeyVocabulary.OfPath(path, "");
    }

    private static bool ReadEve(in EventWriter to, int from)
    {
        if (!Flatten(to, from, Eve)) return false;
        var index = to.Batch.Count - 1;
        to.Batch.TryGet(index, EveType, out var type);
        Span<byte> dataset = stackalloc byte[64];
        "suricata."u8.CopyTo(dataset);
        var length = Math.Min(type.Length, 40);
        type[..length].CopyTo(dataset[9..]);
        ReadOnlySpan<byte> category = type.SequenceEqual("alert"u8) ? "intrusion_detection"u8 : "network"u8;
        to.Kind(dataset[..(9 + length)], "suricata"u8, category, "suricata-eve"u8);
        to.Observer("suricata"u8, "suricata"u8, "ids"u8);
        if (type.SequenceEqual("alert"u8)) to.Set(Field.EventKind, "alert"u8);
        return true;
    }

    private static bool ReadWindows(in EventWriter to, int from)
    {
        if (!Flatten(to, from, Windows)) return false;
        FinishWindows(to, "windows-json"u8);
        return true;
    }

    /// <summary>Says what a Windows event is once its fields are there, whatever form they came in.</summary>
    public static void FinishWindows(in EventWriter to, ReadOnlySpan<byte> parser)
    {
        var index = to.Batch.Count - 1;
        to.Set(Field.EventModule, "windows"u8);
        to.Set(Field.EventDataset, to.Batch.TryGet(index, Field.WinlogChannel, out var channel) && channel.IndexOf("Sysmon"u8) >= 0 ? "windows.sysmon"u8 : "windows.eventlog"u8);
        to.Set(Field.HostOsType, "windows"u8);
        to.Set(Field.JmParser, parser);
        if (to.Batch.TryGet(index, Field.EventCode, out var code) && !channel.IsEmpty) to.Set(Field.EventCategory, WindowsKeys.Category(channel, code));
    }

    private static readonly ushort EveType = FieldNames.Intern("suricata.event_type");

    private static FieldTarget EveKey(string key) => key switch
    {
        "timestamp" => new FieldTarget(0, 0, ValueKind.Time),
        "event_type" => new FieldTarget(EveType),
        "src_ip" => new FieldTarget(Field.SourceIp, 0, ValueKind.Ip),
        "dest_ip" => new FieldTarget(Field.DestinationIp, 0, ValueKind.Ip),
        "src_port" => new FieldTarget(Field.SourcePort, 0, ValueKind.Port),
        "dest_port" => new FieldTarget(Field.DestinationPort, 0, ValueKind.Port),
        "proto" => new FieldTarget(0, 0, ValueKind.Protocol),
        "app_proto" => new FieldTarget(Field.NetworkProtocol),
        "in_iface" => new FieldTarget(Field.ObserverIngressInterfaceName),
        "community_id" => new FieldTarget(Field.NetworkCommunityId),
        "alert.signature" => new FieldTarget(Field.RuleName),
        "alert.signature_id" => new FieldTarget(Field.RuleId),
        "alert.category" => new FieldTarget(Field.RuleCategory),
        "alert.action" => new FieldTarget(0, 0, ValueKind.Action),
        "alert.severity" => new FieldTarget(FieldNames.Intern("suricata.alert.severity"), Field.EventSeverity),
        "dns.rrname" or "dns.queries[].rrname" or "dns.query[].rrname" => new FieldTarget(Field.DnsQuestionName),
        "dns.rrtype" or "dns.queries[].rrtype" or "dns.query[].rrtype" => new FieldTarget(Field.DnsQuestionType),
        "dns.type" => new FieldTarget(Field.DnsType),
        "dns.id" => new FieldTarget(Field.DnsId),
        "dns.rcode" => new FieldTarget(Field.DnsResponseCode),
        "dns.answers[].rdata" or "dns.rdata" => new FieldTarget(Field.DnsAnswersData),
        "http.hostname" => new FieldTarget(Field.UrlDomain),
        "http.url" => new FieldTarget(Field.UrlOriginal),
        "http.http_user_agent" => new FieldTarget(Field.UserAgentOriginal),
        "http.http_method" => new FieldTarget(Field.HttpRequestMethod),
        "http.http_refer" => new FieldTarget(Field.HttpRequestReferrer),
        "http.status" => new FieldTarget(Field.HttpResponseStatusCode),
        "http.length" => new FieldTarget(Field.HttpResponseBytes),
        "tls.sni" => new FieldTarget(Field.TlsClientServerName),
        "tls.subject" => new FieldTarget(Field.TlsServerSubject),
        "tls.issuerdn" => new FieldTarget(Field.TlsServerIssuer),
        "tls.version" => new FieldTarget(Field.TlsVersion),
        "tls.ja3.hash" => new FieldTarget(Field.TlsClientJa3),
        "flow.bytes_toserver" => new FieldTarget(Field.SourceBytes),
        "flow.bytes_toclient" => new FieldTarget(Field.DestinationBytes),
        "flow.pkts_toserver" => new FieldTarget(Field.SourcePackets),
        "flow.pkts_toclient" => new FieldTarget(Field.DestinationPackets),
        "fileinfo.filename" => new FieldTarget(Field.FileName),
        "fileinfo.sha256" => new FieldTarget(Field.FileHashSha256),
        "fileinfo.md5" => new FieldTarget(Field.FileHashMd5),
        _ => new FieldTarget(FieldNames.Intern("suricata." + key)),
    };

    /// <summary>Walks the object once; each scalar goes where its dotted path belongs. Arrays write "[]" into the path.</summary>
    /// <returns>False when it holds no value.</returns>
    public static bool Flatten(in EventWriter to, int from, Utf8Names<FieldTarget> names)
    {
        Span<byte> path = stackalloc byte[MostPath];
        Span<short> ends = stackalloc short[MostDepth + 2];
        var reader = new Utf8JsonReader(to.Raw[from..], new JsonReaderOptions { MaxDepth = 64, CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        int depth = 0, length = 0;
        var fields = 0;
        try
        {
            while (reader.Read())
            {
                switch (reader.TokenType)
                {
                    case JsonTokenType.StartObject or JsonTokenType.StartArray:
                        if (depth > MostDepth)
                        {
                            to.Batch.Current.Flags |= EventFlags.FieldsLeftOut;
                            reader.Skip();
                            break;
                        }
                        if (reader.TokenType == JsonTokenType.StartArray && length + 2 < MostPath)
                        {
                            path[length++] = (byte)'[';
                            path[length++] = (byte)']';
                        }
                        ends[depth++] = (short)length;
                        break;
                    case JsonTokenType.EndObject or JsonTokenType.EndArray:
                        if (--depth == 0) return fields > 0;
                        length = ends[depth - 1];
                        break;
                    case JsonTokenType.PropertyName:
                        length = ends[depth - 1];
                        length = AddName(ref reader, path, length);
                        break;
                    default:
                        fields++;
                        if (names.TryGet(path[..length], out var target)) Put(to, from, ref reader, target);
                        else to.Batch.Current.Flags |= EventFlags.FieldsLeftOut;
                        break;
                }
            }
        }
        catch (JsonException)
        {
            // A device that cuts its datagram, or writes bare words: a reader that forgives goes on where the strict one stopped.
            to.Batch.Current.Flags |= EventFlags.FieldsLeftOut;
            fields += LenientJson.Continue(to, from + (int)reader.BytesConsumed, names, path, length, ends, depth);
        }
        return fields > 0;
    }

    private static int AddName(ref Utf8JsonReader reader, scoped Span<byte> path, int length)
    {
        if (length > 0 && length < MostPath) path[length++] = (byte)'.';
        var name = reader.ValueSpan;
        if (reader.ValueIsEscaped || length + name.Length > MostPath) name = name[..Math.Min(name.Length, Math.Max(0, MostPath - length))];
        name.CopyTo(path[length..]);
        return length + name.Length;
    }

    private static void Put(in EventWriter to, int from, ref Utf8JsonReader reader, in FieldTarget target)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.String when reader.ValueIsEscaped:
                var room = to.Batch.GetSpan(reader.ValueSpan.Length);
                // Unescaping never grows; a lone surrogate becomes the replacement character.
                var n = Unescape(ref reader, room);
                var offset = to.Batch.Advance(n);
                PutCopy(to, target, offset, n);
                break;
            case JsonTokenType.String:
                to.Put(target, reader.ValueSpan, from + (int)reader.TokenStartIndex + 1);
                break;
            case JsonTokenType.Number:
                to.Put(target, reader.ValueSpan, from + (int)reader.TokenStartIndex);
                break;
            case JsonTokenType.True:
                to.Put(target, "true"u8, -1);
                break;
            case JsonTokenType.False:
                to.Put(target, "false"u8, -1);
                break;
        }
    }

    /// <summary>A value that was unescaped into the arena: stored as that slice when its field takes it unchanged, which no word for "none" is long enough to matter for.</summary>
    private static void PutCopy(in EventWriter to, in FieldTarget target, int offset, int length)
    {
        if (target.Kind == ValueKind.Plain || (target.Kind == ValueKind.Verbatim && length > 8))
        {
            to.Batch.AddSlice(target.Field, offset, length);
            to.Batch.AddSlice(target.Also, offset, length);
            return;
        }
        to.Put(target, to.Batch.Arena.Slice(offset, length).ToArray(), -1);
    }

    private static int Unescape(ref Utf8JsonReader reader, Span<byte> room)
    {
        try
        {
            return reader.CopyString(room);
        }
        catch (InvalidOperationException)
        {
            reader.ValueSpan.CopyTo(room);
            return reader.ValueSpan.Length;
        }
    }
}
