using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Juming.Platform.Data;
using Juming.Site.Collection.Data;
using Juming.Site.Events;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Juming.Site.Collection.Sources;

/// <summary>All senders. One appears by itself with its first line. The register is bounded: forged addresses share one entry when their part of it is full, idle ones that sent little make room, and senders that proved who they are have room of their own.</summary>
internal sealed class SourceRegister(IServiceScopeFactory scopes, CollectionSettings settings, TimeProvider clock) : ISourceDirectory
{
    /// <summary>Most senders kept apart.</summary>
    public const int MostSources = 10_000;

    /// <summary>Most senders that nothing vouches for: a datagram's address is easily forged.</summary>
    public const int MostUnproven = 8_000;

    /// <summary>Most senders of syslog, a handshake behind them or not: files and HTTP clients always find room.</summary>
    public const int MostSyslog = 9_500;

    /// <summary>Numbers that can be given, each once: a stored event keeps its sender's number when the row has made room.</summary>
    public const int MostNumbers = 1 << 22;

    // The columns' lengths.
    private const int MostKey = 400;
    private const int MostName = 200;

    private static readonly TimeSpan IdleAfter = TimeSpan.FromHours(24);
    private const long LittleSent = 1000;

    private readonly ConcurrentDictionary<string, Source> _byKey = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<int, Source> _byId = new();
    private readonly ConcurrentDictionary<string, DateTimeOffset> _datasets = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _saving = new(1, 1);
    private readonly Source _others = new() { Id = 0, Key = "others", Name = "others", Persisted = true };
    private int _next = 1;
    private int _syslog;

    /// <summary>The number that the next new sender gets.</summary>
    public int NextNumber => Volatile.Read(ref _next);

    /// <summary>All senders known.</summary>
    public IEnumerable<Source> All => _byId.Values;

    /// <summary>Reads the register; call once before receivers start.</summary>
    public async Task Load(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var rows = await scope.ServiceProvider.GetRequiredService<CollectionDb>().Sources.AsNoTracking().ToListAsync(ct);
        foreach (var row in rows)
        {
            var source = new Source { Id = row.Id, Key = row.Key, Persisted = true };
            Apply(source, row);
            source.FirstSeen = PlainStatements.Micros(row.FirstSeen);
            source.RestoreLastSeen(PlainStatements.Micros(row.LastSeen));
            source.Silence.Restore(row.Habit, PlainStatements.Micros(clock.GetUtcNow()));
            _byKey[row.Key] = source;
            _byId[row.Id] = source;
            if (IsSyslog(row.Key)) _syslog++;
            _next = Math.Max(_next, row.Id + 1);
        }
    }

    /// <summary>The sender of a key, made when it is new.</summary>
    /// <param name="key">What it is recognised by.</param>
    /// <param name="name">Its name until a person gives it one.</param>
    /// <param name="proven">It finished a handshake, signed in, or lies on this machine: its key isn't forged.</param>
    public Source Get(string key, string name, bool proven = false)
    {
        if (_byKey.TryGetValue(key, out var source)) return source;
        key = Fitting(key);
        lock (_gate)
        {
            if (_byKey.TryGetValue(key, out source)) return source;
            if (_byKey.Count >= MostSources || _next >= MostNumbers || (IsSyslog(key) && _syslog >= (proven ? MostSyslog : MostUnproven))) return _others;
            source = new Source { Id = _next++, Key = key, Name = name.Length > MostName ? name[..MostName] : name };
            source.Memory.Address = name;
            source.Memory.Zone = settings.DefaultZone;
            if (IsSyslog(key)) _syslog++;
            _byId[source.Id] = source;
            return _byKey[key] = source;
        }
    }

    /// <summary>A sender whose row made room for others sends again.</summary>
    public void Keep(Source source)
    {
        if (!source.Evicted) return;
        lock (_gate)
        {
            if (!source.Evicted || !_byKey.TryAdd(source.Key, source)) return;
            if (IsSyslog(source.Key)) _syslog++;
            _byId[source.Id] = source;
            source.Evicted = false;
        }
    }

    /// <summary>Lets senders go that have been quiet for a day, sent little and that nobody tended; only when room is short.</summary>
    /// <param name="everReceived">Lines ever received of a sender by its number.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>How many went.</returns>
    public async Task<int> MakeRoom(Func<int, long> everReceived, CancellationToken ct)
    {
        if (Volatile.Read(ref _syslog) < MostUnproven * 9 / 10 && _byKey.Count < MostSources * 9 / 10) return 0;
        var since = PlainStatements.Micros(clock.GetUtcNow() - IdleAfter);
        // The highest number stays, so that a restart goes on counting behind it.
        var highest = _byId.Values.Where(s => s.Persisted).Select(s => s.Id).DefaultIfEmpty().Max();
        var idle = _byId.Values.Where(s => s.Persisted && s.Id != highest && !s.Tended && IsSyslog(s.Key) && s.LastSeen > 0 && s.LastSeen < since && everReceived(s.Id) < LittleSent).ToList();
        if (idle.Count == 0) return 0;
        await _saving.WaitAsync(ct);
        try
        {
            lock (_gate)
                foreach (var source in idle)
                {
                    _byKey.TryRemove(source.Key, out _);
                    _byId.TryRemove(source.Id, out _);
                    (source.Persisted, source.Evicted) = (false, true);
                    _syslog--;
                }
            await using var scope = scopes.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<CollectionDb>();
            foreach (var some in idle.Select(s => s.Id).Chunk(500))
            {
                db.Sources.RemoveRange(await db.Sources.Where(r => some.Contains(r.Id)).ToListAsync(ct));
                await db.SaveChangesAsync(ct);
            }
        }
        finally
        {
            _saving.Release();
        }
        return idle.Count;
    }

