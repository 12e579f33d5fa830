using Juming.Platform.Handlers;

namespace Juming.Site.Assets;

/// <summary>Every refusal of assets.</summary>
internal static class AssetErrors
{
    public static readonly Error NoSuchAsset = new(ErrorKind.NotFound, "assets.no-such-asset", "There is no asset with this identity.");
    public static readonly Error ChangedMeanwhile = new(ErrorKind.Conflict, "assets.changed-meanwhile", "{by} changed this asset at {at}; look at it again, then decide.");
    public static readonly Error MergeWithItself = new(ErrorKind.Invalid, "assets.merge-with-itself", "An asset can't be merged with itself.");
    public static readonly Error FileTooLarge = new(ErrorKind.Invalid, "assets.file-too-large", "A file may have at most 5 MiB and 20,000 rows.", Field: "Content");
    public static readonly Error NoKnownColumn = new(ErrorKind.Invalid, "assets.no-known-column", "The first line names no column that is known; it needs at least one of address, host and mac.", Field: "Content");
    public static readonly Error NothingToImport = new(ErrorKind.Invalid, "assets.nothing-to-import", "No row of the file can be imported.");
    public static readonly Error NoSuchImport = new(ErrorKind.NotFound, "assets.no-such-import", "There is no import with this identity that could be undone.");
    public static readonly Error AlreadyMerged = new(ErrorKind.Conflict, "assets.already-merged", "{asset} is merged into another asset; take it apart first.");
    public static readonly Error TooManyTags = new(ErrorKind.Conflict, "assets.too-many-tags", "{asset} would have more than {most} tags.");
    public static readonly Error NotMerged = new(ErrorKind.Conflict, "assets.not-merged", "This asset is not merged into another.");

    public static readonly Error RowCells = new(ErrorKind.Invalid, "assets.row-cells", "The line has {count} cells, the first line has {expected}.");
    public static readonly Error RowQuote = new(ErrorKind.Invalid, "assets.row-quote", "A quotation mark is not closed, or text follows it.");
    public static readonly Error RowTooLong = new(ErrorKind.Invalid, "assets.row-too-long", "{column} is longer than {most} characters or holds control characters.");
    public static readonly Error RowAddress = new(ErrorKind.Invalid, "assets.row-address", "{value} is not an IP address.");
    public static readonly Error RowHost = new(ErrorKind.Invalid, "assets.row-host", "{value} is not a host name.");
    public static readonly Error RowTag = new(ErrorKind.Invalid, "assets.row-tag", "'{value}' can't be a tag.");
    public static readonly Error RowMac = new(ErrorKind.Invalid, "assets.row-mac", "{value} is not a hardware address.");
    public static readonly Error RowImportance = new(ErrorKind.Invalid, "assets.row-importance", "{value} is not an importance; write normal, important or core.");
    public static readonly Error RowNoIdentity = new(ErrorKind.Invalid, "assets.row-no-identity", "The line has neither address nor host name nor hardware address.");
    public static readonly Error EnteredWithoutIdentity = new(ErrorKind.Invalid, "assets.entered-without-identity", "Give an address or a host name; by nothing else can it be recognised.", Field: "Address");
    public static readonly Error EnteredTwice = new(ErrorKind.Conflict, "assets.entered-twice", "{value} belongs to {asset} already; open that and change it.");
    public static readonly Error RowTwice = new(ErrorKind.Invalid, "assets.row-twice", "{value} stands in line {line} already.");
    public static readonly Error RowTwoAssets = new(ErrorKind.Conflict, "assets.row-two-assets", "The line names two assets of the register, {first} and {second}; merge them first.");

    public static readonly Error NoSoftwareColumn = new(ErrorKind.Invalid, "assets.no-software-column", "The first line names no column that is known; it needs one of address, host and asset, and one of product and cpe.", Field: "Content");
    public static readonly Error RowCpe = new(ErrorKind.Invalid, "assets.row-cpe", "{value} is not a CPE name of a product, such as cpe:2.3:a:nginx:nginx:1.18.0.");
    public static readonly Error RowNoProduct = new(ErrorKind.Invalid, "assets.row-no-product", "Name the product, or give its CPE.", Field: "Product");
    public static readonly Error RowNoAsset = new(ErrorKind.Invalid, "assets.row-no-asset", "The register has no asset {value}; import or enter it first.");
    public static readonly Error RowManyAssets = new(ErrorKind.Invalid, "assets.row-many-assets", "Several assets are called {value}; name one by its address or host name.");
    public static readonly Error NoRoomForSoftware = new(ErrorKind.Unavailable, "assets.no-room-for-software", "There is no room for more software: the asset has a thousand entries, or the site as many as Modules:Assets:MostSoftware allows.");
    public static readonly Error NoSuchSoftware = new(ErrorKind.NotFound, "assets.no-such-software", "This software does not stand on this asset; look at it again.");
    public static readonly Error NoSuchVulnerability = new(ErrorKind.NotFound, "assets.no-such-vulnerability", "This vulnerability concerns nothing at this site.");
    public static readonly Error NothingDecided = new(ErrorKind.NotFound, "assets.nothing-decided", "Nothing was decided about this, so there is nothing to take back.");
    public static readonly Error UnreadableParcel = new(ErrorKind.Invalid, "assets.unreadable-parcel", "'{file}' of the vulnerabilities is signed and whole, and this release of the program can't read it. Upgrade this site.");
}

/// <summary>Vulnerabilities that came can't be used.</summary>
internal sealed class ImpactException(Error refusal) : RefusalException(refusal.ToString())
{
    /// <inheritdoc/>
    public override Error Refusal => refusal;
}
