using FluentValidation;
using Juming.Platform.Handlers;
using Juming.Site.Collection.Packs;
using Juming.Site.Events;

namespace Juming.Site.Collection.Workbench;

/// <summary>The newest unknown lines of a sender. A look at raw events, so it is audited.</summary>
internal sealed record SampleUnknown(int SourceId, int Take = 200) : IQuery<UnknownSample>, INeeds<EventsRead>, IAudited;

/// <summary>Unknown lines, the newest first.</summary>
/// <param name="Lines">The lines.</param>
/// <param name="PackName">A name for their pack that none has yet.</param>
internal sealed record UnknownSample(IReadOnlyList<string> Lines, string PackName);

file sealed class Validator : AbstractValidator<SampleUnknown>
{
    public Validator() => RuleFor(q => q.Take).InclusiveBetween(1, SampleLine.MostLines);
}

file sealed class Handler(ISearch search, ISourceDirectory sources, SitePacks packs, TimeProvider clock) : IQueryHandler<SampleUnknown, UnknownSample>
{
    public async Task<Result<UnknownSample>> Handle(SampleUnknown request, CancellationToken cancellationToken)
    {
        var (from, to) = UnknownLines.Span(clock);
        var lines = new List<string>();
        await foreach (var chunk in search.Search(new SearchRequest(UnknownLines.QueryOf(request.SourceId), from, to, request.Take), cancellationToken)) lines.AddRange(chunk.Events.Select(e => e.Raw));
        return new UnknownSample(lines, FreeName(sources.NameOf(request.SourceId)));
    }

    private string FreeName(string source)
    {
        var plain = new string([.. source.ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-')]).Trim('-');
        var name = "site-" + (plain.Length == 0 ? "device" : plain.Length > 60 ? plain[..60] : plain);
        var free = name;
        for (var n = 2; packs.HighestVersion(free) > 0; n++) free = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{name}-{n}");
        return free;
    }
}
