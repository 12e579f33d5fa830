using Juming.Platform.Handlers;

namespace Juming.Site.Ssh;

/// <summary>Every refusal of commands over SSH. Playbooks know those of a host and of a run by their codes.</summary>
internal static class SshErrors
{
    public static readonly Error NoSuchHost = new(ErrorKind.NotFound, "ssh.no-such-host", "This host is not in the register of SSH hosts.");
    public static readonly Error NoSuchEffect = new(ErrorKind.NotFound, "ssh.no-such-effect", "There is no such entry.");
    public static readonly Error NoSuchCommand = new(ErrorKind.NotFound, "ssh.no-such-command", "There is no command template with this name.");
    public static readonly Error OtherKind = new(ErrorKind.Conflict, "ssh.other-kind", "This template is of another kind: commands, fixes and changes of rights each have their own action.");
    public static readonly Error NotAnAddress = new(ErrorKind.Invalid, "ssh.not-an-address", "{value} is not the address or name of a host.", Field: "Address");
    public static readonly Error ThisMachine = new(ErrorKind.Invalid, "ssh.this-machine", "{value} belongs to this machine itself, or to no machine; it can't be a host.", Field: "Address");
    public static readonly Error EnteredTwice = new(ErrorKind.Conflict, "ssh.entered-twice", "{host} has this name or address already.", Field: "Address");
    public static readonly Error ChangedMeanwhile = new(ErrorKind.Conflict, "ssh.changed-meanwhile", "{by} changed this host at {at}; look at it again, then decide.");
    public static readonly Error NotAuthorised = new(ErrorKind.Invalid, "ssh.not-authorised", "Write down who allowed it and where that is recorded: no host is signed in to without.", Field: "AuthorisedReference");
    public static readonly Error NotAKey = new(ErrorKind.Invalid, "ssh.not-a-key", "This is not a private key that can be read (OpenSSH or PEM), or its passphrase is another one.", Field: "PrivateKey");
    public static readonly Error NotAFingerprint = new(ErrorKind.Invalid, "ssh.not-a-fingerprint", "A fingerprint is written SHA256:… with 43 characters, as ssh-keygen -l shows it.", Field: "HostKey");
    public static readonly Error OtherHostKey = new(ErrorKind.Conflict, "ssh.other-host-key", "That is not the key that the host showed last; look at it again.");
    public static readonly Error InUse = new(ErrorKind.Conflict, "ssh.in-use", "Somebody is working on this host; wait until that has ended.");
    public static readonly Error TemplateFaulty = new(ErrorKind.Invalid, "ssh.template-faulty", "Line {line}: {reason} ({count} in all)", Field: "Yaml");
    public static readonly Error ShippedName = new(ErrorKind.Conflict, "ssh.shipped-name", "{name} is a template that comes with the program; give yours another id.", Field: "Yaml");
    public static readonly Error OldVersion = new(ErrorKind.Conflict, "ssh.old-version", "Version {version} of {name} is there already; give yours a higher one.", Field: "Yaml");
    public static readonly Error CannotRetire = new(ErrorKind.Conflict, "ssh.cannot-retire", "Only templates of the site's own can be put away.");

    // Of signing in.
    public static readonly Error NoRoute = new(ErrorKind.Unavailable, "ssh.no-route", "There is no way to the host, or nobody answers there.");
    public static readonly Error NameUnknown = new(ErrorKind.Unavailable, "ssh.name-unknown", "The host's name has no address.");
    public static readonly Error Refused = new(ErrorKind.Unavailable, "ssh.refused", "The host refuses connections to this port.");
    public static readonly Error TimedOut = new(ErrorKind.Unavailable, "ssh.timed-out", "The host did not answer in time.");
    public static readonly Error NotSsh = new(ErrorKind.Conflict, "ssh.not-ssh", "What answers there is not an SSH server.");
    public static readonly Error NoCommonAlgorithm = new(ErrorKind.Conflict, "ssh.no-common-algorithm", "The host offers no algorithm that is still safe to use, or no longer the type of its pinned key.");
    public static readonly Error HostKeyChanged = new(ErrorKind.Conflict, "ssh.host-key-changed", "The host shows another key: it was set up anew, or another machine answers in its place. Nothing is sent until a person accepts the key.");
    public static readonly Error WrongPassword = new(ErrorKind.Conflict, "ssh.wrong-password", "The host refused the password. It is not tried again until another one is entered.");
    public static readonly Error KeyRefused = new(ErrorKind.Conflict, "ssh.key-refused", "The host refused the private key. It is not tried again until another one is entered.");
    public static readonly Error MethodRefused = new(ErrorKind.Conflict, "ssh.method-refused", "The host does not take this way of signing in.");
    public static readonly Error NoSecret = new(ErrorKind.Conflict, "ssh.no-secret", "The password or key can't be opened: enter it again.");
    public static readonly Error Broken = new(ErrorKind.Unavailable, "ssh.broken", "The connection broke off.");

