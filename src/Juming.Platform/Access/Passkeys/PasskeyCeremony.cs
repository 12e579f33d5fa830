using System.Buffers.Text;
using Juming.Platform.Access.Data;
using Juming.Platform.Handlers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Juming.Platform.Access.Passkeys;

/// <summary>What the browser's passkey dialog needs, and the secret under which its answer comes back.</summary>
internal sealed record PasskeyOffer(string Pending, string Options);

/// <summary>
/// Offers and checks of passkeys (WebAuthn), done by the framework's handler. The authenticator must have seen finger, face or PIN, so that a passkey
/// counts as both factors, and keeps the key itself, so that nobody has to type a name.
/// </summary>
internal sealed partial class PasskeyCeremony : IDisposable
{
    private readonly AccessDb _db;
    private readonly PasskeyChallenges _challenges;
    private readonly TimeProvider _clock;
    private readonly ILogger<PasskeyCeremony> _log;
    private readonly UserManager<User> _users;
    private readonly PasskeyHandler<User> _handler;

    public PasskeyCeremony(AccessDb db, PasskeyChallenges challenges, TimeProvider clock, IServiceProvider services, ILoggerFactory logs)
    {
        (_db, _challenges, _clock, _log) = (db, challenges, clock, logs.CreateLogger<PasskeyCeremony>());
        _users = new UserManager<User>(new PasskeyStore(db), Options.Create(new IdentityOptions()), null!, [], [], null!, new IdentityErrorDescriber(), services, logs.CreateLogger<UserManager<User>>());
        _handler = new PasskeyHandler<User>(_users, Options.Create(new IdentityPasskeyOptions
        {
            UserVerificationRequirement = "required",
            ResidentKeyRequirement = "required",
            // The maker of the authenticator is not our business, and browsers ask people before they tell it.
            AttestationConveyancePreference = "none",
            // The browser gives up before the challenge ends.
            AuthenticatorTimeout = PasskeyChallenges.Lasts - TimeSpan.FromMinutes(1),
        }));
    }

    /// <summary>Begins a sign-in of somebody yet unknown.</summary>
    public Task<Result<PasskeyOffer>> OfferSignIn(ConsoleOrigin origin) => OfferProof(PasskeyUse.SignIn, null, origin);

    /// <summary>Begins a fresh proof that it is this person.</summary>
    public Task<Result<PasskeyOffer>> OfferConfirm(User user, ConsoleOrigin origin) => OfferProof(PasskeyUse.Confirm, user, origin);

    /// <summary>Begins to add a passkey of this person.</summary>
    public async Task<Result<PasskeyOffer>> OfferNew(User user, ConsoleOrigin origin)
    {
        if (!origin.AllowsPasskeys) return AccessErrors.PasskeysNotHere;
        var made = await _handler.MakeCreationOptionsAsync(new PasskeyUserEntity { Id = user.Id.ToString(), Name = user.Name, DisplayName = user.Name }, ContextOf(origin));
        return new PasskeyOffer(_challenges.Add(PasskeyUse.Add, user.Id, origin, made.AttestationState ?? ""), made.CreationOptionsJson);
    }

    /// <summary>The passkey that the browser has made for this person; the caller names and saves it.</summary>
    public async Task<Result<UserPasskeyInfo>> TakeNew(User user, string pending, string credential)
    {
        if (_challenges.Take(pending, PasskeyUse.Add, user.Id) is not { } challenge) return AccessErrors.PasskeyExpired;
        var made = await _handler.PerformAttestationAsync(new PasskeyAttestationContext { HttpContext = ContextOf(challenge.Origin), CredentialJson = credential, AttestationState = challenge.State });
        if (made.Succeeded) return made.Passkey;
        LogNotTaken(_log, user.Name, OneLine(made.Failure.Message));
        return AccessErrors.PasskeyRefused;
    }

    /// <summary>Who has answered the challenge of a sign-in.</summary>
    public Task<Result<User>> WhoSignsIn(string pending, string credential, CancellationToken ct) => Prove(PasskeyUse.SignIn, null, pending, credential, ct);

    /// <summary>This person, when the challenge was theirs and they have answered it.</summary>
    public Task<Result<User>> Confirm(User user, string pending, string credential, CancellationToken ct) => Prove(PasskeyUse.Confirm, user.Id, pending, credential, ct);

    public void Dispose() => _users.Dispose();

    private async Task<Result<PasskeyOffer>> OfferProof(PasskeyUse use, User? user, ConsoleOrigin origin)
    {
        if (!origin.AllowsPasskeys) return AccessErrors.PasskeysNotHere;
        var made = await _handler.MakeRequestOptionsAsync(user, ContextOf(origin));
        return new PasskeyOffer(_challenges.Add(use, user?.Id, origin, made.AssertionState ?? ""), made.RequestOptionsJson);
    }

    private async Task<Result<User>> Prove(PasskeyUse use, Guid? userId, string pending, string credential, CancellationToken ct)
    {
        if (_challenges.Take(pending, use, userId) is not { } challenge) return AccessErrors.PasskeyExpired;
        var proof = await _handler.PerformAssertionAsync(new PasskeyAssertionContext { HttpContext = ContextOf(challenge.Origin), CredentialJson = credential, AssertionState = challenge.State });
        if (!proof.Succeeded)
        {
            LogRefused(_log, OneLine(proof.Failure.Message));
            return AccessErrors.PasskeyRefused;
        }
        var (user, used) = (proof.User, proof.Passkey);
        var id = Base64Url.EncodeToString(used.CredentialId);
        var row = await _db.Passkeys.FirstAsync(p => p.UserId == user.Id && p.CredentialId == id, ct);
        // Zero on both sides is an authenticator that does not count, as those that copy keys between a person's devices.
        if ((used.SignCount != 0 || row.SignCount != 0) && used.SignCount <= row.SignCount)
        {
            LogCopied(_log, row.Name, user.Name, used.SignCount, row.SignCount);
            return AccessErrors.PasskeyCopied;
        }
        (row.SignCount, row.BackedUp, row.LastUsedAt, user.Stamp) = (used.SignCount, used.IsBackedUp, _clock.GetUtcNow(), Guid.CreateVersion7());
        try
        {
            await _db.SaveChangesAsync(ct);
        }
        catch (DbUpdateConcurrencyException)
        {
            // The account or the passkey was changed or removed meanwhile.
            return AccessErrors.PasskeyRefused;
        }
        return user;
    }

    /// <summary>A circuit has no request of its own, and the handler needs no more of one than its host and origin.</summary>
    private static DefaultHttpContext ContextOf(ConsoleOrigin origin)
    {
        var uri = new Uri(origin.Value);
        var context = new DefaultHttpContext();
        (context.Request.Scheme, context.Request.Host) = (uri.Scheme, new HostString(uri.IdnHost, uri.Port));
        context.Request.Headers.Origin = uri.GetLeftPart(UriPartial.Authority);
        return context;
    }

    // The handler's reasons repeat what the browser sent.
    private static string OneLine(string reason) => string.Concat(reason.Take(300).Select(c => char.IsControl(c) ? ' ' : c));

    [LoggerMessage(Level = LogLevel.Information, Message = "A passkey was refused: {Reason}")]
    private static partial void LogRefused(ILogger log, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "A new passkey of {User} was not taken: {Reason}")]
    private static partial void LogNotTaken(ILogger log, string user, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "The passkey {Passkey} of {User} may have been copied: its counter says {Now} after {Before}. It was refused; remove it and add a new one")]
    private static partial void LogCopied(ILogger log, string passkey, string user, long now, long before);
}
