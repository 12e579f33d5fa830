namespace Juming.Contracts.Vulnerabilities;

/// <summary>
/// Which of two versions of a product is the later one, as their makers mean it: numbers count as numbers (1.2.10 after 1.2.9), missing ones as nought (1.2 is 1.2.0), an epoch
/// before a colon stands above all, words such as rc come before the release and letters or patch numbers after it (1.1.1k after 1.1.1, 7.4p1 after 7.4).
/// </summary>
public static class VersionOrder
{
    private const int MostTokens = 64;

    /// <summary>Less than nought when the first is the earlier one, nought when both are the same.</summary>
    public static int Compare(string? first, string? second)
    {
        var a = Plain(first);
        var b = Plain(second);
        var epochs = CompareNumbers(Epoch(ref a), Epoch(ref b));
        if (epochs != 0) return epochs;
        for (var i = 0; i < MostTokens; i++)
        {
            var one = Next(ref a);
            var other = Next(ref b);
            if (one.Kind == Kind.End && other.Kind == Kind.End) return 0;
            var order = Compare(one, other);
            if (order != 0) return order;
        }
        return 0;
    }

    private enum Kind
    {
        End,
        Number,
        Before,
        After,
    }

    private readonly ref struct Token(Kind kind, ReadOnlySpan<char> text, int weight = 0)
    {
        public Kind Kind { get; } = kind;
        public ReadOnlySpan<char> Text { get; } = text;
        public int Weight { get; } = weight;
    }

    private static ReadOnlySpan<char> Plain(string? text)
    {
        var plain = text.AsSpan().Trim();
        return plain.Length > 1 && plain[0] is 'v' or 'V' && char.IsAsciiDigit(plain[1]) ? plain[1..] : plain;
    }

    private static ReadOnlySpan<char> Epoch(ref ReadOnlySpan<char> text)
    {
        var colon = text.IndexOf(':');
        if (colon <= 0 || text[..colon].IndexOfAnyExceptInRange('0', '9') >= 0) return "0";
        var epoch = text[..colon];
        text = text[(colon + 1)..];
        return epoch;
    }

    private static int Compare(in Token one, in Token other)
    {
        if (one.Kind == Kind.Number && other.Kind == Kind.Number) return CompareNumbers(one.Text, other.Text);
        // A nought more says nothing: 1.2 and 1.2.0 are one.
        if (one.Kind == Kind.Number && other.Kind == Kind.End) return IsZero(one.Text) ? 0 : 1;
        if (one.Kind == Kind.End && other.Kind == Kind.Number) return IsZero(other.Text) ? 0 : -1;
        if (one.Kind != other.Kind) return Rank(one.Kind).CompareTo(Rank(other.Kind));
        if (one.Weight != other.Weight) return one.Weight.CompareTo(other.Weight);
        return one.Text.CompareTo(other.Text, StringComparison.OrdinalIgnoreCase);
    }

    private static int Rank(Kind kind) => kind switch { Kind.Before => 0, Kind.End => 1, Kind.After => 2, _ => 3 };

    private static bool IsZero(ReadOnlySpan<char> digits) => digits.IndexOfAnyExcept('0') < 0;

    private static int CompareNumbers(ReadOnlySpan<char> one, ReadOnlySpan<char> other)
    {
        one = one.TrimStart('0');
        other = other.TrimStart('0');
        return one.Length != other.Length ? one.Length.CompareTo(other.Length) : Math.Sign(one.SequenceCompareTo(other));
    }

    private static Token Next(ref ReadOnlySpan<char> text)
    {
        var at = 0;
        while (at < text.Length && !char.IsLetterOrDigit(text[at]))
        {
            // Debian's mark of what comes before a release.
            if (text[at] == '~')
            {
                text = text[(at + 1)..];
                return new Token(Kind.Before, "~", -100);
            }
            at++;
        }
        text = text[at..];
        if (text.IsEmpty) return new Token(Kind.End, default);
        if (char.IsAsciiDigit(text[0]))
        {
            var digits = text.IndexOfAnyExceptInRange('0', '9');
            var number = digits < 0 ? text : text[..digits];
            text = text[number.Length..];
            return new Token(Kind.Number, number);
        }
        var length = 0;
        while (length < text.Length && char.IsLetter(text[length])) length++;
        if (length == 0) length = 1;
        var word = text[..length];
        text = text[length..];
        return Word(word, text.Length > 0 && char.IsAsciiDigit(text[0]));
    }

    private static Token Word(ReadOnlySpan<char> word, bool isNumbered)
    {
        if (Is(word, "dev") || Is(word, "snapshot") || Is(word, "nightly")) return new Token(Kind.Before, "dev", -60);
        if (Is(word, "alpha") || (isNumbered && Is(word, "a"))) return new Token(Kind.Before, "alpha", -50);
        if (Is(word, "beta") || (isNumbered && Is(word, "b"))) return new Token(Kind.Before, "beta", -40);
        if (Is(word, "milestone") || (isNumbered && Is(word, "m"))) return new Token(Kind.Before, "milestone", -30);
        if (Is(word, "pre") || Is(word, "preview") || Is(word, "prerelease")) return new Token(Kind.Before, "pre", -20);
        if (Is(word, "rc") || Is(word, "cr") || Is(word, "candidate")) return new Token(Kind.Before, "rc", -10);
        // Words that say no more than that this is the release.
        if (Is(word, "final") || Is(word, "ga") || Is(word, "release")) return new Token(Kind.Number, "0");
        return new Token(Kind.After, word);
    }

    private static bool Is(ReadOnlySpan<char> word, ReadOnlySpan<char> name) => word.Equals(name, StringComparison.OrdinalIgnoreCase);
}
