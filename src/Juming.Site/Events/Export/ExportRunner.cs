using System.Collections.Concurrent;
using System.Threading.Channels;
using Juming.Platform.Modules;
using Juming.Site.Events.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Juming.Site.Events.Export;

/// <summary>Writes exports one after the other; those that a stop interrupted begin anew. Files and rows go after 24 hours.</summary>
internal sealed partial class ExportRunner(IServiceScopeFactory scopes, ISearch search, ISourceDirectory sources, EventStoreSettings settings, TierContext tier, TimeProvider clock, ILogger<ExportRunner> log) : BackgroundService
{
    private const int MostAttempts = 100;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    /// <summary>How long a file can be fetched.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromHours(24);

    private readonly Channel<Guid> _waiting = Channel.CreateUnbounded<Guid>();
    private readonly ConcurrentDictionary<Guid, Progress> _running = new();
    private readonly string _folder = Path.Combine(tier.DataFolder, "exports");

    public string PathOf(Guid id) => Path.Combine(_folder, id.ToString("N") + ".part");

    public void Enqueue(Guid id) => _waiting.Writer.TryWrite(id);

    public void Cancel(Guid id)
    {
        if (_running.TryGetValue(id, out var progress)) progress.Stop.Cancel();
        else File.Delete(PathOf(id));
    }

    /// <summary>The row with the progress that only this process knows.</summary>
    public ExportLine Line(ExportRow row)
    {
        var (rows, share) = _running.TryGetValue(row.Id, out var p) ? (p.Rows, p.Share) : (row.Rows, row.State == ExportState.Done ? 1 : 0);
        return new ExportLine(row.Id, row.Query, row.From, row.To, row.Csv ? "csv" : "ndjson", row.State.ToString(), rows, row.Bytes, row.Cut, share, row.Problem, row.CreatedAt, row.CreatedAt + Kept);
    }

    /// <summary>Throws away what is older than a day.</summary>
    public async Task Retire(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<EventsDb>();
        var before = clock.GetUtcNow() - Kept;
        foreach (var row in await db.Exports.Where(e => e.CreatedAt < before).ToListAsync(ct))
        {
            Cancel(row.Id);
            db.Remove(row);
        }
        await db.SaveChangesAsync(ct);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        Directory.CreateDirectory(_folder);
        try
        {
            foreach (var id in await Unfinished(stoppingToken)) Enqueue(id);
            await foreach (var id in _waiting.Reader.ReadAllAsync(stoppingToken)) await Run(id, stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Rows that still wait are found again at the next start.
        }
    }

    private async Task<List<Guid>> Unfinished(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<EventsDb>();
        return await db.Exports.AsNoTracking().Where(e => e.State == ExportState.Waiting || e.State == ExportState.Running).OrderBy(e => e.CreatedAt).Select(e => e.Id).ToListAsync(ct);
    }

    private async Task Run(Guid id, CancellationToken stopping)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var progress = _running[id] = new Progress(stop);
        try
        {
            if (await Change(id, row => row.State = ExportState.Running, stopping) is not { } export) return;
            var (rows, cut) = await Write(export, progress, stop.Token);
            var bytes = new FileInfo(PathOf(id)).Length;
            await Change(id, row => (row.State, row.FinishedAt, row.Rows, row.Bytes, row.Cut) = (ExportState.Done, clock.GetUtcNow(), rows, bytes, cut), stopping);
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            File.Delete(PathOf(id));
        }
        catch (Exception e) when (!stopping.IsCancellationRequested)
        {
            LogFailed(log, e, id);
            File.Delete(PathOf(id));
            var problem = e is IOException ? EventsErrors.ExportDisk.Code : EventsErrors.ExportFailed.Code;
            await Change(id, row => (row.State, row.FinishedAt, row.Problem) = (ExportState.Failed, clock.GetUtcNow(), problem), stopping);
        }
        finally
        {
            _running.TryRemove(id, out _);
        }
    }

    /// <summary>Changes a row that has not been cancelled meanwhile; null when it has.</summary>
    private async Task<ExportRow?> Change(Guid id, Action<ExportRow> change, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<EventsDb>();
        if (await db.Exports.FirstOrDefaultAsync(e => e.Id == id && e.State != ExportState.Cancelled, ct) is not { } row) return null;
        change(row);
        await db.SaveChangesAsync(ct);
        return row;
    }

    private async Task<(long Rows, bool Cut)> Write(ExportRow export, Progress progress, CancellationToken ct)
    {
        await using var file = new FileStream(PathOf(export.Id), FileMode.Create, FileAccess.Write, FileShare.None, 128 * 1024);
        await using var writer = EventWriter.Of(file, export.Csv);
        long rows = 0;
        string? cursor = null;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                // One more than allowed is asked for, so that "cut" is only said when something is missing.
                var wanted = (int)(settings.ExportRows - rows + 1);
                await foreach (var chunk in search.Search(new SearchRequest(export.Query, export.From, export.To, wanted, cursor, export.ByReceipt), ct))
                {
                    Room();
                    foreach (var found in chunk.Events)
                    {
                        if (rows == settings.ExportRows) return (rows, true);
                        await writer.Write(found, sources.NameOf(found.SourceId), ct);
                        rows++;
                    }
                    (cursor, progress.Rows, progress.Share) = (chunk.Cursor, rows, chunk.Share);
                }
                return (rows, false);
            }
            catch (SearchQueryException e) when (e.Code == SearchQueryException.Busy && attempt < MostAttempts)
            {
                // People who search go first; the export goes on where it was.
                await Task.Delay(Pause, clock, ct);
            }
        }
    }

    /// <summary>A file for a person must not take the room that logs need.</summary>
    private void Room()
    {
        if (new DriveInfo(_folder).AvailableFreeSpace < 2L * settings.LeastFreeMegabytes * 1024 * 1024) throw new IOException("The disk has too little room for an export.");
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Export {Id} failed")]
    private static partial void LogFailed(ILogger log, Exception error, Guid id);

    private sealed class Progress(CancellationTokenSource stop)
    {
        public CancellationTokenSource Stop => stop;

        public long Rows { get; set; }

        public double Share { get; set; }
    }
}
