using FluentValidation;
using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Platform.Web;
using Juming.Site.Events.Data;
using Juming.Site.Events.Find;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Events.Saved;

/// <summary>Keeps a search under a name; the same name of the same person is overwritten.</summary>
/// <param name="Name">1 to 100 characters.</param>
/// <param name="Query">In the query language.</param>
/// <param name="Span">Beginning of the time range: "now-24h", or an instant.</param>
/// <param name="Shared">Everyone who may search sees it.</param>
/// <param name="Until">End of the time range in the same forms; null for the present.</param>
/// <param name="Time">"event", or "received" for a span of receipt.</param>
internal sealed record SaveSearch(string Name, string Query, string Span, bool Shared, string? Until = null, string Time = TimeKinds.Event) : ICommand<SearchLine>, INeeds<EventsRead>;

/// <summary>Forgets one of the caller's own searches.</summary>
internal sealed record ForgetSearch(Guid Id) : ICommand<Done>, INeeds<EventsRead>;

/// <summary>The caller's searches and those that others share.</summary>
internal sealed record ListSearches : IQuery<IReadOnlyList<SearchLine>>, INeeds<EventsRead>;

/// <summary>A kept search.</summary>
internal sealed record SearchLine(Guid Id, string Name, string Query, string Span, bool Shared, bool Mine, string Owner, DateTimeOffset ChangedAt, string? Until, string Time);

file sealed class Validator : AbstractValidator<SaveSearch>
{
    public Validator()
    {
        RuleFor(s => s.Name).NotEmpty().MaximumLength(100);
        RuleFor(s => s.Query).MaximumLength(8192);
        RuleFor(s => s.Span).MaximumLength(40).Must(span => TimeSpanText.Read(span, DateTimeOffset.UnixEpoch) is not null).WithMessage("The time is \"now-24h\" or an instant.");
        RuleFor(s => s.Until).MaximumLength(40).Must(until => until is null || TimeSpanText.Read(until, DateTimeOffset.UnixEpoch) is not null).WithMessage("The end is \"now\" or an instant.");
        RuleFor(s => s.Time).Must(TimeKinds.Knows).WithMessage("The time is \"event\" or \"received\".");
    }
}

file sealed class SaveHandler(EventsDb db, CurrentActor current, TimeProvider clock) : ICommandHandler<SaveSearch, SearchLine>
{
    private const int MostPerPerson = 200;

    public async Task<Result<SearchLine>> Handle(SaveSearch request, CancellationToken cancellationToken)
    {
        var (owner, name) = (current.Actor.Id, request.Name.Trim());
        var row = await db.Searches.FirstOrDefaultAsync(s => s.OwnerId == owner && s.Name == name, cancellationToken);
        if (row is null)
        {
            if (await db.Searches.CountAsync(s => s.OwnerId == owner, cancellationToken) >= MostPerPerson) return EventsErrors.TooManySearches;
            row = new SavedSearch { OwnerId = owner, OwnerName = current.Actor.Name, Name = name, Query = request.Query, Span = request.Span, Shared = request.Shared, ChangedAt = clock.GetUtcNow() };
            db.Add(row);
        }
        (row.Query, row.Span, row.Until, row.ByReceipt, row.Shared, row.ChangedAt) = (request.Query, request.Span, request.Until, request.Time == TimeKinds.Received, request.Shared, clock.GetUtcNow());
        await db.SaveChangesAsync(cancellationToken);
        return Lines.Of(row, owner);
    }
}

file sealed class ForgetHandler(EventsDb db, CurrentActor current) : ICommandHandler<ForgetSearch, Done>
{
    public async Task<Result<Done>> Handle(ForgetSearch request, CancellationToken cancellationToken)
    {
        var owner = current.Actor.Id;
        if (await db.Searches.FirstOrDefaultAsync(s => s.Id == request.Id && s.OwnerId == owner, cancellationToken) is not { } row) return EventsErrors.NoSuchSearch;
        db.Remove(row);
        await db.SaveChangesAsync(cancellationToken);
        return Done.Value;
    }
}

file sealed class ListHandler(EventsDb db, CurrentActor current) : IQueryHandler<ListSearches, IReadOnlyList<SearchLine>>
{
    public async Task<Result<IReadOnlyList<SearchLine>>> Handle(ListSearches request, CancellationToken cancellationToken)
    {
        var owner = current.Actor.Id;
        var rows = await db.Searches.AsNoTracking().Where(s => s.OwnerId == owner || s.Shared).OrderBy(s => s.Name).Take(500).ToListAsync(cancellationToken);
        return Result<IReadOnlyList<SearchLine>>.Of([.. rows.Select(s => Lines.Of(s, owner)).OrderByDescending(s => s.Mine)]);
    }
}

file static class Lines
{
    public static SearchLine Of(SavedSearch row, string reader) => new(row.Id, row.Name, row.Query, row.Span, row.Shared, row.OwnerId == reader, row.OwnerName, row.ChangedAt, row.Until, row.ByReceipt ? TimeKinds.Received : TimeKinds.Event);
}
