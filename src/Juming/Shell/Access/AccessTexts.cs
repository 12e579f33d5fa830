using System.Globalization;
using System.Resources;

namespace Juming.Shell.Access;

/// <summary>Texts of the pages before the console.</summary>
internal static class AccessTexts
{
    private static readonly ResourceManager Texts = new("Juming.Shell.Access.AccessTexts", typeof(AccessTexts).Assembly);

    public static string Of(string key) => Texts.GetString(key, CultureInfo.CurrentUICulture) ?? key;
}
