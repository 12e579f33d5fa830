using FluentValidation;
using Juming.Platform.Content.Format;
using Juming.Platform.Content.Keep;
using Juming.Platform.Content.Sign;
using Juming.Platform.Content.Sync;
using Juming.Platform.Handlers;
using Juming.Platform.Modules;

namespace Juming.Platform.Content.Root;

/// <summary>Lets an operator publish below "operators/ID/" under its own key, and nowhere else; without a key, takes that back.</summary>
/// <param name="Operator">Identity of the operator, as its page shows it.</param>
/// <param name="Key">Its public key; empty to take the delegation back.</param>
internal sealed record DelegateOperator(Guid Operator, string Key) : ICommand<Done>, INeeds<ContentWrite>;

/// <summary>Identity and public key of this operator, for the cloud's administrator.</summary>
internal sealed record GetOwnKey : IQuery<OwnKey>, INeeds<ContentRead>;

/// <summary>What an operator's delegation is made of.</summary>
/// <param name="Id">Identity.</param>
/// <param name="Key">Public key.</param>
/// <param name="IsDelegated">The cloud has delegated to it.</param>
internal sealed record OwnKey(Guid Id, string Key, bool IsDelegated);

file sealed class Validator : AbstractValidator<DelegateOperator>
{
    public Validator()
    {
        RuleFor(c => c.Operator).NotEmpty();
        RuleFor(c => c.Key).NotNull();
    }
}

file sealed class Handler(TrustBook book, Repository repository, SigningKeys keys, ContentDesk desk, TierContext tier) : ICommandHandler<DelegateOperator, Done>, IQueryHandler<GetOwnKey, OwnKey>
{
    public async Task<Result<Done>> Handle(DelegateOperator request, CancellationToken ct)
    {
        if (tier.Tier.Number != 1) return ContentErrors.NotHere;
        var key = ContentKey.Read(request.Key.Trim());
        if (key is null && request.Key.Length > 0) return ContentErrors.BadDelegation;
        using (await book.Enter(ct))
        {
            var trusted = await repository.Made(ct);
            var top = repository.Next(Roles.Targets, trusted.Lists[Roles.Targets].Data);
            var delegations = new Dictionary<string, RoleKeys>(top.Delegations);
            if (key is null) delegations.Remove(Roles.Of(request.Operator));
            else delegations[Roles.Of(request.Operator)] = RoleKeys.Of(key);
            if (delegations.Count > Limits.MostDelegations) return ContentErrors.BadDelegation;
            await repository.Sign(trusted, [top with { Delegations = delegations }], ct);
        }
        desk.Changed();
        return Done.Value;
    }

    public async Task<Result<OwnKey>> Handle(GetOwnKey request, CancellationToken ct)
    {
        if (tier.Tier.Number != 2) return ContentErrors.NotHere;
        var id = (await book.Host(ct)).Id;
        var key = ContentKey.Of(await keys.Newest(Roles.Of(id), ct));
        var delegated = (await book.Now(ct))?.Trusted.Lists.GetValueOrDefault(Roles.Targets)?.Data.Delegations.GetValueOrDefault(Roles.Of(id));
        return new OwnKey(id, key.Public, delegated?.Keys.Any(k => k.Id == key.Id) == true);
    }
}
