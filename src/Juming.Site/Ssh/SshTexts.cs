using System.Globalization;
using System.Resources;
using Juming.Platform.Handlers;

namespace Juming.Site.Ssh;

/// <summary>Texts of the module's pages and menu.</summary>
public static class SshTexts
{
    private static readonly ResourceManager Texts = new("Juming.Site.Ssh.SshTexts", typeof(SshTexts).Assembly);

    /// <summary>The text of a key in the reader's language.</summary>
    public static string Of(string key) => Texts.GetString(key, CultureInfo.CurrentUICulture) ?? key;

    /// <summary>The text of a key with its places filled in.</summary>
    public static string Of(string key, params object[] values) => string.Format(CultureInfo.CurrentCulture, Of(key), values);

    /// <summary>Why something failed on a host, in the reader's language; the code itself where nobody has words for it.</summary>
    public static string Failure(string code) => Platform.Web.ErrorTexts.Of(new Error(ErrorKind.Conflict, code, code));
}
