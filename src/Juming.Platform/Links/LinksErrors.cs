using Juming.Platform.Handlers;

namespace Juming.Platform.Links;

/// <summary>Refusals of links.</summary>
public static class LinksErrors
{
    /// <summary>The text is no token.</summary>
    public static readonly Error NoToken = new(ErrorKind.Invalid, "links.no-token", "This is no token of a site; copy it whole, from jm1 to its end.", Field: "token");

    /// <summary>The address is no https address.</summary>
    public static readonly Error NoUrl = new(ErrorKind.Invalid, "links.no-url", "The address must be https://host:port, as the operator's page shows it.", Field: "url");

    /// <summary>This host has joined.</summary>
    public static readonly Error JoinedAlready = new(ErrorKind.Conflict, "links.joined-already", "This host is linked with an operator already; leave it first.");

    /// <summary>This host has not joined.</summary>
    public static readonly Error NotJoined = new(ErrorKind.Conflict, "links.not-joined", "This host is linked with nobody.");

    /// <summary>There is nobody above this tier.</summary>
    public static readonly Error NobodyAbove = new(ErrorKind.Conflict, "links.nobody-above", "This is the highest tier; others join it.");

    /// <summary>Nobody answers there.</summary>
    public static readonly Error Unreachable = new(ErrorKind.Unavailable, "links.unreachable", "Nobody answers at {url}: {detail}. Check the address, the firewall on the way and Outbound:Proxy.");

    /// <summary>The machine's name is not known.</summary>
    public static readonly Error NoRoute = new(ErrorKind.Unavailable, "links.no-route", "There is no way to {url}: {detail}. Check the name, DNS and the route.");

    /// <summary>Something in between answers in the other end's place.</summary>
    public static readonly Error Inspected = new(ErrorKind.Forbidden, "links.inspected", "At {url} a certificate of {issuer} was shown instead of the operator's: a proxy looks into TLS. Nothing was told to it; it must let this connection through.");

    /// <summary>Somebody else answers there.</summary>
    public static readonly Error Stranger = new(ErrorKind.Forbidden, "links.stranger", "What answers at {url} is not the operator of this token: {detail}. Nothing was told to it. Check the address, and that token and address belong together.");

    /// <summary>A clock is wrong.</summary>
    public static readonly Error WrongClock = new(ErrorKind.Conflict, "links.wrong-clock", "The operator at {url} shows a certificate that is not valid at this host's time, {now} UTC: set this host's clock, or the operator's.");

    /// <summary>What came back is not what was asked for.</summary>
    public static readonly Error BadAnswer = new(ErrorKind.Unavailable, "links.bad-answer", "The operator at {url} answered with a certificate that is not this host's ({detail}). Nothing was kept.");

    /// <summary>The token was used.</summary>
    public static readonly Error TokenUsed = new(ErrorKind.Forbidden, "links.token-used", "This token has been used already. If it was not you, tell the operator; ask for a new one.");

    /// <summary>The token's time is over.</summary>
    public static readonly Error TokenExpired = new(ErrorKind.Forbidden, "links.token-expired", "This token has expired; ask the operator for a new one.");

    /// <summary>The token is not known.</summary>
    public static readonly Error TokenUnknown = new(ErrorKind.Forbidden, "links.token-unknown", "The operator does not know this token: a newer one was made, or the site was shut out. Ask for a new one.");

    /// <summary>The token was refused otherwise.</summary>
    public static readonly Error TokenRefused = new(ErrorKind.Forbidden, "links.token-refused", "The operator does not take this token ({reason}): ask for a new one.");

    /// <summary>No token can be made for it.</summary>
    public static readonly Error NoInvitation = new(ErrorKind.Conflict, "links.no-invitation", "It has joined already, or was shut out: no token can be made for it. Enter it anew to let it join again.");

    /// <summary>It never joined.</summary>
    public static readonly Error NoSuchPeer = new(ErrorKind.NotFound, "links.no-such-peer", "It has no token and has never joined.");

    /// <summary>It was not shut out for that.</summary>
    public static readonly Error NotQuarantined = new(ErrorKind.Conflict, "links.not-quarantined", "It is not shut out for an alarm.");

    /// <summary>Nobody can come in.</summary>
    public static readonly Error NotListening = new(ErrorKind.Conflict, "links.not-listening", "Nobody can join this host: set Modules:Links:Listen to an address and port.");

    /// <summary>The ledger has no such entry.</summary>
    public static readonly Error NoSuchEntry = new(ErrorKind.NotFound, "links.no-such-entry", "The ledger has no such entry.");
}
