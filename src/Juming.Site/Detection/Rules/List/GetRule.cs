using Juming.Platform.Handlers;
using Juming.Site.Detection.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Detection.Rules.List;

/// <summary>One rule with its text.</summary>
internal sealed record GetRule(string Id) : IQuery<RuleDetail>, INeeds<DetectionRead>;

/// <summary>A rule with everything that is known of it.</summary>
internal sealed record RuleDetail
{
    public required RuleItem Rule { get; init; }
    public required string Description { get; init; }

    /// <summary>What to do, by language.</summary>
    public required IReadOnlyDictionary<string, string> Advice { get; init; }
    public required string Author { get; init; }
    public required string License { get; init; }
    public required IReadOnlyList<string> References { get; init; }
    public required IReadOnlyList<string> FalsePositives { get; init; }

    /// <summary>Samples that come with it: how many must match, how many must not.</summary>
    public required int MatchingSamples { get; init; }
    public required int BenignSamples { get; init; }
    public required string Yaml { get; init; }
    public string ModeReason { get; init; } = "";
    public string ModeBy { get; init; } = "";
    public DateTimeOffset? ModeAt { get; init; }

    /// <summary>Matches of the last 24 hours, oldest first.</summary>
    public required IReadOnlyList<long> ByHour { get; init; }
}

file sealed class Handler(RuleBook book, RuleViews views, DetectionDb db, TimeProvider clock) : IQueryHandler<GetRule, RuleDetail>
{
    public async Task<Result<RuleDetail>> Handle(GetRule request, CancellationToken cancellationToken)
    {
        var item = (await views.All(cancellationToken)).FirstOrDefault(r => r.Id.Length > 0 && r.Id == request.Id);
        if (item is null || book.Find(request.Id) is not { } document) return DetectionErrors.NoSuchRule;
        var state = await db.RuleStates.AsNoTracking().SingleOrDefaultAsync(r => r.RuleId == request.Id, cancellationToken);
        var hour = clock.GetUtcNow().ToUnixTimeSeconds() / 3600;
        var hits = await db.Hits.AsNoTracking().Where(h => h.RuleId == request.Id && h.Hour > hour - 24).ToDictionaryAsync(h => h.Hour, h => h.Matches, cancellationToken);
        return new RuleDetail
        {
            Rule = item,
            Description = document.Description,
            Advice = document.Advice,
            Author = document.Author,
            License = document.License,
            References = document.References,
            FalsePositives = document.FalsePositives,
            MatchingSamples = document.Samples.Count(s => s.Match),
            BenignSamples = document.Samples.Count(s => !s.Match),
            Yaml = document.Source,
            ModeReason = state?.Reason ?? "",
            ModeBy = state?.ChangedBy ?? "",
            ModeAt = state?.ChangedAt,
            ByHour = [.. Enumerable.Range(0, 24).Select(i => hits.GetValueOrDefault(hour - 23 + i))],
        };
    }
}