    /// <summary>The sender of a number, or null.</summary>
    public Source? Find(int id) => _byId.GetValueOrDefault(id);

    /// <summary>Makes new senders durable, so that a stored event never names a number that a restart gives to someone else.</summary>
    public async Task Persist(CancellationToken ct)
    {
        await _saving.WaitAsync(ct);
        try
        {
            var fresh = _byId.Values.Where(s => !s.Persisted).ToList();
            if (fresh.Count == 0) return;
            await using var scope = scopes.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<CollectionDb>();
            var now = clock.GetUtcNow();
            db.Sources.AddRange(fresh.Select(s => new SourceRow { Id = s.Id, Key = s.Key, Name = s.Name, AssetId = s.AssetId, FirstSeen = s.FirstSeen == 0 ? now : Instant(s.FirstSeen), LastSeen = now }));
            await db.SaveChangesAsync(ct);
            foreach (var source in fresh) source.Persisted = true;
        }
        finally
        {
            _saving.Release();
        }
    }

    /// <summary>Writes last-seen times and habits back; the silence watch needs them after a restart.</summary>
    public async Task SaveLastSeen(CancellationToken ct)
    {
        var heard = _byId.Values.Where(s => s.Persisted && s.LastSeen > s.SavedSeen).ToList();
        if (heard.Count == 0) return;
        await _saving.WaitAsync(ct);
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<CollectionDb>();
            foreach (var some in heard.Chunk(500))
            {
                var ids = some.Select(s => s.Id).ToList();
                var rows = await db.Sources.Where(r => ids.Contains(r.Id)).ToDictionaryAsync(r => r.Id, ct);
                foreach (var source in some)
                {
                    if (!rows.TryGetValue(source.Id, out var row)) continue;
                    row.LastSeen = Instant(source.LastSeen);
                    row.Habit = source.Silence.Habit;
                    source.SavedSeen = PlainStatements.Micros(row.LastSeen);
                }
                await db.SaveChangesAsync(ct);
            }
        }
        finally
        {
            _saving.Release();
        }
    }

    /// <summary>Applies what a person set.</summary>
    public void Apply(SourceRow row)
    {
        if (_byId.TryGetValue(row.Id, out var source)) Apply(source, row);
    }

    /// <summary>Notes that a dataset arrived.</summary>
    public void NoteDataset(string dataset, long at)
    {
        if (_datasets.Count < 2000 || _datasets.ContainsKey(dataset)) _datasets[dataset] = Instant(at);
    }

    /// <inheritdoc/>
    public string NameOf(int sourceId) => Find(sourceId) is { } source ? source.Name.Length > 0 ? source.Name : source.Key : "#" + sourceId.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public SourceMemory MemoryOf(int sourceId) => Find(sourceId)?.Memory ?? new SourceMemory { Zone = settings.DefaultZone };

    /// <inheritdoc/>
    public IReadOnlyList<string> TendedAddresses => [.. _byId.Values.Where(s => s.Tended && !s.Muted).Select(s => s.Memory.Address).OfType<string>()];

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, DateTimeOffset> LiveDatasets
    {
        get
        {
            var since = clock.GetUtcNow().AddDays(-1);
            return _datasets.Where(d => d.Value > since).ToDictionary(d => d.Key, d => d.Value);
        }
    }

    private void Apply(Source source, SourceRow row)
    {
        source.Name = row.Name;
        source.Muted = row.Muted;
        source.Memory.PinnedCharset = row.Charset;
        source.Memory.Address ??= row.Key[(row.Key.IndexOf('/', StringComparison.Ordinal) + 1)..];
        source.AssetId = row.AssetId;
        source.Tended = row.Muted || row.AssetId is not null || row.Charset is not null || row.Zone is not null || row.Name != row.Key[(row.Key.IndexOf('/', StringComparison.Ordinal) + 1)..];
        var before = source.Memory.Zone;
        source.Memory.Zone = row.Zone is { } zone && TimeZoneInfo.TryFindSystemTimeZoneById(zone, out var found) ? found : settings.DefaultZone;
        if (!before.Equals(source.Memory.Zone)) source.ForgetSkew();
    }

    private static bool IsSyslog(string key) => key.StartsWith("syslog/", StringComparison.Ordinal);

    /// <summary>A key as long as its column: the end of a longer one is replaced by a hash of it all.</summary>
    private static string Fitting(string key) =>
        key.Length <= MostKey ? key : string.Concat(key.AsSpan(0, MostKey - 65), "#", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key))));

    private static DateTimeOffset Instant(long micros) => DateTimeOffset.UnixEpoch.AddTicks(micros * 10);
}
