using FluentValidation;
using Juming.Platform.Handlers;
using Juming.Site.Response.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Response.Playbooks;

/// <summary>Lists playbooks by name, one page at a time.</summary>
internal sealed record ListPlaybooks(string? Text, int Skip = 0, int Take = 50) : IQuery<PlaybookRows>, INeeds<ResponseRead>;

/// <summary>A page of playbooks.</summary>
internal sealed record PlaybookRows(IReadOnlyList<PlaybookBrief> Items, int Total);

file sealed class Validator : AbstractValidator<ListPlaybooks>
{
    public Validator()
    {
        RuleFor(q => q.Text).MaximumLength(200);
        RuleFor(q => q.Skip).InclusiveBetween(0, 100_000);
        RuleFor(q => q.Take).InclusiveBetween(1, 200);
    }
}

file sealed class Handler(ResponseDb db, TimeProvider clock) : IQueryHandler<ListPlaybooks, PlaybookRows>
{
    public async Task<Result<PlaybookRows>> Handle(ListPlaybooks request, CancellationToken cancellationToken)
    {
        var rows = db.Playbooks.AsNoTracking();
        if (request.Text?.Trim() is { Length: > 0 } text)
        {
            var part = text.ToLowerInvariant();
            // By the database's own lower(), so that both databases find the same.
#pragma warning disable CA1304, CA1311, CA1862 // This is translated to SQL; a culture has no meaning there.
            rows = rows.Where(p => p.Name.ToLower().Contains(part));
#pragma warning restore CA1304, CA1311, CA1862
        }
        var total = await rows.CountAsync(cancellationToken);
        var page = await rows.OrderBy(p => p.Name).ThenBy(p => p.Id).Skip(request.Skip).Take(request.Take).ToListAsync(cancellationToken);
        var ids = page.Select(p => p.Id).ToArray();
        var since = clock.GetUtcNow() - TimeSpan.FromDays(30);
        var runs = (await db.Runs.AsNoTracking().Where(r => ids.Contains(r.PlaybookId) && r.CreatedAt >= since).GroupBy(r => new { r.PlaybookId, r.State })
            .Select(g => new { g.Key.PlaybookId, g.Key.State, Count = g.Count(), Last = g.Max(r => r.CreatedAt) }).ToListAsync(cancellationToken)).ToLookup(r => r.PlaybookId);
        return new PlaybookRows([.. page.Select(p => new PlaybookBrief
        {
            Id = p.Id,
            CacaoId = p.CacaoId,
            Name = p.Name,
            Published = p.Published,
            On = p.On,
            Ready = p.Ready,
            DraftAt = p.DraftAt,
            DraftBy = p.DraftBy,
            Runs = runs[p.Id].Sum(r => r.Count),
            Trouble = runs[p.Id].Where(r => r.State is RunState.Failed or RunState.Unsettled).Sum(r => r.Count),
            LastRunAt = runs[p.Id].Max(r => (DateTimeOffset?)r.Last),
            LastState = runs[p.Id].MaxBy(r => r.Last)?.State,
        })], total);
    }
}
