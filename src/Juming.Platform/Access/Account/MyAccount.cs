using Juming.Platform.Access.Data;
using Juming.Platform.Access.Sessions;
using Juming.Platform.Access.SignIn;
using Juming.Platform.Handlers;
using Juming.Platform.Modules;
using Microsoft.EntityFrameworkCore;
using OtpNet;

namespace Juming.Platform.Access.Account;

/// <summary>The caller's own account.</summary>
internal sealed record GetMyAccount : IQuery<MyAccount>, IAboutMyself;

/// <summary>The caller's own account with its live sessions; <paramref name="CodesLeft"/> counts unused recovery codes.</summary>
internal sealed record MyAccount(string Name, IReadOnlyList<string> Roles, int CodesLeft, DateTimeOffset CreatedAt, IReadOnlyList<MySession> Sessions);

/// <summary>One of the caller's own sessions.</summary>
internal sealed record MySession(Guid Id, string Address, string Agent, DateTimeOffset OpenedAt, DateTimeOffset LastSeenAt, bool IsThis);

/// <summary>Changes the caller's password; their other sessions end.</summary>
internal sealed record ChangeMyPassword(Secret Current, Secret Next) : ICommand<Done>, IAboutMyself;

/// <summary>New recovery codes, shown once; the old ones end.</summary>
internal sealed record RenewMyRecoveryCodes : ICommand<IReadOnlyList<string>>, IAboutMyself;

/// <summary>Begins to replace the caller's second factor; the old one holds until the new one has proved itself.</summary>
internal sealed record OfferMyFactor : ICommand<FactorOffer>, IAboutMyself;

/// <summary>What a phone needs to enrol, and the secret that continues the exchange.</summary>
internal sealed record FactorOffer(string Pending, string Key, string Uri);

/// <summary>Ends the exchange with a code of the new factor; new recovery codes are shown once.</summary>
internal sealed record ReplaceMyFactor(Secret Pending, Secret Code) : ICommand<IReadOnlyList<string>>, IAboutMyself;

/// <summary>Ends one of the caller's sessions, or all but this one.</summary>
internal sealed record RevokeMySessions(Guid? Session) : ICommand<int>, IAboutMyself;

/// <summary>The caller's own row; nobody but a person has one.</summary>
internal sealed class OwnAccount(AccessDb db, CurrentActor current)
{
    public async Task<User?> Find(CancellationToken ct) =>
        current.Actor.Kind == ActorKind.Person && Guid.TryParse(current.Actor.Id, out var id) ? await db.Users.FirstOrDefaultAsync(u => u.Id == id && u.DisabledAt == null, ct) : null;

    public Guid? Session => Guid.TryParse(current.Actor.SessionId, out var id) ? id : null;
}

file sealed class GetHandler(AccessDb db, OwnAccount own, SessionRegistry sessions) : IQueryHandler<GetMyAccount, MyAccount>
{
    public async Task<Result<MyAccount>> Handle(GetMyAccount request, CancellationToken ct)
    {
        if (await own.Find(ct) is not { } user) return AccessErrors.NotSignedIn;
        var codes = await db.RecoveryCodes.CountAsync(c => c.UserId == user.Id && c.UsedAt == null, ct);
        var live = (await sessions.List(ct)).Where(s => s.UserId == user.Id).Select(s => new MySession(s.Id, s.Address, s.Agent, s.OpenedAt, s.LastSeenAt, s.Id == own.Session));
        return new MyAccount(user.Name, [.. user.RoleList().Select(r => r.ToString())], codes, user.CreatedAt, [.. live.OrderByDescending(s => s.IsThis).ThenByDescending(s => s.LastSeenAt)]);
    }
}

