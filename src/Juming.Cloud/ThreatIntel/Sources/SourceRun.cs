using Juming.Cloud.ThreatIntel.Data;
using Juming.Cloud.ThreatIntel.Feeds;
using Juming.Cloud.ThreatIntel.Merge;
using Juming.Cloud.ThreatIntel.Vulnerabilities;
using Juming.Platform.Data;
using Microsoft.EntityFrameworkCore;
using static Juming.Platform.Data.PlainStatements;

namespace Juming.Cloud.ThreatIntel.Sources;

/// <summary>
/// One reading of a source, from the call to the last row. Everything is read and checked before anything is written: a run that fails says why, and what the source said before stays.
/// </summary>
internal sealed class SourceRun(ThreatIntelDb db, FeedReader reader, MergeDesk desk, VulnerabilityDesk vulnerabilities, MergeTurn turn, ThreatIntelSettings settings, TimeProvider clock)
{
    private const int ShrinkCountsFrom = 100;
    private const int LongestDetail = 500;
    private static readonly TimeSpan LongestPause = TimeSpan.FromDays(1);

    private const string PutQuarantine = """
        INSERT INTO threatintel_quarantine (id, source_id, value, reason, first_at, last_at) VALUES (@id, @source_id, @value, @reason, @at, @at)
        ON CONFLICT (source_id, value) DO UPDATE SET reason = excluded.reason, last_at = excluded.last_at
        """;

    /// <summary>Reads the source and records how it went.</summary>
    /// <param name="id">The source.</param>
    /// <param name="acceptShorter">Somebody has seen that the list is much shorter, and wants it so.</param>
    /// <param name="ct">Cancels; nothing is recorded then.</param>
    public async Task Run(Guid id, bool acceptShorter, CancellationToken ct)
    {
        if (await db.Sources.AsNoTracking().FirstOrDefaultAsync(s => s.Id == id, ct) is not { } source) return;
        var run = new RunRow { SourceId = id, StartedAt = clock.GetUtcNow() };
        Reading? reading = null;
        try
        {
            reading = await Read(source, run, acceptShorter, ct);
        }
        catch (FeedFailedException e)
        {
            (run.Problem, run.ProblemDetail) = (e.Code, e.Detail.Length <= LongestDetail ? e.Detail : e.Detail[..LongestDetail]);
        }
        await Record(id, run, reading, ct);
    }

    private async Task<Reading> Read(SourceRow source, RunRow run, bool acceptShorter, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var intake = new FeedIntake(source, settings, now);
        var reading = await reader.Read(source, intake, ct);
        (run.Bytes, run.Read, run.Quarantined, run.Unchanged) = (reading.Bytes, intake.Read, intake.Quarantined, reading.Unchanged);
        if (reading.Unchanged) return reading;
        if (reading.IsWhole && !acceptShorter) CheckLength(source.Standing, intake.Total);
        source.LastOkAt = now;
        using (await turn.Enter(ct))
        {
            var counts = await desk.Merge(source, intake.Said, reading.IsWhole, ct);
            (run.Fresh, run.Changed, run.Withdrawn) = (counts.Fresh, counts.Changed, counts.Withdrawn);
            await vulnerabilities.Put(intake.Exploited, ct);
            await vulnerabilities.Put(intake.Forecasts, ct);
            await vulnerabilities.Put(intake.Known, ct);
            await vulnerabilities.PutRecords(intake.Records, ct);
        }
        await SetApart(source.Id, intake, now, ct);
        return reading;
    }

    private void CheckLength(long before, int now)
    {
        if (now == 0 && before > 0) throw new FeedFailedException("empty", $"nothing where {before} values stand");
        if (before >= ShrinkCountsFrom && now < before * (100 - settings.MostShrinkPercent) / 100) throw new FeedFailedException("shrunk", $"{now} values where {before} stand");
    }

    private Task SetApart(Guid source, FeedIntake intake, DateTimeOffset at, CancellationToken ct) => intake.Refused.Count == 0 ? Task.CompletedTask : db.SaveWith(s => s.Run(PutQuarantine, intake.Refused, (c, refused) =>
    {
        Set(c, "id", Guid.CreateVersion7());
        Set(c, "source_id", source);
        Set(c, "value", refused.Key);
        Set(c, "reason", refused.Value.ToString());
        Set(c, "at", Micros(at));
    }), ct);

    private async Task Record(Guid id, RunRow run, Reading? reading, CancellationToken ct)
    {
        // Read anew: somebody may have changed how the source is read meanwhile.
        if (await db.Sources.FirstOrDefaultAsync(s => s.Id == id, ct) is not { } source) return;
        var now = clock.GetUtcNow();
        run.EndedAt = now;
        source.LastRunAt = now;
        (source.Problem, source.ProblemDetail, source.Failures) = (run.Problem, run.ProblemDetail, reading is null ? source.Failures + 1 : 0);
        source.NextRunAt = now + Pause(source);
        if (reading is not null)
        {
            source.LastOkAt = now;
            (source.Etag, source.Modified, source.Cursor) = (reading.Etag, reading.Modified, reading.Cursor.Length > 0 ? reading.Cursor : source.Cursor);
            if (!reading.Unchanged) await Count(source, run, ct);
        }
        db.Add(run);
        await db.SaveChangesAsync(ct);
    }

    private async Task Count(SourceRow source, RunRow run, CancellationToken ct)
    {
        if (source.Kind is SourceKind.Kev or SourceKind.Epss or SourceKind.Nvd or SourceKind.Cve)
        {
            source.Standing = run.Read - run.Quarantined;
            return;
        }
        var standing = db.Claims.Where(c => c.SourceId == source.Id && c.WithdrawnAt == null);
        source.Standing = await standing.LongCountAsync(ct);
        source.Alone = await standing.Join(db.Indicators, c => c.IndicatorId, i => i.Id, (c, i) => i.Sources).LongCountAsync(n => n == 1, ct);
    }

    private TimeSpan Pause(SourceRow source)
    {
        var usual = TimeSpan.FromMinutes(source.EveryMinutes);
        if (source.Failures == 0) return usual;
        if (source.Failures >= settings.FailuresToPause) return usual > LongestPause ? usual : LongestPause;
        var longer = usual * Math.Pow(2, source.Failures - 1);
        return longer > LongestPause ? LongestPause : longer;
    }
}
