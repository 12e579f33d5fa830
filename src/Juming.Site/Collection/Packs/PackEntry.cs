namespace Juming.Site.Collection.Packs;

/// <summary>Where a pack comes from.</summary>
internal enum PackOrigin
{
    /// <summary>It ships with the product.</summary>
    Shipped,

    /// <summary>It stands in the site's folder <c>packs</c>.</summary>
    Site,
}

/// <summary>What became of a pack.</summary>
internal enum PackState
{
    /// <summary>Lines are read with it.</summary>
    InForce,

    /// <summary>Another version of the same name is in force.</summary>
    Overridden,

    /// <summary>It can't be used; the problems say why.</summary>
    Refused,
}

/// <summary>One pack, or one file that holds none that can be used.</summary>
/// <param name="Name">Name of the pack; the file's name where it could not be read.</param>
/// <param name="Version">Its version, 0 where it could not be read.</param>
/// <param name="Origin">Where it comes from.</param>
/// <param name="File">File in the site's folder, or null for one that ships.</param>
/// <param name="State">What became of it.</param>
/// <param name="Pack">The pack itself, null when it is refused.</param>
/// <param name="Problems">Why it is refused or not in force.</param>
internal sealed record PackEntry(string Name, int Version, PackOrigin Origin, string? File, PackState State, ParserPack? Pack, IReadOnlyList<PackProblem> Problems);