file sealed class PasswordHandler(AccessDb db, OwnAccount own, Passwords passwords, LockOut lockOut, SessionRegistry sessions, CurrentActor current) : ICommandHandler<ChangeMyPassword, Done>
{
    public async Task<Result<Done>> Handle(ChangeMyPassword request, CancellationToken ct)
    {
        if (await own.Find(ct) is not { } user) return AccessErrors.NotSignedIn;
        var address = current.Actor.Address ?? "";
        if (lockOut.Reserve(user.NameKey, address) is { Ticks: > 0 } wait) return AccessErrors.TooManyAttempts.With("seconds", Math.Ceiling(wait.TotalSeconds).ToString(System.Globalization.CultureInfo.InvariantCulture));
        if (!await passwords.Fits(user, request.Current.Value, ct)) return AccessErrors.WrongPassword;
        lockOut.Release(user.NameKey, address);
        if (Passwords.Refusal(request.Next.Value, user.Name) is { } refusal) return refusal;
        (user.PasswordHash, user.Stamp) = (await passwords.HashOf(request.Next.Value, ct), Guid.CreateVersion7());
        await db.SaveChangesAsync(ct);
        foreach (var other in (await sessions.List(ct)).Where(s => s.UserId == user.Id && s.Id != own.Session)) await sessions.Revoke(db, user.Id, other.Id, ct);
        return Done.Value;
    }
}

file sealed class CodesHandler(AccessDb db, OwnAccount own, Confirmation confirmation) : ICommandHandler<RenewMyRecoveryCodes, IReadOnlyList<string>>
{
    public async Task<Result<IReadOnlyList<string>>> Handle(RenewMyRecoveryCodes request, CancellationToken ct)
    {
        if (await confirmation.Missing(ct) is { } missing) return missing;
        if (await own.Find(ct) is not { } user) return AccessErrors.NotSignedIn;
        var codes = await SecondFactors.Renew(db, user, ct);
        await db.SaveChangesAsync(ct);
        return Result<IReadOnlyList<string>>.Of(codes);
    }
}

file sealed class OfferHandler(OwnAccount own, PendingSignIns pending, Confirmation confirmation, TierContext tier) : ICommandHandler<OfferMyFactor, FactorOffer>
{
    public async Task<Result<FactorOffer>> Handle(OfferMyFactor request, CancellationToken ct)
    {
        if (await confirmation.Missing(ct) is { } missing) return missing;
        if (await own.Find(ct) is not { } user) return AccessErrors.NotSignedIn;
        var secret = KeyGeneration.GenerateRandomKey(20);
        return new FactorOffer(pending.Add(user.Id, secret), Base32Encoding.ToString(secret), SecondFactors.UriOf(secret, user.Name, tier.Tier.Name));
    }
}

file sealed class ReplaceHandler(AccessDb db, OwnAccount own, PendingSignIns pending, SecondFactors factors, Confirmation confirmation) : ICommandHandler<ReplaceMyFactor, IReadOnlyList<string>>
{
    public async Task<Result<IReadOnlyList<string>>> Handle(ReplaceMyFactor request, CancellationToken ct)
    {
        if (await confirmation.Missing(ct) is { } missing) return missing;
        if (await own.Find(ct) is not { } user || pending.Try(request.Pending.Value) is not { NewSecret: { } secret } step || step.UserId != user.Id) return AccessErrors.SignInExpired;
        if (factors.StepOf(secret, request.Code.Value.Trim()) is not { } used) return AccessErrors.WrongCode;
        if (!pending.Remove(request.Pending.Value)) return AccessErrors.SignInExpired;
        (user.TotpSecret, user.TotpStep, user.Stamp) = (factors.Seal(secret), used, Guid.CreateVersion7());
        var codes = await SecondFactors.Renew(db, user, ct);
        await db.SaveChangesAsync(ct);
        return Result<IReadOnlyList<string>>.Of(codes);
    }
}

file sealed class RevokeHandler(AccessDb db, OwnAccount own, SessionRegistry sessions) : ICommandHandler<RevokeMySessions, int>
{
    public async Task<Result<int>> Handle(RevokeMySessions request, CancellationToken ct)
    {
        if (await own.Find(ct) is not { } user) return AccessErrors.NotSignedIn;
        var ended = 0;
        foreach (var session in (await sessions.List(ct)).Where(s => s.UserId == user.Id && (request.Session is { } one ? s.Id == one : s.Id != own.Session)))
            ended += await sessions.Revoke(db, user.Id, session.Id, ct);
        return request.Session is not null && ended == 0 ? AccessErrors.NoSuchSession : ended;
    }
}
