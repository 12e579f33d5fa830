using System.Diagnostics;
using System.Text;
using System.Text.Json.Serialization;
using FluentValidation;
using Juming.Platform.Data;
using Juming.Platform.Handlers;
using Juming.Site.Detection.Pipeline;
using Juming.Site.Events;

namespace Juming.Site.Detection.Rules.Draft;

/// <summary>Tries rules on the stored events of the last 24 hours. A look at raw events, so it is audited.</summary>
internal sealed record TryRule(string FileName, [property: JsonIgnore] string Yaml) : IQuery<RuleTrial>, INeeds<EventsRead>, IAudited;

/// <summary>What rules would have matched.</summary>
/// <param name="Events">Events that were asked about, the newest first.</param>
/// <param name="Matched">Those that fit.</param>
/// <param name="First">The newest three of those.</param>
/// <param name="Cut">There were more events than a trial asks about.</param>
/// <param name="NotTried">Correlations and filters of the text; only live events are counted together.</param>
internal sealed record RuleTrial(long Events, long Matched, IReadOnlyList<EventView> First, bool Cut, int NotTried);

file sealed class Validator : AbstractValidator<TryRule>
{
    public Validator() => RuleFor(q => q.Yaml).NotNull().MaximumLength(RuleTrialSet.MostCharacters);
}

file sealed class Handler(RuleBook book, ISearch search, ILineNormalizer normalizer, ISourceDirectory sources, TimeProvider clock) : IQueryHandler<TryRule, RuleTrial>
{
    private const int MostEvents = 500_000;
    private static readonly TimeSpan LongestTrial = TimeSpan.FromSeconds(20);

    public async Task<Result<RuleTrial>> Handle(TryRule request, CancellationToken cancellationToken)
    {
        var trial = await RuleTrialSet.Of(book, request.FileName, request.Yaml, cancellationToken);
        if (trial.Problems.Count > 0) return DetectionErrors.Of(trial.Problems[0]);
        var (now, began) = (clock.GetUtcNow(), Stopwatch.GetTimestamp());
        var matcher = new RuleMatcher();
        matcher.Use(trial.Set);
        var sink = new Sink(trial.Own);
        var batch = new EventBatch();
        long events = 0;
        await foreach (var chunk in search.Search(new SearchRequest("", now.AddHours(-24), now.AddMinutes(5), MostEvents), cancellationToken))
        {
            batch.Clear();
            foreach (var stored in chunk.Events)
            {
                normalizer.Normalize(batch, Encoding.UTF8.GetBytes(stored.Raw), new LineContext { Received = PlainStatements.Micros(stored.Received), SourceId = stored.SourceId, Source = sources.MemoryOf(stored.SourceId) });
                batch.Current.Id = stored.Id;
            }
            sink.Chunk = chunk.Events;
            matcher.Match(batch, sink);
            sink.Settle();
            events += chunk.Events.Count;
            if (Stopwatch.GetElapsedTime(began) > LongestTrial) return new RuleTrial(events, sink.Matches, sink.First, chunk.Cursor is not null, trial.NotTried);
        }
        return new RuleTrial(events, sink.Matches, sink.First, events >= MostEvents, trial.NotTried);
    }

    private sealed class Sink(IReadOnlySet<string> own) : IMatchSink
    {
        private const int MostShown = 3;

        private readonly HashSet<int> _here = [];
        private readonly List<EventView> _first = [];

        public long Matches { get; private set; }

        public IReadOnlyList<EventView> First => _first;

        public IReadOnlyList<EventView> Chunk { get; set; } = [];

        public void Matched(CompiledRule rule, EventBatch batch, int index, ReadOnlySpan<ushort> fields, string? keyword)
        {
            if (own.Contains(rule.Rule.Id)) _here.Add(index);
        }

        public void Correlated(CorrelationMatch match, EventBatch? batch, int index)
        {
            // Events come the newest first here, and a count over time would be another one than live.
        }

        /// <summary>Counts the events of a chunk; one that fits two rules is one.</summary>
        public void Settle()
        {
            Matches += _here.Count;
            foreach (var index in _here.Order().Take(MostShown - _first.Count)) _first.Add(Chunk[index]);
            _here.Clear();
        }
    }
}
