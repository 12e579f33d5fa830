using Juming.Platform.Handlers;

namespace Juming.Platform.Content.Sync;

/// <summary>How the last looks upward went, for those who look.</summary>
internal sealed class ContentStatus
{
    private readonly Lock _lock = new();
    private Report _now = new(null, null, null, null);

    /// <summary>What is known.</summary>
    /// <param name="AskedAt">When the host above was asked last.</param>
    /// <param name="GoodAt">When all was well last.</param>
    /// <param name="Problem">Why it is not; null when it is.</param>
    /// <param name="TakeProblem">Why content that came could not be used; null when it could.</param>
    public sealed record Report(DateTimeOffset? AskedAt, DateTimeOffset? GoodAt, Error? Problem, Error? TakeProblem);

    /// <summary>As it stands.</summary>
    public Report Now
    {
        get
        {
            lock (_lock) return _now;
        }
    }

    /// <summary>The host above was asked.</summary>
    public void Asked(DateTimeOffset at, Error? problem)
    {
        lock (_lock) _now = _now with { AskedAt = at, GoodAt = problem is null ? at : _now.GoodAt, Problem = problem };
    }

    /// <summary>Content was put to use, or not.</summary>
    public void Taken(Error? problem)
    {
        lock (_lock) _now = _now with { TakeProblem = problem };
    }
}
