using FluentValidation;
using Juming.Platform.Content.Format;
using Juming.Platform.Content.Keep;
using Juming.Platform.Content.Sign;
using Juming.Platform.Handlers;
using Juming.Platform.Modules;

namespace Juming.Platform.Content.Root;

/// <summary>Gives out the root key, encrypted under a passphrase, to be kept offline. It stays here until <see cref="ForgetRootKey"/> has seen that the file opens.</summary>
internal sealed record ExportRootKey(Secret Passphrase) : ICommand<RootKeyText>, INeeds<ContentRootWrite>;

/// <summary>Forgets the root key here, after it was read back from its file.</summary>
/// <param name="Pem">What stands in the file.</param>
/// <param name="Passphrase">Its passphrase.</param>
internal sealed record ForgetRootKey(Secret Pem, Secret Passphrase) : ICommand<Done>, INeeds<ContentRootWrite>;

/// <summary>A root key under its passphrase.</summary>
internal sealed record RootKeyText(string KeyId, string Pem, string Fingerprint);

file sealed class Validator : AbstractValidator<ForgetRootKey>
{
    public Validator() => RuleFor(c => c.Pem.Value).NotEmpty().MaximumLength(10_000).WithName("Pem");
}

file sealed class Handler(TrustBook book, Repository repository, SigningKeys keys, TierContext tier) : ICommandHandler<ExportRootKey, RootKeyText>, ICommandHandler<ForgetRootKey, Done>
{
    private const int ShortestPassphrase = 16;

    public async Task<Result<RootKeyText>> Handle(ExportRootKey request, CancellationToken ct)
    {
        if (tier.Tier.Number != 1) return ContentErrors.NotHere;
        if (request.Passphrase.Value.Length < ShortestPassphrase) return ContentErrors.WeakPassphrase;
        using var turn = await book.Enter(ct);
        var trusted = await repository.Made(ct);
        if (await keys.Find(Roles.Root, trusted.Root.Data.Roles[Roles.Root], ct) is not { } key) return ContentErrors.RootKeyGone;
        return new RootKeyText(ContentKey.Of(key).Id, RootKeyFile.Write(key, request.Passphrase.Value), await book.Fingerprint(ct) ?? "");
    }

    public async Task<Result<Done>> Handle(ForgetRootKey request, CancellationToken ct)
    {
        if (tier.Tier.Number != 1) return ContentErrors.NotHere;
        using var key = RootKeyFile.Read(request.Pem.Value, request.Passphrase.Value);
        if (key is null) return ContentErrors.KeyClosed;
        using var turn = await book.Enter(ct);
        var trusted = await repository.Made(ct);
        if (await keys.Find(Roles.Root, trusted.Root.Data.Roles[Roles.Root], ct) is not { } here) return ContentErrors.RootKeyGone;
        if (ContentKey.Of(here).Id != ContentKey.Of(key).Id) return ContentErrors.KeyClosed;
        await keys.Forget(Roles.Root, [], ct);
        return Done.Value;
    }
}
