using Juming.Platform.Handlers;

namespace Juming.Platform.Library;

/// <summary>Refusals of the library.</summary>
internal static class LibraryErrors
{
    /// <summary>The version is not new.</summary>
    public static readonly Error VersionTaken = new(ErrorKind.Conflict, "library.version-taken", "There is a version {version} of this pack already, and a version never changes: publish version {next}.", Field: "version");

    /// <summary>There is no such pack.</summary>
    public static readonly Error NoSuchPack = new(ErrorKind.NotFound, "library.no-such-pack", "There is no such pack.");

    /// <summary>Withdrawn for good.</summary>
    public static readonly Error Withdrawn = new(ErrorKind.Conflict, "library.withdrawn", "This version was taken back; publish a new one.");

    /// <summary>Not what a pack of this kind is.</summary>
    public static readonly Error NotOfKind = new(ErrorKind.Invalid, "library.not-of-kind", "This is no file of this kind: rules are YAML or a zip, parsers and recipes YAML, playbooks CACAO in JSON.", Field: "content");
}
