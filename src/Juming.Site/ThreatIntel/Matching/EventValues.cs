using Juming.Contracts.Indicators;
using Juming.Site.Events;
using Juming.Site.ThreatIntel.Index;

namespace Juming.Site.ThreatIntel.Matching;

/// <summary>Cuts out of events what indicators can be about: addresses, names, URLs, hashes, mail addresses.</summary>
internal static class EventValues
{
    private static readonly ushort UrlDomain = FieldNames.Intern("url.domain");
    private static readonly ushort UrlOriginal = FieldNames.Intern("url.original");
    private static readonly ushort SysmonHashes = FieldNames.Intern("winlog.event_data.Hashes");
    private static readonly byte[] Kinds = KindsOfFields();

    /// <summary>Adds the values of an event to a probe; the tag of each is the place of its field in the batch.</summary>
    public static void Add(EventBatch batch, in EventHeader header, IndicatorProbe to)
    {
        var fields = batch.Fields;
        var arena = batch.Arena;
        int domain = -1, path = -1;
        for (var i = header.FirstField; i < header.FirstField + header.FieldCount; i++)
        {
            ref readonly var field = ref fields[i];
            var kind = (IndicatorKind)Kinds[field.Id];
            if (kind == IndicatorKind.None) continue;
            var value = arena.Slice(field.Offset, field.Length);
            if (field.Id == UrlDomain) domain = i;
            if (field.Id == UrlOriginal && value[0] == '/') path = i;
            else if (field.Id == SysmonHashes) AddHashes(value, i, to);
            else to.Add(kind, value, i);
        }
        if (domain >= 0 && path >= 0) AddUrl(arena, fields[domain], fields[path], path, to);
    }

    /// <summary>Holds a hit against the value that a kept one should stand for: that of its field, or what was put together from it.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="header">The event.</param>
    /// <param name="tag">Place of the field.</param>
    /// <param name="mark">What the look-up answered.</param>
    /// <param name="kept">The indicator's value.</param>
    public static bool Stands(EventBatch batch, in EventHeader header, int tag, IndicatorMark mark, ReadOnlySpan<byte> kept)
    {
        ref readonly var field = ref batch.Fields[tag];
        var value = batch.Value(field);
        if (field.Id == SysmonHashes)
        {
            foreach (var part in value.Split((byte)','))
                if (IndicatorConfirmation.Stands(mark, kept, value[part][(value[part].IndexOf((byte)'=') + 1)..])) return true;
            return false;
        }
        if (field.Id != UrlOriginal || value[0] != '/') return IndicatorConfirmation.Stands(mark, kept, value);
        Span<byte> url = stackalloc byte[UrlForm.Longest];
        for (var i = header.FirstField; i < header.FirstField + header.FieldCount; i++)
            if (batch.Fields[i].Id == UrlDomain && WriteUrl(batch.Arena, batch.Fields[i], field, url) is > 0 and var length && IndicatorConfirmation.Stands(mark, kept, url[..length])) return true;
        return false;
    }

    // "SHA1=…,MD5=…,SHA256=…,IMPHASH=…"
    private static void AddHashes(ReadOnlySpan<byte> text, int tag, IndicatorProbe to)
    {
        while (text.Length > 0)
        {
            var comma = text.IndexOf((byte)',');
            var part = comma < 0 ? text : text[..comma];
            var equals = part.IndexOf((byte)'=');
            if (equals > 0 && !part.StartsWith("IMPHASH"u8)) to.Add(IndicatorKind.Sha256, part[(equals + 1)..], tag);
            text = comma < 0 ? [] : text[(comma + 1)..];
        }
    }

    // Sensors and web servers write host and path apart.
    private static void AddUrl(ReadOnlySpan<byte> arena, in FieldValue domain, in FieldValue path, int tag, IndicatorProbe to)
    {
        Span<byte> url = stackalloc byte[UrlForm.Longest];
        if (WriteUrl(arena, domain, path, url) is > 0 and var length) to.AddPath(url[..length], tag);
    }

    private static int WriteUrl(ReadOnlySpan<byte> arena, in FieldValue domain, in FieldValue path, Span<byte> url)
    {
        var length = 7 + domain.Length + path.Length;
        if (length > url.Length) return 0;
        "http://"u8.CopyTo(url);
        arena.Slice(domain.Offset, domain.Length).CopyTo(url[7..]);
        arena.Slice(path.Offset, path.Length).CopyTo(url[(7 + domain.Length)..]);
        return length;
    }

    private static byte[] KindsOfFields()
    {
        var kinds = new byte[ushort.MaxValue + 1];
        Set(IndicatorKind.Address, "source.ip", "destination.ip", "client.ip", "server.ip", "source.nat.ip", "destination.nat.ip", "host.ip", "related.ip", "dns.resolved_ip", "dns.answers.data");
        Set(IndicatorKind.Domain, "dns.question.name", "url.domain", "destination.domain", "source.domain", "client.domain", "server.domain", "tls.client.server_name", "related.hosts");
        Set(IndicatorKind.Url, "url.full", "url.original", "http.request.referrer");
        Set(IndicatorKind.Sha256, "file.hash.md5", "file.hash.sha1", "file.hash.sha256", "process.hash.md5", "process.hash.sha1", "process.hash.sha256", "related.hash", "winlog.event_data.Hashes");
        Set(IndicatorKind.Email, "email.from.address", "email.to.address", "email.sender.address", "email.reply_to.address");
        return kinds;

        void Set(IndicatorKind kind, params ReadOnlySpan<string> names)
        {
            foreach (var name in names) kinds[FieldNames.Intern(name)] = (byte)kind;
        }
    }
}
