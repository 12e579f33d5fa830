using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Juming.Site.Response.Secrets;

/// <summary>Takes secrets out of what another machine answered: one that echoes its requests must not bring them into rows, logs and pages.</summary>
internal sealed class SecretMask(IEnumerable<string> sent)
{
    // The longest first, so that what contains another is not left in part.
    private readonly List<string> _forms = [.. sent.SelectMany(Forms).Where(f => f.Length > 0).Distinct().OrderByDescending(f => f.Length)];

    public string Of(string text)
    {
        foreach (var form in _forms) text = text.Replace(form, "***", StringComparison.OrdinalIgnoreCase);
        return text;
    }

    /// <summary>As it is, and as servers write it in JSON, HTML, addresses, Base64 and hexadecimal.</summary>
    private static IEnumerable<string> Forms(string secret)
    {
        var bytes = Encoding.UTF8.GetBytes(secret);
        return [secret, JsonEncodedText.Encode(secret).ToString(), JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(secret), HtmlEncoder.Default.Encode(secret), Uri.EscapeDataString(secret), Convert.ToBase64String(bytes), Convert.ToBase64String(bytes).TrimEnd('='), Convert.ToHexString(bytes)];
    }
}
