using FluentValidation;
using Juming.Platform.Handlers;

namespace Juming.Site.Events.Find;

/// <summary>One page of events that fit a query, newest first. A look at raw data, so it is audited.</summary>
/// <param name="Query">In the query language; empty for everything.</param>
/// <param name="From">Beginning, inclusive.</param>
/// <param name="To">End, inclusive.</param>
/// <param name="Limit">Most events, 1 to 1,000.</param>
/// <param name="Cursor">Where the last page ended, or null.</param>
/// <param name="Time">"event", or "received" for a span of receipt.</param>
internal sealed record FindEvents(string Query, DateTimeOffset From, DateTimeOffset To, int Limit = 100, string? Cursor = null, string Time = TimeKinds.Event) : IQuery<EventPage>, INeeds<EventsRead>, IAudited;

/// <summary>A page of events and where the next begins.</summary>
internal sealed record EventPage(IReadOnlyList<EventView> Events, string? Cursor);

/// <summary>The two times that a search can go by.</summary>
internal static class TimeKinds
{
    public const string Event = "event";
    public const string Received = "received";

    public static bool Knows(string kind) => kind is Event or Received;
}

/// <summary>Counts over time and frequent values for a query. Values are raw data: it is part of the search, which leaves one entry.</summary>
internal sealed record SummariseEvents(string Query, DateTimeOffset From, DateTimeOffset To, IReadOnlyList<string> Fields, int Steps = 60, string Time = TimeKinds.Event) : IQuery<EventSummary>, INeeds<EventsRead>, IPartOfLook
{
    IAudited IPartOfLook.Look => new BeginSearch(Query, From, To);
}

/// <summary>Counts over time and frequent values.</summary>
/// <param name="Total">Events that fit.</param>
/// <param name="Steps">Over time, by severity.</param>
/// <param name="Facets">Frequent values by field.</param>
/// <param name="DatedElsewhere">Events that fit, were received in the span and carry another time; 0 for a span of receipt.</param>
internal sealed record EventSummary(long Total, IReadOnlyList<SeverityStep> Steps, IReadOnlyDictionary<string, IReadOnlyList<FacetValue>> Facets, long DatedElsewhere);

/// <summary>Frequent values of a field in a span that begin with a text: what a query bar offers while a search is written. Values are raw data: one entry for what is typed within a while.</summary>
internal sealed record SuggestValues(string Field, string Begin, DateTimeOffset From, DateTimeOffset To) : IQuery<IReadOnlyList<FacetValue>>, INeeds<EventsRead>, IPartOfLook
{
    // Each letter typed asks again with a span that has moved on; whole hours make one look of them.
    IAudited IPartOfLook.Look => new BeginSearch(Field + ":*", Hour(From), Hour(To));

    private static DateTimeOffset Hour(DateTimeOffset at) => new(at.UtcTicks - (at.UtcTicks % TimeSpan.TicksPerHour), TimeSpan.Zero);
}

/// <summary>One event with everything known about it.</summary>
internal sealed record GetEvent(Guid Id) : IQuery<EventView>, INeeds<EventsRead>, IAudited;

file sealed class FindValidator : AbstractValidator<FindEvents>
{
    public FindValidator()
    {
        RuleFor(q => q.Limit).InclusiveBetween(1, 1000);
        RuleFor(q => q.To).GreaterThan(q => q.From).WithMessage("The end of the time range lies before its beginning.");
        RuleFor(q => q.Time).Must(TimeKinds.Knows).WithMessage("The time is \"event\" or \"received\".");
    }
}

file sealed class FindHandler(ISearch search) : IQueryHandler<FindEvents, EventPage>
{
    public async Task<Result<EventPage>> Handle(FindEvents request, CancellationToken cancellationToken)
    {
        var found = new List<EventView>();
        string? cursor = null;
        await foreach (var chunk in search.Search(new SearchRequest(request.Query, request.From, request.To, request.Limit, request.Cursor, request.Time == TimeKinds.Received), cancellationToken))
        {
            found.AddRange(chunk.Events);
            cursor = chunk.Cursor;
        }
        return new EventPage(found, cursor);
    }
}

