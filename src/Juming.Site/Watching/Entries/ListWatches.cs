using System.Text.Json.Serialization;
using FluentValidation;
using Juming.Platform.Handlers;
using Juming.Site.Watching.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Watching.Entries;

/// <summary>Finds entries of the watch list, the latest first.</summary>
internal sealed record ListWatches : IQuery<WatchPage>, INeeds<WatchingRead>
{
    /// <summary>Part of a value, reason, incident or name.</summary>
    public string? Text { get; init; }

    /// <summary>One kind.</summary>
    public WatchKind? Kind { get; init; }

    /// <summary>Those that last when nothing is said.</summary>
    public WatchState State { get; init; }

    /// <summary>Rows passed over.</summary>
    public int Skip { get; init; }

    /// <summary>Rows answered, 1 to 500.</summary>
    public int Take { get; init; } = 50;
}

/// <summary>Which entries.</summary>
[JsonConverter(typeof(JsonStringEnumConverter))]
public enum WatchState
{
    /// <summary>Those that last.</summary>
    Lasting,

    /// <summary>Those that have ended.</summary>
    Ended,
}

/// <summary>An entry.</summary>
/// <param name="Id">Identity.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Value">The value.</param>
/// <param name="Reason">Why.</param>
/// <param name="Incident">Short number of the incident; empty for none.</param>
/// <param name="By">Who entered or changed it last.</param>
/// <param name="At">When.</param>
/// <param name="Until">When it ends by itself; null for never.</param>
/// <param name="EndedAt">When it ended before that; null when it did not.</param>
/// <param name="EndedBy">Who ended it.</param>
/// <param name="Lasts">It is marked at present.</param>
/// <param name="Version">For changes.</param>
public sealed record WatchView(Guid Id, WatchKind Kind, string Value, string Reason, string Incident, string By, DateTimeOffset At, DateTimeOffset? Until, DateTimeOffset? EndedAt, string EndedBy, bool Lasts, long Version);

/// <summary>Entries, and how many there are.</summary>
internal sealed record WatchPage(IReadOnlyList<WatchView> Items, int Total);

file sealed class Validator : AbstractValidator<ListWatches>
{
    public Validator()
    {
        RuleFor(q => q.Text).MaximumLength(300);
        RuleFor(q => q.Kind).IsInEnum();
        RuleFor(q => q.State).IsInEnum();
        RuleFor(q => q.Skip).InclusiveBetween(0, 10_000_000);
        RuleFor(q => q.Take).InclusiveBetween(1, 500);
    }
}

file sealed class Handler(WatchingDb db, TimeProvider clock) : IQueryHandler<ListWatches, WatchPage>
{
    public async Task<Result<WatchPage>> Handle(ListWatches request, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var found = request.State == WatchState.Lasting ? db.Watches.Where(w => w.EndedAt == null && (w.Until == null || w.Until > now)) : db.Watches.Where(w => w.EndedAt != null || w.Until <= now);
        if (request.Kind is { } kind) found = found.Where(w => w.Kind == kind);
        if (request.Text?.Trim() is { Length: > 0 } text)
        {
            var part = "%" + text.ToLowerInvariant().Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal) + "%";
            found = found.Where(w => EF.Functions.Like(w.Value, part, "\\") || EF.Functions.Like(w.Reason.ToLower(), part, "\\") || EF.Functions.Like(w.Incident.ToLower(), part, "\\") || EF.Functions.Like(w.By.ToLower(), part, "\\"));
        }
        var rows = await found.OrderByDescending(w => w.At).ThenByDescending(w => w.Id).Skip(request.Skip).Take(request.Take).AsNoTracking().ToListAsync(cancellationToken);
        return new WatchPage(rows.ConvertAll(w => new WatchView(w.Id, w.Kind, w.Value, w.Reason, w.Incident, w.By, w.At, w.Until, w.EndedAt, w.EndedBy, w.Lasts(now), w.Version)), await found.CountAsync(cancellationToken));
    }
}
