using System.Globalization;
using System.Text.RegularExpressions;

namespace Juming.Site.Ssh.Commands;

/// <summary>
/// What may be run on a host: scripts for the POSIX shell with typed parameters. A template either only reads, or has a check that tells whether the effect is there, a
/// script that brings it about and mostly one that takes it back.
/// </summary>
internal sealed record CommandTemplate
{
    /// <summary>Stable name, "lock-account".</summary>
    public required string Id { get; init; }
    public required int Version { get; init; }
    public required CommandKind Kind { get; init; }
    public required Words Name { get; init; }

    /// <summary>What it does.</summary>
    public required Words About { get; init; }

    /// <summary>Whom it may hit; empty where it only reads.</summary>
    public required Words Risk { get; init; }

    /// <summary>It needs root; another account goes through sudo.</summary>
    public required bool NeedsRoot { get; init; }
    public required IReadOnlyList<CommandParameter> Parameters { get; init; }

    /// <summary>Script that only reads; null where there is an effect.</summary>
    public string? Read { get; init; }

    /// <summary>Script that ends with "there" or "absent", the latter with the value as it was.</summary>
    public string? Check { get; init; }
    public string? Apply { get; init; }
    public string? Undo { get; init; }

    /// <summary>How long one script may take, up to four minutes.</summary>
    public required TimeSpan Limit { get; init; }

    /// <summary>Bytes of output that are kept.</summary>
    public required int MostBytes { get; init; }

    /// <summary>The document that it was read from.</summary>
    public required string Yaml { get; init; }

    /// <summary>It has an effect.</summary>
    public bool Changes => Apply is not null;
}

/// <summary>A text in both languages.</summary>
internal sealed record Words(string Zh, string En)
{
    public static readonly Words None = new("", "");

    /// <summary>In the reader's language.</summary>
    public string Here => CultureInfo.CurrentUICulture.Name.StartsWith("zh", StringComparison.OrdinalIgnoreCase) ? Zh : En;
}

/// <summary>A parameter: a shell variable of this name holds its value, which has passed the rules of its type.</summary>
internal sealed record CommandParameter
{
    public required string Name { get; init; }

    /// <summary>One of <see cref="ParameterRules.Types"/>.</summary>
    public required string Type { get; init; }
    public required Words Label { get; init; }

    /// <summary>Value where none is given; empty when one must be.</summary>
    public string Default { get; init; } = "";

    /// <summary>Values of an enum.</summary>
    public IReadOnlyList<string> Values { get; init; } = [];
    public long Min { get; init; }
    public long Max { get; init; }

    /// <summary>Folders that a path is or lies below, also after its links are followed.</summary>
    public IReadOnlyList<string> Roots { get; init; } = [];

    /// <summary>Narrows its type; the whole value fits it.</summary>
    public Regex? Pattern { get; init; }
}
