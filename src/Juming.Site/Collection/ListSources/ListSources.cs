using FluentValidation;
using Juming.Platform.Handlers;
using Juming.Site.Collection.Sources;

namespace Juming.Site.Collection.ListSources;

/// <summary>Lists senders, most recently heard first.</summary>
internal sealed record ListSources(string? Text = null, bool OnlySilent = false, int Skip = 0, int Take = 50) : IQuery<SourcePage>, INeeds<CollectionRead>;

/// <summary>A page of senders.</summary>
internal sealed record SourcePage(IReadOnlyList<SourceView> Items, int Total);

/// <summary>One sender as people see it.</summary>
internal sealed record SourceView
{
    public required int Id { get; init; }
    public required string Key { get; init; }
    public required string Name { get; init; }
    public required bool Muted { get; init; }
    public required bool Silent { get; init; }
    public DateTimeOffset? FirstSeen { get; init; }
    public DateTimeOffset? LastSeen { get; init; }
    /// <summary>Lines since the program started.</summary>
    public required long Received { get; init; }
    /// <summary>Share of lines that a parser knew, 0 to 1; null before the first.</summary>
    public double? ParsedShare { get; init; }
    /// <summary>Mean of receipt minus event time, in seconds.</summary>
    public double? SkewSeconds { get; init; }
    public required string Charset { get; init; }
    public string? PinnedCharset { get; init; }
    public required string Zone { get; init; }
    public required string Parser { get; init; }
    /// <summary>Seconds of quiet after which it counts as silent; null while its habit is not known.</summary>
    public long? SilentAfterSeconds { get; init; }
}

file sealed class Validator : AbstractValidator<ListSources>
{
    public Validator()
    {
        RuleFor(q => q.Take).InclusiveBetween(1, 500);
        RuleFor(q => q.Skip).GreaterThanOrEqualTo(0);
        RuleFor(q => q.Text).MaximumLength(200);
    }
}

file sealed class Handler(SourceRegister register, TimeProvider clock) : IQueryHandler<ListSources, SourcePage>
{
    public Task<Result<SourcePage>> Handle(ListSources request, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds() * 1000;
        var found = register.All
            .Where(s => string.IsNullOrWhiteSpace(request.Text) || s.Name.Contains(request.Text, StringComparison.OrdinalIgnoreCase) || s.Key.Contains(request.Text, StringComparison.OrdinalIgnoreCase))
            .Where(s => !request.OnlySilent || s.Silence.IsSilent(now))
            .OrderByDescending(s => s.LastSeen).ThenBy(s => s.Id).ToList();
        var items = found.Skip(request.Skip).Take(request.Take).Select(s => View(s, now)).ToList();
        return Task.FromResult<Result<SourcePage>>(new SourcePage(items, found.Count));
    }

    private static SourceView View(Source s, long now) => new()
    {
        Id = s.Id,
        Key = s.Key,
        Name = s.Name,
        Muted = s.Muted,
        Silent = s.Silence.IsSilent(now),
        FirstSeen = Instant(s.FirstSeen),
        LastSeen = Instant(s.LastSeen),
        Received = s.Received,
        ParsedShare = s.Received == 0 ? null : 1 - ((double)s.Unparsed / s.Received),
        SkewSeconds = s.SkewSeconds,
        Charset = s.Charset,
        PinnedCharset = s.Memory.PinnedCharset,
        Zone = s.Memory.Zone.Id,
        Parser = s.Parser,
        SilentAfterSeconds = s.Silence.SilentAfterSeconds,
    };

    private static DateTimeOffset? Instant(long micros) => micros == 0 ? null : DateTimeOffset.UnixEpoch.AddTicks(micros * 10);
}
