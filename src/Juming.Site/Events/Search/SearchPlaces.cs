namespace Juming.Site.Events.Search;

/// <summary>Few may scan at the same moment: memory and processors are shared with storing, which must not wait for readers.</summary>
internal sealed class SearchPlaces(int most) : IDisposable
{
    private const int WaitingPerPlace = 16;
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(15);

    private readonly SemaphoreSlim _free = new(most);
    private int _waiting;

    /// <summary>Waits for a place; given back when the result is disposed.</summary>
    /// <exception cref="SearchQueryException">Too many wait, or it took too long.</exception>
    public async Task<IDisposable> Take(CancellationToken ct)
    {
        try
        {
            if (Interlocked.Increment(ref _waiting) > most * WaitingPerPlace || !await _free.WaitAsync(LongestWait, ct))
                throw new SearchQueryException(SearchQueryException.Busy, "Too many searches run at the same moment; try again in a few seconds.", 0, 0);
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
        return new Place(_free);
    }

    public void Dispose() => _free.Dispose();

    private sealed class Place(SemaphoreSlim free) : IDisposable
    {
        private SemaphoreSlim? _free = free;

        public void Dispose() => Interlocked.Exchange(ref _free, null)?.Release();
    }
}
