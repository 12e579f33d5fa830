using System.Collections.Concurrent;
using Juming.Platform.Access.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Juming.Platform.Access.Audit;

/// <summary>Writes the chain. Callers that arrive while a batch is being written share the next one; each returns after its commit.</summary>
internal sealed class AuditTrail(IServiceScopeFactory scopes, AuditHead head, TimeProvider clock) : IAuditTrail
{
    private const int MostPerBatch = 256;

    private readonly ConcurrentQueue<Item> _waiting = new();
    private readonly SemaphoreSlim _turn = new(1, 1);
    private ChainEnd? _end;

    public async Task Append(AuditEntry entry, CancellationToken ct)
    {
        // What was done is recorded even when the caller has gone: the token is not taken on.
        ct = CancellationToken.None;
        var item = new Item(entry, clock.GetUtcNow());
        _waiting.Enqueue(item);
        await _turn.WaitAsync(ct);
        try
        {
            if (!item.Done.Task.IsCompleted) await WriteWaiting(ct);
        }
        finally
        {
            _turn.Release();
        }
        await item.Done.Task;
    }

    /// <summary>Looks at the chain while nothing is written.</summary>
    public async Task<T> WhileStill<T>(Func<Task<T>> look, CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            return await look();
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task WriteWaiting(CancellationToken ct)
    {
        var batch = new List<Item>();
        while (batch.Count < MostPerBatch && _waiting.TryDequeue(out var item)) batch.Add(item);
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<AccessDb>();
            var now = _end ?? await EndOf(db, ct);
            var next = now;
            foreach (var item in batch)
            {
                var row = Row(item, next.Count + 1);
                row.Hash = AuditChain.HashOf(next.Hash, row);
                db.Add(row);
                next = new ChainEnd(row.Seq, row.Hash);
            }
            // Unknown until the commit has answered; a failure makes the next call read it from the table again.
            _end = null;
            head.Write(now, next, flush: true);
            await db.SaveChangesAsync(ct);
            head.Write(next, next, flush: false);
            _end = next;
            foreach (var item in batch) item.Done.TrySetResult();
        }
        catch (Exception e) when (e is DbUpdateException or System.Data.Common.DbException or IOException or OperationCanceledException or InvalidOperationException or UnauthorizedAccessException)
        {
            foreach (var item in batch) item.Done.TrySetException(e);
        }
    }

    private static async Task<ChainEnd> EndOf(AccessDb db, CancellationToken ct)
    {
        var last = await db.Audit.AsNoTracking().OrderByDescending(a => a.Seq).Select(a => new { a.Seq, a.Hash }).FirstOrDefaultAsync(ct);
        return last is null ? ChainEnd.Empty : new ChainEnd(last.Seq, last.Hash);
    }

    private static AuditRow Row(Item item, long seq)
    {
        // The table keeps whole microseconds; the hash is over what is kept.
        var at = item.At.AddTicks(-(item.At.Ticks % 10));
        var entry = item.Entry;
        return new AuditRow
        {
            Seq = seq,
            At = at,
            Action = entry.Action,
            ActorKind = entry.ActorKind.ToString(),
            ActorId = entry.ActorId,
            ActorName = entry.ActorName,
            Address = entry.Address,
            Arguments = entry.Arguments.Replace("\0", "", StringComparison.Ordinal),
            Outcome = entry.Outcome,
        };
    }

    private sealed record Item(AuditEntry Entry, DateTimeOffset At)
    {
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
