using FluentValidation;
using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Platform.Web;
using Juming.Site.Assets;
using Juming.Site.Incidents;
using Juming.Site.Response.Cacao;
using Juming.Site.Response.Data;
using Juming.Site.Response.Expressions;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Response.Rehearsal;

/// <summary>Shows what a playbook would do about an incident, doing nothing. Of the version in force it counts as looked at.</summary>
/// <param name="Id">The playbook.</param>
/// <param name="Incident">A past incident, by identity or short number; empty for none.</param>
/// <param name="Draft">True takes the draft in place of the version in force.</param>
/// <param name="Inputs">Values of variables that are given from outside.</param>
internal sealed record RehearsePlaybook(Guid Id, string? Incident, bool Draft, IReadOnlyDictionary<string, string>? Inputs = null) : ICommand<RehearsedRun>, INeeds<ResponseWrite>;

/// <summary>Shows what a playbook would have done by itself on the last days. Of the version in force it counts as looked at.</summary>
/// <param name="Id">The playbook.</param>
/// <param name="Days">How far back, 1 to 90.</param>
/// <param name="Draft">True takes the draft in place of the version in force.</param>
internal sealed record ReplayPlaybook(Guid Id, int Days, bool Draft) : ICommand<ReplayReport>, INeeds<ResponseWrite>;

/// <summary>What a playbook would have done.</summary>
internal sealed record ReplayReport
{
    public required int Days { get; init; }

    /// <summary>Incidents that were looked at, and whether there were more.</summary>
    public required int Incidents { get; init; }
    public required bool More { get; init; }

    /// <summary>How often it would have run.</summary>
    public required int Runs { get; init; }

    /// <summary>Runs that would have failed.</summary>
    public required int Failed { get; init; }

    /// <summary>Different addresses that it would have blocked.</summary>
    public required int Addresses { get; init; }

    /// <summary>Those that must not be blocked, which would have been refused.</summary>
    public required IReadOnlyList<string> Protected { get; init; }

    /// <summary>Those that are the site's own.</summary>
    public required IReadOnlyList<string> Own { get; init; }

    /// <summary>How often each action would have been taken.</summary>
    public required IReadOnlyDictionary<string, int> Actions { get; init; }

    /// <summary>The latest of the runs.</summary>
    public required IReadOnlyList<ReplayedRun> Latest { get; init; }
}

/// <summary>One run of a replay.</summary>
internal sealed record ReplayedRun(string Incident, DateTimeOffset At, RehearsedRun Run);

file sealed class Validator : AbstractValidator<RehearsePlaybook>
{
    public Validator()
    {
        RuleFor(c => c.Incident).MaximumLength(40);
        RuleFor(c => c.Inputs).Must(i => i is null || (i.Count <= 100 && i.All(v => v.Value is not null && v.Value.Length <= 20_000))).WithMessage("At most 100 inputs.");
    }
}

file sealed class ReplayValidator : AbstractValidator<ReplayPlaybook>
{
    public ReplayValidator() => RuleFor(c => c.Days).InclusiveBetween(1, 90);
}

file sealed class Looking(ResponseDb db)
{
    public async Task<Result<(PlaybookRow Row, PlaybookModel Model)>> Find(Guid id, bool draft, CancellationToken ct)
    {
        if (await db.Playbooks.FirstOrDefaultAsync(p => p.Id == id, ct) is not { } row) return ResponseErrors.NoSuchPlaybook;
        var document = draft ? row.Draft : await db.Versions.AsNoTracking().Where(v => v.PlaybookId == id && v.Number == row.Published).Select(v => v.Document).FirstOrDefaultAsync(ct);
        if (document is null) return ResponseErrors.NotPublished;
        var reading = PlaybookReader.Read(document);
        return reading.Model is { } model ? (row, model) : Playbooks.Problems.Refusal(ResponseErrors.NotAPlaybook, reading.Problems);
    }

    public async Task Looked(PlaybookRow row, bool draft, string by, CancellationToken ct)
    {
        if (draft) return;
        (row.LookedAt, row.LookedBy) = (row.Published, by);
        await db.SaveChangesAsync(ct);
    }
}

