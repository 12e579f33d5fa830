using FluentValidation;
using Juming.Cloud.Operators.Data;
using Juming.Platform.Handlers;
using Juming.Platform.Links;
using Microsoft.EntityFrameworkCore;

namespace Juming.Cloud.Operators.Manage;

/// <summary>Enters an operator.</summary>
internal sealed record AddOperator(string Name) : ICommand<Guid>, INeeds<OperatorsWrite>;

/// <summary>Changes an operator; what is null stays as it is.</summary>
internal sealed record ChangeOperator(Guid Id, long Version, string? Name, bool? Archived) : ICommand<Done>, INeeds<OperatorsWrite>;

/// <summary>Makes a token for an operator that has not joined; an earlier one is void. Its text is in the answer and nowhere else.</summary>
internal sealed record InviteOperator(Guid Id) : ICommand<Invitation>, INeeds<OperatorsWrite>;

/// <summary>The same by name: the operator is entered where it is not there yet.</summary>
internal sealed record MakeOperatorToken(string Name) : ICommand<Invitation>, INeeds<OperatorsWrite>;

/// <summary>Shuts an operator out for good.</summary>
internal sealed record ShutOperatorOut(Guid Id) : ICommand<Done>, INeeds<OperatorsWrite>;

/// <summary>Lets an operator in again that was shut out for an alarm.</summary>
internal sealed record ReleaseOperator(Guid Id) : ICommand<Done>, INeeds<OperatorsWrite>;

file static class Names
{
    public static IRuleBuilderOptions<T, string?> IsName<T>(this IRuleBuilder<T, string?> rule) =>
        rule.Must(n => n is null || (n.Trim().Length is > 0 and <= 100 && !n.Any(char.IsControl))).WithMessage("A name has 1 to 100 characters and no line breaks.");
}

file sealed class AddValidator : AbstractValidator<AddOperator>
{
    public AddValidator() => RuleFor(c => c.Name).IsName();
}

file sealed class ChangeValidator : AbstractValidator<ChangeOperator>
{
    public ChangeValidator() => RuleFor(c => c.Name).IsName();
}

file sealed class TokenValidator : AbstractValidator<MakeOperatorToken>
{
    public TokenValidator() => RuleFor(c => c.Name).IsName();
}

file sealed class Handler(OperatorsDb db, ILinkDesk links, TimeProvider clock)
    : ICommandHandler<AddOperator, Guid>, ICommandHandler<ChangeOperator, Done>, ICommandHandler<InviteOperator, Invitation>, ICommandHandler<MakeOperatorToken, Invitation>, ICommandHandler<ShutOperatorOut, Done>, ICommandHandler<ReleaseOperator, Done>
{
    public async Task<Result<Guid>> Handle(AddOperator request, CancellationToken cancellationToken)
    {
        var name = request.Name.Trim();
        if (await db.Operators.AnyAsync(o => o.Name == name, cancellationToken)) return OperatorErrors.NameTaken.With("name", name);
        return (await Enter(name, cancellationToken)).Id;
    }

    public async Task<Result<Done>> Handle(ChangeOperator request, CancellationToken cancellationToken)
    {
        if (await Find(request.Id, cancellationToken) is not { } row) return OperatorErrors.NoSuchOperator;
        if (row.Version != request.Version) return OperatorErrors.ChangedMeanwhile;
        if (request.Name?.Trim() is { } name && name != row.Name)
        {
            if (await db.Operators.AnyAsync(o => o.Name == name, cancellationToken)) return OperatorErrors.NameTaken.With("name", name);
            row.Name = name;
        }
        if (request.Archived is { } archived && archived != (row.ArchivedAt is not null))
        {
            // An archived one is on no page; one that still comes in would go on unseen.
            if (archived && (await links.Standing([row.Id], cancellationToken)).GetValueOrDefault(row.Id) is { State: not PeerState.Revoked }) return OperatorErrors.StillJoined;
            row.ArchivedAt = archived ? clock.GetUtcNow() : null;
        }
        row.Version++;
        await db.SaveChangesAsync(cancellationToken);
        return Done.Value;
    }

    public async Task<Result<Invitation>> Handle(InviteOperator request, CancellationToken cancellationToken) =>
        await Find(request.Id, cancellationToken) is { } row ? await Invite(row, cancellationToken) : OperatorErrors.NoSuchOperator;

    public async Task<Result<Invitation>> Handle(MakeOperatorToken request, CancellationToken cancellationToken)
    {
        // Nothing is entered for a token that can't be used.
        if (!links.Listens) return LinksErrors.NotListening;
        var name = request.Name.Trim();
        return await Invite(await db.Operators.FirstOrDefaultAsync(o => o.Name == name, cancellationToken) ?? await Enter(name, cancellationToken), cancellationToken);
    }

    public async Task<Result<Done>> Handle(ShutOperatorOut request, CancellationToken cancellationToken)
    {
        if (await Find(request.Id, cancellationToken) is not { } row) return OperatorErrors.NoSuchOperator;
        return await links.Revoke(row.Id, cancellationToken) ? Done.Value : LinksErrors.NoSuchPeer;
    }

    public async Task<Result<Done>> Handle(ReleaseOperator request, CancellationToken cancellationToken)
    {
        if (await Find(request.Id, cancellationToken) is not { } row) return OperatorErrors.NoSuchOperator;
        return await links.Release(row.Id, cancellationToken) ? Done.Value : LinksErrors.NotQuarantined;
    }

    private async Task<OperatorRow> Enter(string name, CancellationToken ct)
    {
        var row = new OperatorRow { Name = name, CreatedAt = clock.GetUtcNow() };
        db.Add(row);
        await db.SaveChangesAsync(ct);
        return row;
    }

    private async Task<Result<Invitation>> Invite(OperatorRow row, CancellationToken ct)
    {
        if (!links.Listens) return LinksErrors.NotListening;
        return await links.Invite(row.Id, ct) is { } invitation ? invitation : LinksErrors.NoInvitation;
    }

    private Task<OperatorRow?> Find(Guid id, CancellationToken ct) => db.Operators.FirstOrDefaultAsync(o => o.Id == id, ct);
}
