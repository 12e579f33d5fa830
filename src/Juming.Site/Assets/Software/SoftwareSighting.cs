namespace Juming.Site.Assets.Software;

/// <summary>What one event says of software on one machine.</summary>
/// <param name="Machine">Address or host name, canonical.</param>
/// <param name="Vendor">Empty where the event does not say.</param>
/// <param name="Product">Product.</param>
/// <param name="Version">Empty where the event does not say.</param>
/// <param name="Place">What it rests on.</param>
/// <param name="Gone">It was taken off.</param>
/// <param name="At">Event time, microseconds since 1970 UTC.</param>
/// <param name="Known">What to tell the watcher once it is written.</param>
internal readonly record struct SoftwareSighting(string Machine, string Vendor, string Product, string Version, string Place, bool Gone, long At, ulong Known);
