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

    /// <summary>No channel takes calls at this address.</summary>
    public static readonly Error NoSuchCall = new(ErrorKind.NotFound, "notify.no-such-call", "No channel takes calls at this address.");

    /// <summary>The signature of a call does not fit the channel's token.</summary>
    public static readonly Error CallSignature = new(ErrorKind.Forbidden, "notify.call-signature", "The call's signature does not fit: look at the channel's Token.");

    /// <summary>A call is too old, or from the future.</summary>
    public static readonly Error CallStale = new(ErrorKind.Forbidden, "notify.call-stale", "The call's time is more than five minutes off: look at this host's clock.");

    /// <summary>The same call again.</summary>
    public static readonly Error CallRepeated = new(ErrorKind.Conflict, "notify.call-repeated", "This call was taken already.");

    /// <summary>A call can't be decrypted, or is for somebody else.</summary>
    public static readonly Error CallUnreadable = new(ErrorKind.Forbidden, "notify.call-unreadable", "The call can't be read, or is for another corporation: look at the channel's EncodingAESKey and Corp ID.");

    /// <summary>No channel can send the code.</summary>
    public static readonly Error NoProofWay = new(ErrorKind.Conflict, "notify.no-proof-way", "No WeCom application is set up that could send a code; ask the administrator.");

    /// <summary>The code did not go out.</summary>
    public static readonly Error ProofNotSent = new(ErrorKind.Conflict, "notify.proof-not-sent", "The code could not be sent: {why}.");

    /// <summary>The code is wrong or over.</summary>
    public static readonly Error ProofWrong = new(ErrorKind.Invalid, "notify.proof-wrong", "The code is wrong or no longer valid; let another one be sent.", Field: "Code");

    /// <summary>Somebody else has shown that the account is theirs.</summary>
    public static readonly Error AddressTaken = new(ErrorKind.Conflict, "notify.address-taken", "Another account has confirmed this WeCom user already.");

    /// <summary>Only people have an inbox and an address.</summary>
    public static readonly Error OnlyPeople = new(ErrorKind.Forbidden, "notify.only-people", "Only people who are signed in have notices of their own.");
}
