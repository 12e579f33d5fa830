namespace Juming.Platform.Access;

/// <summary>Scheme, host and port under which a person has opened the console; a passkey belongs to the host.</summary>
public sealed record ConsoleOrigin(string Value)
{
    /// <summary>Browsers give passkeys to names only, and only where nobody on the way can change the page: https, or the machine itself.</summary>
    public bool AllowsPasskeys =>
        Uri.TryCreate(Value, UriKind.Absolute, out var uri) && uri.HostNameType == UriHostNameType.Dns && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback));
}
