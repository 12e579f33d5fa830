namespace Juming.Site.Events.Find;

/// <summary>
/// A search as a page shows it: rows arrive while it runs, it can be stopped, and another may follow before it has ended. Only the latest
/// one may change what is shown.
/// </summary>
internal sealed class LiveSearch(ISearch search)
{
    private Turn? _latest;

    /// <summary>What was found so far, newest first.</summary>
    public List<EventView> Events { get; } = [];

    /// <summary>Where the next page begins; null when there is no more.</summary>
    public string? Cursor { get; private set; }

    /// <summary>Segments looked through, and all.</summary>
    public (int Done, int Total) Progress { get; private set; }

    /// <summary>Share of the time range that is looked through, 0 to 1.</summary>
    public double Share { get; private set; }

    /// <summary>A search is under way.</summary>
    public bool IsRunning => _latest is not null;

    /// <summary>The last search was stopped before its end.</summary>
    public bool WasStopped { get; private set; }

    /// <summary>Begins a search and ends the one before it; dispose what is handed out when it is over.</summary>
    /// <param name="anew">Forgets what was found; otherwise the next page follows.</param>
    /// <param name="gone">Ends when the page is left.</param>
    public Turn Begin(bool anew, CancellationToken gone)
    {
        _latest?.Cancel();
        (Progress, Share, WasStopped) = ((0, 0), 0, false);
        if (anew)
        {
            Events.Clear();
            Cursor = null;
        }
        return _latest = new Turn(this, gone);
    }

    /// <summary>Ends the search that runs; what was found stays.</summary>
    public void Stop()
    {
        WasStopped = IsRunning;
        _latest?.Cancel();
    }

    /// <summary>Takes in rows until the page is full, telling the page after each step.</summary>
    public async Task Read(Turn turn, SearchRequest request, Action changed)
    {
        await foreach (var chunk in search.Search(request with { Cursor = Cursor }, turn.Token))
        {
            // A step that was on its way when another search began belongs to nobody.
            if (!turn.IsLatest) return;
            Events.AddRange(chunk.Events);
            (Progress, Share, Cursor) = ((chunk.SegmentsDone, chunk.SegmentsTotal), chunk.Share, chunk.Cursor);
            changed();
        }
    }

    /// <summary>One search from its beginning to its end.</summary>
    public sealed class Turn(LiveSearch owner, CancellationToken gone) : IDisposable
    {
        private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(gone);

        /// <summary>Stops it.</summary>
        public CancellationToken Token => _stop.Token;

        /// <summary>No other has begun since.</summary>
        public bool IsLatest => ReferenceEquals(owner._latest, this);

        /// <summary>Stops it.</summary>
        public void Cancel() => _stop.Cancel();

        /// <inheritdoc/>
        public void Dispose()
        {
            if (IsLatest) owner._latest = null;
            _stop.Dispose();
        }
    }
}
