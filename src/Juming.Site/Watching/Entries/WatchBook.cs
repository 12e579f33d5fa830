using System.Collections.Frozen;
using System.Net;
using Juming.Site.Watching.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Juming.Site.Watching.Entries;

/// <summary>What is watched at present, in memory; made anew after every change.</summary>
internal sealed class WatchBook(IServiceScopeFactory scopes, TimeProvider clock) : IHostedService, IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private volatile Snapshot _now = new(FrozenDictionary<string, WatchedValue[]>.Empty, []);
    private volatile bool _read;

    public Task StartAsync(CancellationToken cancellationToken) => Reload(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Reads everything that lasts. One at a time, so that an older reading never takes a newer one's place.</summary>
    public async Task Reload(CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var now = clock.GetUtcNow();
            var rows = await scope.ServiceProvider.GetRequiredService<WatchingDb>().Watches.AsNoTracking().Where(w => w.EndedAt == null && (w.Until == null || w.Until > now)).ToListAsync(ct);
            var all = rows.ConvertAll(r => new WatchedValue(r.Id, r.Kind, r.Value, r.Reason, r.Until));
            _now = new Snapshot(
                all.GroupBy(w => w.Value).ToFrozenDictionary(g => g.Key, g => g.OrderByDescending(w => w.Until ?? DateTimeOffset.MaxValue).ToArray()),
                [.. all.Where(w => w.Kind == WatchKind.Address).Select(w => (Network: WatchText.Network(w.Value), Watch: w)).Where(w => w.Network is not null).Select(w => (w.Network!.Value, w.Watch))]);
            _read = true;
        }
        finally
        {
            _turn.Release();
        }
    }

    public WatchedValue? Find(string? value)
    {
        var book = _now;
        if (book.Values.Count == 0 || string.IsNullOrWhiteSpace(value) || value.Length > 300) return null;
        var now = clock.GetUtcNow();
        var text = value.Trim();
        if (WatchText.Address(text) is { } address)
            return Lasting(book, address.ToString(), now) ?? book.Networks.Where(n => n.Network.Contains(address) && Lasts(n.Watch, now)).OrderByDescending(n => n.Watch.Until ?? DateTimeOffset.MaxValue).Select(n => n.Watch).FirstOrDefault();
        return Lasting(book, text.TrimEnd('.').ToLowerInvariant(), now);
    }

    /// <summary>All that last; others may ask before this module has started.</summary>
    public async ValueTask<IReadOnlyList<WatchedValue>> All(CancellationToken ct)
    {
        if (!_read) await Reload(ct);
        var now = clock.GetUtcNow();
        return [.. _now.Values.Values.SelectMany(w => w).Where(w => Lasts(w, now))];
    }

    public void Dispose() => _turn.Dispose();

    private static WatchedValue? Lasting(Snapshot book, string value, DateTimeOffset now) => book.Values.TryGetValue(value, out var found) ? Array.Find(found, w => Lasts(w, now)) : null;

    // What ended since the book was made is told apart here, so that nothing has to run at each end.
    private static bool Lasts(WatchedValue watch, DateTimeOffset now) => watch.Until is null || watch.Until > now;

    private sealed record Snapshot(FrozenDictionary<string, WatchedValue[]> Values, IReadOnlyList<(IPNetwork Network, WatchedValue Watch)> Networks);
}
