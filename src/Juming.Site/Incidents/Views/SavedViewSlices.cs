using FluentValidation;
using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Site.Incidents.Data;
using Juming.Site.Incidents.List;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Incidents.Views;

/// <summary>Keeps a list of incidents, its filter and its order, under a name; the same name of the same person is overwritten.</summary>
/// <param name="Name">1 to 60 characters.</param>
/// <param name="Query">The list as it stands in the address: "?view=mine&amp;severity=High".</param>
internal sealed record SaveView(string Name, string Query) : ICommand<SavedView>, INeeds<IncidentsRead>;

/// <summary>Gives one of the caller's own views another name.</summary>
internal sealed record RenameView(Guid Id, string Name) : ICommand<Done>, INeeds<IncidentsRead>;

/// <summary>Forgets one of the caller's own views.</summary>
internal sealed record ForgetView(Guid Id) : ICommand<Done>, INeeds<IncidentsRead>;

/// <summary>The caller's own views, by name.</summary>
internal sealed record ListViews : IQuery<IReadOnlyList<SavedView>>, INeeds<IncidentsRead>;

/// <summary>A kept list.</summary>
/// <param name="Id">Identity.</param>
/// <param name="Name">Name.</param>
/// <param name="Query">What stands behind the page's path; empty for the usual list.</param>
internal sealed record SavedView(Guid Id, string Name, string Query);

file sealed class SaveValidator : AbstractValidator<SaveView>
{
    public SaveValidator()
    {
        RuleFor(c => c.Name).NotEmpty().MaximumLength(60);
        RuleFor(c => c.Query).NotNull().MaximumLength(2000);
    }
}

file sealed class RenameValidator : AbstractValidator<RenameView>
{
    public RenameValidator() => RuleFor(c => c.Name).NotEmpty().MaximumLength(60);
}

file sealed class SaveHandler(IncidentsDb db, CurrentActor current, TimeProvider clock) : ICommandHandler<SaveView, SavedView>
{
    private const int MostPerPerson = 50;

    public async Task<Result<SavedView>> Handle(SaveView request, CancellationToken cancellationToken)
    {
        var (owner, name) = (current.Actor.Id, request.Name.Trim());
        // Only what makes up a list is kept, whatever an address may hold besides.
        var query = ListAddress.QueryOf("https://site/incidents?" + request.Query.TrimStart('?'));
        var row = await db.Views.FirstOrDefaultAsync(v => v.OwnerId == owner && v.Name == name, cancellationToken);
        if (row is null)
        {
            if (await db.Views.CountAsync(v => v.OwnerId == owner, cancellationToken) >= MostPerPerson) return IncidentErrors.TooManyViews;
            db.Add(row = new ViewRow { OwnerId = owner, Name = name, Query = query });
        }
        (row.Query, row.ChangedAt) = (query, clock.GetUtcNow());
        await db.SaveChangesAsync(cancellationToken);
        return new SavedView(row.Id, row.Name, row.Query);
    }
}

file sealed class RenameHandler(IncidentsDb db, CurrentActor current, TimeProvider clock) : ICommandHandler<RenameView, Done>
{
    public async Task<Result<Done>> Handle(RenameView request, CancellationToken cancellationToken)
    {
        var (owner, name) = (current.Actor.Id, request.Name.Trim());
        if (await db.Views.FirstOrDefaultAsync(v => v.Id == request.Id && v.OwnerId == owner, cancellationToken) is not { } row) return IncidentErrors.NoSuchView;
        if (await db.Views.AnyAsync(v => v.OwnerId == owner && v.Name == name && v.Id != row.Id, cancellationToken)) return IncidentErrors.ViewNameTaken;
        (row.Name, row.ChangedAt) = (name, clock.GetUtcNow());
        await db.SaveChangesAsync(cancellationToken);
        return Done.Value;
    }
}

file sealed class ForgetHandler(IncidentsDb db, CurrentActor current) : ICommandHandler<ForgetView, Done>
{
    public async Task<Result<Done>> Handle(ForgetView request, CancellationToken cancellationToken)
    {
        var owner = current.Actor.Id;
        if (await db.Views.FirstOrDefaultAsync(v => v.Id == request.Id && v.OwnerId == owner, cancellationToken) is not { } row) return IncidentErrors.NoSuchView;
        db.Remove(row);
        await db.SaveChangesAsync(cancellationToken);
        return Done.Value;
    }
}

file sealed class ListHandler(IncidentsDb db, CurrentActor current) : IQueryHandler<ListViews, IReadOnlyList<SavedView>>
{
    public async Task<Result<IReadOnlyList<SavedView>>> Handle(ListViews request, CancellationToken cancellationToken)
    {
        var owner = current.Actor.Id;
        return await db.Views.AsNoTracking().Where(v => v.OwnerId == owner).OrderBy(v => v.Name).Select(v => new SavedView(v.Id, v.Name, v.Query)).ToListAsync(cancellationToken);
    }
}
