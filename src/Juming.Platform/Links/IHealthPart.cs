using Juming.Contracts.Egress;

namespace Juming.Platform.Links;

/// <summary>A module's part of what the host above is told of this one's health.</summary>
public interface IHealthPart
{
    /// <summary>Writes the figures that it knows.</summary>
    Task Fill(SiteHealth to, CancellationToken ct);
}
