namespace Juming.Site.Blocking;

/// <summary>A module that knows addresses which must never be blocked: consoles of devices, peers, relays. All that are registered are asked once a minute.</summary>
public interface IProtectedSource
{
    /// <summary>The addresses or ranges at present, from memory.</summary>
    IReadOnlyCollection<KeptAddress> Addresses { get; }
}

/// <summary>An address that must not be blocked.</summary>
/// <param name="Kind">"management", "gateway" or another kind that the protected page has a word for.</param>
/// <param name="Range">Address or range.</param>
public sealed record KeptAddress(string Kind, string Range);
