using Juming.Contracts.Egress;
using Juming.Platform.Links;
using Juming.Site.Collection.Pipeline;
using Juming.Site.Collection.Sources;
using Juming.Site.Events;

namespace Juming.Site.Collection;

/// <summary>What the host above is told of collection: counts alone, never who sends.</summary>
internal sealed class CollectionHealth(SourceRegister sources, LedgerBook book, IngestPipeline pipeline, ILedger ledger, TimeProvider clock) : IHealthPart
{
    private long _received = -1;
    private long _at;

    public async Task Fill(SiteHealth to, CancellationToken ct)
    {
        var now = (clock.GetUtcNow().UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / 10;
        var tended = sources.All.Where(s => !s.Muted).ToList();
        to.SourcesSilent = (uint)tended.Count(s => s.Silence.IsSilent(now));
        to.SourcesUp = (uint)tended.Count - to.SourcesSilent;
        to.EventsReceived = (ulong)(await ledger.ReceivedBySource(ct)).Values.Sum();
        to.EventsStored = (ulong)Math.Max(0, book.StoredLines);
        to.EventsParsed = (ulong)Math.Max(0, book.StoredLines - pipeline.Unparsed);
        var received = book.Totals.GetValueOrDefault(LedgerReasons.Received);
        var at = clock.GetTimestamp();
        if (_received >= 0 && clock.GetElapsedTime(_at, at).TotalSeconds is var seconds and >= 1) to.EventsPerSecond = (uint)Math.Max(0, (received - _received) / seconds);
        (_received, _at) = (received, at);
    }
}
