using FluentValidation;
using Juming.Platform.Access.Data;
using Juming.Platform.Handlers;
using Microsoft.EntityFrameworkCore;

namespace Juming.Platform.Access.Tokens;

/// <summary>Makes an API token with some of the maker's rights; its text is shown once. It never has more than its maker has at the time of use.</summary>
internal sealed record CreateToken(string Name, IReadOnlyList<string> Scopes, int Days) : ICommand<NewToken>, INeeds<TokensWrite>;

/// <summary>The token, this once.</summary>
internal sealed record NewToken(Guid Id, string Name, string Token, IReadOnlyList<string> Scopes, DateTimeOffset ExpiresAt);

/// <summary>Ends a token, by identity or name; people end their own, who administrates accounts ends any.</summary>
internal sealed record RevokeToken(string Token) : ICommand<Done>, INeeds<TokensWrite>;

/// <summary>Ends every token that holds one of these rights; people end their own, who administrates accounts ends any.</summary>
internal sealed record RevokeTokensWith(IReadOnlyList<string> Scopes) : ICommand<RevokedTokens>, INeeds<TokensWrite>;

/// <summary>Tokens that were ended.</summary>
/// <param name="Revoked">How many.</param>
/// <param name="Names">Their names.</param>
internal sealed record RevokedTokens(int Revoked, IReadOnlyList<string> Names);

/// <summary>One's own tokens; all of them for who administrates accounts.</summary>
internal sealed record ListTokens : IQuery<IReadOnlyList<TokenLine>>, INeeds<TokensWrite>;

/// <summary>One token without its text.</summary>
internal sealed record TokenLine(Guid Id, string Name, string Start, IReadOnlyList<string> Scopes, string CreatedBy, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt, DateTimeOffset? LastUsedAt, bool Revoked);

file sealed class Validator : AbstractValidator<CreateToken>
{
    public Validator()
    {
        RuleFor(r => r.Name).NotEmpty().MaximumLength(60);
        RuleFor(r => r.Scopes).NotEmpty();
        RuleFor(r => r.Days).InclusiveBetween(1, 730);
    }
}

file sealed class RevokeValidator : AbstractValidator<RevokeTokensWith>
{
    public RevokeValidator()
    {
        RuleFor(r => r.Scopes).NotEmpty();
        RuleFor(r => r.Scopes.Count).LessThanOrEqualTo(100);
    }
}

file sealed class CreateHandler(AccessDb db, TokenRegistry registry, PermissionMap permissions, Confirmation confirmation, CurrentActor current, TimeProvider clock) : ICommandHandler<CreateToken, NewToken>
{
    public async Task<Result<NewToken>> Handle(CreateToken request, CancellationToken ct)
    {
        if (await confirmation.Missing(ct) is { } missing) return missing;
        foreach (var scope in request.Scopes)
            if (!permissions.All.Contains(scope) || !current.Actor.Holds(scope)) return AccessErrors.ScopeNotYours.With("scope", scope);
        var secret = TokenRegistry.Mark + OnceShown.Make();
        var now = clock.GetUtcNow();
        var row = new TokenRow
        {
            Name = request.Name,
            Start = secret[..9],
            Hash = OnceShown.HashOf(secret),
            Scopes = string.Join(',', request.Scopes.Distinct()),
            Within = ScopeSet.Write(current.Actor.Scopes),
            CreatedBy = current.Actor.Name,
            OwnerId = current.Actor.PersonId,
            CreatedAt = now,
            ExpiresAt = now.AddDays(request.Days),
        };
        db.Add(row);
        await db.SaveChangesAsync(ct);
        // Looked up after the token stands: a change of the account's rights either is in it or finds the token.
        registry.Add(row, row.OwnerId is { } id ? await db.Users.AsNoTracking().FirstOrDefaultAsync(u => u.Id == id, ct) : null);
        return new NewToken(row.Id, row.Name, secret, request.Scopes, row.ExpiresAt);
    }
}

file sealed class RevokeHandler(AccessDb db, TokenRegistry registry, CurrentActor current, TimeProvider clock) : ICommandHandler<RevokeToken, Done>
{
    public async Task<Result<Done>> Handle(RevokeToken request, CancellationToken ct)
    {
        var id = Guid.TryParse(request.Token, out var parsed) ? parsed : Guid.Empty;
        var rows = await db.Tokens.Where(t => t.RevokedAt == null && (t.Id == id || t.Name == request.Token)).ToListAsync(ct);
        if (!current.Actor.Holds(UsersWrite.Code)) rows.RemoveAll(t => t.OwnerId is null || t.OwnerId != current.Actor.PersonId);
        if (rows.Count == 0) return AccessErrors.NoSuchToken;
        foreach (var row in rows) row.RevokedAt = clock.GetUtcNow();
        await db.SaveChangesAsync(ct);
        foreach (var row in rows) registry.Remove(row);
        return Done.Value;
    }
}

file sealed class RevokeWithHandler(AccessDb db, TokenRegistry registry, PermissionMap permissions, CurrentActor current, TimeProvider clock) : ICommandHandler<RevokeTokensWith, RevokedTokens>
{
    public async Task<Result<RevokedTokens>> Handle(RevokeTokensWith request, CancellationToken ct)
    {
        // A misspelt right would end nothing and look as if all was well.
        if (request.Scopes.FirstOrDefault(s => !permissions.All.Contains(s)) is { } unknown) return AccessErrors.NoSuchRight.With("scope", unknown);
        var rows = await db.Tokens.Where(t => t.RevokedAt == null).ToListAsync(ct);
        rows.RemoveAll(t => !t.Scopes.Split(',').Intersect(request.Scopes).Any());
        if (!current.Actor.Holds(UsersWrite.Code)) rows.RemoveAll(t => t.OwnerId is null || t.OwnerId != current.Actor.PersonId);
        foreach (var row in rows) row.RevokedAt = clock.GetUtcNow();
        await db.SaveChangesAsync(ct);
        foreach (var row in rows) registry.Remove(row);
        return new RevokedTokens(rows.Count, [.. rows.Select(r => r.Name)]);
    }
}

file sealed class ListHandler(AccessDb db, CurrentActor current) : IQueryHandler<ListTokens, IReadOnlyList<TokenLine>>
{
    public async Task<Result<IReadOnlyList<TokenLine>>> Handle(ListTokens request, CancellationToken ct)
    {
        var all = current.Actor.Holds(UsersWrite.Code);
        var me = current.Actor.PersonId;
        var rows = await db.Tokens.AsNoTracking().Where(t => all || (me != null && t.OwnerId == me)).OrderByDescending(t => t.CreatedAt).Take(500).ToListAsync(ct);
        return Result<IReadOnlyList<TokenLine>>.Of([.. rows.Select(t => new TokenLine(t.Id, t.Name, t.Start, t.Scopes.Split(','), t.CreatedBy, t.CreatedAt, t.ExpiresAt, t.LastUsedAt, t.RevokedAt is not null))]);
    }
}