file sealed class Handler(ResponseDb db, Rehearser rehearser, CurrentActor current, IIncidentWork? incidents = null) : ICommandHandler<RehearsePlaybook, RehearsedRun>
{
    public async Task<Result<RehearsedRun>> Handle(RehearsePlaybook request, CancellationToken cancellationToken)
    {
        var looking = new Looking(db);
        var found = await looking.Find(request.Id, request.Draft, cancellationToken);
        if (found.Error is { } error) return error;
        IncidentFacts? facts = null;
        if (!string.IsNullOrWhiteSpace(request.Incident))
        {
            facts = incidents is null ? null : await incidents.Facts(request.Incident.Trim(), cancellationToken);
            if (facts is null) return ResponseErrors.NoSuchIncident;
        }
        var walked = await rehearser.Walk(found.Value.Model, facts, request.Inputs ?? new Dictionary<string, string>(), current.Actor.Name, cancellationToken);
        await looking.Looked(found.Value.Row, request.Draft, current.Actor.Name, cancellationToken);
        return walked;
    }
}

file sealed class ReplayHandler(ResponseDb db, Rehearser rehearser, ResponseSettings settings, CurrentActor current, TimeProvider clock, IIncidentWork? incidents = null, IAssetDirectory? assets = null) : ICommandHandler<ReplayPlaybook, ReplayReport>
{
    private const int MostShown = 50;
    private const int MostNamed = 100;

    public async Task<Result<ReplayReport>> Handle(ReplayPlaybook request, CancellationToken cancellationToken)
    {
        var looking = new Looking(db);
        var found = await looking.Find(request.Id, request.Draft, cancellationToken);
        if (found.Error is { } error) return error;
        var model = found.Value.Model;
        var to = clock.GetUtcNow();
        var from = to - TimeSpan.FromDays(request.Days);
        var past = incidents is null ? [] : await incidents.DetectedBetween(from, to, settings.ReplayIncidents, cancellationToken);
        var runs = new List<ReplayedRun>();
        foreach (var facts in past.Where(f => Starts(model, f))) runs.Add(new ReplayedRun(facts.Brief.Number, facts.Brief.DetectedAt, await rehearser.Walk(model, facts, new Dictionary<string, string>(), current.Actor.Name, cancellationToken)));
        foreach (var at in Times(model, from, to)) runs.Add(new ReplayedRun("", at, await rehearser.Walk(model, null, new Dictionary<string, string>(), current.Actor.Name, cancellationToken)));
        await looking.Looked(found.Value.Row, request.Draft, current.Actor.Name, cancellationToken);
        return Report(request.Days, past.Count, runs);
    }

    private ReplayReport Report(int days, int incidents, List<ReplayedRun> runs)
    {
        var steps = runs.SelectMany(r => r.Run.Steps).ToList();
        var targets = steps.Where(s => s is { Changes: true, Target: not null }).ToList();
        return new ReplayReport
        {
            Days = days,
            Incidents = incidents,
            More = incidents >= settings.ReplayIncidents,
            Runs = runs.Count,
            Failed = runs.Count(r => r.Run.State == RunState.Failed),
            Addresses = targets.Where(s => s.Refusal is null).Select(s => s.Target).Distinct().Count(),
            Protected = [.. targets.Where(s => s.Protected).Select(s => s.Target!).Distinct().Take(MostNamed)],
            Own = [.. targets.Where(s => s.Own).Select(s => s.Target!).Distinct().Take(MostNamed)],
            Actions = steps.GroupBy(s => s.Action).OrderBy(g => g.Key).ToDictionary(g => g.Key, g => g.Count()),
            Latest = [.. runs.OrderByDescending(r => r.At).Take(MostShown)],
        };
    }

    /// <summary>Whether it would have run; escalations and moves are taken as they stand now. One that only people start is shown for all.</summary>
    private bool Starts(PlaybookModel model, IncidentFacts facts)
    {
        var own = model.Triggers.Where(t => t.On is not ("manual" or "schedule")).ToList();
        if (own.Count == 0) return model.Triggers.All(t => t.On == "manual");
        var values = RunVariables.Of(facts, assets);
        return own.Any(t => t.When.Length == 0 || Holds(t.When, values));
    }

    private static bool Holds(string when, Dictionary<string, string> values)
    {
        try
        {
            return Expression.Parse(when).Holds(values.GetValueOrDefault);
        }
        catch (ExpressionException)
        {
            return false;
        }
    }

    private static IEnumerable<DateTimeOffset> Times(PlaybookModel model, DateTimeOffset from, DateTimeOffset to) =>
        model.Triggers.Where(t => t.On == "schedule").SelectMany(t => Triggering.Schedule.Between(t.Cron, from, to, SiteZone.Zone)).Order().Take(MostShown);
}
