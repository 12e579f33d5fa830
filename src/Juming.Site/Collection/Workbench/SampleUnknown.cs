using FluentValidation;
using Juming.Platform.Handlers;
using Juming.Site.Events;

namespace Juming.Site.Collection.Workbench;

/// <summary>The newest unknown lines of a sender. A look at raw events, so it is audited.</summary>
internal sealed record SampleUnknown(int SourceId, int Take = 200) : IQuery<UnknownSample>, INeeds<EventsRead>, IAudited;

/// <summary>Unknown lines, the newest first.</summary>
internal sealed record UnknownSample(IReadOnlyList<string> Lines);

file sealed class Validator : AbstractValidator<SampleUnknown>
{
    public Validator() => RuleFor(q => q.Take).InclusiveBetween(1, SampleLine.MostLines);
}

file sealed class Handler(ISearch search, TimeProvider clock) : IQueryHandler<SampleUnknown, UnknownSample>
{
    public async Task<Result<UnknownSample>> Handle(SampleUnknown request, CancellationToken cancellationToken)
    {
        var (from, to) = UnknownLines.Span(clock);
        var lines = new List<string>();
        await foreach (var chunk in search.Search(new SearchRequest(UnknownLines.QueryOf(request.SourceId), from, to, request.Take), cancellationToken)) lines.AddRange(chunk.Events.Select(e => e.Raw));
        return new UnknownSample(lines);
    }
}
