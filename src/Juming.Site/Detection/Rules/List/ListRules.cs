using System.Text.Json.Serialization;
using FluentValidation;
using Juming.Platform.Handlers;
using Juming.Platform.Modules;
using Juming.Site.Detection.Data;
using Juming.Site.Detection.Pipeline;
using Juming.Site.Detection.Sigma;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Detection.Rules.List;

/// <summary>State of a document of a rule file, as people see it.</summary>
[JsonConverter(typeof(JsonStringEnumConverter))]
internal enum RuleStanding
{
    /// <summary>It is asked and a known source feeds it.</summary>
    Active,

    /// <summary>It is sound and can't match for now.</summary>
    Idle,

    /// <summary>It cost too much and is no longer asked.</summary>
    CutOff,

    /// <summary>It can't be used.</summary>
    Refused,
}

/// <summary>Lists rules, correlations, filters and what was refused.</summary>
internal sealed record ListRules : IQuery<RulePage>, INeeds<DetectionRead>
{
    public RuleStanding? Standing { get; init; }

    /// <summary>Text within title, identity, file or log source.</summary>
    public string? Text { get; init; }

    /// <summary>Levels; empty for all.</summary>
    public IReadOnlyList<Severity> Levels { get; init; } = [];

    /// <summary>A technique, with what is below it.</summary>
    public string? Technique { get; init; }

    /// <summary>Only rules with this mode.</summary>
    public RuleMode? Mode { get; init; }

    /// <summary>"title", "level", "hits" or "cost".</summary>
    public string Sort { get; init; } = "level";
    public int Skip { get; init; }

    /// <summary>Rows, 1 to 500.</summary>
    public int Take { get; init; } = 50;
}

/// <summary>A page of rules; the counts are of all documents loaded and add up to <see cref="Documents"/>.</summary>
internal sealed record RulePage(IReadOnlyList<RuleItem> Items, int Total, IReadOnlyDictionary<RuleStanding, int> Counts, int Documents, DateTimeOffset LoadedAt);

/// <summary>What a correlation remembers, and what it could not take as it came.</summary>
/// <param name="Groups">Groups in memory.</param>
/// <param name="Forgotten">Groups that were forgotten for want of room.</param>
/// <param name="Late">Events that came too late for their place, so that their receipt was taken.</param>
/// <param name="TooLate">Events that were left out because their receipt was out of place too.</param>
internal sealed record CorrelationMemory(int Groups, long Forgotten, long Late, long TooLate);

/// <summary>A rule in a list.</summary>
internal sealed record RuleItem
{
    /// <summary>Identity; empty for what was refused.</summary>
    public required string Id { get; init; }
    public required string Title { get; init; }

    /// <summary>Titles by language.</summary>
    public IReadOnlyDictionary<string, string> Titles { get; init; } = new Dictionary<string, string>();

    /// <summary>"rule", "correlation", "filter" or "refused".</summary>
    public required string Kind { get; init; }
    public Severity Level { get; init; }
    public required RuleStanding Standing { get; init; }

    /// <summary>Stable code of the reason; empty for active.</summary>
    public string Code { get; init; } = "";

    /// <summary>What the code is about.</summary>
    public string Argument { get; init; } = "";

    /// <summary>The reason, English.</summary>
    public string Reason { get; init; } = "";

    /// <summary>Since when its source is silent, where that is why it is idle.</summary>
    public DateTimeOffset? SilentSince { get; init; }
    public RuleMode Mode { get; init; }

    /// <summary>Until when its matches are rolled into one alert because it storms; null when it does not.</summary>
    public DateTimeOffset? StormUntil { get; init; }

    /// <summary>What its author should look at, English.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>What a correlation remembers and had to leave out; null for other documents.</summary>
    public CorrelationMemory? Memory { get; init; }

    /// <summary>product/category/service.</summary>
    public string Logsource { get; init; } = "";
    public IReadOnlyList<string> Tags { get; init; } = [];
    public IReadOnlyList<string> Techniques { get; init; } = [];
    public string Status { get; init; } = "";
    public required string File { get; init; }
    public int Line { get; init; }
    public long Matches24h { get; init; }
    public long Alerts24h { get; init; }
    public DateTimeOffset? LastHit { get; init; }

    /// <summary>Mean cost of one look in microseconds; null before the first sample.</summary>
    public double? CostMicroseconds { get; init; }
}

file sealed class Validator : AbstractValidator<ListRules>
{
    public Validator()
    {
        RuleFor(q => q.Take).InclusiveBetween(1, 500);
        RuleFor(q => q.Skip).InclusiveBetween(0, 100_000);
        RuleFor(q => q.Text).MaximumLength(200);
        RuleFor(q => q.Sort).Must(s => s is "title" or "level" or "hits" or "cost");
    }
}

