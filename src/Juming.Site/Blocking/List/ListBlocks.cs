using FluentValidation;
using Juming.Platform.Handlers;
using Juming.Site.Blocking.Blocks;
using Juming.Site.Blocking.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Blocking.List;

/// <summary>Finds blocks.</summary>
internal sealed record ListBlocks : IQuery<BlockPage>, INeeds<BlockingRead>
{
    /// <summary>Part of a target, reason or name.</summary>
    public string? Text { get; init; }

    /// <summary>One state.</summary>
    public BlockState? State { get; init; }

    /// <summary>"active" (not yet off all devices), "trouble" (a device needs a person), "over" or "all".</summary>
    public string View { get; init; } = "active";

    /// <summary>On this device.</summary>
    public Guid? Device { get; init; }

    /// <summary>"since" (latest first), "until" (next to end first) or "target".</summary>
    public string Sort { get; init; } = "since";

    /// <summary>Rows passed over.</summary>
    public int Skip { get; init; }

    /// <summary>Rows answered, 1 to 500.</summary>
    public int Take { get; init; } = 50;
}

/// <summary>Blocks, how many there are, and how they stand.</summary>
internal sealed record BlockPage(IReadOnlyList<BlockView> Items, int Total, IReadOnlyDictionary<BlockState, int> States);

file sealed class Validator : AbstractValidator<ListBlocks>
{
    public Validator()
    {
        RuleFor(q => q.Text).MaximumLength(200);
        RuleFor(q => q.State).IsInEnum();
        RuleFor(q => q.View).Must(v => v is "active" or "trouble" or "over" or "all").WithMessage("View active, trouble, over or all.");
        RuleFor(q => q.Sort).Must(s => s is "since" or "until" or "target").WithMessage("Sort by since, until or target.");
        RuleFor(q => q.Skip).InclusiveBetween(0, 10_000_000);
        RuleFor(q => q.Take).InclusiveBetween(1, 500);
    }
}

file sealed class Handler(BlockingDb db) : IQueryHandler<ListBlocks, BlockPage>
{
    public async Task<Result<BlockPage>> Handle(ListBlocks request, CancellationToken cancellationToken)
    {
        var found = BlockFilter.Apply(db, request);
        var states = await found.GroupBy(e => e.State).Select(g => new { g.Key, Count = g.Count() }).ToListAsync(cancellationToken);
        var rows = await BlockFilter.Sort(found, request.Sort).Skip(request.Skip).Take(request.Take).AsNoTracking().ToListAsync(cancellationToken);
        return new BlockPage(await BlockFilter.Views(db, rows, cancellationToken), states.Sum(s => s.Count), states.ToDictionary(s => s.Key, s => s.Count));
    }
}

/// <summary>What list and export have in common.</summary>
internal static class BlockFilter
{
    private static readonly BlockState[] Trouble = [BlockState.Failed, BlockState.Drifted, BlockState.RemoveFailed, BlockState.Unknown];

    public static IQueryable<EntryRow> Apply(BlockingDb db, ListBlocks request)
    {
        IQueryable<EntryRow> found = request.View switch
        {
            "active" => db.Entries.Where(e => !e.Ended),
            "trouble" => db.Entries.Where(e => !e.Ended && Trouble.Contains(e.State)),
            "over" => db.Entries.Where(e => e.Ended),
            _ => db.Entries,
        };
        if (request.State is { } state) found = found.Where(e => e.State == state);
        if (request.Device is { } device) found = found.Where(e => db.OnDevices.Any(d => d.EntryId == e.Id && d.DeviceId == device));
        if (request.Text?.Trim() is not { Length: > 0 } text) return found;
        var part = "%" + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal) + "%";
        return found.Where(e => EF.Functions.Like(e.Target, part, "\\") || EF.Functions.Like(e.Reason, part, "\\") || EF.Functions.Like(e.By, part, "\\"));
    }

    public static IQueryable<EntryRow> Sort(IQueryable<EntryRow> found, string sort) => sort switch
    {
        "until" => found.OrderBy(e => e.Until).ThenBy(e => e.Id),
        "target" => found.OrderBy(e => e.Target).ThenBy(e => e.Id),
        _ => found.OrderByDescending(e => e.Since).ThenByDescending(e => e.Id),
    };

    public static async Task<IReadOnlyList<BlockView>> Views(BlockingDb db, IReadOnlyList<EntryRow> rows, CancellationToken ct)
    {
        var states = new List<(Guid Entry, BlockState State)>();
        foreach (var some in rows.Select(r => r.Id).Chunk(400))
            states.AddRange((await db.OnDevices.AsNoTracking().Where(d => some.Contains(d.EntryId)).Select(d => new { d.EntryId, d.State }).ToListAsync(ct)).Select(d => (d.EntryId, d.State)));
        var byEntry = states.ToLookup(s => s.Entry, s => s.State);
        return [.. rows.Select(r => BlockView.Of(r, [.. byEntry[r.Id]]))];
    }
}
