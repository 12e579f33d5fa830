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
internal sealed record SiteFigures(
    DateTimeOffset At, DateTimeOffset? StartedAt, DiskRoom Disk, double DiskUsedPercent, long EventsPerSecond, long SourcesUp, long SourcesSilent, long EventsReceived, long Alerts, long IncidentsOpen, long Waiting)
{
    /// <summary>Those of peers whose latest values are at hand; a value that says what none may is left out.</summary>
    public static IReadOnlyDictionary<Guid, SiteFigures> Of(IReadOnlyList<ArrivedValue> values)
    {
        var found = new Dictionary<Guid, SiteFigures>();
        foreach (var value in values)
            if (UpwardMessages.Read(value.Type, value.Payload) is SiteHealth health) found[value.Peer] = From(health, value.ReceivedAt);
        return found;
    }

    private static SiteFigures From(SiteHealth health, DateTimeOffset at) => new(
        at, health.StartedAt is > 0 and < 4_102_444_800_000_000 ? DateTimeOffset.UnixEpoch.AddMicroseconds(health.StartedAt) : null,
        health.DiskLevel switch { DiskLevel.Enough => DiskRoom.Enough, DiskLevel.Low => DiskRoom.Low, DiskLevel.VeryLow => DiskRoom.VeryLow, DiskLevel.Full => DiskRoom.Full, _ => DiskRoom.Unknown },
        Math.Min(health.DiskUsed, 1000) / 10.0, health.EventsPerSecond, health.SourcesUp, health.SourcesSilent, Whole(health.EventsReceived), Whole(health.Alerts), health.IncidentsOpen, Whole(health.LinkWaiting));

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
