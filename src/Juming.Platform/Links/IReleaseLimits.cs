using System.Net;

namespace Juming.Platform.Links;

/// <summary>Knows the addresses that the customer calls its own. The gate lets no address out while nobody does.</summary>
public interface IOwnAddresses
{
    /// <summary>True when the address lies in a network of the customer's, or is that of one of its assets, wherever it lies.</summary>
    bool IsOwn(IPAddress address);
}

/// <summary>Knows the domains that the tier above named itself. The gate lets no domain out while nobody does.</summary>
public interface IKnownDomains
{
    /// <summary>True when the domain, in its normal form, is an indicator that came from above.</summary>
    bool IsKnown(string domain);
}
