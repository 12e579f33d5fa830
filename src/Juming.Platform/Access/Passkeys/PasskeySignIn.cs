using System.Globalization;
using FluentValidation;
using Juming.Platform.Access.Account;
using Juming.Platform.Access.Data;
using Juming.Platform.Access.Sessions;
using Juming.Platform.Access.SignIn;
using Juming.Platform.Handlers;

namespace Juming.Platform.Access.Passkeys;

/// <summary>Begins a sign-in with a passkey; nobody's name is asked.</summary>
internal sealed record OfferPasskeySignIn(ConsoleOrigin Origin) : IQuery<PasskeyOffer>, IOpenToAnyone;

/// <summary>Signs in with a passkey in place of password and code; returns the cookie's secret.</summary>
internal sealed record SignInWithPasskey(Secret Pending, Secret Credential, string Agent) : ICommand<string>, IOpenToAnyone;

/// <summary>Begins a fresh proof of identity with one of the caller's passkeys.</summary>
internal sealed record OfferPasskeyConfirm(ConsoleOrigin Origin) : IQuery<PasskeyOffer>, IAboutMyself;

/// <summary>Proves once more who one is, with a passkey in place of password and code.</summary>
internal sealed record ConfirmWithPasskey(Secret Pending, Secret Credential) : ICommand<Done>, IAboutMyself;

/// <summary>Bounds of what browsers send.</summary>
internal static class PasskeyLimits
{
    private const int MostAnswer = 16 * 1024;

    public static void PasskeyAnswer<T>(this IRuleBuilder<T, string> rule) => rule.MaximumLength(MostAnswer).WithErrorCode(AccessErrors.PasskeyRefused.Code).WithMessage(AccessErrors.PasskeyRefused.Sentence);
}

file sealed class SignInValidator : AbstractValidator<SignInWithPasskey>
{
    public SignInValidator() => RuleFor(r => r.Credential.Value).PasskeyAnswer();
}

file sealed class ConfirmValidator : AbstractValidator<ConfirmWithPasskey>
{
    public ConfirmValidator() => RuleFor(r => r.Credential.Value).PasskeyAnswer();
}

file sealed class OfferSignInHandler(PasskeyCeremony ceremony) : IQueryHandler<OfferPasskeySignIn, PasskeyOffer>
{
    public Task<Result<PasskeyOffer>> Handle(OfferPasskeySignIn request, CancellationToken ct) => ceremony.OfferSignIn(request.Origin);
}

file sealed class SignInHandler(AccessDb db, PasskeyCeremony ceremony, LockOut lockOut, SessionRegistry sessions, CurrentActor current) : ICommandHandler<SignInWithPasskey, string>
{
    public async Task<Result<string>> Handle(SignInWithPasskey request, CancellationToken ct)
    {
        var address = current.Actor.Address ?? "";
        // Only the address is made to wait: nobody guesses a key, and somebody else's wrong codes must not shut out its owner.
        if (lockOut.Wait(address) is { Ticks: > 0 } wait) return AccessErrors.TooManyAttempts.With("seconds", Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture));
        var proof = await ceremony.WhoSignsIn(request.Pending.Value, request.Credential.Value, ct);
        if (proof.Error is { } error)
        {
            if (error.Code != AccessErrors.PasskeyExpired.Code) lockOut.Failed(address);
            return error;
        }
        var user = proof.Value;
        // The request names nobody; the audit line shall.
        current.Actor = current.Actor with { Id = user.Id.ToString(), Name = user.Name };
        return (await sessions.Open(db, user, address, request.Agent, ct)).Secret;
    }
}

file sealed class OfferConfirmHandler(OwnAccount own, PasskeyCeremony ceremony) : IQueryHandler<OfferPasskeyConfirm, PasskeyOffer>
{
    public async Task<Result<PasskeyOffer>> Handle(OfferPasskeyConfirm request, CancellationToken ct) =>
        await own.Find(ct) is { } user ? await ceremony.OfferConfirm(user, request.Origin) : AccessErrors.NotSignedIn;
}

file sealed class ConfirmHandler(OwnAccount own, PasskeyCeremony ceremony, LockOut lockOut, SessionRegistry sessions, CurrentActor current, TimeProvider clock) : ICommandHandler<ConfirmWithPasskey, Done>
{
    public async Task<Result<Done>> Handle(ConfirmWithPasskey request, CancellationToken ct)
    {
        if (own.Session is not { } id || await sessions.Find(id, ct) is not { } session || await own.Find(ct) is not { } user) return AccessErrors.NotSignedIn;
        var address = current.Actor.Address ?? "";
        if (lockOut.Wait(address) is { Ticks: > 0 } wait) return AccessErrors.TooManyAttempts.With("seconds", Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture));
        if ((await ceremony.Confirm(user, request.Pending.Value, request.Credential.Value, ct)).Error is { } error)
        {
            if (error.Code != AccessErrors.PasskeyExpired.Code) lockOut.Failed(address);
            return error;
        }
        session.ConfirmedAt = clock.GetUtcNow();
        return Done.Value;
    }
}
