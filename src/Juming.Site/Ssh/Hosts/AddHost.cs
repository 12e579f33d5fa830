using System.Net;
using FluentValidation;
using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Platform.Vault;
using Juming.Site.Ssh.Commands;
using Juming.Site.Ssh.Data;
using Juming.Site.Ssh.Session;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Ssh.Hosts;

/// <summary>Puts a host into the register. Nothing that is not there is ever connected to. Answers its identity.</summary>
/// <param name="Name">Name for people.</param>
/// <param name="Address">Address or name in the network.</param>
/// <param name="Account">Account to be used; one of its own, with no more rights than it needs.</param>
/// <param name="AuthorisedBy">Who, of those who own the host, allowed it.</param>
/// <param name="AuthorisedReference">Where that is recorded: letter, ticket, contract.</param>
internal sealed record AddHost(string Name, string Address, string Account, string AuthorisedBy, string AuthorisedReference) : ICommand<Guid>, INeeds<SshHosts>
{
    /// <summary>Port of its SSH server.</summary>
    public int Port { get; init; } = 22;

    /// <summary>Business system it belongs to.</summary>
    public string Business { get; init; } = "";

    /// <summary>The account's password; empty when a private key is given. It goes into the vault and is never shown again.</summary>
    public Secret Password { get; init; } = new("");

    /// <summary>The account's private key, OpenSSH or PEM; empty when a password is given.</summary>
    public Secret PrivateKey { get; init; } = new("");

    /// <summary>Passphrase of the private key; empty for none.</summary>
    public Secret Passphrase { get; init; } = new("");

    /// <summary>Fingerprint of the host's key where it is known, "SHA256:…"; empty pins the one that it shows first.</summary>
    public string HostKey { get; init; } = "";
}

file sealed class Validator : AbstractValidator<AddHost>
{
    public Validator()
    {
        RuleFor(c => c.Name).NotEmpty().MaximumLength(200).Must(HostRules.OneLine).WithMessage("A name is one line.");
        RuleFor(c => c.Address).NotEmpty().MaximumLength(253);
        RuleFor(c => c.Port).InclusiveBetween(1, 65_535);
        RuleFor(c => c.Business).NotNull().MaximumLength(200).Must(HostRules.OneLine).WithMessage("Write one line.");
        RuleFor(c => c.Account).NotEmpty().MaximumLength(100).Must(HostRules.OneLine).WithMessage("An account is one line.");
        RuleFor(c => c.AuthorisedBy).NotNull().MaximumLength(200);
        RuleFor(c => c.AuthorisedReference).NotNull().MaximumLength(300);
        RuleFor(c => c.Password).Must((c, p) => (p.Value is { Length: > 0 }) != (c.PrivateKey.Value is { Length: > 0 })).WithMessage("Enter either the password or a private key.");
        RuleFor(c => c.Password).Must(p => p.Value is null or { Length: <= 1000 });
        RuleFor(c => c.PrivateKey).Must(p => p.Value is null or { Length: <= 16_000 });
        RuleFor(c => c.Passphrase).Must(p => p.Value is null or { Length: <= 1000 });
        RuleFor(c => c.HostKey).NotNull().MaximumLength(60);
    }
}

file sealed class Handler(SshDb db, IVault vault, SshSettings settings, CurrentActor current, TimeProvider clock) : ICommandHandler<AddHost, Guid>
{
    public async Task<Result<Guid>> Handle(AddHost request, CancellationToken cancellationToken)
    {
        if (request.AuthorisedBy.Trim().Length == 0 || request.AuthorisedReference.Trim().Length == 0) return SshErrors.NotAuthorised;
        var (address, refusal) = HostRules.Address(request.Address, settings);
        if (refusal is not null) return refusal;
        var hostKey = request.HostKey.Trim();
        if (hostKey.Length > 0 && !ParameterRules.IsFingerprint(hostKey)) return SshErrors.NotAFingerprint;
        var byKey = request.PrivateKey.Value is { Length: > 0 };
        if (byKey && PrivateKey.Read(request.PrivateKey, request.Passphrase) is null) return SshErrors.NotAKey;
        var name = request.Name.Trim();
        if (await db.Hosts.Where(h => h.Name == name || (h.Address == address && h.Port == request.Port)).Select(h => h.Name).FirstOrDefaultAsync(cancellationToken) is { } holder) return SshErrors.EnteredTwice.With("host", holder);
        var now = clock.GetUtcNow();
        var row = new HostRow
        {
            Name = name,
            Address = address!,
            Port = request.Port,
            Business = request.Business.Trim(),
            Account = request.Account.Trim(),
            Way = byKey ? SignInWay.Key : SignInWay.Password,
            HostKey = hostKey,
            AuthorisedBy = request.AuthorisedBy.Trim(),
            AuthorisedReference = request.AuthorisedReference.Trim(),
            AuthorisedAt = now,
            CreatedAt = now,
            UpdatedAt = now,
            ChangedBy = current.Actor.Name,
        };
        row.SecretId = await vault.Keep(HostSecrets.Place(row.Id, false), byKey ? request.PrivateKey : request.Password, cancellationToken);
        if (byKey && request.Passphrase.Value is { Length: > 0 }) row.PassphraseId = await vault.Keep(HostSecrets.Place(row.Id, true), request.Passphrase, cancellationToken);
        db.Add(row);
        await db.SaveChangesAsync(cancellationToken);
        return row.Id;
    }
}

/// <summary>What holds for hosts however they are entered.</summary>
internal static class HostRules
{
    public static bool OneLine(string? text) => text is null || !text.Any(char.IsControl);

    /// <summary>The address in its one form, or why it can't be a host's.</summary>
    public static (string? Address, Error? Refusal) Address(string typed, SshSettings settings)
    {
        if (HostAddress.Read(typed) is not { } address) return (null, SshErrors.NotAnAddress.With("value", typed.Trim()));
        // What a name leads to is checked again at each connection: names move.
        var isHere = IPAddress.TryParse(address, out var literal) ? !HostAddress.MayBe(literal, settings) : address == "localhost" && !settings.AllowThisMachine;
        return isHere ? (null, SshErrors.ThisMachine.With("value", address)) : (address, null);
    }
}
