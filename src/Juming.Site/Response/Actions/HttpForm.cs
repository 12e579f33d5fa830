using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Juming.Site.Response.Secrets;

namespace Juming.Site.Response.Actions;

/// <summary>What a step wants to be called, read strictly. Secrets are names here: "{{vault:NAME}}" within the value of a header and nowhere else.</summary>
internal sealed partial class HttpForm
{
    private const int MostBody = 64 * 1024;
    private const int MostHeaders = 30;
    private const string SecretMark = "{{vault:";

    public static readonly string[] Methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

    // Of the connection, or set by what else is said; an encoded answer could hide a secret that it echoes.
    private static readonly HashSet<string> NotTaken = new(StringComparer.OrdinalIgnoreCase)
    {
        "Host", "Content-Length", "Content-Type", "Content-Encoding", "Transfer-Encoding", "Connection", "Keep-Alive", "TE", "Trailer", "Upgrade", "Expect", "Accept-Encoding", "Proxy-Authorization", "Proxy-Connection", "Range",
    };

    private HttpForm(HttpMethod method, Uri address, Dictionary<string, string> headers, byte[]? body, Func<int, bool> expects) => (Method, Address, Headers, Body, Expects) = (method, address, headers, body, expects);

    public HttpMethod Method { get; }

    public Uri Address { get; }

    /// <summary>Headers with the names of secrets in them.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; }

    public byte[]? Body { get; }

    /// <summary>True for a status that counts as success.</summary>
    public Func<int, bool> Expects { get; }

    /// <summary>It reads and changes nothing (RFC 9110, 9.2.1), so that it may be sent again.</summary>
    public bool IsSafe => Method == HttpMethod.Get || Method == HttpMethod.Head;

    public IReadOnlyCollection<string> Secrets => [.. Headers.Values.SelectMany(v => SecretName().Matches(v)).Select(m => m.Groups[1].Value).Distinct()];

    /// <summary>Host and path: a query may hold what is nobody's business.</summary>
    public string Shown => Address.GetLeftPart(UriPartial.Path);

    /// <summary>Reads the inputs of a call.</summary>
    /// <param name="call">The call.</param>
    /// <param name="form">What it wants; null when it is refused.</param>
    /// <returns>Code of why it is refused; empty when it is not.</returns>
    public static string Read(ActionCall call, out HttpForm? form)
    {
        form = null;
        var (url, body) = (call.Of("url"), call.Of("body"));
        if (url.Contains(SecretMark, StringComparison.OrdinalIgnoreCase) || body.Contains(SecretMark, StringComparison.OrdinalIgnoreCase)) return "secret-place";
        if (!Methods.Contains(call.Of("method"))) return "bad-input";
        var method = new HttpMethod(call.Of("method"));
        if (url.Length > 2000 || url.Any(l => l is <= ' ' or '\\') || !Uri.TryCreate(url, UriKind.Absolute, out var address) || SecretShelf.OriginOf(address) is null) return "bad-url";
        if (Expected(call.Of("expected")) is not { } expects) return "bad-input";
        if (Fields(call.Of("headers")) is not { } headers) return "bad-header";
        var reads = method == HttpMethod.Get || method == HttpMethod.Head;
        if (body.Length > 0 && (reads || Encoding.UTF8.GetByteCount(body) > MostBody || !IsJson(body))) return "bad-body";
        // Also an empty body counts as one: without any, the client itself would repeat a call whose connection breaks.
        form = new HttpForm(method, address, headers, reads ? null : Encoding.UTF8.GetBytes(body), expects);
        return "";
    }

    /// <summary>Headers with the secrets themselves, for the call and nothing else.</summary>
    public Dictionary<string, string> Filled(IReadOnlyDictionary<string, Platform.Handlers.Secret> secrets) => Headers.ToDictionary(h => h.Key, h => SecretName().Replace(h.Value, m => secrets[m.Groups[1].Value].Value));

    private static Dictionary<string, string>? Fields(string text)
    {
        var fields = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var line in text.ReplaceLineEndings("\n").Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (Field().Match(line) is not { Success: true } match || NotTaken.Contains(match.Groups[1].Value) || fields.Count == MostHeaders || !fields.TryAdd(match.Groups[1].Value, match.Groups[2].Value)) return null;
            // What looks like a secret's name and is none would be sent as it stands.
            if (SecretName().Replace(match.Groups[2].Value, "").Contains("{{", StringComparison.Ordinal)) return null;
        }
        return fields;
    }

    /// <summary>"200, 204" or "2xx"; nothing stands for "2xx".</summary>
    private static Func<int, bool>? Expected(string text)
    {
        var words = (text.Length == 0 ? "2xx" : text).Split(',', StringSplitOptions.TrimEntries);
        if (words.Length > 20 || words.Any(w => !Status().IsMatch(w))) return null;
        return status => words.Any(w => w[1] == 'x' ? status / 100 == w[0] - '0' : status == int.Parse(w, NumberStyles.None, CultureInfo.InvariantCulture));
    }

    private static bool IsJson(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    [GeneratedRegex("^([!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}):[ \\t]*([ -~]{0,4000})\\z", RegexOptions.CultureInvariant)]
    private static partial Regex Field();

    [GeneratedRegex("\\{\\{vault:([A-Za-z0-9_-]{1,60})\\}\\}", RegexOptions.CultureInvariant)]
    private static partial Regex SecretName();

    [GeneratedRegex("^[1-5](?:[0-9]{2}|xx)\\z", RegexOptions.CultureInvariant)]
    private static partial Regex Status();
}
