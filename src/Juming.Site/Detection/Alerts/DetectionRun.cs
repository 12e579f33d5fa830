namespace Juming.Site.Detection.Alerts;

/// <summary>Steers detection for a replay.</summary>
internal sealed class DetectionRun(DetectionMatcher matcher, MatchQueue queue, CatchUp catchUp, AlertWriter writer, Rules.RuleBook book, TimeProvider clock) : IDetectionRun
{
    /// <inheritdoc/>
    public IReadOnlyDictionary<string, long> AlertsByRule => writer.AlertsByRule;

    /// <inheritdoc/>
    public async Task AddRules(IReadOnlyList<string> paths, CancellationToken ct)
    {
        await book.AddPaths(paths, ct);
        await catchUp.Live.WaitAsync(ct);
    }

    /// <inheritdoc/>
    public void Observe(Action<ObservedMatch>? observer) => matcher.Observe(observer);

    /// <inheritdoc/>
    public async Task Flush(CancellationToken ct)
    {
        await catchUp.Live.WaitAsync(ct);
        var upTo = queue.Newest;
        while (true)
        {
            await catchUp.CloseGaps(ct);
            if (!await writer.CommitReady(true, ct, tellsAll: true) && writer.Committed >= upTo) return;
            if (writer.Committed < upTo) await Task.Delay(TimeSpan.FromMilliseconds(10), clock, ct);
        }
    }
}
