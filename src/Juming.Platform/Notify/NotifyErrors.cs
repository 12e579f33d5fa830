using Juming.Platform.Handlers;

namespace Juming.Platform.Notify;

/// <summary>Refusals of notices.</summary>
internal static class NotifyErrors
{
    /// <summary>No such channel.</summary>
    public static readonly Error NoSuchChannel = new(ErrorKind.NotFound, "notify.no-such-channel", "There is no such channel.");

    /// <summary>No such rule.</summary>
    public static readonly Error NoSuchRule = new(ErrorKind.NotFound, "notify.no-such-rule", "There is no such rule.");

    /// <summary>No such notice of one's own.</summary>
    public static readonly Error NoSuchNotice = new(ErrorKind.NotFound, "notify.no-such-notice", "There is no such notice of yours.");

    /// <summary>No such delivery, or one that needs no repeat.</summary>
    public static readonly Error NotRepeatable = new(ErrorKind.Conflict, "notify.not-repeatable", "Only what was given up can be delivered again.");

    /// <summary>A field of a form is missing or wrong.</summary>
    public static readonly Error FieldWrong = new(ErrorKind.Invalid, "notify.field-wrong", "{field} is missing or not accepted: {accepted}.");

    /// <summary>The name is taken.</summary>
    public static readonly Error NameTaken = new(ErrorKind.Conflict, "notify.name-taken", "There is one with this name already; choose another.");

    /// <summary>Somebody changed it meanwhile.</summary>
    public static readonly Error Stale = new(ErrorKind.Conflict, "notify.stale", "Somebody changed it meanwhile; load it again.");

    /// <summary>A rule still sends through it.</summary>
    public static readonly Error ChannelInUse = new(ErrorKind.Conflict, "notify.channel-in-use", "The rule {rule} sends through it; change the rule first.");

    /// <summary>Only people have an inbox and an address.</summary>
    public static readonly Error OnlyPeople = new(ErrorKind.Forbidden, "notify.only-people", "Only people who are signed in have notices of their own.");
}
