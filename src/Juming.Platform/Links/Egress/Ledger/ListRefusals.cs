using FluentValidation;
using Juming.Platform.Handlers;
using Juming.Platform.Links.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Platform.Links.Egress.Ledger;

/// <summary>What the gate refused, latest first.</summary>
internal sealed record ListRefusals(int Skip = 0, int Take = 50) : IQuery<RefusalPage>, INeeds<EgressRead>;

/// <summary>A page of it.</summary>
internal sealed record RefusalPage(IReadOnlyList<RefusalLine> Items, int Total);

/// <summary>What was refused within an hour for one reason.</summary>
internal sealed record RefusalLine(Guid Id, string Message, string Reason, string Field, long Count, DateTimeOffset FirstAt, DateTimeOffset LastAt, int Level);

file sealed class Validator : AbstractValidator<ListRefusals>
{
    public Validator()
    {
        RuleFor(r => r.Skip).InclusiveBetween(0, 1_000_000);
        RuleFor(r => r.Take).InclusiveBetween(1, 200);
    }
}

file sealed class Handler(LinksDb db) : IQueryHandler<ListRefusals, RefusalPage>
{
    public async Task<Result<RefusalPage>> Handle(ListRefusals request, CancellationToken ct)
    {
        var rows = await db.Refusals.AsNoTracking().OrderByDescending(r => r.LastAt).ThenByDescending(r => r.Id).Skip(request.Skip).Take(request.Take).ToListAsync(ct);
        return new RefusalPage([.. rows.Select(r => new RefusalLine(r.Id, r.Message, r.Reason, r.Field, r.Count, r.FirstAt, r.LastAt, r.Level))], await db.Refusals.CountAsync(ct));
    }
}
