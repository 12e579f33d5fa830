using Juming.Platform.Handlers;

namespace Juming.Platform.Links;

/// <summary>Refusals of links.</summary>
internal static class LinksErrors
{
    /// <summary>The text is no token.</summary>
    public static readonly Error NoToken = new(ErrorKind.Invalid, "links.no-token", "This is no token of a site; copy it whole, from jm1 to its end.", Field: "token");

    /// <summary>The address is no https address.</summary>
    public static readonly Error NoUrl = new(ErrorKind.Invalid, "links.no-url", "The address must be https://host:port, as the operator's page shows it.", Field: "url");

    /// <summary>This host has joined.</summary>
    public static readonly Error JoinedAlready = new(ErrorKind.Conflict, "links.joined-already", "This host is linked with an operator already; leave it first.");

    /// <summary>This host has not joined.</summary>
    public static readonly Error NotJoined = new(ErrorKind.Conflict, "links.not-joined", "This host is linked with nobody.");

    /// <summary>Nobody answers there.</summary>
    public static readonly Error Unreachable = new(ErrorKind.Unavailable, "links.unreachable", "Nobody answers at {url}: {detail}. Check the address, the firewall on the way and Outbound:Proxy.");

    /// <summary>Somebody else answers there.</summary>
    public static readonly Error Stranger = new(ErrorKind.Forbidden, "links.stranger", "What answers at {url} is not the operator of this token: {detail}. Nothing was told to it. A proxy that looks into TLS must let this connection through.");

    /// <summary>The token was refused.</summary>
    public static readonly Error TokenRefused = new(ErrorKind.Forbidden, "links.token-refused", "The operator does not take this token ({reason}): ask for a new one.");

    /// <summary>The ledger has no such entry.</summary>
    public static readonly Error NoSuchEntry = new(ErrorKind.NotFound, "links.no-such-entry", "The ledger has no such entry.");
}
