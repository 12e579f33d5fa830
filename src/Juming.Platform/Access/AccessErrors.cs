using Juming.Platform.Handlers;

namespace Juming.Platform.Access;

/// <summary>Refusals of access.</summary>
public static class AccessErrors
{
    /// <summary>Nobody is signed in.</summary>
    public static readonly Error NotSignedIn = new(ErrorKind.Unauthenticated, "access.not-signed-in", "Sign in first.");

    /// <summary>The right is not held.</summary>
    public static readonly Error NotPermitted = new(ErrorKind.Forbidden, "access.not-permitted", "Your role lacks the permission {permission}; ask an administrator.");

    /// <summary>The scope is not held.</summary>
    public static readonly Error OutsideYourScope = new(ErrorKind.NotFound, "access.outside-your-scope", "There is no such item in your scope.");

    /// <summary>Name, password or code is wrong; which one is not told.</summary>
    public static readonly Error WrongSignIn = new(ErrorKind.Forbidden, "access.wrong-sign-in", "Name, password or code is wrong.");

    /// <summary>Too many failures for this account or address.</summary>
    public static readonly Error TooManyAttempts = new(ErrorKind.Unavailable, "access.too-many-attempts", "Too many failed attempts; try again in {seconds} seconds.");

    /// <summary>The sign-in took too long.</summary>
    public static readonly Error SignInExpired = new(ErrorKind.Forbidden, "access.sign-in-expired", "This sign-in has expired; start again.");

    /// <summary>The set-up link is not valid.</summary>
    public static readonly Error SetupLinkInvalid = new(ErrorKind.Forbidden, "access.setup-link-invalid", "This set-up link is not valid any more; restart the host to get a new one.");

    /// <summary>Without the other two administrators nobody could give roles or read the audit.</summary>
    public static readonly Error ThreeAdministrators = new(ErrorKind.Invalid, "access.three-administrators", "Name all three administrators, three different people; or mark the site a trial to hold all three roles yourself.", Field: "SecurityAdmin");

    /// <summary>A one-time link is not valid.</summary>
    public static readonly Error LinkInvalid = new(ErrorKind.Forbidden, "access.link-invalid", "This link was used or has expired; ask an administrator for a new one.");

    /// <summary>The account name is taken.</summary>
    public static readonly Error NameTaken = new(ErrorKind.Conflict, "access.name-taken", "There is an account with this name or one that looks like it; choose another name.");

    /// <summary>The account name has characters that are not accepted.</summary>
    public static readonly Error NameRefused = new(ErrorKind.Invalid, "access.name-refused", "Names have 2 to 32 characters: letters a to z, Chinese characters, digits, dot, dash and underscore.", Field: "Name");

    /// <summary>The password is too short or too long.</summary>
    public static readonly Error PasswordLength = new(ErrorKind.Invalid, "access.password-length", "Use 12 to 256 characters.", Field: "Password");

    /// <summary>The password is easy to guess.</summary>
    public static readonly Error PasswordCommon = new(ErrorKind.Invalid, "access.password-common", "This password is easy to guess; use a phrase of several words without your name.", Field: "Password");

    /// <summary>There is no such account.</summary>
    public static readonly Error NoSuchUser = new(ErrorKind.NotFound, "access.no-such-user", "There is no account with this name.");

    /// <summary>One person would hold two administrators' roles.</summary>
    public static readonly Error RolesNotSeparated = new(ErrorKind.Conflict, "access.roles-not-separated", "One person may not hold two of system, security and audit administrator; give one role to another person.");

    /// <summary>The last administrator of a kind would lose the way in.</summary>
    public static readonly Error LastAdministrator = new(ErrorKind.Conflict, "access.last-administrator", "This is the last active administrator of its kind (system, security or audit); appoint another one first.");

    /// <summary>A reset would hand one administrator the rights of another.</summary>
    public static readonly Error ResetAtCommandLine = new(ErrorKind.Forbidden, "access.reset-at-command-line", "This account belongs to another kind of administrator, and a reset would hand you its rights. Let it be done as root on the host: juming user reset {name}");

    /// <summary>People do not change their own roles and scopes.</summary>
    public static readonly Error OwnRights = new(ErrorKind.Forbidden, "access.own-rights", "Nobody changes their own roles; ask another security administrator.");

    /// <summary>There is no such scope.</summary>
    public static readonly Error NoSuchScope = new(ErrorKind.Invalid, "access.no-such-scope", "“{scope}” is no scope; write all, or a kind with an identity such as customer:42.", Field: "Scopes");

