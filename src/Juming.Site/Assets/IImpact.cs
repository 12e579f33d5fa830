namespace Juming.Site.Assets;

/// <summary>Tells how many assets vulnerabilities concern.</summary>
public interface IImpact
{
    /// <summary>Assets that some of the vulnerabilities concern now, and those that they concerned and no longer do.</summary>
    Task<(int Open, int Remediated)> CountOf(IReadOnlyCollection<string> cves, CancellationToken ct);
}
