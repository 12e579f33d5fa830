using Juming.Platform.Handlers;

namespace Juming.Platform.Bulletins;

/// <summary>Every refusal of bulletins.</summary>
internal static class BulletinErrors
{
    public static readonly Error NoSuchBulletin = new(ErrorKind.NotFound, "bulletins.no-such-bulletin", "This host publishes no such bulletin.");
    public static readonly Error Withdrawn = new(ErrorKind.Conflict, "bulletins.withdrawn", "This bulletin has been taken back already.");
    public static readonly Error TooMany = new(ErrorKind.Conflict, "bulletins.too-many", "{most} bulletins stand; take old ones back and wait until they have left the list.");
    public static readonly Error NoCve = new(ErrorKind.Invalid, "bulletins.no-cve", "{value} is not a CVE, such as CVE-2026-12345.", Field: "Cves");
}