file sealed class SummaryValidator : AbstractValidator<SummariseEvents>
{
    public SummaryValidator()
    {
        RuleFor(q => q.Steps).InclusiveBetween(1, 500);
        RuleFor(q => q.Fields.Count).LessThanOrEqualTo(20);
        RuleFor(q => q.Time).Must(TimeKinds.Knows).WithMessage("The time is \"event\" or \"received\".");
    }
}

file sealed class SummaryHandler(ISearch search) : IQueryHandler<SummariseEvents, EventSummary>
{
    public async Task<Result<EventSummary>> Handle(SummariseEvents request, CancellationToken cancellationToken)
    {
        var what = new SearchRequest(request.Query, request.From, request.To, ByReceipt: request.Time == TimeKinds.Received);
        var steps = await search.HistogramBySeverity(what, request.Steps, cancellationToken);
        var facets = new Dictionary<string, IReadOnlyList<FacetValue>>();
        foreach (var field in request.Fields) facets[field] = await search.Facet(what, field, 8, cancellationToken);
        var elsewhere = what.ByReceipt ? 0 : await search.DatedElsewhere(what, cancellationToken);
        return new EventSummary(steps.Sum(s => s.Counts.Sum()), steps, facets, elsewhere);
    }
}

file sealed class SuggestValidator : AbstractValidator<SuggestValues>
{
    public SuggestValidator()
    {
        RuleFor(q => q.Field).NotEmpty().MaximumLength(200);
        RuleFor(q => q.Begin).MaximumLength(200);
    }
}

file sealed class SuggestHandler(ISearch search) : IQueryHandler<SuggestValues, IReadOnlyList<FacetValue>>
{
    private const int Most = 10;

    public async Task<Result<IReadOnlyList<FacetValue>>> Handle(SuggestValues request, CancellationToken cancellationToken)
    {
        // The text is matched as it stands, so no wildcard of its own can widen it; what only looks alike is left out afterwards.
        var query = request.Begin.Length == 0 ? "" : $"{(Query.QueryWords.IsName(request.Field) ? request.Field : Query.QueryText.Quote(request.Field))}:{Wildcard(request.Begin)}*";
        var found = await search.Facet(new SearchRequest(query, request.From, request.To), request.Field, Most * 2, cancellationToken);
        return Result<IReadOnlyList<FacetValue>>.Of([.. found.Where(v => v.Value.StartsWith(request.Begin, StringComparison.OrdinalIgnoreCase)).Take(Most)]);
    }

    private static string Wildcard(string text) => string.Concat(text.Select(c => char.IsLetterOrDigit(c) || c is '.' or '-' or '_' or '@' or ':' or '\\' or '$' ? c : '?'));
}

file sealed class GetHandler(ISearch search) : IQueryHandler<GetEvent, EventView>
{
    public async Task<Result<EventView>> Handle(GetEvent request, CancellationToken cancellationToken) =>
        await search.Get(request.Id, cancellationToken) is { } found ? found : EventsErrors.NoSuchEvent;
}

/// <summary>Asks for leave to look at raw events; the page streams them afterwards. Audited like the look that it is.</summary>
internal sealed record BeginSearch(string Query, DateTimeOffset From, DateTimeOffset To) : IQuery<Done>, INeeds<EventsRead>, IAudited;

file sealed class BeginHandler : IQueryHandler<BeginSearch, Done>
{
    public Task<Result<Done>> Handle(BeginSearch request, CancellationToken cancellationToken)
    {
        try
        {
            Query.QueryParser.Parse(request.Query);
            return Task.FromResult<Result<Done>>(Done.Value);
        }
        catch (Query.QueryException e)
        {
            return Task.FromResult<Result<Done>>(EventsErrors.Of(new SearchQueryException(e.Code, e.Message, e.Position, e.Length)));
        }
    }
}
