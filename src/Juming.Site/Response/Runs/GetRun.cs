using System.Globalization;
using System.Text.Json;
using Juming.Platform.Handlers;
using Juming.Site.Response.Data;
using Juming.Site.Response.Engine;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Response.Runs;

/// <summary>One run with its steps.</summary>
/// <param name="Run">Identity, or short number "RUN-2026-0012".</param>
internal sealed record GetRun(string Run) : IQuery<RunView>, INeeds<ResponseRead>;

file sealed class Handler(ResponseDb db, PlaybookShelf shelf, StepRunner runner) : IQueryHandler<GetRun, RunView>
{
    private const int MostSteps = 1000;

    public async Task<Result<RunView>> Handle(GetRun request, CancellationToken cancellationToken)
    {
        if (await db.Runs.AsNoTracking().Named(request.Run, cancellationToken) is not { } run) return ResponseErrors.NoSuchRun;
        var rows = await db.Steps.AsNoTracking().Where(s => s.RunId == run.Id).OrderByDescending(s => s.Number).Take(MostSteps).ToListAsync(cancellationToken);
        rows.Reverse();
        var model = await shelf.Of(db, run.PlaybookId, run.Version, cancellationToken);
        var depths = new Dictionary<Guid, int>();
        foreach (var row in rows) depths[row.Id] = row.ParentId is { } parent ? depths.GetValueOrDefault(parent) + 1 : 0;
        return new RunView
        {
            Brief = RunBriefs.Of(run, await RunBriefs.Names(db, [run], cancellationToken)),
            // A step's own variables stand under their step; what people look for are the run's.
            Variables = Read(run.Variables).Where(v => !v.Key.Contains('#', StringComparison.Ordinal) && v.Value.Length > 0).ToDictionary(),
            Steps = [.. rows.Select(r => View(r, model?.Steps.GetValueOrDefault(r.StepId)?.Name ?? "", depths[r.Id]))],
            CanRollBack = run.IsOver && run.State != RunState.RolledBack && rows.Any(runner.CanUndo),
        };
    }

    private static StepView View(StepRow row, string name, int depth) => new()
    {
        Id = row.Id,
        StepId = row.StepId,
        Number = row.Number,
        Depth = depth,
        Name = name,
        Action = row.Action,
        State = row.State,
        Attempt = row.Attempt + row.Tries,
        Code = row.Code,
        Input = Read(row.Input),
        Output = Read(row.Output),
        Evidence = Read(row.Evidence),
        Reference = row.Reference,
        StartedAt = row.StartedAt,
        EndedAt = row.EndedAt,
        DueAt = row.DueAt,
    };

    private static Dictionary<string, string> Read(string json) => JsonSerializer.Deserialize<Dictionary<string, string>>(json)!;
}

/// <summary>Look-ups that several slices share.</summary>
internal static class RunQueries
{
    /// <summary>Runs that a playbook's version in force made by itself since it was switched on.</summary>
    public static Task<int> AutomaticRuns(this ResponseDb db, PlaybookRow playbook, CancellationToken ct) =>
        db.Runs.CountAsync(r => r.PlaybookId == playbook.Id && r.Version == playbook.Published && r.Automatic && r.ParentRun == null && r.CreatedAt >= playbook.OnAt, ct);

    /// <summary>The run with an identity or short number, or null.</summary>
    public static async Task<RunRow?> Named(this IQueryable<RunRow> runs, string name, CancellationToken ct)
    {
        if (Guid.TryParse(name, out var id)) return await runs.FirstOrDefaultAsync(r => r.Id == id, ct);
        var parts = name.Trim().Split('-');
        if (parts.Length != 3 || !parts[0].Equals("RUN", StringComparison.OrdinalIgnoreCase) || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var year) || !int.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return null;
        return await runs.FirstOrDefaultAsync(r => r.Year == year && r.Number == number, ct);
    }
}
