using FluentValidation;
using Juming.Platform.Handlers;

namespace Juming.Site.Incidents.Figures;

/// <summary>Response times of the incidents that were detected in a span.</summary>
internal sealed record GetResponseTimes(DateTimeOffset From, DateTimeOffset To) : IQuery<IReadOnlyList<ResponseTime>>, INeeds<IncidentsRead>;

file sealed class Validator : AbstractValidator<GetResponseTimes>
{
    public Validator() => RuleFor(q => q).Must(q => q.From < q.To).WithMessage("A span begins before it ends.");
}

file sealed class Handler(IIncidentDirectory incidents) : IQueryHandler<GetResponseTimes, IReadOnlyList<ResponseTime>>
{
    public async Task<Result<IReadOnlyList<ResponseTime>>> Handle(GetResponseTimes request, CancellationToken cancellationToken) =>
        Result<IReadOnlyList<ResponseTime>>.Of(await incidents.ResponseTimes(request.From, request.To, cancellationToken));
}