    /// <summary>There is no such role.</summary>
    public static readonly Error NoSuchRole = new(ErrorKind.Invalid, "access.no-such-role", "There is no role {role}.", Field: "Roles");

    /// <summary>A token would have rights that its maker lacks, or that do not exist.</summary>
    public static readonly Error ScopeNotYours = new(ErrorKind.Forbidden, "access.scope-not-yours", "A token can't have the right {scope}: you do not hold it or it does not exist.");

    /// <summary>There is no such right.</summary>
    public static readonly Error NoSuchRight = new(ErrorKind.NotFound, "access.no-such-right", "There is no right {scope}; juming token list shows those that tokens hold.");

    /// <summary>The audit trail is sealed anew by root on the host alone.</summary>
    public static readonly Error SealAtCommandLine = new(ErrorKind.Forbidden, "access.seal-at-command-line", "The audit trail is sealed anew on the host itself, as root: juming audit seal.");

    /// <summary>The audit trail is sealed already.</summary>
    public static readonly Error AuditSealed = new(ErrorKind.Conflict, "access.audit-sealed", "The audit trail is intact and sealed; there is nothing to do.");

    /// <summary>There is no such token.</summary>
    public static readonly Error NoSuchToken = new(ErrorKind.NotFound, "access.no-such-token", "There is no usable token with this name or identity.");

    /// <summary>The act needs a recent proof of identity.</summary>
    public static readonly Error ConfirmFirst = new(ErrorKind.Forbidden, "access.confirm-first", "Confirm with your password and a code first.");

    /// <summary>The antiforgery token is missing or old.</summary>
    public static readonly Error FormExpired = new(ErrorKind.Invalid, "access.form-expired", "This page is too old; load it again.");

    /// <summary>The audit trail is not what was written.</summary>
    public static readonly Error AuditBroken = new(ErrorKind.Conflict, "access.audit-broken", "The audit trail was changed at entry {seq}: {reason}.");

    /// <summary>The present password is wrong.</summary>
    public static readonly Error WrongPassword = new(ErrorKind.Forbidden, "access.wrong-password", "Your present password is wrong.", Field: "Current");

    /// <summary>The code does not fit the second factor that is being enrolled.</summary>
    public static readonly Error WrongCode = new(ErrorKind.Forbidden, "access.wrong-code", "This code does not fit; check the phone's clock and type the code that it shows now.", Field: "Code");

    /// <summary>There is no such session.</summary>
    public static readonly Error NoSuchSession = new(ErrorKind.NotFound, "access.no-such-session", "There is no such session; it may have ended.");

    /// <summary>The host's address or scheme allows no passkeys.</summary>
    public static readonly Error PasskeysNotHere = new(ErrorKind.Conflict, "access.passkeys-not-here", "Passkeys work only where the console is opened by https and a host name, not by an IP address.");

    /// <summary>The passkey did not prove anything; why is in the log.</summary>
    public static readonly Error PasskeyRefused = new(ErrorKind.Forbidden, "access.passkey-refused", "This passkey was not accepted; try again, or use password and code.");

    /// <summary>The passkey's challenge is too old or was used.</summary>
    public static readonly Error PasskeyExpired = new(ErrorKind.Forbidden, "access.passkey-expired", "This took too long or was answered already; start again.");

    /// <summary>The authenticator's counter went back.</summary>
    public static readonly Error PasskeyCopied = new(ErrorKind.Forbidden, "access.passkey-copied", "This passkey may have been copied and is refused; sign in with password and code, remove it and add a new one.");

    /// <summary>There is no such passkey.</summary>
    public static readonly Error NoSuchPasskey = new(ErrorKind.NotFound, "access.no-such-passkey", "There is no such passkey; it may have been removed.");

    /// <summary>An account has as many passkeys as it may have.</summary>
    public static readonly Error TooManyPasskeys = new(ErrorKind.Conflict, "access.too-many-passkeys", "An account has at most 10 passkeys; remove one first.");

    /// <summary>Nobody chooses so much.</summary>
    public static readonly Error TooManyPreferences = new(ErrorKind.Conflict, "access.too-many-preferences", "An account remembers at most 200 choices.");

    /// <summary>The passkey has no usable name.</summary>
    public static readonly Error PasskeyName = new(ErrorKind.Invalid, "access.passkey-name", "Give the passkey a name of 1 to 64 characters.", Field: "Name");
}
