using System.Text.Json;
using Juming.Site.Assets;
using Juming.Site.Incidents;
using Juming.Site.Response.Cacao;
using Juming.Site.Response.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Response.Engine;

/// <summary>What is to be started, and why.</summary>
internal sealed record StartOrder
{
    public required Guid Playbook { get; init; }
    public required int Version { get; init; }
    public required string Cause { get; init; }

    /// <summary>The same key starts one run.</summary>
    public required string CauseKey { get; init; }
    public required string By { get; init; }
    public string ById { get; init; } = "";
    public bool Automatic { get; init; }
    public bool Asks { get; init; }
    public IncidentFacts? Incident { get; init; }

    /// <summary>Values of variables that are given from outside.</summary>
    public IReadOnlyDictionary<string, string> Inputs { get; init; } = new Dictionary<string, string>();
    public Guid? ParentRun { get; init; }
    public int Depth { get; init; }
}

/// <summary>Makes runs.</summary>
internal sealed class RunStarter(ResponseDb db, PlaybookShelf shelf, RunNumbers numbers, RunDesk desk, TimeProvider clock, IAssetDirectory? assets = null)
{
    /// <summary>Makes a run, or finds the one that this cause made before; null when the version is not there.</summary>
    public async Task<RunRow?> Start(StartOrder order, CancellationToken ct)
    {
        if (await Find(order.CauseKey, ct) is { } before) return before;
        if (await shelf.Of(db, order.Playbook, order.Version, ct) is not { } model) return null;
        var now = clock.GetUtcNow();
        var run = new RunRow
        {
            Year = now.Year,
            Number = await numbers.Next(db, now.Year, ct),
            PlaybookId = order.Playbook,
            Version = order.Version,
            Cause = order.Cause,
            CauseKey = order.CauseKey,
            IncidentId = order.Incident?.Brief.Id,
            IncidentNumber = order.Incident?.Brief.Number ?? "",
            StartedBy = order.By,
            StartedById = order.ById,
            Automatic = order.Automatic,
            Asks = order.Asks,
            State = RunState.Running,
            ParentRun = order.ParentRun,
            Depth = order.Depth,
            CreatedAt = now,
            DueAt = now,
        };
        run.Variables = JsonSerializer.Serialize(Values(model, order, run, assets));
        db.Add(run);
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateException)
        {
            // The same cause came twice at once: the index on its key let one of them through.
            db.Entry(run).State = EntityState.Detached;
            if (await Find(order.CauseKey, ct) is { } other) return other;
            throw;
        }
        desk.Begin(run.Id);
        return run;
    }

    /// <summary>Values with which a run begins: declared ones, those of the incident, then what was given for variables that take it.</summary>
    public static Dictionary<string, string> Values(PlaybookModel model, StartOrder order, RunRow run, IAssetDirectory? assets)
    {
        var values = order.Incident is { } facts ? RunVariables.Of(facts, assets) : [];
        foreach (var variable in model.Variables.Values)
            if (!values.ContainsKey(variable.Name) || variable.IsConstant || (variable.Value.Length > 0 && !variable.IsExternal)) values[variable.Name] = variable.Value;
        foreach (var (name, value) in order.Inputs)
            if (!model.Variables.TryGetValue(name, out var declared) || !declared.IsConstant) values[name] = value;
        values["__run__"] = run.ShortNumber;
        values["__cause__"] = order.Cause;
        return values;
    }

    private Task<RunRow?> Find(string key, CancellationToken ct) => db.Runs.AsNoTracking().FirstOrDefaultAsync(r => r.CauseKey == key, ct);
}

/// <summary>Numbers of runs, one after the other in each year.</summary>
internal sealed class RunNumbers : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Dictionary<int, int> _last = [];

    /// <summary>The next number.</summary>
    public async Task<int> Next(ResponseDb db, int year, CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            if (!_last.TryGetValue(year, out var last)) last = await db.Runs.Where(r => r.Year == year).MaxAsync(r => (int?)r.Number, ct) ?? 0;
            return _last[year] = last + 1;
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();
}
