using FluentValidation;
using Juming.Platform.Handlers;
using Juming.Site.Assets;
using Juming.Site.Collection.Sources;
using Juming.Site.Events;

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
    /// <summary>Median of receipt minus event time over the last 200 samples, in seconds.</summary>
    public double? SkewSeconds { get; init; }
    /// <summary>A zone that would explain the difference; null when none would.</summary>
    public ZoneGuess? ProposedZone { get; init; }
    /// <summary>Lines a second over the last five whole minutes.</summary>
    public required double PerSecond { get; init; }
    /// <summary>Lines of the last 24 hours in steps of half an hour, oldest first.</summary>
    public required IReadOnlyList<long> Day { get; init; }
    /// <summary>The asset that sends here; null when none is set or it is gone.</summary>
    public AssetBrief? Asset { get; init; }
    /// <summary>Packed files that were passed over.</summary>
    public int PackedFiles { get; init; }
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

file sealed class Handler(SourceRegister register, ILedger ledger, IAssetDirectory assets, TimeProvider clock) : IQueryHandler<ListSources, SourcePage>
{
    private const int StepMinutes = 30;
    private const int RateMinutes = 5;
    private static readonly long[] Nothing = new long[24 * 60 / StepMinutes];

    public async Task<Result<SourcePage>> Handle(ListSources request, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds() * 1000;
        var minute = now / 60_000_000;
        var found = register.All
            .Where(s => string.IsNullOrWhiteSpace(request.Text) || s.Name.Contains(request.Text, StringComparison.OrdinalIgnoreCase) || s.Key.Contains(request.Text, StringComparison.OrdinalIgnoreCase))
            .Where(s => !request.OnlySilent || s.Silence.IsSilent(now))
            .OrderByDescending(s => s.LastSeen).ThenBy(s => s.Id).ToList();
        var day = await ledger.ReceivedBySteps(minute + 1 - (24 * 60), minute + 1, StepMinutes, cancellationToken);
        var recent = await ledger.ReceivedBySteps(minute - RateMinutes, minute, RateMinutes, cancellationToken);
        var items = found.Skip(request.Skip).Take(request.Take).Select(s => View(s, now, day.GetValueOrDefault(s.Id) ?? Nothing, recent.GetValueOrDefault(s.Id)?[0] ?? 0)).ToList();
        return new SourcePage(items, found.Count);
    }

    private SourceView View(Source s, long now, long[] day, long recent) => new()
    {
        PerSecond = recent / (RateMinutes * 60.0),
        Day = day,
        ProposedZone = ZoneGuess.Of(s, clock.GetUtcNow()),
        Asset = s.AssetId is { } asset ? assets.Of(asset) : null,
        PackedFiles = s.PackedFiles,
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
