namespace Juming.Site.Detection.Alerts;

/// <summary>
/// Puts what concurrent workers found back into the store's order. While the past is being caught up, live batches are only noted:
/// they are stored and will be read back. A sequence that nobody brings is found missing and read back too, so it can't hold up the rest.
/// </summary>
internal sealed class MatchQueue(int mostWaitingFolds = 100_000)
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<long, BatchMatches> _done = [];
    private readonly HashSet<long> _begun = [];
    private readonly ManualResetEventSlim _room = new(true);
    private long _next = 1;
    private long _noted;
    private long _answered;
    private long _newest;
    private int _waitingFolds;
    private bool _live;

    /// <summary>Newest sequence that anyone spoke of.</summary>
    public long Newest { get { lock (_gate) return _newest; } }

    /// <summary>Batches are taken as they come.</summary>
    public bool IsLive { get { lock (_gate) return _live; } }

    /// <summary>Claims a batch.</summary>
    /// <returns>False when somebody has it, had it, or will read it back.</returns>
    public bool TryBegin(long sequence)
    {
        lock (_gate)
        {
            if (sequence > _newest) _newest = sequence;
            if (!_live)
            {
                _noted = Math.Max(_noted, sequence);
                return false;
            }
            // A batch that was stored before going live may have been read back already, and its worker come only now.
            return sequence > _answered && sequence >= _next && _begun.Add(sequence);
        }
    }

    /// <summary>Hands over a claimed batch. Blocks its worker while the writer is far behind: lines then wait where they are counted.</summary>
    public void Complete(BatchMatches matches)
    {
        lock (_gate)
        {
            _done[matches.From] = matches;
            _waitingFolds += matches.Folds.Count;
            if (_waitingFolds > mostWaitingFolds && _done.ContainsKey(_next)) _room.Reset();
        }
        _room.Wait(TimeSpan.FromSeconds(30));
    }

    /// <summary>Hands over a batch that was read back while catching up. It answers for every sequence since the one before it.</summary>
    public void CompleteCaughtUp(BatchMatches matches)
    {
        lock (_gate)
        {
            _newest = Math.Max(_newest, matches.To);
            _done[matches.From] = matches;
            _waitingFolds += matches.Folds.Count;
            if (_waitingFolds > mostWaitingFolds) _room.Reset();
        }
        _room.Wait(TimeSpan.FromSeconds(30));
    }

    /// <summary>Says where catching up begins: after the durable watermark.</summary>
    public void StartAfter(long watermark)
    {
        lock (_gate)
        {
            _next = watermark + 1;
            _newest = Math.Max(_newest, watermark);
        }
    }

    /// <summary>Ends catching up after the sequence, unless a later batch went by meanwhile.</summary>
    public bool TryGoLive(long sequence)
    {
        lock (_gate)
        {
            if (_noted > sequence) return false;
            _answered = sequence;
            _live = true;
            return true;
        }
    }

    /// <summary>Takes what follows on without a gap, at most so many folds.</summary>
    public List<BatchMatches> TakeReady(int mostFolds)
    {
        var ready = new List<BatchMatches>();
        lock (_gate)
        {
            var folds = 0;
            while (folds < mostFolds && _done.Remove(_next, out var matches))
            {
                ready.Add(matches);
                folds += matches.Folds.Count;
                for (var i = matches.From; i <= matches.To; i++) _begun.Remove(i);
                _next = matches.To + 1;
            }
            _waitingFolds -= folds;
            if (_waitingFolds <= mostWaitingFolds / 2 || !_done.ContainsKey(_next)) _room.Set();
        }
        return ready;
    }

    /// <summary>The sequences that hold up others and that nobody works on; both 0 when there are none.</summary>
    public (long From, long To) Missing
    {
        get
        {
            lock (_gate)
            {
                if (!_live || _next > _newest || _done.ContainsKey(_next) || _begun.Contains(_next)) return default;
                var to = _newest;
                foreach (var key in _done.Keys)
                {
                    to = Math.Min(to, key - 1);
                    break;
                }
                foreach (var key in _begun)
                    if (key >= _next) to = Math.Min(to, key - 1);
                return (_next, to);
            }
        }
    }

    /// <summary>Claims missing sequences; false when somebody has come for one of them meanwhile.</summary>
    public bool TryClaim(long from, long to)
    {
        lock (_gate)
        {
            if (from != _next) return false;
            for (var i = from; i <= to; i++)
                if (_begun.Contains(i) || _done.ContainsKey(i)) return false;
            for (var i = from; i <= to; i++) _begun.Add(i);
            return true;
        }
    }
}
