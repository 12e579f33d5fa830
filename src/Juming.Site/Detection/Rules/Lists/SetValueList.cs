using FluentValidation;
using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Site.Detection.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Detection.Rules.Lists;

/// <summary>Fills a list that rules name as <c>%Name%</c>; without values it is removed.</summary>
internal sealed record SetValueList(string Name, IReadOnlyList<string> Values) : ICommand<Done>, INeeds<DetectionWrite>;

/// <summary>Shows the lists that are filled, and those that loaded rules wait for.</summary>
internal sealed record ListValueLists : IQuery<IReadOnlyList<ValueListView>>, INeeds<DetectionRead>;

/// <summary>A list.</summary>
/// <param name="Name">Name without the percent signs.</param>
/// <param name="Values">Its values; empty while nobody has filled it.</param>
/// <param name="WaitingRules">Rules that are idle for want of it.</param>
internal sealed record ValueListView(string Name, IReadOnlyList<string> Values, int WaitingRules);

file sealed class Validator : AbstractValidator<SetValueList>
{
    public Validator()
    {
        RuleFor(c => c.Name).Matches("^[A-Za-z0-9_-]{1,100}$").WithErrorCode("detection.bad-list-name").WithMessage(DetectionErrors.BadListName.Sentence);
        RuleFor(c => c.Values).Must(v => v.Count <= 10_000).WithMessage("A list holds at most 10,000 values.");
        RuleForEach(c => c.Values).NotEmpty().MaximumLength(500).Must(v => !v.Contains('\n', StringComparison.Ordinal));
    }
}

file sealed class SetHandler(DetectionDb db, RuleBook book, CurrentActor current, TimeProvider clock) : ICommandHandler<SetValueList, Done>
{
    public async Task<Result<Done>> Handle(SetValueList request, CancellationToken cancellationToken)
    {
        if (WatchedLists.Takes(request.Name)) return DetectionErrors.ListIsWatched;
        var row = await db.Lists.SingleOrDefaultAsync(l => l.Name == request.Name, cancellationToken);
        if (request.Values.Count == 0)
        {
            if (row is not null) db.Lists.Remove(row);
        }
        else
        {
            var values = string.Join('\n', request.Values.Select(v => v.Trim()));
            if (row is null) db.Lists.Add(row = new ValueListRow { Name = request.Name, Values = values });
            (row.Values, row.ChangedBy, row.ChangedAt) = (values, current.Actor.Name, clock.GetUtcNow());
        }
        await db.SaveChangesAsync(cancellationToken);
        await book.Reload(cancellationToken);
        return Done.Value;
    }
}

file sealed class ListHandler(RuleBook book) : IQueryHandler<ListValueLists, IReadOnlyList<ValueListView>>
{
    public async Task<Result<IReadOnlyList<ValueListView>>> Handle(ListValueLists request, CancellationToken cancellationToken)
    {
        var lists = await book.Lists(cancellationToken);
        var waiting = book.Loaded.Rules.SelectMany(r => r.MissingLists).Concat(book.Loaded.Filters.SelectMany(f => f.MissingLists)).CountBy(n => n, StringComparer.OrdinalIgnoreCase).ToDictionary(StringComparer.OrdinalIgnoreCase);
        return lists.Keys.Concat(waiting.Keys).Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.OrdinalIgnoreCase)
            .Where(n => !WatchedLists.Takes(n)).Select(n => new ValueListView(n, lists.GetValueOrDefault(n) ?? [], waiting.GetValueOrDefault(n))).ToList();
    }
}
