using Juming.Contracts.Vulnerabilities;
using Juming.Platform.Handlers;
using Juming.Site.Assets.Data;

namespace Juming.Site.Assets.Software;

/// <summary>What somebody says of software on one asset.</summary>
/// <param name="Name">Vendor, product, version, CPE.</param>
/// <param name="Source">Who.</param>
/// <param name="Place">What it rests on; another version at the same place takes the place of this one.</param>
/// <param name="Coexists">Several versions may be there at once: one does not take the place of another.</param>
/// <param name="Gone">It says that the software is gone.</param>
/// <param name="At">When it was so.</param>
internal sealed record SoftwareFact(SoftwareName Name, SoftwareSource Source, string Place, bool Coexists, bool Gone, DateTimeOffset At);

/// <summary>Names a version of a product.</summary>
internal sealed record SoftwareName(string Vendor, string Product, string Version, string Cpe)
{
    public const int LongestVendor = 120;
    public const int LongestProduct = 200;
    public const int LongestVersion = 100;

    /// <summary>In the form in which names are told apart.</summary>
    public string Key => string.Join('|', Vendor.ToLowerInvariant(), Product.ToLowerInvariant(), Version.ToLowerInvariant(), Cpe.ToLowerInvariant());

    /// <summary>The product alone.</summary>
    public string ProductKey => Vendor.ToLowerInvariant() + "|" + Product.ToLowerInvariant();

    /// <summary>Reads the parts of a name; what the CPE says stands in for what is empty.</summary>
    public static Result<SoftwareName> Read(string? vendor, string? product, string? version, string? cpe)
    {
        var text = cpe?.Trim() ?? "";
        var name = text.Length == 0 ? null : CpeName.Parse(text);
        if (text.Length > 0 && name is not { Product: not ("*" or "-") }) return AssetErrors.RowCpe.With("value", Cut(text));
        if (OneLine(vendor, LongestVendor) is not { } v) return AssetErrors.RowTooLong.With("column", "vendor").With("most", "120");
        if (OneLine(product, LongestProduct) is not { } p) return AssetErrors.RowTooLong.With("column", "product").With("most", "200");
        if (OneLine(version, LongestVersion) is not { } n) return AssetErrors.RowTooLong.With("column", "version").With("most", "100");
        if (n is "*" or "-") n = "";
        if (p.Length == 0) p = name?.Product ?? "";
        if (p.Length == 0) return AssetErrors.RowNoProduct;
        if (v.Length == 0 && name is { Vendor: not ("*" or "-") }) v = name.Vendor;
        if (n.Length == 0 && name is { Version: not ("*" or "-") and { Length: <= LongestVersion } }) n = name.Version;
        return new SoftwareName(v, p, n, text);
    }

    private static string? OneLine(string? text, int most)
    {
        var line = text?.Trim() ?? "";
        return line.Length > most || line.Any(char.IsControl) ? null : line;
    }

    private static string Cut(string text) => text.Length <= 60 ? text : text[..60] + "…";
}

/// <summary>What a statement did.</summary>
internal enum FactFate
{
    /// <summary>The asset has it now.</summary>
    Added,

    /// <summary>It took the place of another version.</summary>
    Changed,

    /// <summary>That was known.</summary>
    Same,

    /// <summary>There is no room for it.</summary>
    Refused,
}
