using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Site.Watching.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Juming.Site.Watching.Entries;

/// <summary>The list for other modules: what is read comes from memory, changes go through the same door as those of people.</summary>
internal sealed class WatchList(WatchBook book, IServiceScopeFactory scopes, TimeProvider clock) : IWatchList
{
    public WatchedValue? Find(string? value) => book.Find(value);

    public ValueTask<IReadOnlyList<WatchedValue>> All(CancellationToken ct) => book.All(ct);

    public string? Read(WatchKind kind, string text) => WatchText.Read(kind, text);

    public Task<Result<Guid>> Add(WatchWish wish, Actor by, CancellationToken ct) => Send(by, new WatchValue(wish.Kind, wish.Value, wish.Reason, wish.Until, wish.Incident, wish.Key), ct);

    public async Task<WatchStanding?> Look(string key, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var row = await scope.ServiceProvider.GetRequiredService<WatchingDb>().Watches.AsNoTracking().FirstOrDefaultAsync(w => w.Key == key, ct);
        return row is null ? null : new WatchStanding(row.Id, row.Value, row.Lasts(clock.GetUtcNow()), row.Until);
    }

    public async Task<Result<Done>> End(string key, Actor by, CancellationToken ct) => (await Send(by, new EndWatches { MadeBy = key, Key = key }, ct)).Error is { } error ? error : Done.Value;

    public async Task<Result<int>> EndAll(WatchKind kind, string value, string key, Actor by, CancellationToken ct)
    {
        if (WatchText.Read(kind, value) is not { } stored) return WatchingErrors.Unreadable.With("value", value.Length <= 60 ? value : value[..60]);
        return Counted(await Send(by, new EndWatches { Of = (kind, stored), Key = key }, ct));
    }

    public async Task<Result<int>> Resume(string key, Actor by, CancellationToken ct) => Counted(await Send(by, new ResumeWatches(key), ct));

    private static Result<int> Counted(Result<IReadOnlyList<Guid>> done) => done.Error is { } error ? error : done.Value.Count;

    private async Task<Result<T>> Send<T>(Actor by, ICommand<T> command, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<Sender>().SendAs(by, command, ct);
    }
}
