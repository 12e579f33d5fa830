using Juming.Platform.Handlers;

namespace Juming.Site.Collection;

/// <summary>Every refusal of collection.</summary>
internal static class CollectionErrors
{
    public static readonly Error NoSuchSource = new(ErrorKind.NotFound, "collection.no-such-source", "There is no source with this number.");
    public static readonly Error UnknownZone = new(ErrorKind.Invalid, "collection.unknown-zone", "'{zone}' is not an IANA time zone; use a name such as Asia/Shanghai.", Field: "Zone");
    public static readonly Error UnknownCharset = new(ErrorKind.Invalid, "collection.unknown-charset", "Use utf-8, gb18030, latin1, or nothing to decide line by line.", Field: "Charset");
    public static readonly Error KeyInUse = new(ErrorKind.Conflict, "collection.key-in-use", "A request with this Idempotency-Key is still being stored; send it again in a second.");
    public static readonly Error BadKey = new(ErrorKind.Invalid, "collection.bad-key", "Idempotency-Key is 1 to 128 visible ASCII characters.");
    public static readonly Error TooManyLines = new(ErrorKind.TooLarge, "collection.too-many-lines", "A request holds at most {most} lines; split it.");
    public static readonly Error TooManyBytes = new(ErrorKind.TooLarge, "collection.too-many-bytes", "A request holds at most {most} bytes, unpacked; split it.");
    public static readonly Error BadGzip = new(ErrorKind.Invalid, "collection.bad-gzip", "The body says it is gzip and isn't, or not all of it; nothing of it was stored.");
    public static readonly Error BadEncoding = new(ErrorKind.Invalid, "collection.bad-encoding", "Content-Encoding is gzip or nothing.");
    public static readonly Error NoSuchAsset = new(ErrorKind.Invalid, "collection.no-such-asset", "There is no asset '{asset}'; choose one of the list.", Field: "Asset");
    public static readonly Error Busy = new(ErrorKind.Unavailable, "collection.busy", "The queue is full; send the same request again in a few seconds.");
    public static readonly Error DiskFull = new(ErrorKind.Unavailable, "collection.disk-full", "The disk guard refuses writes; free space or shorten the retention, then send again.");
    public static readonly Error NoLines = new(ErrorKind.Invalid, "collection.no-lines", "The body holds no line; send one event per line.");
    public static readonly Error SpanTooLong = new(ErrorKind.Invalid, "collection.span-too-long", "Ask for at most 31 days of the ledger at once.");
    public static readonly Error PackBroken = new(ErrorKind.Invalid, "collection.pack-broken", "Line {line} of the pack: {reason}.", Field: "Yaml");
    public static readonly Error PackName = new(ErrorKind.Invalid, "collection.pack-name", "The text must hold exactly one pack, named {name} and of version {version}.", Field: "Yaml");
    public static readonly Error PackVersion = new(ErrorKind.Conflict, "collection.pack-version", "There is a version {version} of this pack already; publish version {next}.", Field: "Version");
    public static readonly Error NoSuchPackFile = new(ErrorKind.NotFound, "collection.no-such-pack-file", "There is no such file among the packs of the site; load the page again.");
    public static readonly Error TooManyPacks = new(ErrorKind.Unavailable, "collection.too-many-packs", "The site keeps at most {most} pack files; withdraw one first.");
    public static readonly Error PackDisk = new(ErrorKind.Unavailable, "collection.pack-disk", "The folder of the packs can't be written; the log has the reason.");
    public static readonly Error NoLinesToLearn = new(ErrorKind.Invalid, "collection.no-lines-to-learn", "Paste at least one log line.", Field: "Lines");

    /// <summary>The refusal of a pack with its place.</summary>
    public static Error At(this Error error, Packs.PackProblem problem) =>
        error.With("line", problem.Line.ToString(System.Globalization.CultureInfo.InvariantCulture)).With("reason", problem.Reason);
}
