namespace Juming.Shell.Access;

/// <summary>A field of a form before the console.</summary>
public sealed record AccessField(string Name, string Label, string Type = "text", string Complete = "off", bool Required = true, string? Value = null, string? Hint = null);

/// <summary>What a page before the console shows; titles, hints and labels are keys of its texts.</summary>
public sealed record AccessView(string Title, string Action = "")
{
    public IReadOnlyList<AccessField> Fields { get; init; } = [];

    public IReadOnlyDictionary<string, string> Hidden { get; init; } = new Dictionary<string, string>();

    public string? Problem { get; init; }

    public string? Hint { get; init; }

    public string? Svg { get; init; }

    public string? Key { get; init; }

    public IReadOnlyDictionary<string, string> Links { get; init; } = new Dictionary<string, string>();

    public IReadOnlyList<string> RecoveryCodes { get; init; } = [];

    public string? Next { get; init; }

    public string NextText { get; init; } = "OpenConsole";

    /// <summary>Where a passkey may be given in place of the fields, or null when the page takes none.</summary>
    public string? Passkey { get; init; }

    /// <summary>The page would take a passkey, but not at this address.</summary>
    public bool PasskeysNotHere { get; init; }

    /// <summary>A hidden field "link" is filled from the address's fragment.</summary>
    public bool TakesFragment { get; init; }

    public string Nonce { get; init; } = "";

    public string FormField { get; init; } = "";

    public string FormToken { get; init; } = "";
}
