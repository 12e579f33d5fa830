using System.Net;
using Juming.Platform.Links;

namespace Juming.Site.Assets.Register;

/// <summary>Tells the gate which addresses are the customer's: those in its networks, and those of its assets wherever they lie.</summary>
internal sealed class OwnAddresses(IAssetDirectory assets) : IOwnAddresses
{
    /// <inheritdoc/>
    public bool IsOwn(IPAddress address) => address.ToString() is var text && (assets.IsInternal(text) || assets.Find(text) is not null);
}
