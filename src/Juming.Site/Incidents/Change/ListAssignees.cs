using Juming.Platform.Access;
using Juming.Platform.Handlers;

namespace Juming.Site.Incidents.Change;

/// <summary>Names of the people to whom incidents can be given.</summary>
internal sealed record ListAssignees : IQuery<IReadOnlyList<string>>, INeeds<IncidentsWrite>;

file sealed class Handler(IPeople people) : IQueryHandler<ListAssignees, IReadOnlyList<string>>
{
    public async Task<Result<IReadOnlyList<string>>> Handle(ListAssignees request, CancellationToken cancellationToken) =>
        Result<IReadOnlyList<string>>.Of([.. (await people.Holding(IncidentsWrite.Code, cancellationToken)).Select(p => p.Name)]);
}
