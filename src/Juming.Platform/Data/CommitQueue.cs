using System.Data.Common;
using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;

namespace Juming.Platform.Data;

/// <summary>
/// Group commit for SQLite. Its one writer pays an fsync per transaction, so saves that arrive while the last one is being written share the next:
/// each in a savepoint, all answered after the shared commit. On PostgreSQL saves go straight through.
/// </summary>
public sealed class CommitQueue(Database database) : BackgroundService
{
    private const int MostPerTransaction = 256;

    private readonly Channel<Item> _items = Channel.CreateBounded<Item>(new BoundedChannelOptions(4096) { SingleReader = true });

    /// <summary>Saves a context; returns when the save is durable.</summary>
    /// <exception cref="DbUpdateException">The save was refused by the database; others of the group are not affected.</exception>
    public async Task<int> Commit(DbContext context, Func<Task<int>> save, CancellationToken ct)
    {
        if (database.IsPostgres || context.Database.CurrentTransaction is not null) return await save();
        return context.ChangeTracker.HasChanges() ? await CommitAll(context, save, ct) : 0;
    }

    /// <summary>The same for a save whose changes the context does not track.</summary>
    public async Task<int> CommitAll(DbContext context, Func<Task<int>> save, CancellationToken ct)
    {
        var item = new Item(context, save);
        try
        {
            await _items.Writer.WriteAsync(item, ct);
        }
        catch (ChannelClosedException)
        {
            throw new OperationCanceledException("The host is stopping.");
        }
        return await item.Done.Task;
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (database.IsPostgres) return;
        var group = new List<Item>(MostPerTransaction);
        try
        {
            await using var connection = new SqliteConnection(database.ConnectionString);
            await connection.OpenAsync(CancellationToken.None);
            await SqlitePragmas.Apply(connection);
            await Widen(connection);
            while (await _items.Reader.WaitToReadAsync(stoppingToken))
            {
                group.Clear();
                while (group.Count < MostPerTransaction && _items.Reader.TryRead(out var item)) group.Add(item);
                await Write(connection, group);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return;
        }
        finally
        {
            End();
        }
    }

    /// <summary>
    /// Rows that come by the thousand touch pages all over their indexes. What does not fit the cache is written out and read back within the same transaction, again and again; this is the
    /// one connection that writes, and takes the room only when it needs it.
    /// </summary>
    private static async Task Widen(SqliteConnection connection)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA cache_size=-65536";
        await command.ExecuteNonQueryAsync();
    }

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        // A loop that was stopped before it began ran nothing at all.
        if (ExecuteTask is null or { IsCompleted: true }) End();
    }

    /// <summary>Whoever comes now, or waits still, is told: nobody would answer any more.</summary>
    private void End()
    {
        _items.Writer.TryComplete();
        while (_items.Reader.TryRead(out var item)) item.Done.TrySetException(new OperationCanceledException("The host is stopping."));
    }

    private static async Task Write(SqliteConnection connection, List<Item> group)
    {
        try
        {
            // Immediate: a deferred transaction that reads first may lose its turn to another writer half-way.
            await using var transaction = connection.BeginTransaction(deferred: false);
            foreach (var item in group) await SaveOne(connection, transaction, item);
            await transaction.CommitAsync(CancellationToken.None);
        }
        catch (Exception e)
        {
            // Of whatever kind: a save without an answer would hold up its caller for ever, and an end of this loop every later one.
            foreach (var item in group) item.Done.TrySetException(e);
            return;
        }
        foreach (var item in group)
            if (item.Error is null) item.Done.TrySetResult(item.Rows);
            else item.Done.TrySetException(item.Error);
    }

    private static async Task SaveOne(SqliteConnection connection, SqliteTransaction transaction, Item item)
    {
        await transaction.SaveAsync("item", CancellationToken.None);
        DbConnection? own = null;
        try
        {
            own = item.Context.Database.GetDbConnection();
            if (own.State != System.Data.ConnectionState.Closed) await item.Context.Database.CloseConnectionAsync();
            item.Context.Database.SetDbConnection(connection, contextOwnsConnection: false);
            await item.Context.Database.UseTransactionAsync(transaction, CancellationToken.None);
            item.Rows = await item.Save();
            await transaction.ReleaseAsync("item", CancellationToken.None);
        }
        catch (Exception e)
        {
            // A save runs code of its module, so anything may come out of it; it concerns its own caller alone.
            item.Error = e;
            await transaction.RollbackAsync("item", CancellationToken.None);
        }
        if (own is not null) await HandBack(item, own);
    }

    private static async Task HandBack(Item item, DbConnection own)
    {
        try
        {
            await item.Context.Database.UseTransactionAsync(null, CancellationToken.None);
            item.Context.Database.SetDbConnection(own, contextOwnsConnection: true);
        }
        catch (ObjectDisposedException)
        {
            // The caller's context is gone already; what became of the save was decided before.
            return;
        }
    }

    private sealed class Item(DbContext context, Func<Task<int>> save)
    {
        public DbContext Context { get; } = context;
        public Func<Task<int>> Save { get; } = save;
        public TaskCompletionSource<int> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
        public int Rows { get; set; }
        public Exception? Error { get; set; }
    }
}