file sealed class Handler(RuleBook book, RuleViews views) : IQueryHandler<ListRules, RulePage>
{
    public async Task<Result<RulePage>> Handle(ListRules request, CancellationToken cancellationToken)
    {
        var all = await views.All(cancellationToken);
        var counts = Enum.GetValues<RuleStanding>().ToDictionary(s => s, s => all.Count(r => r.Standing == s));
        var found = all.Where(r => Fits(r, request)).ToList();
        var ordered = request.Sort switch
        {
            "title" => found.OrderBy(r => r.Title, StringComparer.OrdinalIgnoreCase),
            "hits" => found.OrderByDescending(r => r.Matches24h).ThenBy(r => r.Title, StringComparer.OrdinalIgnoreCase),
            "cost" => found.OrderByDescending(r => r.CostMicroseconds ?? 0).ThenBy(r => r.Title, StringComparer.OrdinalIgnoreCase),
            _ => found.OrderByDescending(r => r.Level).ThenBy(r => r.Title, StringComparer.OrdinalIgnoreCase),
        };
        return new RulePage([.. ordered.Skip(request.Skip).Take(request.Take)], found.Count, counts, all.Count, book.LoadedAt);
    }

    private static bool Fits(RuleItem rule, ListRules q) =>
        (q.Standing is null || rule.Standing == q.Standing)
        && (q.Mode is null || (rule.Mode == q.Mode && rule.Kind is "rule" or "correlation"))
        && (q.Levels.Count == 0 || (rule.Kind != "refused" && q.Levels.Contains(rule.Level)))
        && (string.IsNullOrWhiteSpace(q.Technique) || rule.Techniques.Any(t => t == q.Technique || t.StartsWith(q.Technique + ".", StringComparison.Ordinal)))
        && (string.IsNullOrWhiteSpace(q.Text) || Has(rule.Title, q.Text) || Has(rule.Id, q.Text) || Has(rule.File, q.Text) || Has(rule.Logsource, q.Text) || Has(rule.Reason, q.Text)
            || rule.Titles.Values.Any(t => Has(t, q.Text)));

    private static bool Has(string text, string part) => text.Contains(part.Trim(), StringComparison.OrdinalIgnoreCase);
}

/// <summary>Brings together what the engine, the tables and the last load know of each rule.</summary>
internal sealed class RuleViews(RuleBook book, RuleModes modes, TierContext tier, DetectionDb db, TimeProvider clock)
{
    /// <summary>Every document of the last load.</summary>
    public async Task<IReadOnlyList<RuleItem>> All(CancellationToken ct)
    {
        if (book.Current is not { } current) return [];
        var now = clock.GetUtcNow();
        var since = (now.ToUnixTimeSeconds() / 3600) - 23;
        var hits = await db.Hits.AsNoTracking().Where(h => h.Hour >= since).GroupBy(h => h.RuleId)
            .Select(g => new { g.Key, Matches = g.Sum(h => h.Matches), Alerts = g.Sum(h => h.Alerts) }).ToDictionaryAsync(g => g.Key, ct);
        var costs = current.Set.Rules.Select(r => (r.Rule.Id, r.Cost)).Concat(current.Set.Correlations.Select(c => (c.Spec.Id, c.Cost))).ToDictionary(r => r.Id, r => r.Cost, StringComparer.Ordinal);
        var memories = current.Set.Correlations.ToDictionary(c => c.Spec.Id, c => c.State, StringComparer.Ordinal);
        var items = new List<RuleItem>();
        foreach (var verdict in current.Set.Verdicts(tier.Offline ? null : now))
        {
            var d = verdict.Document;
            var hit = hits.GetValueOrDefault(d.Id);
            var cost = costs.GetValueOrDefault(d.Id);
            items.Add(new RuleItem
            {
                Id = d.Id,
                Title = d.Title,
                Titles = d.Titles,
                Kind = d switch { SigmaCorrelation => "correlation", SigmaFilter => "filter", _ => "rule" },
                Level = d.Level,
                Standing = verdict.State switch { RuleState.Active => RuleStanding.Active, RuleState.Idle => RuleStanding.Idle, _ => RuleStanding.CutOff },
                Code = verdict.Code,
                Argument = verdict.Argument,
                Reason = verdict.Reason,
                SilentSince = verdict.Since,
                StormUntil = modes.StormUntil(d.Id, now),
                Warnings = d.Warnings,
                Memory = memories.TryGetValue(d.Id, out var state) ? new CorrelationMemory(state.Groups, state.Evicted, state.Late, state.TooLate) : null,
                Mode = modes.Of(d.Id),
                Logsource = d switch { SigmaRule rule => rule.Logsource.ToString(), SigmaFilter filter => filter.Logsource.ToString(), _ => "" },
                Tags = d.Tags,
                Techniques = d.Attack.Techniques,
                Status = d.Status,
                File = FileOf(d.File),
                Line = d.Line,
                Matches24h = hit?.Matches ?? 0,
                Alerts24h = hit?.Alerts ?? 0,
                LastHit = modes.LastHit(d.Id) is { } at ? DateTimeOffset.UnixEpoch.AddTicks(at * 10) : null,
                CostMicroseconds = cost is { Samples: > 0 } ? cost.MeanMicroseconds : null,
            });
        }
        items.AddRange(current.Set.Refused.Select(r => new RuleItem { Id = "", Title = Path.GetFileName(FileOf(r.File)), Kind = "refused", Standing = RuleStanding.Refused, Code = "refused", Reason = r.Reason, File = FileOf(r.File), Line = r.Line }));
        return items;
    }

    /// <summary>A file as it is shown: relative to the rules folder where it lies in it.</summary>
    public string FileOf(string file) => file.StartsWith(book.Folder, StringComparison.Ordinal) ? "rules" + file[book.Folder.Length..] : file;
}
