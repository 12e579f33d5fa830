using FluentValidation;
using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Site.Events.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Events.Export;

/// <summary>Writes what a search finds to a file, in the background; the newest rows up to the cap.</summary>
/// <param name="Query">In the query language.</param>
/// <param name="From">Event time, inclusive.</param>
/// <param name="To">Event time, inclusive; not later than now, so that the file is of one moment.</param>
/// <param name="Format">"csv" or "ndjson".</param>
/// <param name="Time">"event", or "received" for a span of receipt.</param>
internal sealed record BeginExport(string Query, DateTimeOffset From, DateTimeOffset To, string Format, string Time = Find.TimeKinds.Event) : ICommand<ExportLine>, INeeds<EventsRead>;

/// <summary>Ends an export that waits or runs, and throws its file away.</summary>
internal sealed record CancelExport(Guid Id) : ICommand<Done>, INeeds<EventsRead>;

/// <summary>The caller's exports of the last 24 hours, newest first.</summary>
internal sealed record ListExports : IQuery<IReadOnlyList<ExportLine>>, INeeds<EventsRead>;

/// <summary>Hands the file out to the person who asked for it. A look at raw data, so it is audited.</summary>
internal sealed record OpenExport(Guid Id) : IQuery<ExportFile>, INeeds<EventsRead>, IAudited;

/// <summary>An export as its owner sees it. <paramref name="Share"/> of the segments looked through, 0 to 1.</summary>
internal sealed record ExportLine(Guid Id, string Query, DateTimeOffset From, DateTimeOffset To, string Format, string State, long Rows, long Bytes, bool Cut, double Share, string? Problem, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt);

/// <summary>A file that is ready.</summary>
internal sealed record ExportFile(string Path, string Name, bool Csv);

file sealed class Validator : AbstractValidator<BeginExport>
{
    public Validator()
    {
        RuleFor(e => e.Query).MaximumLength(8192);
        RuleFor(e => e.Format).Must(f => f is "csv" or "ndjson").WithMessage("The format is csv or ndjson.");
        RuleFor(e => e.Time).Must(Find.TimeKinds.Knows).WithMessage("The time is \"event\" or \"received\".");
        RuleFor(e => e.To).GreaterThan(e => e.From).WithMessage("The end of the time range lies before its beginning.");
    }
}

file sealed class BeginHandler(EventsDb db, ExportRunner runner, CurrentActor current, TimeProvider clock) : ICommandHandler<BeginExport, ExportLine>
{
    private const int MostAtOnce = 3;

    public async Task<Result<ExportLine>> Handle(BeginExport request, CancellationToken cancellationToken)
    {
        try
        {
            Query.QueryParser.Parse(request.Query);
        }
        catch (Query.QueryException e)
        {
            return EventsErrors.Of(new SearchQueryException(e.Code, e.Message, e.Position, e.Length));
        }
        var owner = current.Actor.Id;
        if (await db.Exports.CountAsync(e => e.OwnerId == owner && (e.State == ExportState.Waiting || e.State == ExportState.Running), cancellationToken) >= MostAtOnce) return EventsErrors.TooManyExports;
        var now = clock.GetUtcNow();
        var row = new ExportRow { OwnerId = owner, OwnerName = current.Actor.Name, Query = request.Query, From = request.From, To = request.To < now ? request.To : now, ByReceipt = request.Time == Find.TimeKinds.Received, Csv = request.Format == "csv", State = ExportState.Waiting, CreatedAt = now };
        db.Add(row);
        await db.SaveChangesAsync(cancellationToken);
        runner.Enqueue(row.Id);
        return runner.Line(row);
    }
}

file sealed class CancelHandler(EventsDb db, ExportRunner runner, CurrentActor current, TimeProvider clock) : ICommandHandler<CancelExport, Done>
{
    public async Task<Result<Done>> Handle(CancelExport request, CancellationToken cancellationToken)
    {
        var owner = current.Actor.Id;
        if (await db.Exports.FirstOrDefaultAsync(e => e.Id == request.Id && e.OwnerId == owner, cancellationToken) is not { } row) return EventsErrors.NoSuchExport;
        if (row.State is ExportState.Cancelled or ExportState.Failed) return Done.Value;
        (row.State, row.FinishedAt) = (ExportState.Cancelled, clock.GetUtcNow());
        await db.SaveChangesAsync(cancellationToken);
        runner.Cancel(row.Id);
        return Done.Value;
    }
}

file sealed class ListHandler(EventsDb db, ExportRunner runner, CurrentActor current, TimeProvider clock) : IQueryHandler<ListExports, IReadOnlyList<ExportLine>>
{
    public async Task<Result<IReadOnlyList<ExportLine>>> Handle(ListExports request, CancellationToken cancellationToken)
    {
        var owner = current.Actor.Id;
        var since = clock.GetUtcNow() - ExportRunner.Kept;
        var rows = await db.Exports.AsNoTracking().Where(e => e.OwnerId == owner && e.CreatedAt > since).OrderByDescending(e => e.CreatedAt).Take(50).ToListAsync(cancellationToken);
        return Result<IReadOnlyList<ExportLine>>.Of([.. rows.Select(runner.Line)]);
    }
}

file sealed class OpenHandler(EventsDb db, ExportRunner runner, CurrentActor current, TimeProvider clock) : IQueryHandler<OpenExport, ExportFile>
{
    public async Task<Result<ExportFile>> Handle(OpenExport request, CancellationToken cancellationToken)
    {
        var owner = current.Actor.Id;
        var row = await db.Exports.AsNoTracking().FirstOrDefaultAsync(e => e.Id == request.Id && e.OwnerId == owner && e.State == ExportState.Done, cancellationToken);
        if (row is null || row.CreatedAt + ExportRunner.Kept < clock.GetUtcNow() || !File.Exists(runner.PathOf(row.Id))) return EventsErrors.NoSuchExport;
        var name = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"events-{row.CreatedAt.UtcDateTime:yyyyMMdd-HHmmss}{(row.Cut ? $"-newest-{row.Rows}" : "")}.{(row.Csv ? "csv" : "ndjson")}");
        return new ExportFile(runner.PathOf(row.Id), name, row.Csv);
    }
}
