using System.Buffers.Binary;
using System.Collections.Frozen;
using System.Reflection;
using System.Text.Json;
using Juming.Platform.Access;
using Juming.Platform.Data;
using MediatR;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Juming.Platform.Events;

/// <summary>Something that happened in a module and that others may handle. Stored as (stable name, version, JSON).</summary>
public interface IModuleEvent : INotification
{
    /// <summary>Events of the same lane, at most 80 characters, are handled one after the other: while one is tried again, those behind it wait. Null where the order does not matter.</summary>
    string? Lane => null;
}

/// <summary>Stable name and version of an event; a released version never changes.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class EventNameAttribute(string name, int version) : Attribute
{
    /// <summary>"incidents.opened".</summary>
    public string Name { get; } = name;

    /// <summary>1 and up.</summary>
    public int Version { get; } = version;
}

/// <summary>An event waiting for its handlers. Deleted when all have handled it.</summary>
public sealed class OutboxRow
{
    /// <summary>UUIDv7: rows are handled in this order, those of one millisecond in the order in which they were made.</summary>
    public Guid Id { get; init; } = OrderedId.Next();

    /// <summary>Stable name.</summary>
    public required string Name { get; init; }

    /// <summary>Version of the JSON.</summary>
    public required int Version { get; init; }

    /// <summary>The event.</summary>
    public required string Json { get; init; }

    /// <summary>The event's lane.</summary>
    public string? Lane { get; init; }

    /// <summary>When it was published.</summary>
    public DateTimeOffset CreatedAt { get; init; } = TimeProvider.System.GetUtcNow();

    /// <summary>Failed attempts.</summary>
    public int Attempts { get; set; }

    /// <summary>Not before; null when attempts are exhausted and an administrator must look.</summary>
    public DateTimeOffset? NextAt { get; set; } = DateTimeOffset.UnixEpoch;

    /// <summary>Why the last attempt failed.</summary>
    public string? LastError { get; set; }

    /// <summary>The row of an event.</summary>
    public static OutboxRow Of(IModuleEvent moduleEvent)
    {
        var name = moduleEvent.GetType().GetCustomAttribute<EventNameAttribute>() ?? throw new InvalidOperationException($"{moduleEvent.GetType()} has no [EventName].");
        return new OutboxRow { Name = name.Name, Version = name.Version, Json = JsonSerializer.Serialize(moduleEvent, moduleEvent.GetType(), JsonSerializerOptions.Web), Lane = moduleEvent.Lane };
    }
}

/// <summary>Identities of version 7 whose bits after the milliseconds count instead of being random (RFC 9562, 6.2): what one process makes sorts in the order in which it was made.</summary>
internal static class OrderedId
{
    private const int CounterBits = 12;

    private static long _last;

    /// <summary>The next one.</summary>
    public static Guid Next()
    {
        var bytes = Guid.CreateVersion7().ToByteArray(bigEndian: true);
        var now = (BinaryPrimitives.ReadInt64BigEndian(bytes) >> 16) << CounterBits;
        long last, next;
        do
        {
            last = Interlocked.Read(ref _last);
            next = Math.Max(last + 1, now);
        }
        while (Interlocked.CompareExchange(ref _last, next, last) != last);
        var (milliseconds, counter) = (next >> CounterBits, next & ((1 << CounterBits) - 1));
        BinaryPrimitives.WriteInt64BigEndian(bytes, (milliseconds << 16) | 0x7000 | counter);
        return new Guid(bytes, bigEndian: true);
    }
}

/// <summary>Event types of the tier by stable name and version.</summary>
public sealed class EventTypes(IEnumerable<Type> types)
{
    private readonly FrozenDictionary<(string, int), Type> _types = types.ToFrozenDictionary(t =>
    {
        var name = t.GetCustomAttribute<EventNameAttribute>() ?? throw new InvalidOperationException($"{t} has no [EventName].");
        return (name.Name, name.Version);
    });

    /// <summary>The type, or null when this release does not know the event.</summary>
    public Type? Find(string name, int version) => _types.GetValueOrDefault((name, version));

    /// <summary>All of them.</summary>
    public IEnumerable<Type> All => _types.Values;
}

