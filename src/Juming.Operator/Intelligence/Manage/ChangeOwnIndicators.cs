using System.Globalization;
using System.Text.RegularExpressions;
using FluentValidation;
using Juming.Contracts.Indicators;
using Juming.Operator.Intelligence.Data;
using Juming.Operator.Intelligence.Press;
using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Microsoft.EntityFrameworkCore;

namespace Juming.Operator.Intelligence.Manage;

/// <summary>Gives values to the sites: one a line, as reports write them, all with the same facts. A value that is there is said anew.</summary>
internal sealed record AddOwnIndicators : ICommand<AddedOwn>, INeeds<OwnIntelWrite>
{
    public string Text { get; init; } = "";
    public int Confidence { get; init; } = 80;
    public int Severity { get; init; } = 3;
    public Sharing Tlp { get; init; } = Sharing.Amber;
    public string Family { get; init; } = "";

    /// <summary>ATT&amp;CK techniques, in any separators.</summary>
    public string Techniques { get; init; } = "";
    public string Note { get; init; } = "";

    /// <summary>End; null for as long as the settings say.</summary>
    public DateTimeOffset? Until { get; init; }
}

/// <summary>Withdraws an indicator.</summary>
internal sealed record WithdrawOwnIndicator(Guid Id) : ICommand<Done>, INeeds<OwnIntelWrite>;

/// <summary>What became of the lines.</summary>
/// <param name="Taken">Values that were taken.</param>
/// <param name="Fresh">Of these, values that did not count before.</param>
/// <param name="Refused">Lines that are none, with why; the first thousand.</param>
internal sealed record AddedOwn(int Taken, int Fresh, IReadOnlyList<RefusedOwn> Refused);

/// <summary>A line that is no indicator.</summary>
internal sealed record RefusedOwn(string Value, IndicatorProblem Reason);

file sealed class Validator : AbstractValidator<AddOwnIndicators>
{
    private const int LongestText = 2_000_000;

    public Validator()
    {
        RuleFor(c => c.Text).NotEmpty().MaximumLength(LongestText);
        RuleFor(c => c.Confidence).InclusiveBetween(1, 100);
        RuleFor(c => c.Severity).InclusiveBetween(1, 4);
        RuleFor(c => c.Tlp).IsInEnum();
        RuleFor(c => c.Family).NotNull().MaximumLength(ParcelFacts.LongestFamily).Must(OneLine).WithMessage("A name is one line.");
        RuleFor(c => c.Techniques).NotNull().MaximumLength(300).Must(t => t.All(char.IsWhiteSpace) || OwnTechniques.Of(t).Length > 0).WithMessage("Techniques are identifiers of ATT&CK, such as T1071.001.");
        RuleFor(c => c.Note).NotNull().MaximumLength(300).Must(OneLine).WithMessage("A note is one line.");
    }

    private static bool OneLine(string text) => !text.Any(char.IsControl);
}

file sealed class Handler(OwnIntelDb db, OwnTurn turn, PressSignal signal, OwnIntelSettings settings, CurrentActor current, TimeProvider clock) : ICommandHandler<AddOwnIndicators, AddedOwn>, ICommandHandler<WithdrawOwnIndicator, Done>
{
    private const int MostRefused = 1000;
    private const int LongestShown = 300;
    private const int Asked = 500;

    public async Task<Result<AddedOwn>> Handle(AddOwnIndicators request, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (request.Until <= now) return OwnIntelErrors.InThePast;
        var (values, refused) = Read(request.Text);
        if (values.Count + refused.Count == 0) return OwnIntelErrors.NothingToAdd;
        using var held = await turn.Enter(cancellationToken);
        var there = new Dictionary<Guid, OwnIndicatorRow>();
        foreach (var ids in values.Keys.Chunk(Asked))
            foreach (var row in await db.Indicators.Where(o => ids.Contains(o.Id)).ToListAsync(cancellationToken)) there[row.Id] = row;
        var fresh = values.Keys.Count(id => !there.TryGetValue(id, out var row) || row.EndedAt is not null || row.ValidUntil <= now);
        if (await db.Indicators.CountAsync(o => o.EndedAt == null && o.ValidUntil > now, cancellationToken) + fresh > settings.Most) return OwnIntelErrors.Full.With("most", settings.Most.ToString(CultureInfo.InvariantCulture));
        foreach (var (id, value) in values)
        {
            if (!there.TryGetValue(id, out var row)) row = db.Add(new OwnIndicatorRow { Id = id, Kind = value.Kind, Value = value.Value }).Entity;
            (row.Confidence, row.Severity, row.Tlp, row.Family, row.Techniques, row.Note) = (request.Confidence, request.Severity, request.Tlp, request.Family.Trim(), OwnTechniques.Of(request.Techniques), request.Note.Trim());
            (row.ValidUntil, row.By, row.At, row.EndedAt, row.EndedBy) = (request.Until ?? now.AddDays(settings.Days), current.Actor.Name, now, null, "");
        }
        await db.SaveChangesAsync(cancellationToken);
        signal.Wake();
        return new AddedOwn(values.Count, fresh, refused);
    }

    public async Task<Result<Done>> Handle(WithdrawOwnIndicator request, CancellationToken cancellationToken)
    {
        using var held = await turn.Enter(cancellationToken);
        var now = clock.GetUtcNow();
        if (await db.Indicators.FirstOrDefaultAsync(o => o.Id == request.Id && o.EndedAt == null && o.ValidUntil > now, cancellationToken) is not { } row) return OwnIntelErrors.NoSuchIndicator;
        (row.EndedAt, row.EndedBy) = (now, current.Actor.Name);
        await db.SaveChangesAsync(cancellationToken);
        signal.Wake();
        return Done.Value;
    }

    private static (Dictionary<Guid, IndicatorValue> Values, List<RefusedOwn> Refused) Read(string text)
    {
        var (values, refused, room) = (new Dictionary<Guid, IndicatorValue>(), new List<RefusedOwn>(), new List<IndicatorValue>());
        foreach (var line in text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Where(l => l[0] != '#'))
        {
            room.Clear();
            if (IndicatorReader.Read(line, IndicatorKind.None, room) is not IndicatorProblem.None and var problem)
            {
                if (refused.Count < MostRefused) refused.Add(new(string.Concat(line.Take(LongestShown).Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '\uFFFD' : c)), problem));
                continue;
            }
            foreach (var value in room) values[IndicatorIdentity.Of(value)] = value;
        }
        return (values, refused);
    }
}

/// <summary>Identifiers of ATT&amp;CK techniques in what people write.</summary>
internal static partial class OwnTechniques
{
    /// <summary>Those of a text in one form: "T1071.001,T1566"; empty for none.</summary>
    public static string Of(string text) => string.Join(',', Technique().Matches(text).Select(m => m.Value.ToUpperInvariant()).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Take(ParcelFacts.MostTechniques));

    [GeneratedRegex(@"(?<![A-Za-z0-9])[Tt][0-9]{4}(\.[0-9]{3})?(?![0-9A-Za-z])", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Technique();
}
