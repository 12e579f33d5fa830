namespace Juming.Site.Detection;

/// <summary>Tells into which incidents alerts went. Asked by the pages of alerts and answered by the module that groups them; without one nothing is known.</summary>
public interface IAlertWhereabouts
{
    /// <summary>Where alerts are; those that belong to no incident are left out.</summary>
    Task<IReadOnlyDictionary<Guid, AlertPlace>> Find(IReadOnlyCollection<Guid> alerts, CancellationToken ct);
}

/// <summary>The incident that an alert belongs to.</summary>
/// <param name="Number">"INC-2026-0012", as people read it.</param>
/// <param name="Href">Address of its page.</param>
public sealed record AlertPlace(string Number, string Href);
