using Juming.Platform.Handlers;

namespace Juming.Platform.Content;

/// <summary>Refusals of content.</summary>
internal static class ContentErrors
{
    /// <summary>A file is not what it must be.</summary>
    public static readonly Error Unreadable = new(ErrorKind.Invalid, "content.unreadable", "{file} can't be used: {reason}. Fetch it anew from the cloud or the operator.");

    /// <summary>Signed by others, or changed.</summary>
    public static readonly Error Unsigned = new(ErrorKind.Forbidden, "content.unsigned", "{file} carries {have} of the {need} signatures that it needs: it was made by somebody else, or changed on the way. Do not use it; ask whoever gave it to you where it comes from.");

    /// <summary>Older than what is known.</summary>
    public static readonly Error Older = new(ErrorKind.Conflict, "content.older", "{file} is of version {found}, and this host has seen version {known}. Fetch a newer one.");

    /// <summary>Two texts under one version.</summary>
    public static readonly Error TwoFaces = new(ErrorKind.Forbidden, "content.two-faces", "{file} of version {found} differs from the one of the same version that this host knows. Ask the cloud which is right before anything else is taken.");

    /// <summary>Not what the list names.</summary>
    public static readonly Error OtherHash = new(ErrorKind.Forbidden, "content.other-hash", "{file} is not the one that the signed list names. Fetch it anew; if it stays so, something on the way changes it.");

    /// <summary>Too old.</summary>
    public static readonly Error Expired = new(ErrorKind.Conflict, "content.expired", "{file} was good until {at}, and its days of grace are over. Fetch a newer one; if there is none, somebody holds news back.");

    /// <summary>A root is left out.</summary>
    public static readonly Error RootGap = new(ErrorKind.Conflict, "content.root-gap", "This host trusts root {known}, and what it got begins with root {found}: what lies between is missing. Take a bundle that holds all roots.");

    /// <summary>No root yet.</summary>
    public static readonly Error NoRoot = new(ErrorKind.Conflict, "content.no-root", "This host trusts no cloud yet. Compare the fingerprint {fingerprint} with the one that the cloud shows, and confirm it.");

    /// <summary>Another fingerprint.</summary>
    public static readonly Error OtherFingerprint = new(ErrorKind.Forbidden, "content.other-fingerprint", "The fingerprint that you entered is not that of the root that came. Ask the cloud's administrator for the right one, and trust nothing until both are the same.", Field: "fingerprint");

    /// <summary>Not a fingerprint.</summary>
    public static readonly Error NoFingerprint = new(ErrorKind.Invalid, "content.no-fingerprint", "A fingerprint has 64 hexadecimal digits; copy it whole, as the cloud shows it.", Field: "fingerprint");

    /// <summary>It trusts another cloud.</summary>
    public static readonly Error TrustsAnother = new(ErrorKind.Conflict, "content.trusts-another", "This host trusts the root of another cloud already, and a host trusts one.");

    /// <summary>Larger than may be.</summary>
    public static readonly Error TooLarge = new(ErrorKind.TooLarge, "content.too-large", "{file} has more than {most} bytes and is not taken.");

    /// <summary>The store is full.</summary>
    public static readonly Error Full = new(ErrorKind.Unavailable, "content.full", "Content would take more than {most} MiB here. Raise Modules:Content:MostMegabytes, or subscribe to less.");

    /// <summary>The host above does not answer.</summary>
    public static readonly Error Away = new(ErrorKind.Unavailable, "content.away", "The host above does not give it ({reason}). Try again when the link stands.");

    /// <summary>Not a bundle, or not all of it.</summary>
    public static readonly Error BundleBroken = new(ErrorKind.Invalid, "content.bundle-broken", "The bundle can't be used: {reason}. Copy it anew; if it stays so, export it anew.");

    /// <summary>There is no such file.</summary>
    public static readonly Error NoFile = new(ErrorKind.Invalid, "content.no-file", "There is no file '{file}' that can be read.");

    /// <summary>Nothing to export.</summary>
    public static readonly Error NothingYet = new(ErrorKind.Conflict, "content.nothing-yet", "There is no signed content here yet.");

    /// <summary>Only where the repository is made.</summary>
    public static readonly Error NotHere = new(ErrorKind.Conflict, "content.not-here", "Only another tier can do this.");

    /// <summary>The root key was exported.</summary>
    public static readonly Error RootKeyGone = new(ErrorKind.Conflict, "content.root-key-gone", "The root key is not here any more; it lies in the file that it was exported to.");

    /// <summary>The key does not open.</summary>
    public static readonly Error KeyClosed = new(ErrorKind.Invalid, "content.key-closed", "A root key can't be opened: the passphrase is another one, or the file is no key.", Field: "keys");

    /// <summary>Not enough keys.</summary>
    public static readonly Error TooFewKeys = new(ErrorKind.Conflict, "content.too-few-keys", "The root needs {need} of its keys, and {have} of those given are among them.", Field: "keys");

    /// <summary>Weak passphrase.</summary>
    public static readonly Error WeakPassphrase = new(ErrorKind.Invalid, "content.weak-passphrase", "A passphrase has at least 16 characters.", Field: "passphrase");

    /// <summary>A root that can't be.</summary>
    public static readonly Error BadRoot = new(ErrorKind.Invalid, "content.bad-root", "A root has 1 to 16 keys and needs 1 to all of them.", Field: "threshold");

    /// <summary>No key of an operator.</summary>
    public static readonly Error BadDelegation = new(ErrorKind.Invalid, "content.bad-delegation", "This is no key of an operator; copy it whole, as the operator's page shows it.", Field: "key");

    /// <summary>No delegation of its own.</summary>
    public static readonly Error NotDelegated = new(ErrorKind.Conflict, "content.not-delegated", "The cloud has not delegated anything to this operator: give its administrator the key that the page of signed content shows.");

    /// <summary>A path that a list may not name.</summary>
    public static readonly Error BadPath = new(ErrorKind.Invalid, "content.bad-path", "'{path}' can't be published: names have lower-case letters, digits, dot, dash and underscore.");
}

/// <summary>Content was refused.</summary>
/// <param name="refusal">Why.</param>
internal sealed class ContentRefusedException(Error refusal) : RefusalException(refusal.ToString())
{
    /// <inheritdoc/>
    public override Error Refusal => refusal;
}
