using Juming.Platform.Handlers;

namespace Juming.Site.Assets;

/// <summary>Every refusal of assets.</summary>
internal static class AssetErrors
{
    public static readonly Error NoSuchAsset = new(ErrorKind.NotFound, "assets.no-such-asset", "There is no asset with this identity.");
    public static readonly Error NoSuchQuestion = new(ErrorKind.NotFound, "assets.no-such-question", "There is no open question with this identity.");
    public static readonly Error ChangedMeanwhile = new(ErrorKind.Conflict, "assets.changed-meanwhile", "{by} changed this asset at {at}; look at it again, then decide.");
    public static readonly Error IdentityTaken = new(ErrorKind.Conflict, "assets.identity-taken", "{value} belongs to {asset}; merge the two, or take it away there.");
    public static readonly Error BadAddress = new(ErrorKind.Invalid, "assets.bad-address", "{value} is not an IP address.", Field: "Addresses");
    public static readonly Error BadHost = new(ErrorKind.Invalid, "assets.bad-host", "{value} is not a host name.", Field: "Hosts");
    public static readonly Error BadMac = new(ErrorKind.Invalid, "assets.bad-mac", "{value} is not a hardware address.", Field: "Macs");
    public static readonly Error NeedsIdentity = new(ErrorKind.Invalid, "assets.needs-identity", "Give at least one address, host name or hardware address.");
    public static readonly Error MergeWithItself = new(ErrorKind.Invalid, "assets.merge-with-itself", "An asset can't be merged with itself.");
    public static readonly Error FileTooLarge = new(ErrorKind.Invalid, "assets.file-too-large", "A file may have at most 5 MiB and 20,000 rows.", Field: "Content");
    public static readonly Error NoKnownColumn = new(ErrorKind.Invalid, "assets.no-known-column", "The first line names no column that is known; it needs at least one of address, host and mac.", Field: "Content");
    public static readonly Error NothingToImport = new(ErrorKind.Invalid, "assets.nothing-to-import", "No row of the file can be imported.");
}
