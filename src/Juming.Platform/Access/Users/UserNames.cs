using System.Text;

namespace Juming.Platform.Access.Users;

/// <summary>Names of accounts: one script that people can tell apart, so that no name can pass for another.</summary>
internal static class UserNames
{
    /// <summary>The form in which names are compared, or null when the name is not accepted.</summary>
    public static string? KeyOf(string? name)
    {
        if (name is null || name.Length is < 2 or > 64) return null;
        string key;
        try
        {
            key = name.Normalize(NormalizationForm.FormKC).ToLowerInvariant();
        }
        catch (ArgumentException)
        {
            // Half a surrogate pair.
            return null;
        }
        if (key.Length is < 2 or > 32) return null;
        foreach (var c in key)
            if (!(c is >= 'a' and <= 'z' or >= '0' and <= '9' or '.' or '-' or '_' or >= '\u4e00' and <= '\u9fff' or >= '\u3400' and <= '\u4dbf')) return null;
        return key;
    }

    /// <summary>The name as it is shown.</summary>
    public static string ShownOf(string name) => name.Normalize(NormalizationForm.FormKC);
}
