namespace Juming.Platform.Access;

/// <summary>Sets of scopes as accounts and tokens hold them: "all", or kind:identity, separated by commas.</summary>
internal static class ScopeSet
{
    /// <summary>What everybody has who was given nothing else.</summary>
    public const string Everywhere = "all";

    public static IReadOnlyList<Scope> Parse(string scopes) => [.. scopes.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(Read).OfType<Scope>()];

    public static string Write(IEnumerable<Scope> scopes) => string.Join(',', scopes.Distinct());

    /// <summary>The scope that a text names, or null.</summary>
    public static Scope? Read(string text)
    {
        if (text == Everywhere) return Scope.All;
        var at = text.IndexOf(':', StringComparison.Ordinal);
        if (at < 1) return null;
        var scope = new Scope(text[..at], text[(at + 1)..]);
        return scope.Kind is "customer" or "project" or "site" or "operator" or "cloud" && scope.Id.Length is > 0 and <= 64 && scope.Id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.') ? scope : null;
    }

    /// <summary>Where both hold.</summary>
    public static IReadOnlyList<Scope> Both(IReadOnlyList<Scope> one, IReadOnlyList<Scope> other) =>
        one.Contains(Scope.All) ? other : other.Contains(Scope.All) ? one : [.. one.Intersect(other)];
}
