namespace Juming.Platform.Content.Format;

/// <summary>Roles of the repository, and the paths that each delegated one may name.</summary>
internal static class Roles
{
    public const string Root = "root";
    public const string Targets = "targets";
    public const string Snapshot = "snapshot";
    public const string Timestamp = "timestamp";

    /// <summary>Before the identity of an operator whose own delegation it is.</summary>
    public const string OperatorPrefix = "operators/";

    /// <summary>Roles that the cloud signs by itself.</summary>
    public static readonly IReadOnlyList<string> Delegated = [ContentKinds.Intelligence, ContentKinds.Rules, ContentKinds.Playbooks, ContentKinds.Recipes, ContentKinds.Parsers];

    /// <summary>Top-level roles.</summary>
    public static readonly IReadOnlyList<string> Top = [Root, Targets, Snapshot, Timestamp];

    /// <summary>The role of an operator.</summary>
    public static string Of(Guid operatorId) => OperatorPrefix + operatorId.ToString("N");

    /// <summary>True for a role that an operator signs; no snapshot names it, its own version and expiry stand for it.</summary>
    public static bool IsOwn(string role) => role.StartsWith(OperatorPrefix, StringComparison.Ordinal) && Guid.TryParseExact(role[OperatorPrefix.Length..], "N", out _) && role.All(c => !char.IsAsciiLetterUpper(c));

    /// <summary>True for a role that may be delegated to.</summary>
    public static bool MayBeDelegated(string role) => Delegated.Contains(role) || IsOwn(role);

    /// <summary>True for a path of the role: below it, of plain names. Nothing in it can lead elsewhere.</summary>
    public static bool Covers(string role, string path) => path.Length <= 160 && path.StartsWith(role + "/", StringComparison.Ordinal) && path.Split('/').All(IsName);

    private static bool IsName(string part) => part.Length is > 0 and <= 80 && part[0] != '.' && part.All(c => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '-' or '_' or '.');
}
