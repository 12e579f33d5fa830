using Juming.Platform.Handlers;

namespace Juming.Site.Blocking;

/// <summary>Every refusal of blocking.</summary>
internal static class BlockingErrors
{
    public static readonly Error Protected = new(ErrorKind.Invalid, "blocking.protected", "This touches a protected address ({entry}) and can't be blocked.", Field: "Target");
    public static readonly Error TooWide = new(ErrorKind.Invalid, "blocking.too-wide", "{target} is too wide: at most /16 of IPv4 and /48 of IPv6 can be blocked.", Field: "Target");
    public static readonly Error WideNeedsTwo = new(ErrorKind.Invalid, "blocking.wide-needs-two", "{target} is wider than /24: ask a second person to agree.", Field: "Target");
    public static readonly Error NotWide = new(ErrorKind.Invalid, "blocking.not-wide", "{target} is narrow enough to be blocked without a second person.", Field: "Target");
    public static readonly Error PeopleOnly = new(ErrorKind.Forbidden, "blocking.people-only", "Only a person who is signed in can ask a second one; a token can't.");
    public static readonly Error AskedAlready = new(ErrorKind.Conflict, "blocking.asked-already", "{by} asked for {target} already; the question is still open.", Field: "Target");
    public static readonly Error TooManyAsked = new(ErrorKind.Conflict, "blocking.too-many-asked", "{most} wishes for wide ranges wait already; let them be answered first.");
    public static readonly Error Unreadable = new(ErrorKind.Invalid, "blocking.unreadable", "This is no address or range; write 203.0.113.7, 203.0.113.0/24 or 203.0.113.7-203.0.113.9.", Field: "Target");
    public static readonly Error Ambiguous = new(ErrorKind.Invalid, "blocking.ambiguous", "Devices read this differently; write the address in its plain form, without leading zeros.", Field: "Target");
    public static readonly Error Name = new(ErrorKind.Invalid, "blocking.name", "This is a name, and names change their addresses; write the address.", Field: "Target");
    public static readonly Error NoDevice = new(ErrorKind.Conflict, "blocking.no-device", "There is no device that can block it now; look at the devices of this choice.");
    public static readonly Error NoSuchDevice = new(ErrorKind.NotFound, "blocking.no-such-device", "One of the devices does not exist or can't block.", Field: "Devices");
    public static readonly Error DevicesFull = new(ErrorKind.Conflict, "blocking.devices-full", "The block tables of these devices are as full as they may be; lift what is no longer needed.");
    public static readonly Error Paused = new(ErrorKind.Unavailable, "blocking.paused", "Automatic blocking is paused; a person must let it go on.");
    public static readonly Error RateLimit = new(ErrorKind.Unavailable, "blocking.rate-limit", "Automation has blocked {most} targets within the hour; more needs a person.");
    public static readonly Error NoSuchEntry = new(ErrorKind.NotFound, "blocking.no-such-entry", "There is no such entry in the block list.");
    public static readonly Error AlreadyOver = new(ErrorKind.Conflict, "blocking.already-over", "This block is over already; block the address again if it must be.");
    public static readonly Error NothingToRetry = new(ErrorKind.Conflict, "blocking.nothing-to-retry", "No device has failed here; there is nothing to try again.");
    public static readonly Error KeyOfOther = new(ErrorKind.Conflict, "blocking.key-of-other", "This key belongs to a wish for another target.", Field: "Key");
    public static readonly Error NoSuchProtected = new(ErrorKind.NotFound, "blocking.no-such-protected", "There is no such protected entry.");
    public static readonly Error ProtectedTwice = new(ErrorKind.Conflict, "blocking.protected-twice", "{range} is protected already; change that entry.", Field: "Range");
    public static readonly Error ProtectedUnreadable = new(ErrorKind.Invalid, "blocking.protected-unreadable", "{value} is no address or range in plain form.", Field: "Range");
    public static readonly Error ChangedMeanwhile = new(ErrorKind.Conflict, "blocking.changed-meanwhile", "{by} changed this entry; look at it again, then decide.");
    public static readonly Error FileTooLarge = new(ErrorKind.TooLarge, "blocking.file-too-large", "A file may have at most 1 MiB and 2,000 lines.", Field: "Content");
    public static readonly Error NothingToImport = new(ErrorKind.Invalid, "blocking.nothing-to-import", "No line of the file can be imported.");
    public static readonly Error LineBroken = new(ErrorKind.Invalid, "blocking.line-broken", "The line can't be read: a quotation mark is open, or it is too long.");
    public static readonly Error LineTwice = new(ErrorKind.Invalid, "blocking.line-twice", "{value} stands in line {line} already.");
    public static readonly Error LineKind = new(ErrorKind.Invalid, "blocking.line-kind", "{value} is not a kind; write one of {kinds}.");
    public static readonly Error LineMinutes = new(ErrorKind.Invalid, "blocking.line-minutes", "{value} is not a number of minutes from 1 to 525,600.");
    public static readonly Error LineUntil = new(ErrorKind.Invalid, "blocking.line-until", "{value} is not an instant such as 2026-12-31T23:59:00Z.");
}
