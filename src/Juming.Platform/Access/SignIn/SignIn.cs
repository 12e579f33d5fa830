using FluentValidation;
using Juming.Platform.Access.Data;
using Juming.Platform.Access.Sessions;
using Juming.Platform.Access.Users;
using Juming.Platform.Handlers;
using Juming.Platform.Modules;
using Microsoft.EntityFrameworkCore;
using OtpNet;

namespace Juming.Platform.Access.SignIn;

/// <summary>First step: name and password.</summary>
internal sealed record SignIn(string Name, Secret Password) : ICommand<SignInStep>, IOpenToAnyone;

/// <summary>What comes next: the secret that continues the sign-in, and whether a second factor must be enrolled first.</summary>
internal sealed record SignInStep(string Pending, bool MustEnrol);

/// <summary>Second step: a code of the phone or a recovery code.</summary>
internal sealed record SubmitCode(Secret Pending, Secret Code, string Agent) : ICommand<string>, IOpenToAnyone;

file sealed class SignInValidator : AbstractValidator<SignIn>
{
    public SignInValidator()
    {
        RuleFor(r => r.Name).MaximumLength(64).WithErrorCode("access.wrong-sign-in").WithMessage(AccessErrors.WrongSignIn.Sentence);
        RuleFor(r => r.Password.Value).MaximumLength(1024).WithErrorCode("access.wrong-sign-in").WithMessage(AccessErrors.WrongSignIn.Sentence);
    }
}

file sealed class SignInHandler(AccessDb db, Passwords passwords, LockOut lockOut, PendingSignIns pending, CurrentActor current) : ICommandHandler<SignIn, SignInStep>
{
    public async Task<Result<SignInStep>> Handle(SignIn request, CancellationToken ct)
    {
        var address = current.Actor.Address ?? "";
        var key = UserNames.KeyOf(request.Name) ?? request.Name;
        if (lockOut.Reserve(key, address) is { Ticks: > 0 } wait) return AccessErrors.TooManyAttempts.With("seconds", Math.Ceiling(wait.TotalSeconds).ToString(System.Globalization.CultureInfo.InvariantCulture));
        var user = await db.Users.AsNoTracking().FirstOrDefaultAsync(u => u.NameKey == key, ct);
        if (!await passwords.Fits(user, request.Password.Value, ct)) return AccessErrors.WrongSignIn;
        lockOut.Release(key, address);
        var mustEnrol = user!.TotpSecret is null;
        return new SignInStep(pending.Add(user.Id, mustEnrol ? KeyGeneration.GenerateRandomKey(20) : null), mustEnrol);
    }
}

file sealed class CodeHandler(AccessDb db, LockOut lockOut, PendingSignIns pending, SecondFactors factors, SessionRegistry sessions, CurrentActor current) : ICommandHandler<SubmitCode, string>
{
    public async Task<Result<string>> Handle(SubmitCode request, CancellationToken ct)
    {
        var address = current.Actor.Address ?? "";
        if (pending.Find(request.Pending.Value) is not { NewSecret: null } step) return AccessErrors.SignInExpired;
        var user = await db.Users.FirstOrDefaultAsync(u => u.Id == step.UserId && u.DisabledAt == null, ct);
        if (user is null) return AccessErrors.SignInExpired;
        if (lockOut.Reserve(user.NameKey, address) is { Ticks: > 0 } wait) return AccessErrors.TooManyAttempts.With("seconds", Math.Ceiling(wait.TotalSeconds).ToString(System.Globalization.CultureInfo.InvariantCulture));
        if (pending.Try(request.Pending.Value) is null) return AccessErrors.SignInExpired;
        if (!await factors.Take(db, user, request.Code.Value, ct) || !await Save(ct)) return AccessErrors.WrongSignIn;
        if (!pending.Remove(request.Pending.Value)) return AccessErrors.SignInExpired;
        lockOut.Release(user.NameKey, address);
        lockOut.Succeeded(user.NameKey);
        return (await sessions.Open(db, user, address, request.Agent, ct)).Secret;
    }

    private async Task<bool> Save(CancellationToken ct)
    {
        try
        {
            await db.SaveChangesAsync(ct);
            return true;
        }
        catch (DbUpdateConcurrencyException)
        {
            // The same code came twice at once.
            return false;
        }
    }
}

/// <summary>What a phone needs to enrol.</summary>
internal sealed record EnrolmentOffer(string Name, string Key, string Uri);

/// <summary>Shows the second factor that is to be enrolled.</summary>
internal sealed record OfferEnrolment(Secret Pending) : IQuery<EnrolmentOffer>, IOpenToAnyone;

/// <summary>Enrols it with a first code; opens the session and shows the recovery codes once.</summary>
internal sealed record FinishEnrolment(Secret Pending, Secret Code, string Agent) : ICommand<Enrolled>, IOpenToAnyone;

/// <summary>The cookie's secret and the recovery codes.</summary>
internal sealed record Enrolled(string Session, IReadOnlyList<string> RecoveryCodes);

