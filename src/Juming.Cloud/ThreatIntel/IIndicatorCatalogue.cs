using Juming.Contracts.Indicators;

namespace Juming.Cloud.ThreatIntel;

/// <summary>An indicator for whoever passes it on.</summary>
/// <param name="Id">Identity.</param>
/// <param name="Value">Kind and normal form.</param>
/// <param name="Confidence">0 to 99.</param>
/// <param name="Severity">1 low to 4 critical.</param>
/// <param name="Threat">What it is a sign of.</param>
/// <param name="Sources">Sources that name it.</param>
/// <param name="ChangedAt">When it changed last.</param>
/// <param name="Tlp">How far it may travel, by what those say whose licence lets it be passed on; null when it may not be passed on or no longer counts.</param>
public sealed record PassedIndicator(Guid Id, IndicatorValue Value, int Confidence, int Severity, ThreatKind Threat, int Sources, DateTimeOffset ChangedAt, Tlp? Tlp)
{
    /// <summary>Family, techniques and end; family and techniques are the words of those alone whose word may travel as far as the value.</summary>
    public ParcelFacts Facts { get; init; }
}

/// <summary>The merged indicators, for whoever passes them on.</summary>
public interface IIndicatorCatalogue
{
    /// <summary>All that count and may be passed on, in the order of their identities.</summary>
    /// <param name="strictest">What is stricter is left out; never Red.</param>
    /// <param name="ct">Cancels.</param>
    IAsyncEnumerable<PassedIndicator> All(Tlp strictest, CancellationToken ct);

    /// <summary>Those that changed at an instant or later, the first change first, whatever became of them. One merge writes at a time, so none turns up later with an earlier instant.</summary>
    Task<IReadOnlyList<PassedIndicator>> ChangedSince(DateTimeOffset since, Tlp strictest, int most, CancellationToken ct);

    /// <summary>Waits until nothing is being merged: what is written afterwards has changed afterwards.</summary>
    Task Settled(CancellationToken ct);

    /// <summary>How many count; about as many may be passed on.</summary>
    Task<long> Count(CancellationToken ct);

    /// <summary>Stands for which sources' licences let their word be passed on: when it is another one, all must be looked at again.</summary>
    Task<string> Licences(CancellationToken ct);
}
