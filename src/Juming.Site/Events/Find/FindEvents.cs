using FluentValidation;
using Juming.Platform.Handlers;

namespace Juming.Site.Events.Find;

/// <summary>One page of events that fit a query, newest first. A look at raw data, so it is audited.</summary>
internal sealed record FindEvents(string Query, DateTimeOffset From, DateTimeOffset To, int Limit = 100, string? Cursor = null) : IQuery<EventPage>, INeeds<EventsRead>, IAudited;

/// <summary>A page of events and where the next begins.</summary>
internal sealed record EventPage(IReadOnlyList<EventView> Events, string? Cursor);

/// <summary>Counts over time and frequent values for a query. Values are raw data: it is part of the search, which leaves one entry.</summary>
internal sealed record SummariseEvents(string Query, DateTimeOffset From, DateTimeOffset To, IReadOnlyList<string> Fields, int Steps = 60) : IQuery<EventSummary>, INeeds<EventsRead>, IPartOfLook
{
    IAudited IPartOfLook.Look => new BeginSearch(Query, From, To);
}

/// <summary>Counts over time and frequent values.</summary>
internal sealed record EventSummary(long Total, IReadOnlyList<HistogramStep> Steps, IReadOnlyDictionary<string, IReadOnlyList<FacetValue>> Facets);

/// <summary>One event with everything known about it.</summary>
internal sealed record GetEvent(Guid Id) : IQuery<EventView>, INeeds<EventsRead>, IAudited;

file sealed class FindValidator : AbstractValidator<FindEvents>
{
    public FindValidator()
    {
        RuleFor(q => q.Limit).InclusiveBetween(1, 1000);
        RuleFor(q => q.To).GreaterThan(q => q.From).WithMessage("The end of the time range lies before its beginning.");
    }
}

file sealed class FindHandler(ISearch search) : IQueryHandler<FindEvents, EventPage>
{
    public async Task<Result<EventPage>> Handle(FindEvents request, CancellationToken cancellationToken)
    {
        try
        {
            var found = new List<EventView>();
            string? cursor = null;
            await foreach (var chunk in search.Search(new SearchRequest(request.Query, request.From, request.To, request.Limit, request.Cursor), cancellationToken))
            {
                found.AddRange(chunk.Events);
                cursor = chunk.Cursor;
            }
            return new EventPage(found, cursor);
        }
        catch (SearchQueryException e)
        {
            return EventsErrors.Of(e);
        }
    }
}

file sealed class SummaryValidator : AbstractValidator<SummariseEvents>
{
    public SummaryValidator()
    {
        RuleFor(q => q.Steps).InclusiveBetween(1, 500);
        RuleFor(q => q.Fields.Count).LessThanOrEqualTo(20);
    }
}

file sealed class SummaryHandler(ISearch search) : IQueryHandler<SummariseEvents, EventSummary>
{
    public async Task<Result<EventSummary>> Handle(SummariseEvents request, CancellationToken cancellationToken)
    {
        var what = new SearchRequest(request.Query, request.From, request.To);
        try
        {
            var steps = await search.Histogram(what, request.Steps, cancellationToken);
            var facets = new Dictionary<string, IReadOnlyList<FacetValue>>();
            foreach (var field in request.Fields) facets[field] = await search.Facet(what, field, 8, cancellationToken);
            return new EventSummary(steps.Sum(s => s.Count), steps, facets);
        }
        catch (SearchQueryException e)
        {
            return EventsErrors.Of(e);
        }
    }
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
