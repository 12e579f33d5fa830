using System.Globalization;
using Juming.Platform.Modules;
using Juming.Site.Collection.Receivers;
using Juming.Site.Collection.Sources;

namespace Juming.Site.Collection;

/// <summary>Every receiver of the settings is bound.</summary>
internal sealed class ReceiversReadiness(CollectionService service, CollectionSettings settings, TierContext tier) : IReadiness
{
    public string Name => "receivers";

    public Task<ReadinessReport> Look(CancellationToken ct)
    {
        var wanted = settings.Udp.Length + settings.Tcp.Length + settings.Tls.Length + settings.UnixSockets.Length;
        return Task.FromResult(
            tier.Offline ? new ReadinessReport(ReadinessLevel.Good, $"The site does not run; {wanted} receivers are set.")
            : service.Ended > 0 ? new ReadinessReport(ReadinessLevel.Bad, $"{service.Ended} of {wanted} receivers have ended.", "See the log for the reason and restart the site.")
            : service.Listening.Count < wanted ? new ReadinessReport(ReadinessLevel.Bad, $"{service.Listening.Count} of {wanted} receivers listen.", "See the log for the reason; another program may hold the port.")
            : new ReadinessReport(ReadinessLevel.Good, wanted == 0 ? "No receiver is set; files and HTTP alone feed this site." : $"Listening: {string.Join(", ", service.Listening)}."));
    }
}

/// <summary>No sender is quiet against its habit, and their lines are understood.</summary>
internal sealed class SourcesReadiness(SourceRegister sources, TimeProvider clock) : IReadiness
{
    // A share of a handful of lines tells nothing.
    private const long LeastLines = 1000;
    private const double LeastParsed = 0.8;
    private const double MostSkewSeconds = 120;

    public string Name => "sources";

    public Task<ReadinessReport> Look(CancellationToken ct)
    {
        var now = (clock.GetUtcNow().UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / 10;
        var (all, silent, skewed, received, unparsed) = (0, 0, 0, 0L, 0L);
        foreach (var source in sources.All)
        {
            if (source.Muted) continue;
            all++;
            if (source.Silence.IsSilent(now)) silent++;
            if (Math.Abs(source.SkewSeconds ?? 0) > MostSkewSeconds) skewed++;
            received += source.Received;
            unparsed += source.Unparsed;
        }
        if (all == 0) return Report(ReadinessLevel.Warning, "No sender is known yet.", "Point a device's syslog at this site, or add files to Modules:Collection:Files.");
        var parsed = received == 0 ? 1 : 1 - ((double)unparsed / received);
        var text = string.Create(CultureInfo.InvariantCulture, $"{all} senders, {silent} silent against their habit, {skewed} with clocks more than two minutes off; {received} lines since the start, {100 * parsed:0.#} % parsed.");
        if (silent > 0) return Report(ReadinessLevel.Warning, text, "The sources page names the silent ones.");
        if (received >= LeastLines && parsed < LeastParsed) return Report(ReadinessLevel.Warning, text, "The parsers page shows the unknown lines and makes packs of them.");
        return skewed > 0 ? Report(ReadinessLevel.Warning, text, "Set those devices' clocks, or their zone on the sources page.") : Report(ReadinessLevel.Good, text, null);
    }

    private static Task<ReadinessReport> Report(ReadinessLevel level, string text, string? advice) => Task.FromResult(new ReadinessReport(level, text, advice));
}
