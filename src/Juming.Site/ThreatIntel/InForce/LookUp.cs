using System.Text;
using FluentValidation;
using Juming.Contracts.Indicators;
using Juming.Platform.Handlers;
using Juming.Site.ThreatIntel.Data;
using Juming.Site.ThreatIntel.Index;
using Juming.Site.ThreatIntel.Sets;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.ThreatIntel.InForce;

/// <summary>Tells what is in force.</summary>
internal sealed record GetInForce : IQuery<InForceView>, INeeds<IntelRead>;

/// <summary>Tells whether a value would be met by an indicator, and by which.</summary>
internal sealed record LookUp(string Value) : IQuery<LookUpView>, INeeds<IntelRead>;

/// <summary>Goes back to the cloud's set before.</summary>
internal sealed record RollBackSet : ICommand<Done>, INeeds<IntelManage>;

/// <summary>What is in force.</summary>
/// <param name="Cloud">Where the cloud's set stands.</param>
/// <param name="Operators">How many operators give this site.</param>
/// <param name="Own">The site's own by kind.</param>
/// <param name="Muted">Muted values.</param>
internal sealed record InForceView(SetStanding Cloud, int Operators, IReadOnlyDictionary<IndicatorKind, int> Own, int Muted);

/// <summary>What a look-up found.</summary>
/// <param name="Read">What the value was read as; empty when it is none.</param>
/// <param name="Problem">Why no indicator can stand for it; None where one can.</param>
/// <param name="Found">Indicators that it would be met by.</param>
internal sealed record LookUpView(IReadOnlyList<IndicatorValue> Read, IndicatorProblem Problem, IReadOnlyList<FoundView> Found);

/// <summary>An indicator that a value is met by.</summary>
/// <param name="Id">Identity.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Value">Its value: the same, or what stands for it.</param>
/// <param name="IsOwn">The site's own.</param>
/// <param name="Confidence">0 to 100.</param>
/// <param name="Severity">1 to 4.</param>
/// <param name="Threat">Name of the threat.</param>
/// <param name="Labels">Words on it.</param>
/// <param name="Techniques">ATT&amp;CK.</param>
/// <param name="Tlp">How far it may travel.</param>
/// <param name="Sources">Independent sources.</param>
/// <param name="Until">End of it.</param>
/// <param name="FromOperator">The operator named it by its own key.</param>
/// <param name="Verdict">Whether it makes an alert, and why not: "alerts", "muted", "ended", "unsure".</param>
internal sealed record FoundView(Guid Id, IndicatorKind Kind, string Value, bool IsOwn, int Confidence, int Severity, string Threat, IReadOnlyList<string> Labels, IReadOnlyList<string> Techniques, SharingLimit Tlp, int Sources, DateTimeOffset? Until, bool FromOperator, string Verdict);

file sealed class Validator : AbstractValidator<LookUp>
{
    public Validator() => RuleFor(q => q.Value).NotEmpty().MaximumLength(4096);
}

file sealed class Handler(IntelDb db, IndicatorSet set, OperatorBook operators, IndicatorsInForce inForce, IntelSettings settings, TimeProvider clock) : IQueryHandler<GetInForce, InForceView>, IQueryHandler<LookUp, LookUpView>, ICommandHandler<RollBackSet, Done>
{
    public async Task<Result<InForceView>> Handle(GetInForce request, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var own = await db.Own.Where(o => o.EndedAt == null && o.ValidUntil > now).GroupBy(o => o.Kind).Select(g => new { g.Key, Count = g.Count() }).ToListAsync(cancellationToken);
        return new InForceView(set.Standing, operators.Counting, own.ToDictionary(o => o.Key, o => o.Count), await db.Mutes.CountAsync(m => m.Until == null || m.Until > now, cancellationToken));
    }

    public Task<Result<LookUpView>> Handle(LookUp request, CancellationToken cancellationToken)
    {
        var (values, state, now) = (new List<IndicatorValue>(), inForce.Now, clock.GetUtcNow());
        var problem = IndicatorReader.Read(request.Value, IndicatorKind.None, values);
        var (probe, found) = (new IndicatorProbe(), new List<FoundView>());
        probe.Begin(state.View);
        var texts = values.ConvertAll(v => Encoding.UTF8.GetBytes(v.Value));
        for (var i = 0; i < values.Count; i++)
        {
            var network = values[i].Kind == IndicatorKind.Network && NetRange.TryRead(texts[i], out var range) ? Encoding.UTF8.GetBytes(range.First.ToString()) : null;
            probe.Add(network is null ? values[i].Kind : IndicatorKind.Address, network ?? texts[i], i);
        }
        foreach (var hit in probe.Run())
            if (state.View.Resolve(hit) is var (indicator, isOwn) && IsMet(hit.Mark, indicator, values[hit.Tag], texts[hit.Tag]) && !found.Exists(f => f.Id == indicator.Id)) found.Add(View(indicator, isOwn, state, now));
        return Task.FromResult<Result<LookUpView>>(new LookUpView(values, problem, [.. found.OrderByDescending(f => f.Confidence)]));
    }

    public async Task<Result<Done>> Handle(RollBackSet request, CancellationToken cancellationToken) => (await set.RollBack(cancellationToken)).Error is { } error ? error : Done.Value;

    private static bool IsMet(IndicatorMark mark, in IndexedIndicator indicator, IndicatorValue value, byte[] text)
    {
        var kept = Encoding.UTF8.GetBytes(indicator.Value.Value);
        if (value.Kind != IndicatorKind.Network) return IndicatorConfirmation.Stands(mark, kept, text);
        return NetRange.TryRead(kept, out var outer) && NetRange.TryRead(text, out var inner) && outer.Contains(inner.First) && outer.Contains(inner.Last);
    }

    private FoundView View(in IndexedIndicator indicator, bool isOwn, InForceNow state, DateTimeOffset now)
    {
        var facts = IndicatorFacts.Of(indicator);
        var verdict = facts.Until <= now ? "ended" : state.Mutes.TryGetValue(indicator.Value, out var until) && until > now ? "muted" : indicator.Confidence < settings.LeastConfidence ? "unsure" : "alerts";
        return new(indicator.Id, indicator.Value.Kind, indicator.Value.Value, isOwn, indicator.Confidence, indicator.Severity, facts.Threat, facts.Labels, facts.Techniques, facts.Tlp, facts.Sources, facts.Until, facts.FromOperator, verdict);
    }
}
