using System.Buffers.Text;
using FluentValidation;
using Juming.Platform.Access.Account;
using Juming.Platform.Access.Data;
using Juming.Platform.Handlers;
using Microsoft.EntityFrameworkCore;

namespace Juming.Platform.Access.Passkeys;

/// <summary>The caller's passkeys, oldest first.</summary>
internal sealed record ListMyPasskeys : IQuery<IReadOnlyList<MyPasskey>>, IAboutMyself;

/// <summary>One of the caller's passkeys.</summary>
internal sealed record MyPasskey(Guid Id, string Name, DateTimeOffset CreatedAt, DateTimeOffset? LastUsedAt, bool BackedUp);

/// <summary>Begins to add a passkey of the caller.</summary>
internal sealed record OfferMyPasskey(ConsoleOrigin Origin) : ICommand<PasskeyOffer>, IAboutMyself;

/// <summary>Keeps the passkey that the browser has made for the caller.</summary>
internal sealed record AddMyPasskey(string Name, Secret Pending, Secret Credential) : ICommand<Guid>, IAboutMyself;

/// <summary>Gives one of the caller's passkeys another name.</summary>
internal sealed record RenameMyPasskey(Guid Id, string Name) : ICommand<Done>, IAboutMyself;

/// <summary>Removes one of the caller's passkeys; it opens nothing any more.</summary>
internal sealed record RemoveMyPasskey(Guid Id) : ICommand<Done>, IAboutMyself;

file static class Names
{
    public const int Longest = 64;

    public static void PasskeyName<T>(this IRuleBuilder<T, string> rule) =>
        rule.Must(n => n.Trim().Length is > 0 and <= Longest && !n.Any(char.IsControl)).WithErrorCode(AccessErrors.PasskeyName.Code).WithMessage(AccessErrors.PasskeyName.Sentence);
}

file sealed class AddValidator : AbstractValidator<AddMyPasskey>
{
    public AddValidator()
    {
        RuleFor(r => r.Name).PasskeyName();
        RuleFor(r => r.Credential.Value).PasskeyAnswer();
    }
}

file sealed class RenameValidator : AbstractValidator<RenameMyPasskey>
{
    public RenameValidator() => RuleFor(r => r.Name).PasskeyName();
}

file sealed class ListHandler(AccessDb db, OwnAccount own) : IQueryHandler<ListMyPasskeys, IReadOnlyList<MyPasskey>>
{
    public async Task<Result<IReadOnlyList<MyPasskey>>> Handle(ListMyPasskeys request, CancellationToken ct)
    {
        if (await own.Find(ct) is not { } user) return AccessErrors.NotSignedIn;
        var rows = await db.Passkeys.AsNoTracking().Where(p => p.UserId == user.Id).OrderBy(p => p.CreatedAt).ToListAsync(ct);
        return Result<IReadOnlyList<MyPasskey>>.Of([.. rows.Select(p => new MyPasskey(p.Id, p.Name, p.CreatedAt, p.LastUsedAt, p.BackedUp))]);
    }
}

file sealed class OfferHandler(AccessDb db, OwnAccount own, PasskeyCeremony ceremony, Confirmation confirmation) : ICommandHandler<OfferMyPasskey, PasskeyOffer>
{
    private const int Most = 10;

    public async Task<Result<PasskeyOffer>> Handle(OfferMyPasskey request, CancellationToken ct)
    {
        if (await confirmation.Missing(ct) is { } missing) return missing;
        if (await own.Find(ct) is not { } user) return AccessErrors.NotSignedIn;
        return await db.Passkeys.CountAsync(p => p.UserId == user.Id, ct) >= Most ? AccessErrors.TooManyPasskeys : await ceremony.OfferNew(user, request.Origin);
    }
}

file sealed class AddHandler(AccessDb db, OwnAccount own, PasskeyCeremony ceremony, Confirmation confirmation, TimeProvider clock) : ICommandHandler<AddMyPasskey, Guid>
{
    public async Task<Result<Guid>> Handle(AddMyPasskey request, CancellationToken ct)
    {
        if (await confirmation.Missing(ct) is { } missing) return missing;
        // An account that was just reset has no second factor, and its session is about to end.
        if (await own.Find(ct) is not { TotpSecret: not null } user) return AccessErrors.NotSignedIn;
        var taken = await ceremony.TakeNew(user, request.Pending.Value, request.Credential.Value);
        if (taken.Error is { } error) return error;
        var made = taken.Value;
        var row = new Passkey
        {
            CredentialId = Base64Url.EncodeToString(made.CredentialId),
            UserId = user.Id,
            Name = request.Name.Trim(),
            PublicKey = Base64Url.EncodeToString(made.PublicKey),
            SignCount = made.SignCount,
            Transports = Passkey.Joined(made.Transports),
            CreatedAt = clock.GetUtcNow(),
            BackupEligible = made.IsBackupEligible,
            BackedUp = made.IsBackedUp,
        };
        db.Add(row);
        user.Stamp = Guid.CreateVersion7();
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateException)
        {
            // The same passkey came twice at once, or the account was changed meanwhile.
            return AccessErrors.PasskeyRefused;
        }
        return row.Id;
    }
}

file sealed class RenameHandler(AccessDb db, OwnAccount own) : ICommandHandler<RenameMyPasskey, Done>
{
    public async Task<Result<Done>> Handle(RenameMyPasskey request, CancellationToken ct)
    {
        if (await own.Find(ct) is not { } user) return AccessErrors.NotSignedIn;
        if (await db.Passkeys.FirstOrDefaultAsync(p => p.Id == request.Id && p.UserId == user.Id, ct) is not { } row) return AccessErrors.NoSuchPasskey;
        row.Name = request.Name.Trim();
        await db.SaveChangesAsync(ct);
        return Done.Value;
    }
}

file sealed class RemoveHandler(AccessDb db, OwnAccount own, Confirmation confirmation) : ICommandHandler<RemoveMyPasskey, Done>
{
    public async Task<Result<Done>> Handle(RemoveMyPasskey request, CancellationToken ct)
    {
        if (await confirmation.Missing(ct) is { } missing) return missing;
        if (await own.Find(ct) is not { } user) return AccessErrors.NotSignedIn;
        if (await db.Passkeys.FirstOrDefaultAsync(p => p.Id == request.Id && p.UserId == user.Id, ct) is not { } row) return AccessErrors.NoSuchPasskey;
        db.Remove(row);
        await db.SaveChangesAsync(ct);
        return Done.Value;
    }
}
