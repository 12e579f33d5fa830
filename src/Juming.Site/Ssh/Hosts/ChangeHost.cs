using FluentValidation;
using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Platform.Vault;
using Juming.Site.Ssh.Data;
using Juming.Site.Ssh.Session;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Ssh.Hosts;

/// <summary>Changes a host; what is absent stays as it is. A new password or key ends the wait after one that was refused. Another address is another host.</summary>
internal sealed record ChangeHost(Guid Id) : ICommand<Done>, INeeds<SshHosts>
{
    /// <summary>Version that the change was made on; null takes any.</summary>
    public long? Version { get; init; }

    /// <summary>Name for people.</summary>
    public string? Name { get; init; }

    /// <summary>Business system it belongs to.</summary>
    public string? Business { get; init; }

    /// <summary>Account that is used; a new one comes with its password or key.</summary>
    public string? Account { get; init; }

    /// <summary>New password.</summary>
    public Secret? Password { get; init; }

    /// <summary>New private key.</summary>
    public Secret? PrivateKey { get; init; }

    /// <summary>Passphrase of the new private key.</summary>
    public Secret? Passphrase { get; init; }

    /// <summary>Fingerprint that the host showed last: takes it for its own, after a person made sure that it is.</summary>
    public string? AcceptHostKey { get; init; }
}

/// <summary>Takes a host and its secrets out of the register; what was done on it stays until its time is over.</summary>
internal sealed record RemoveHost(Guid Id) : ICommand<Done>, INeeds<SshHosts>;

file sealed class Validator : AbstractValidator<ChangeHost>
{
    public Validator()
    {
        RuleFor(c => c.Name).MaximumLength(200).Must(n => n is null || (n.Trim().Length > 0 && HostRules.OneLine(n))).WithMessage("A host has a name of one line.");
        RuleFor(c => c.Business).MaximumLength(200).Must(HostRules.OneLine).WithMessage("Write one line.");
        RuleFor(c => c.Account).MaximumLength(100).Must((c, a) => a is null || (a.Trim().Length > 0 && HostRules.OneLine(a) && (c.Password ?? c.PrivateKey) is not null)).WithMessage("Another account comes with its password or key.");
        RuleFor(c => c.Password).Must((c, p) => p is null || (p.Value.Value is { Length: > 0 and <= 1000 } && c.PrivateKey is null)).WithMessage("Enter either the password or a private key.");
        RuleFor(c => c.PrivateKey).Must(p => p is null or { Value: { Length: > 0 and <= 16_000 } }).WithMessage("Enter the private key.");
        RuleFor(c => c.Passphrase).Must((c, p) => p is null or { Value: null or { Length: <= 1000 } });
        RuleFor(c => c.AcceptHostKey).MaximumLength(60);
    }
}

file sealed class Handler(SshDb db, IVault vault, HostTurns turns, CurrentActor current, TimeProvider clock) : ICommandHandler<ChangeHost, Done>, ICommandHandler<RemoveHost, Done>
{
    public async Task<Result<Done>> Handle(ChangeHost request, CancellationToken cancellationToken)
    {
        var row = await db.Hosts.FirstOrDefaultAsync(h => h.Id == request.Id, cancellationToken);
        if (row is null) return SshErrors.NoSuchHost;
        if (request.Version is { } version && version != row.Version) return SshErrors.ChangedMeanwhile.With("by", row.ChangedBy).With("at", row.UpdatedAt.ToString("u", System.Globalization.CultureInfo.InvariantCulture));
        if (request.AcceptHostKey is { } accepted && (row.State != HostState.HostKeyChanged || accepted != row.SeenKey)) return SshErrors.OtherHostKey;
        if (request.PrivateKey is { } key && PrivateKey.Read(key, request.Passphrase ?? new Secret("")) is null) return SshErrors.NotAKey;
        var name = request.Name?.Trim() ?? row.Name;
        if (name != row.Name && await db.Hosts.AnyAsync(h => h.Name == name, cancellationToken)) return SshErrors.EnteredTwice.With("host", name);
        (row.Name, row.Business, row.Account) = (name, request.Business?.Trim() ?? row.Business, request.Account?.Trim() ?? row.Account);
        await Secrets(row, request, cancellationToken);
        if (request.AcceptHostKey is not null) (row.HostKey, row.HostKeyType, row.SeenKey, row.SeenKeyType, row.State, row.StateDetail) = (row.SeenKey, row.SeenKeyType, "", "", HostState.New, "");
        (row.UpdatedAt, row.ChangedBy, row.Version) = (clock.GetUtcNow(), current.Actor.Name, row.Version + 1);
        await db.SaveChangesAsync(cancellationToken);
        return Done.Value;
    }

    public async Task<Result<Done>> Handle(RemoveHost request, CancellationToken cancellationToken)
    {
        var row = await db.Hosts.FirstOrDefaultAsync(h => h.Id == request.Id, cancellationToken);
        if (row is null) return SshErrors.NoSuchHost;
        if (turns.IsTaken(row.Id)) return SshErrors.InUse;
        foreach (var secret in new[] { row.SecretId, row.PassphraseId })
            if (secret is { } id) await vault.Remove(id, cancellationToken);
        db.Remove(row);
        await db.SaveChangesAsync(cancellationToken);
        return Done.Value;
    }

    private async Task Secrets(HostRow row, ChangeHost request, CancellationToken ct)
    {
        if ((request.PrivateKey ?? request.Password) is not { } secret) return;
        row.Way = request.PrivateKey is null ? SignInWay.Password : SignInWay.Key;
        if (row.SecretId is { } kept) await vault.Replace(kept, secret, ct);
        else row.SecretId = await vault.Keep(HostSecrets.Place(row.Id, false), secret, ct);
        if (row.PassphraseId is { } old) await vault.Remove(old, ct);
        row.PassphraseId = request.Passphrase is { Value.Length: > 0 } words && row.Way == SignInWay.Key ? await vault.Keep(HostSecrets.Place(row.Id, true), words, ct) : null;
        if (row.State is HostState.WrongPassword or HostState.KeyRefused or HostState.Failing) (row.State, row.StateDetail) = (HostState.New, "");
    }
}
