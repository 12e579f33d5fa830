using Juming.Platform.Modules;

namespace Juming.Operations;

/// <summary>
/// What <c>/readyz</c> tells: each part and how it stands. A look asks the database and the disk, and anyone may call without signing in, so that all
/// callers of one second share one look.
/// </summary>
internal sealed class ReadinessBoard(IEnumerable<IReadiness> parts, TimeProvider clock)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);

    private readonly IReadOnlyList<IReadiness> _parts = [.. parts];
    private readonly SemaphoreSlim _turn = new(1, 1);
    private IReadOnlyDictionary<string, ReadinessLevel>? _levels;
    private long _lookedAt;

    /// <summary>Part to level, at most a second old.</summary>
    public async Task<IReadOnlyDictionary<string, ReadinessLevel>> Levels(CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            if (_levels is not null && clock.GetElapsedTime(_lookedAt) < Fresh) return _levels;
            var levels = new Dictionary<string, ReadinessLevel>();
            foreach (var part in _parts) levels[part.Name] = (await part.Look(ct)).Level;
            (_levels, _lookedAt) = (levels, clock.GetTimestamp());
            return levels;
        }
        finally
        {
            _turn.Release();
        }
    }
}
