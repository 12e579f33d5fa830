using System.Collections.Concurrent;
using System.Text.Json;
using Juming.Platform.Access.Data;
using Juming.Platform.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Juming.Platform.Access.Audit;

/// <summary>Writes the chain. Callers that arrive while a batch is being written share the next one; each returns after its commit.</summary>
internal sealed partial class AuditTrail(IServiceScopeFactory scopes, AuditHead head, Database database, TimeProvider clock, ILogger<AuditTrail> log) : IAuditTrail
{
    private const int MostPerBatch = 256;

    private readonly ConcurrentQueue<Item> _waiting = new();
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly RecentEntries _recent = new(clock);
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

    public Task AppendOnce(AuditEntry entry, CancellationToken ct) => _recent.Contains(entry) ? Task.CompletedTask : Append(entry, ct);

    /// <summary>Lays down the head file of a host that is new; from then on a missing one is a break of the chain.</summary>
    public Task Begin(CancellationToken ct) => WhileStill(async () =>
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<AccessDb>();
        if (head.Exists || await db.HostStates.AnyAsync(ct) || await db.Users.AnyAsync(ct) || await db.Audit.AnyAsync(ct)) return false;
        head.Write(ChainEnd.Empty, ChainEnd.Empty, flush: true);
        return true;
    }, ct);

    /// <summary>What the head file allows and the number of the last entry, taken while nothing is written; verification goes up to there and keeps nobody waiting.</summary>
    public Task<((ChainEnd Now, ChainEnd Next)? Known, long Last)> End(AccessDb db, CancellationToken ct) =>
        WhileStill(async () => database.SeveralNodes ? await EndAmongNodes(db, ct) : (head.Read(), (await EndOf(db, ct)).Count), ct);

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
            if (database.SeveralNodes) await WriteAmongNodes(db, batch, ct);
            else await WriteAlone(db, batch, ct);
            foreach (var item in batch)
            {
                _recent.Add(item.Entry);
                item.Done.TrySetResult();
            }
        }
        catch (Exception e) when (e is DbUpdateException or System.Data.Common.DbException or IOException or OperationCanceledException or InvalidOperationException or UnauthorizedAccessException)
        {
            LogNotWritten(log, e, batch.Count);
            foreach (var item in batch) item.Done.TrySetException(e);
        }
    }

    private async Task WriteAlone(AccessDb db, List<Item> batch, CancellationToken ct)
    {
        var now = _end ?? await TrustedEnd(db, ct);
        var next = now;
        foreach (var item in batch) next = Add(db, next, item.Entry, item.At);
        // Unknown until the commit has answered; a failure makes the next call read it from the table again.
        _end = null;
        head.Write(now, next, flush: true);
        await db.SaveChangesAsync(ct);
        head.Write(next, next, flush: false);
        _end = next;
    }

    /// <summary>
    /// Nodes write one chain, in turns. Its sealed head lies in the database, in the transaction of the entries; the file of each node keeps an end that the chain must still
    /// have had, so that a database put back to an earlier copy is seen.
    /// </summary>
    private async Task WriteAmongNodes(AccessDb db, List<Item> batch, CancellationToken ct)
    {
        await using var turn = await db.Database.BeginTransactionAsync(ct);
        await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock({NodeLocks.Audit})", ct);
        var row = await db.AuditHeads.FirstOrDefaultAsync(ct);
        var end = await EndOf(db, ct);
        if (await BreakAmongNodes(db, row, end, ct) is { } broken)
        {
            LogBroken(log, broken.At, broken.Reason);
            end = Add(db, end, EntryOf(broken, end), clock.GetUtcNow());
        }
        foreach (var item in batch) end = Add(db, end, item.Entry, item.At);
        if (row is null) db.Add(row = new AuditHeadRow());
        row.Text = head.Text(end, end);
        await db.SaveChangesAsync(ct);
        await turn.CommitAsync(ct);
        head.Write(end, end, flush: false);
    }

    private async Task<ChainBreak?> BreakAmongNodes(AccessDb db, AuditHeadRow? row, ChainEnd found, CancellationToken ct)
    {
        var own = head.Read();
        // Before the first entry of several nodes the file of the one that was there alone still counts.
        if (row is null && own is null && found == ChainEnd.Empty) return null;
        if (ChainBreak.Of(row is null ? own : head.Read(row.Text), found) is { } broken) return broken;
        if (own is not { Now: { Count: > 0 } known }) return null;
        if (known.Count > found.Count) return new ChainBreak("cut-off", found.Count + 1);
        return await db.Audit.AnyAsync(a => a.Seq == known.Count && a.Hash == known.Hash, ct) ? null : new ChainBreak("edited", known.Count);
    }

    private async Task<((ChainEnd Now, ChainEnd Next)? Known, long Last)> EndAmongNodes(AccessDb db, CancellationToken ct)
    {
        await using var turn = await db.Database.BeginTransactionAsync(ct);
        await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock({NodeLocks.Audit})", ct);
        var row = await db.AuditHeads.AsNoTracking().FirstOrDefaultAsync(ct);
        return (row is null ? head.Read() : head.Read(row.Text), (await EndOf(db, ct)).Count);
    }

    /// <summary>The table's end, which is only trusted when the head file says the same; otherwise the chain goes on after an entry that says for good that it was broken.</summary>
    private async Task<ChainEnd> TrustedEnd(AccessDb db, CancellationToken ct)
    {
        var found = await EndOf(db, ct);
        if (ChainBreak.Of(head.Read(), found) is not { } broken) return found;
        LogBroken(log, broken.At, broken.Reason);
        var end = Add(db, found, EntryOf(broken, found), clock.GetUtcNow());
        await db.SaveChangesAsync(ct);
        // Only now: a head that agreed with the table before the entry is durable would hide the break from the next start.
        head.Write(end, end, flush: true);
        return end;
    }

    private static ChainEnd Add(AccessDb db, ChainEnd end, AuditEntry entry, DateTimeOffset at)
    {
        var row = Row(entry, at, end.Count + 1);
        row.Hash = AuditChain.HashOf(end.Hash, row);
        db.Add(row);
        return new ChainEnd(row.Seq, row.Hash);
    }

    private static async Task<ChainEnd> EndOf(AccessDb db, CancellationToken ct)
    {
        var last = await db.Audit.AsNoTracking().OrderByDescending(a => a.Seq).Select(a => new { a.Seq, a.Hash }).FirstOrDefaultAsync(ct);
        return last is null ? ChainEnd.Empty : new ChainEnd(last.Seq, last.Hash);
    }

    private AuditEntry EntryOf(ChainBreak broken, ChainEnd found)
    {
        var known = head.Read();
        var arguments = JsonSerializer.Serialize(new { at = broken.At, reason = broken.Reason, known = known?.Now, next = known?.Next, found }, JsonSerializerOptions.Web);
        return new AuditEntry(ChainBreak.Action, Actor.System.Kind, Actor.System.Id, Actor.System.Name, null, arguments, AccessErrors.AuditBroken.Code);
    }

    private static AuditRow Row(AuditEntry entry, DateTimeOffset at, long seq) => new()
    {
        Seq = seq,
        // The table keeps whole microseconds; the hash is over what is kept.
        At = at.AddTicks(-(at.Ticks % 10)),
        Action = entry.Action,
        ActorKind = entry.ActorKind.ToString(),
        ActorId = entry.ActorId,
        ActorName = entry.ActorName,
        Address = entry.Address,
        Arguments = entry.Arguments.Replace("\0", "", StringComparison.Ordinal),
        Outcome = entry.Outcome,
    };

    [LoggerMessage(Level = LogLevel.Error, Message = "The audit trail was changed behind the program's back at entry {At}: {Reason}. The chain goes on, and verification fails from now on")]
    private static partial void LogBroken(ILogger log, long at, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Count} audit entries could not be written; the acts are reported as failed")]
    private static partial void LogNotWritten(ILogger log, Exception error, int count);

    private sealed record Item(AuditEntry Entry, DateTimeOffset At)
    {
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
