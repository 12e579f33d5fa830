using Juming.Site.Events;

namespace Juming.Site.Collection.Formats;

/// <summary>Access logs of Apache and nginx, common and combined, with or without a forwarded-for field at the end.</summary>
internal static class WebAccessFormat
{
    /// <summary>Reads an access line that begins with the client's address.</summary>
    public static bool Read(in EventWriter to, int from)
    {
        var text = to.Raw;
        var blank = text[from..].IndexOf((byte)' ');
        if (blank is < 2 or > 255) return false;
        var open = text[from..].IndexOf(" ["u8);
        // Without the two words between address and time it is some other log.
        if (open is < 0 or > 300 || open <= blank) return false;
        var close = text[(from + open)..].IndexOf("] \""u8);
        if (close is < 20 or > 40) return false;
        if (!LineTime.TryAccessLog(text.Slice(from + open + 2, close - 2), out var time)) return false;
        to.Time(time);
        to.Kind("web.access"u8, "web"u8, "web"u8, "web-access"u8);
        var client = text.Slice(from, blank);
        if (EventWriter.IsAddress(client)) to.Slice(Field.SourceIp, from, blank);
        else to.Slice(Field.SourceDomain, from, blank);
        User(to, from + blank + 1, from + open);
        Request(to, from + open + close + 3);
        return true;
    }

    private static void User(in EventWriter to, int at, int end)
    {
        var text = to.Raw[at..end];
        var blank = text.IndexOf((byte)' ');
        if (blank < 0) return;
        var user = text[(blank + 1)..];
        if (user.Length > 0 && !user.SequenceEqual("-"u8)) to.Slice(Field.UserName, at + blank + 1, user.Length);
    }

    private static void Request(in EventWriter to, int at)
    {
        var text = to.Raw;
        var end = Quote(text, at);
        var request = text[at..end];
        var method = request.IndexOf((byte)' ');
        if (method is > 0 and < 32)
        {
            to.Slice(Field.HttpRequestMethod, at, method);
            var protocol = request.LastIndexOf(" HTTP/"u8);
            var urlEnd = protocol > method ? protocol : request.Length;
            Url(to, at + method + 1, urlEnd - method - 1);
            if (protocol > method) to.Slice(Field.HttpVersion, at + protocol + 6, request.Length - protocol - 6);
        }
        else to.Slice(Field.UrlOriginal, at, request.Length);
        Rest(to, end + 1);
    }

    /// <summary>Stores a URL with its path and query.</summary>
    public static void Url(in EventWriter to, int at, int length)
    {
        if (length <= 0) return;
        to.Slice(Field.UrlOriginal, at, length);
        var url = to.Raw.Slice(at, length);
        var question = url.IndexOf((byte)'?');
        to.Slice(Field.UrlPath, at, question < 0 ? length : question);
        if (question >= 0) to.Slice(Field.UrlQuery, at + question + 1, length - question - 1);
    }

    private static void Rest(in EventWriter to, int at)
    {
        var text = to.Raw;
        Number(to, ref at, Field.HttpResponseStatusCode);
        Number(to, ref at, Field.HttpResponseBytes);
        Quoted(to, ref at, Field.HttpRequestReferrer);
        Quoted(to, ref at, Field.UserAgentOriginal);
        while (at < text.Length && text[at] == (byte)' ') at++;
        if (at < text.Length && text[at] == (byte)'"')
        {
            var end = Quote(text, at + 1);
            var forwarded = text[(at + 1)..end];
            var first = forwarded.IndexOf((byte)',');
            if (first > 0) forwarded = forwarded[..first];
            if (EventWriter.IsAddress(forwarded)) to.Slice(Field.NetworkForwardedIp, at + 1, forwarded.Length);
        }
    }

    private static void Number(in EventWriter to, ref int at, ushort field)
    {
        var text = to.Raw;
        while (at < text.Length && text[at] == (byte)' ') at++;
        var start = at;
        while (at < text.Length && text[at] is >= (byte)'0' and <= (byte)'9') at++;
        if (at > start) to.Slice(field, start, at - start);
        else if (at < text.Length && text[at] == (byte)'-') at++;
    }

    private static void Quoted(in EventWriter to, ref int at, ushort field)
    {
        var text = to.Raw;
        while (at < text.Length && text[at] == (byte)' ') at++;
        if (at >= text.Length || text[at] != (byte)'"') return;
        var end = Quote(text, at + 1);
        if (end - at - 1 != 1 || text[at + 1] != (byte)'-') to.Slice(field, at + 1, end - at - 1);
        at = Math.Min(end + 1, text.Length);
    }

    private static int Quote(ReadOnlySpan<byte> text, int at)
    {
        for (; at < text.Length && text[at] != (byte)'"'; at++)
            if (text[at] == (byte)'\\') at++;
        return Math.Min(at, text.Length);
    }
}