file sealed class OfferHandler(AccessDb db, PendingSignIns pending, TierContext tier) : IQueryHandler<OfferEnrolment, EnrolmentOffer>
{
    public async Task<Result<EnrolmentOffer>> Handle(OfferEnrolment request, CancellationToken ct)
    {
        if (pending.Find(request.Pending.Value) is not { NewSecret: { } secret } step) return AccessErrors.SignInExpired;
        var name = await db.Users.Where(u => u.Id == step.UserId).Select(u => u.Name).FirstAsync(ct);
        return new EnrolmentOffer(name, Base32Encoding.ToString(secret), SecondFactors.UriOf(secret, name, tier.Tier.Name));
    }
}

file sealed class FinishHandler(AccessDb db, PendingSignIns pending, SecondFactors factors, SessionRegistry sessions, CurrentActor current) : ICommandHandler<FinishEnrolment, Enrolled>
{
    public async Task<Result<Enrolled>> Handle(FinishEnrolment request, CancellationToken ct)
    {
        if (pending.Try(request.Pending.Value) is not { NewSecret: { } secret } step) return AccessErrors.SignInExpired;
        if (factors.StepOf(secret, request.Code.Value.Trim()) is not { } used) return AccessErrors.WrongSignIn;
        if (!pending.Remove(request.Pending.Value)) return AccessErrors.SignInExpired;
        var user = await db.Users.FirstAsync(u => u.Id == step.UserId, ct);
        if (user.DisabledAt is not null || user.TotpSecret is not null) return AccessErrors.SignInExpired;
        (user.TotpSecret, user.TotpStep, user.Stamp) = (factors.Seal(secret), used, Guid.CreateVersion7());
        var codes = await SecondFactors.Renew(db, user, ct);
        await db.SaveChangesAsync(ct);
        return new Enrolled((await sessions.Open(db, user, current.Actor.Address ?? "", request.Agent, ct)).Secret, codes);
    }
}

/// <summary>Sets the password with a one-time link; the second factor is asked or enrolled next.</summary>
internal sealed record Join(Secret Link, Secret Password) : ICommand<SignInStep>, IOpenToAnyone;

file sealed class JoinHandler(AccessDb db, Passwords passwords, PendingSignIns pending, TimeProvider clock) : ICommandHandler<Join, SignInStep>
{
    public async Task<Result<SignInStep>> Handle(Join request, CancellationToken ct)
    {
        var hash = OnceShown.HashOf(request.Link.Value);
        var link = await db.Links.FirstOrDefaultAsync(l => l.Hash == hash, ct);
        if (link is null || link.UsedAt is not null || link.ExpiresAt < clock.GetUtcNow()) return AccessErrors.LinkInvalid;
        var user = await db.Users.FirstOrDefaultAsync(u => u.Id == link.UserId && u.DisabledAt == null, ct);
        if (user is null) return AccessErrors.LinkInvalid;
        if (Passwords.Refusal(request.Password.Value, user.Name) is { } refusal) return refusal;
        (user.PasswordHash, user.TotpSecret, user.Stamp) = (await passwords.HashOf(request.Password.Value, ct), null, Guid.CreateVersion7());
        link.UsedAt = clock.GetUtcNow();
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateConcurrencyException)
        {
            return AccessErrors.LinkInvalid;
        }
        return new SignInStep(pending.Add(user.Id, KeyGeneration.GenerateRandomKey(20)), true);
    }
}

/// <summary>Proves once more who one is, before a sensitive act.</summary>
internal sealed record ConfirmIdentity(Secret Password, Secret Code) : ICommand<Done>, IAboutMyself;

file sealed class ConfirmHandler(AccessDb db, Passwords passwords, SecondFactors factors, LockOut lockOut, SessionRegistry sessions, CurrentActor current, TimeProvider clock) : ICommandHandler<ConfirmIdentity, Done>
{
    public async Task<Result<Done>> Handle(ConfirmIdentity request, CancellationToken ct)
    {
        if (!Guid.TryParse(current.Actor.SessionId, out var id) || await sessions.Find(id, ct) is not { } session) return AccessErrors.NotSignedIn;
        var user = await db.Users.FirstAsync(u => u.Id == session.UserId, ct);
        var address = current.Actor.Address ?? "";
        if (lockOut.Reserve(user.NameKey, address) is { Ticks: > 0 } wait) return AccessErrors.TooManyAttempts.With("seconds", Math.Ceiling(wait.TotalSeconds).ToString(System.Globalization.CultureInfo.InvariantCulture));
        if (!await passwords.Fits(user, request.Password.Value, ct) || !await factors.Take(db, user, request.Code.Value, ct)) return AccessErrors.WrongSignIn;
        await db.SaveChangesAsync(ct);
        lockOut.Release(user.NameKey, address);
        session.ConfirmedAt = clock.GetUtcNow();
        return Done.Value;
    }
}

/// <summary>Ends the caller's session.</summary>
internal sealed record SignOut : ICommand<Done>, IAboutMyself;

file sealed class SignOutHandler(AccessDb db, SessionRegistry sessions, CurrentActor current) : ICommandHandler<SignOut, Done>
{
    public async Task<Result<Done>> Handle(SignOut request, CancellationToken ct)
    {
        if (Guid.TryParse(current.Actor.SessionId, out var id) && Guid.TryParse(current.Actor.Id, out var user)) await sessions.Revoke(db, user, id, ct);
        return Done.Value;
    }
}
