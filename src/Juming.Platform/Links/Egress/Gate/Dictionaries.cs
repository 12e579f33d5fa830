namespace Juming.Platform.Links.Egress.Gate;

/// <summary>The closed vocabularies that a label may come from. What is in none of them is free text, and free text never goes up.</summary>
internal static class Dictionaries
{
    private static readonly Dictionary<string, Func<string, bool>> ByName = new(StringComparer.Ordinal) { ["attack"] = IsAttack, ["cve"] = IsCve };

    /// <summary>There is one of this name.</summary>
    public static bool Exists(string name) => ByName.ContainsKey(name);

    /// <summary>The dictionary has this word.</summary>
    public static bool Holds(string name, string word) => ByName.TryGetValue(name, out var holds) && holds(word);

    /// <summary>Tactics TA0001 to TA0999, techniques T1001 to T1999 with their sub-techniques: the identifiers that ATT&amp;CK gives out, nothing else.</summary>
    private static bool IsAttack(string word) => word switch
    {
        ['T', 'A', '0', var a, var b, var c] => AreDigits([a, b, c]),
        ['T', '1', var a, var b, var c] => AreDigits([a, b, c]),
        ['T', '1', var a, var b, var c, '.', '0', var d, var e] => AreDigits([a, b, c, d, e]),
        _ => false,
    };

    /// <summary>CVE-1999-0001 to CVE-2099-9999999: numbers that the CVE programme gives out, of known length.</summary>
    private static bool IsCve(string word) => word.Length is >= 13 and <= 16 && word.StartsWith("CVE-", StringComparison.Ordinal) && word[8] == '-' && AreDigits(word.AsSpan(4, 4)) && AreDigits(word.AsSpan(9)) && word[4..6] is ("19" or "20");

    private static bool AreDigits(ReadOnlySpan<char> text)
    {
        foreach (var letter in text)
            if (!char.IsAsciiDigit(letter)) return false;
        return true;
    }
}
