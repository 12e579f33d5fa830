using System.Text.Json.Serialization;
using Juming.Contracts.Indicators;
using Juming.Platform.Handlers;

namespace Juming.Site.ThreatIntel;

/// <summary>How far a statement may travel (TLP 2.0). The order is that of strictness; numbers are stored and never change.</summary>
[JsonConverter(typeof(JsonStringEnumConverter))]
public enum SharingLimit : byte
{
    /// <summary>Anybody.</summary>
    Clear = 0,

    /// <summary>The community.</summary>
    Green = 1,

    /// <summary>The organisation and its customers.</summary>
    Amber = 2,

    /// <summary>The organisation only.</summary>
    AmberStrict = 3,

    /// <summary>Named people only.</summary>
    Red = 4,
}

/// <summary>An indicator as it is handed to a site.</summary>
/// <param name="Id">Identity, given by who hands it over; means nothing here.</param>
/// <param name="Value">Kind and normal form.</param>
/// <param name="Confidence">0 to 100.</param>
/// <param name="Severity">1 low to 4 critical.</param>
public sealed record IndicatorEntry(Guid Id, IndicatorValue Value, int Confidence, int Severity)
{
    /// <summary>From then on it says nothing; null for no end.</summary>
    public DateTimeOffset? ValidUntil { get; init; }

    /// <summary>How far it may travel.</summary>
    public SharingLimit Tlp { get; init; }

    /// <summary>Name of the threat, such as a family of malware; empty where none is known.</summary>
    public string Threat { get; init; } = "";

    /// <summary>Words on it, such as "c2" or "phishing".</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>ATT&amp;CK techniques, "T1071.001".</summary>
    public IReadOnlyList<string> Techniques { get; init; } = [];

    /// <summary>Independent sources that name it.</summary>
    public int Sources { get; init; } = 1;

    /// <summary>The operator hands it over by its own key, not the cloud.</summary>
    public bool FromOperator { get; init; }
}

/// <summary>What a delivery did.</summary>
/// <param name="Version">The version that is in force now.</param>
/// <param name="InForce">Indicators in force.</param>
/// <param name="Refused">Entries that were left out: no normal form, or so wide that they would match everything.</param>
public sealed record IndicatorDelivery(long Version, long InForce, long Refused);

/// <summary>
/// The indicators that come to this site from the cloud. Versions are numbers of one line: a whole set of version n holds every change up to n. What is asked of events is swapped as one
/// reference, so that matching never waits.
/// </summary>
public interface IIndicatorSet
{
    /// <summary>Everything up to this version is in force; 0 while nothing was delivered. Survives a restart.</summary>
    long Version { get; }

    /// <summary>After a roll-back no changes are taken until a whole set of a later version than this has come; null otherwise.</summary>
    long? WantsSetAfter { get; }

    /// <summary>
    /// Takes a whole set. It is streamed into a new index; the old one is in force until the new one is written, read back and swapped. Changes of later versions stay in force above it.
    /// One delivery at a time: others wait. Broken off or thrown from within the entries, nothing has changed.
    /// </summary>
    /// <param name="version">Its version; an older one than that of the whole set in force is refused.</param>
    /// <param name="entries">All of it, in any order.</param>
    /// <param name="ct">Cancels; the old set stays.</param>
    Task<Result<IndicatorDelivery>> Replace(long version, IAsyncEnumerable<IndicatorEntry> entries, CancellationToken ct);

    /// <summary>Takes changes on top of what is in force: durable and asked of events when it returns. An entry whose identity is known already takes its place. At most <see cref="MostChanges"/> at once.</summary>
    /// <param name="version">The version that they lead to; one that is in force already is answered and changes nothing.</param>
    /// <param name="added">New and changed ones.</param>
    /// <param name="withdrawn">Identities that no longer count.</param>
    /// <param name="ct">Cancels.</param>
    Task<Result<IndicatorDelivery>> Change(long version, IReadOnlyList<IndicatorEntry> added, IReadOnlyList<Guid> withdrawn, CancellationToken ct);

    /// <summary>Goes back to the whole set before; refused when there is none.</summary>
    Task<Result<IndicatorDelivery>> RollBack(CancellationToken ct);

    /// <summary>Most entries and identities of one call of <see cref="Change"/>.</summary>
    const int MostChanges = 10_000;
}

/// <summary>The indicators that operators give their own sites, a few thousand at most; asked beside the cloud's set, whose word on a value they never take away.</summary>
public interface IOperatorIndicators
{
    /// <summary>Operators whose indicators are in force.</summary>
    IReadOnlyCollection<string> Operators { get; }

    /// <summary>Takes all that an operator says in place of what it said before; none takes it out. Durable and asked of events when it returns; the same again changes nothing.</summary>
    /// <param name="operatorId">The operator.</param>
    /// <param name="entries">All of it; at most <see cref="Most"/>.</param>
    /// <param name="ct">Cancels.</param>
    Task<Result<IndicatorDelivery>> Replace(string operatorId, IReadOnlyList<IndicatorEntry> entries, CancellationToken ct);

    /// <summary>Most entries of one operator.</summary>
    const int Most = 50_000;
}

/// <summary>How often an indicator was met at this site. Nothing else about it may leave.</summary>
/// <param name="Indicator">Identity that the cloud gave.</param>
/// <param name="Count">Events since it was first met here.</param>
/// <param name="First">Day of the first.</param>
/// <param name="Last">Day of the last.</param>
public sealed record IndicatorSightings(Guid Indicator, long Count, DateOnly First, DateOnly Last);

/// <summary>Counts of indicators that were met, for who tells the tier above.</summary>
public interface IIndicatorSightings
{
    /// <summary>Indicators of the cloud whose count changed after a mark, oldest change first; the site's own are never among them.</summary>
    /// <param name="after">Mark of the last page; 0 to begin.</param>
    /// <param name="most">Most of them.</param>
    /// <param name="ct">Cancels.</param>
    Task<(IReadOnlyList<IndicatorSightings> Counts, long Mark)> ChangedAfter(long after, int most, CancellationToken ct);
}
