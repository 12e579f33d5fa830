using Google.Protobuf;
using Juming.Contracts.Egress;
using Juming.Platform.Data;
using Juming.Platform.Links;

namespace Juming.Site.ThreatIntel.Hits;

/// <summary>
/// Tells the tier above how often its indicators were met: an identity that it gave itself, a count, two days. Each message holds the count since the first hit, so that a repeat changes nothing and
/// a mark need not be kept: the gate sends nothing anew that it has sent.
/// </summary>
internal sealed class TellSightings(IIndicatorSightings sightings, IEgress egress, ToldMark told)
{
    private const int AtOnce = 500;
    private const int MostARun = 20_000;

    /// <summary>Tells what changed since the last run; all of it after a start.</summary>
    public async Task Run(CancellationToken ct)
    {
        for (var sent = 0; sent < MostARun;)
        {
            var (counts, next) = await sightings.ChangedAfter(told.Mark, AtOnce, ct);
            foreach (var count in counts)
                // Told at the next run: there is no way up yet, or the customer does not want it told.
                if ((await egress.Send(Of(count), ct)).Outcome is EgressOutcome.NotJoined or EgressOutcome.Refused) return;
            if (next == told.Mark) return;
            told.Mark = next;
            sent += counts.Count;
        }
    }

    private static Contracts.Egress.IndicatorSightings Of(IndicatorSightings count) => new()
    {
        Indicator = ByteString.CopyFrom(count.Indicator.ToByteArray(bigEndian: true)),
        Hits = (ulong)count.Count,
        FirstAt = Instant(count.First),
        LastAt = Instant(count.Last),
    };

    // The day is enough; the hour of an attack is the customer's own.
    private static long Instant(DateOnly day) => PlainStatements.Micros(new DateTimeOffset(day, TimeOnly.MinValue, TimeSpan.Zero));
}

/// <summary>Up to where counts have been told since the start.</summary>
internal sealed class ToldMark
{
    public long Mark { get; set; }
}
