using Juming.Platform.Handlers;

namespace Juming.Site.ThreatIntel;

/// <summary>Every refusal of threat intelligence.</summary>
internal static class IntelErrors
{
    public static readonly Error Older = new(ErrorKind.Conflict, "intel.older-set", "Version {version} is older than the set in force ({current}).");
    public static readonly Error RolledBack = new(ErrorKind.Conflict, "intel.rolled-back", "This site went back to an earlier set; it takes a whole set of a version after {after} and no changes before.");
    public static readonly Error TooMany = new(ErrorKind.TooLarge, "intel.too-many", "At most {most} entries at once.");
    public static readonly Error NothingBefore = new(ErrorKind.Conflict, "intel.nothing-before", "There is no earlier set to go back to.");
    public static readonly Error Broken = new(ErrorKind.Conflict, "intel.broken-set", "The set can't be used and the one in force stays: {reason}");
    public static readonly Error Unreadable = new(ErrorKind.Invalid, "intel.unreadable", "{value} is no address, network, domain, URL, hash or mail address.", Field: "Value");
    public static readonly Error Refused = new(ErrorKind.Invalid, "intel.refused-value", "{value} is not taken: {reason}", Field: "Value");
    public static readonly Error InThePast = new(ErrorKind.Invalid, "intel.in-the-past", "The end must lie ahead.", Field: "Until");
    public static readonly Error Full = new(ErrorKind.Conflict, "intel.own-full", "The site has {most} indicators of its own already; end some, or raise Modules:Intel:MostOwn.");
    public static readonly Error FileTooLarge = new(ErrorKind.TooLarge, "intel.file-too-large", "A file may have at most {most} MiB.");
    public static readonly Error TooManyLines = new(ErrorKind.TooLarge, "intel.too-many-lines", "A file may have at most {most} entries; hand it in in parts.");
    public static readonly Error NoFile = new(ErrorKind.Invalid, "intel.no-file", "The file holds no entry that can be read: {reason}");
    public static readonly Error NoSuchIndicator = new(ErrorKind.NotFound, "intel.no-such-indicator", "There is no such indicator.");
    public static readonly Error NoSuchMute = new(ErrorKind.NotFound, "intel.no-such-mute", "This indicator is not muted here.");
    public static readonly Error NoSuchBulletin = new(ErrorKind.NotFound, "intel.no-such-bulletin", "There is no such bulletin.");
    public static readonly Error BulletinMoved = new(ErrorKind.Conflict, "intel.bulletin-moved", "{by} changed this bulletin meanwhile; look at it again, then decide.");
    public static readonly Error BulletinStep = new(ErrorKind.Conflict, "intel.bulletin-step", "From this state the bulletin can't go there.");
    public static readonly Error AnswerMissing = new(ErrorKind.Invalid, "intel.answer-missing", "Say what was done: this is the answer.", Field: "Answer");
    public static readonly Error ActionsOpen = new(ErrorKind.Conflict, "intel.actions-open", "{open} actions are still open; finish them or say why they are not needed.");
}