    // Of a run.
    public static readonly Error BadParameter = new(ErrorKind.Invalid, "ssh.bad-parameter", "A parameter is missing, unknown, or has a value that it can't have.");
    public static readonly Error NoShell = new(ErrorKind.Conflict, "ssh.no-shell", "The account runs no commands on the host: no shell, or the tool \"timeout\" is missing.");
    public static readonly Error SudoRefused = new(ErrorKind.Conflict, "ssh.sudo-refused", "The command needs root, and sudo does not let the account do it without a password.");
    public static readonly Error CheckUnclear = new(ErrorKind.Conflict, "ssh.check-unclear", "The check could not tell how it stands on the host.");
    public static readonly Error NotVerified = new(ErrorKind.Conflict, "ssh.not-verified", "The command ran, but the host does not show the effect.");
    public static readonly Error NotAsBefore = new(ErrorKind.Conflict, "ssh.not-as-before", "It was taken back, but the host does not show what it had before.");
    public static readonly Error CommandFailed = new(ErrorKind.Conflict, "ssh.command-failed", "The command ended with an error.");
    public static readonly Error CommandTimedOut = new(ErrorKind.Conflict, "ssh.command-timed-out", "The command did not end within its time and was ended.");
    public static readonly Error TooMuchOutput = new(ErrorKind.Conflict, "ssh.too-much-output", "The command wrote without end and was cut off.");
    public static readonly Error StillRunning = new(ErrorKind.Conflict, "ssh.still-running", "The command may still be running on the host; it is looked at again.");
    public static readonly Error NoInverse = new(ErrorKind.Conflict, "ssh.no-inverse", "This template can't be taken back.");
    public static readonly Error ToolMissing = new(ErrorKind.Conflict, "ssh.tool-missing", "A tool that the command needs is not on the host.");
    public static readonly Error RootAccount = new(ErrorKind.Conflict, "ssh.root-account", "The rights of root are never changed.");
    public static readonly Error OwnAccount = new(ErrorKind.Conflict, "ssh.own-account", "The rights of the account that is signed in with are never changed.");
    public static readonly Error OwnAccess = new(ErrorKind.Conflict, "ssh.own-access", "It would shut out the account that is signed in with, so that nothing could be taken back.");
    public static readonly Error NoSuchAccount = new(ErrorKind.Conflict, "ssh.no-such-account", "There is no such account on the host.");
    public static readonly Error NoSuchGroup = new(ErrorKind.Conflict, "ssh.no-such-group", "There is no such group on the host.");
    public static readonly Error PrimaryGroup = new(ErrorKind.Conflict, "ssh.primary-group", "It is the account's primary group, which it can't be taken out of.");
    public static readonly Error PrivilegedGroup = new(ErrorKind.Conflict, "ssh.privileged-group", "This group gives rights over the whole host; nobody is put into it.");
    public static readonly Error NotThere = new(ErrorKind.Conflict, "ssh.not-there", "What it would act on is not on the host.");
    public static readonly Error Essential = new(ErrorKind.Conflict, "ssh.essential", "The host lives by it; it is not touched.");
    public static readonly Error OutsideRoots = new(ErrorKind.Conflict, "ssh.outside-roots", "The path leads outside of the folders that the template allows.");
    public static readonly Error InTheWay = new(ErrorKind.Conflict, "ssh.in-the-way", "Something else is in the place where it belongs; it is not overwritten.");

    /// <summary>Refusals that a template's script may give, by the word that it says.</summary>
    public static readonly IReadOnlyDictionary<string, Error> OfScripts = new[] { RootAccount, OwnAccount, OwnAccess, NoSuchAccount, NoSuchGroup, PrimaryGroup, PrivilegedGroup, NotThere, Essential, OutsideRoots, InTheWay, ToolMissing }.ToDictionary(e => e.Code["ssh.".Length..]);
}
