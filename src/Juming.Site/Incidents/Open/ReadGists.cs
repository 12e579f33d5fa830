using FluentValidation;
using Juming.Platform.Handlers;
using Juming.Site.Detection;

namespace Juming.Site.Incidents.Open;

/// <summary>Reads what alerts matched, for the part of a time line that is on screen; alerts past their retention are left out.</summary>
internal sealed record ReadGists(IReadOnlyList<Guid> Alerts) : IQuery<IReadOnlyDictionary<Guid, string>>, INeeds<IncidentsRead>
{
    /// <summary>Most alerts at once.</summary>
    public const int MostAlerts = 200;
}

file sealed class Validator : AbstractValidator<ReadGists>
{
    public Validator() => RuleFor(q => q.Alerts).Must(a => a is { Count: <= ReadGists.MostAlerts }).WithMessage("Ask for at most 200 alerts at once.");
}

file sealed class Handler(IAlertDirectory alerts) : IQueryHandler<ReadGists, IReadOnlyDictionary<Guid, string>>
{
    private const int MostFields = 4;
    private const int MostValue = 120;
    private static readonly string[] Indicator = ["value", "threat", "found", "confidence"];

    public async Task<Result<IReadOnlyDictionary<Guid, string>>> Handle(ReadGists request, CancellationToken cancellationToken) =>
        Result<IReadOnlyDictionary<Guid, string>>.Of((await alerts.Read(request.Alerts, cancellationToken)).ToDictionary(a => a.Id, a => string.Join(" · ", Telling(a.Matched).Take(MostFields).Select(f => $"{f.Key}: {Cut(f.Value)}"))));

    // Of an alert that an indicator made, what was met and where says more than what comes first.
    private static IEnumerable<KeyValuePair<string, string>> Telling(IReadOnlyDictionary<string, string> matched) =>
        matched.ContainsKey("indicator") ? Indicator.Where(matched.ContainsKey).Select(k => KeyValuePair.Create(k, matched[k])) : matched;

    private static string Cut(string value) => value.Length <= MostValue ? value : value[..MostValue] + "…";
}
