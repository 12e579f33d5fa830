using System.Collections.Frozen;

namespace Juming.Platform.Access.SignIn;

/// <summary>
/// Finds what many passwords are built on: well-known words, walks over the keyboard, pinyin. Some hundred of them, not a list of leaked passwords:
/// it stops the obvious, and the length, the lock-out and the second factor do the rest.
/// </summary>
internal static class CommonBases
{
    private const int Step = 4;

    private static readonly string[] Lines = Read();
    private static readonly string[] Words = [.. Lines.Where(l => l[0] != '~')];
    private static readonly FrozenSet<string> Walks = Lines.Where(l => l[0] == '~').SelectMany(l => Steps(l[1..])).ToFrozenSet(StringComparer.Ordinal);

    /// <summary>For each character of a lower-case text, whether it belongs to one of them.</summary>
    public static bool[] CoverOf(string text)
    {
        var covered = new bool[text.Length];
        foreach (var form in new[] { text, Plain(text, 'i'), Plain(text, 'l') })
            foreach (var word in Words)
                for (var at = form.IndexOf(word, StringComparison.Ordinal); at >= 0; at = form.IndexOf(word, at + 1, StringComparison.Ordinal)) covered.AsSpan(at, word.Length).Fill(true);
        for (var at = 0; at + Step <= text.Length; at++)
            if (Walks.Contains(text.Substring(at, Step))) covered.AsSpan(at, Step).Fill(true);
        return covered;
    }

    /// <summary>Signs that stand for letters, as letters; the length stays.</summary>
    private static string Plain(string text, char one) => string.Create(text.Length, (text, one), static (to, from) =>
    {
        for (var i = 0; i < to.Length; i++)
            to[i] = from.text[i] switch { '@' or '4' => 'a', '0' => 'o', '3' => 'e', '$' or '5' => 's', '7' => 't', '1' or '!' => from.one, var c => c };
    });

    private static IEnumerable<string> Steps(string walk)
    {
        for (var at = 0; at + Step <= walk.Length; at++)
        {
            var step = walk.Substring(at, Step);
            yield return step;
            yield return string.Concat(step.Reverse());
        }
    }

    private static string[] Read()
    {
        using var stream = typeof(CommonBases).Assembly.GetManifestResourceStream("access/common-bases.txt")!;
        using var reader = new StreamReader(stream);
        return [.. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Where(l => l[0] != '#')];
    }
}
