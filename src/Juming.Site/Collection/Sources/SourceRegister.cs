using System.Collections.Concurrent;
using Juming.Site.Collection.Data;
using Juming.Site.Events;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Juming.Site.Collection.Sources;

/// <summary>All senders. One appears by itself with its first line; the register is bounded, so a flood of forged addresses ends in one shared entry.</summary>
internal sealed class SourceRegister(IServiceScopeFactory scopes, CollectionSettings settings, TimeProvider clock) : ISourceDirectory
{
    /// <summary>Most senders kept apart.</summary>
    public const int MostSources = 10_000;

    private readonly ConcurrentDictionary<string, Source> _byKey = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<int, Source> _byId = new();
    private readonly ConcurrentDictionary<string, DateTimeOffset> _datasets = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _saving = new(1, 1);
    private readonly Source _others = new() { Id = 0, Key = "others", Name = "others", Persisted = true };
    private int _next = 1;

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
            source.FirstSeen = Micros(row.FirstSeen);
            source.RestoreLastSeen(Micros(row.LastSeen));
            source.Silence.Heard(Micros(row.LastSeen));
            _byKey[row.Key] = source;
            _byId[row.Id] = source;
            _next = Math.Max(_next, row.Id + 1);
        }
    }

    /// <summary>The sender of a key, made when it is new.</summary>
    public Source Get(string key, string name)
    {
        if (_byKey.TryGetValue(key, out var source)) return source;
        lock (_gate)
        {
            if (_byKey.TryGetValue(key, out source)) return source;
            if (_byKey.Count >= MostSources) return _others;
            source = new Source { Id = _next++, Key = key, Name = name };
            source.Memory.Address = name;
            source.Memory.Zone = settings.DefaultZone;
            _byId[source.Id] = source;
            return _byKey[key] = source;
        }
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
            db.Sources.AddRange(fresh.Select(s => new SourceRow { Id = s.Id, Key = s.Key, Name = s.Name, FirstSeen = now, LastSeen = now }));
            await db.SaveChangesAsync(ct);
            foreach (var source in fresh) source.Persisted = true;
        }
        finally
        {
            _saving.Release();
        }
    }

    /// <summary>Writes last-seen times back; the silence watch needs them after a restart.</summary>
    public async Task SaveLastSeen(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<CollectionDb>();
        foreach (var row in await db.Sources.ToListAsync(ct))
            if (_byId.TryGetValue(row.Id, out var source) && source.LastSeen > Micros(row.LastSeen)) row.LastSeen = Instant(source.LastSeen);
        await db.SaveChangesAsync(ct);
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
        source.Memory.Zone = row.Zone is { } zone && TimeZoneInfo.TryFindSystemTimeZoneById(zone, out var found) ? found : settings.DefaultZone;
    }

    private static long Micros(DateTimeOffset at) => (at.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / 10;

    private static DateTimeOffset Instant(long micros) => DateTimeOffset.UnixEpoch.AddTicks(micros * 10);
}
