using System.Text.Json.Serialization;
using Juming.Contracts.Egress;
using Juming.Platform.Links;

namespace Juming.Operator.Customers.Sites;

/// <summary>What a site last said of itself. It is the site's word, not this host's.</summary>
/// <param name="At">When it came, by the clock here.</param>
/// <param name="StartedAt">When its process began, by its own clock.</param>
/// <param name="Disk">How much room it has.</param>
/// <param name="DiskUsedPercent">Of its data folder's file system.</param>
/// <param name="EventsPerSecond">Events of the last minute.</param>
/// <param name="SourcesUp">Senders that are heard as usual.</param>
/// <param name="SourcesSilent">Senders that are quiet against their habit.</param>
/// <param name="EventsReceived">Events since it was set up.</param>
/// <param name="Alerts">Alerts that it keeps.</param>
/// <param name="IncidentsOpen">Incidents that are open.</param>
/// <param name="Waiting">Records that wait to go up.</param>
/// <param name="EventsParsed">Of the events since it was set up, those that a parser understood.</param>
/// <param name="EventsStored">Events since it was set up that were stored.</param>
/// <param name="IntelVersion">Version of its set of indicators; 0 while it has none.</param>
/// <param name="IntelIndicators">Indicators in force there.</param>
/// <param name="EgressRefused">What its gate refused since it was set up.</param>
/// <param name="RoundTripMs">From its heartbeat to the answer; null while it did not measure it.</param>
/// <param name="Reconnects">How often its link had to be made anew since its process began.</param>
internal sealed record SiteFigures(
    DateTimeOffset At, DateTimeOffset? StartedAt, DiskRoom Disk, double DiskUsedPercent, long EventsPerSecond, long SourcesUp, long SourcesSilent, long EventsReceived, long Alerts, long IncidentsOpen, long Waiting,
    long EventsParsed, long EventsStored, long IntelVersion, long IntelIndicators, long EgressRefused, long? RoundTripMs, long Reconnects)
{
    /// <summary>Events of a hundred that no parser understood.</summary>
    public double Unparsed => EventsReceived > 0 && EventsParsed > 0 ? Math.Clamp(100.0 * (EventsReceived - EventsParsed) / EventsReceived, 0, 100) : 0;

    /// <summary>Those of peers whose latest values are at hand; a value that says what none may is left out.</summary>
    public static IReadOnlyDictionary<Guid, SiteFigures> Of(IReadOnlyList<ArrivedValue> values)
    {
        var found = new Dictionary<Guid, SiteFigures>();
        foreach (var value in values)
            if (UpwardMessages.Read(value.Type, value.Payload) is SiteHealth health) found[value.Peer] = From(health, value.ReceivedAt);
        return found;
    }

    private static SiteFigures From(SiteHealth health, DateTimeOffset at) => new(
        at, UpwardMessages.InstantOf(health.StartedAt),
        health.DiskLevel switch { DiskLevel.Enough => DiskRoom.Enough, DiskLevel.Low => DiskRoom.Low, DiskLevel.VeryLow => DiskRoom.VeryLow, DiskLevel.Full => DiskRoom.Full, _ => DiskRoom.Unknown },
        Math.Min(health.DiskUsed, 1000) / 10.0, health.EventsPerSecond, health.SourcesUp, health.SourcesSilent, Whole(health.EventsReceived), Whole(health.Alerts), health.IncidentsOpen, Whole(health.LinkWaiting),
        Whole(health.EventsParsed), Whole(health.EventsStored), Whole(health.IntelSet), Whole(health.IntelIndicators), Whole(health.EgressRefused), health.LinkRoundTrip > 0 ? health.LinkRoundTrip : null, Math.Max(0, (long)health.LinkConnections - 1));

    private static long Whole(ulong number) => (long)Math.Min(number, long.MaxValue);
}

/// <summary>How much room a site has.</summary>
[JsonConverter(typeof(JsonStringEnumConverter))]
internal enum DiskRoom
{
    /// <summary>It does not say.</summary>
    Unknown,

    /// <summary>Enough.</summary>
    Enough,

    /// <summary>Less than 15 % is free.</summary>
    Low,

    /// <summary>Less than 8 %.</summary>
    VeryLow,

    /// <summary>Less than 3 %.</summary>
    Full,
}