/// <summary>The outbox's own view of its table.</summary>
public sealed class OutboxDb(DbContextOptions<OutboxDb> options, CommitQueue commits) : ModuleDbContext(options, commits)
{
    /// <inheritdoc/>
    protected override string Prefix => "platform";

    /// <inheritdoc/>
    protected override void DefineModel(ModelBuilder model) { }
}

/// <summary>Hands outbox rows to their handlers, oldest first, at least once. A handler that fails is tried again with growing pauses; after ten attempts the row stays for an administrator, and those of its lane go on.</summary>
public sealed partial class OutboxDispatcher(IServiceScopeFactory scopes, EventTypes types, Database database, TimeProvider clock, ILogger<OutboxDispatcher> log) : BackgroundService
{
    private const int MostAttempts = 10;

    private readonly SemaphoreSlim _turn = new(1, 1);
    private bool _away;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(250), clock);
        try
        {
            do
            {
                await DispatchAll(stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested) { return; }
    }

    private async Task DispatchAll(CancellationToken ct)
    {
        try
        {
            while (await DispatchSome(ct) > 0) { }
            _away = false;
        }
        catch (Exception e) when (e is not OperationCanceledException && DatabaseErrors.IsOutage(e))
        {
            // Rows keep until the database is back; a host that ended here would end with each restart of its database.
            if (!_away) LogAway(log, DatabaseErrors.Reason(e));
            _away = true;
        }
    }

    /// <summary>Handles what is due; returns how many rows were handled. One caller at a time: a row in two hands would be handled twice.</summary>
    public async Task<int> DispatchSome(CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            return await DispatchDue(ct);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<int> DispatchDue(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<OutboxDb>();
        if (!database.SeveralNodes) return await DispatchDue(db, ct);
        // One node at a time: a row in the hands of two would be handled twice. Whoever has the turn loses it with its connection.
        await using var turn = await db.Database.BeginTransactionAsync(ct);
        if (!await db.Database.SqlQuery<bool>($"SELECT pg_try_advisory_xact_lock({NodeLocks.Outbox}) AS \"Value\"").SingleAsync(ct)) return 0;
        var handled = await DispatchDue(db, ct);
        await turn.CommitAsync(ct);
        return handled;
    }

    private async Task<int> DispatchDue(OutboxDb db, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var held = (await db.Set<OutboxRow>().Where(r => r.Lane != null && r.NextAt > now).Select(r => r.Lane!).Distinct().ToListAsync(ct)).ToHashSet(StringComparer.Ordinal);
        var rows = await db.Set<OutboxRow>().Where(r => r.NextAt != null && r.NextAt <= now && (r.Lane == null || !held.Contains(r.Lane))).OrderBy(r => r.Id).Take(100).ToListAsync(ct);
        var handled = 0;
        foreach (var row in rows)
        {
            if (row.Lane is { } lane && held.Contains(lane)) continue;
            if (await Handle(row, ct))
            {
                db.Remove(row);
                handled++;
            }
            else if (row.Lane is not null && row.NextAt is not null)
            {
                held.Add(row.Lane);
            }
        }
        if (rows.Count > 0) await db.SaveChangesAsync(ct);
        return handled;
    }

    private async Task<bool> Handle(OutboxRow row, CancellationToken ct)
    {
        try
        {
            var type = types.Find(row.Name, row.Version) ?? throw new InvalidOperationException($"No event {row.Name} v{row.Version} in this release.");
            await using var scope = scopes.CreateAsyncScope();
            scope.ServiceProvider.GetRequiredService<CurrentActor>().Actor = Actor.System;
            await scope.ServiceProvider.GetRequiredService<IMediator>().Publish((INotification)JsonSerializer.Deserialize(row.Json, type, JsonSerializerOptions.Web)!, ct);
            return true;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            row.Attempts++;
            row.LastError = e.Message;
            row.NextAt = row.Attempts >= MostAttempts ? null : clock.GetUtcNow() + TimeSpan.FromSeconds(Math.Min(600, Math.Pow(2, row.Attempts)));
            LogFailed(log, row.Name, row.Attempts, e);
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Events wait: the database does not answer: {Reason}")]
    private static partial void LogAway(ILogger log, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Event {Name} failed, attempt {Attempt}")]
    private static partial void LogFailed(ILogger log, string name, int attempt, Exception error);
}
