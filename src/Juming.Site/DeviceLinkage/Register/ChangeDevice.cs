using FluentValidation;
using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Platform.Vault;
using Juming.Site.DeviceLinkage.Data;
using Juming.Site.DeviceLinkage.Runs;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.DeviceLinkage.Register;

/// <summary>Changes a device; what is absent stays as it is. A new password ends the wait after a wrong one.</summary>
internal sealed record ChangeDevice(Guid Id) : ICommand<Done>, INeeds<LinkageDevices>
{
    /// <summary>Version that the change was made on; null takes any.</summary>
    public long? Version { get; init; }

    /// <summary>Name for people.</summary>
    public string? Name { get; init; }

    /// <summary>Who made it.</summary>
    public string? Vendor { get; init; }

    /// <summary>What it is.</summary>
    public string? Model { get; init; }

    /// <summary>Group.</summary>
    public string? Group { get; init; }

    /// <summary>Business system it protects.</summary>
    public string? Business { get; init; }

    /// <summary>Account that is used; a new one comes with its password.</summary>
    public string? Account { get; init; }

    /// <summary>New password.</summary>
    public Secret? Password { get; init; }

    /// <summary>New seed of one-time codes; empty takes it away.</summary>
    public Secret? Seed { get; init; }

    /// <summary>Language that the console is asked for: "zh" or "en".</summary>
    public string? Language { get; init; }

    /// <summary>Takes the place of another session of the account.</summary>
    public bool? TakesOver { get; init; }

    /// <summary>Entries that its block table takes; 0 for unknown.</summary>
    public int? Capacity { get; init; }

    /// <summary>True takes the certificate that it shows next for its own: after a person made sure that it is.</summary>
    public bool AcceptCertificate { get; init; }
}

file sealed class Validator : AbstractValidator<ChangeDevice>
{
    public Validator()
    {
        RuleFor(c => c.Name).MaximumLength(200).Must(n => n is null || n.Trim().Length > 0).WithMessage("A device has a name.");
        RuleFor(c => c.Account).MaximumLength(200).Must((c, a) => a is null || (a.Trim().Length > 0 && c.Password is not null)).WithMessage("Another account comes with its password.");
        RuleFor(c => c.Vendor).MaximumLength(100);
        RuleFor(c => c.Model).MaximumLength(100);
        RuleFor(c => c.Group).MaximumLength(100);
        RuleFor(c => c.Business).MaximumLength(200);
        RuleFor(c => c.Password).Must(p => p is null or { Value: { Length: > 0 and <= 1000 } }).WithMessage("Enter the password.");
        RuleFor(c => c.Language).Must(l => l is null or "zh" or "en").WithMessage("The language is zh or en.");
        RuleFor(c => c.Capacity).InclusiveBetween(0, 10_000_000);
    }
}

file sealed class Handler(LinkageDb db, IVault vault, SessionStore sessions, CurrentActor current, TimeProvider clock) : ICommandHandler<ChangeDevice, Done>
{
    public async Task<Result<Done>> Handle(ChangeDevice request, CancellationToken cancellationToken)
    {
        var row = await db.Devices.FirstOrDefaultAsync(d => d.Id == request.Id, cancellationToken);
        if (row is null) return LinkageErrors.NoSuchDevice;
        if (request.Version is { } version && version != row.Version) return LinkageErrors.ChangedMeanwhile.With("by", row.ChangedBy).With("at", row.UpdatedAt.ToString("u", System.Globalization.CultureInfo.InvariantCulture));
        if (request.Seed is { } seed && DeviceRules.Seed(seed) is { } bad) return bad;
        if (request.AcceptCertificate && row.State != DeviceState.CertificateChanged) return LinkageErrors.CertificateSame;
        row.Name = request.Name?.Trim() ?? row.Name;
        row.Vendor = request.Vendor?.Trim() ?? row.Vendor;
        row.Model = request.Model?.Trim() ?? row.Model;
        row.DeviceGroup = request.Group?.Trim() ?? row.DeviceGroup;
        row.Business = request.Business?.Trim() ?? row.Business;
        row.Account = request.Account?.Trim() ?? row.Account;
        row.Language = request.Language ?? row.Language;
        row.TakesOver = request.TakesOver ?? row.TakesOver;
        if (request.Capacity is { } capacity) row.Capacity = capacity == 0 ? null : capacity;
        await Secrets(row, request, cancellationToken);
        if (request.AcceptCertificate) (row.Pin, row.State, row.StateDetail) = ("", DeviceState.New, "");
        (row.UpdatedAt, row.ChangedBy, row.Version) = (clock.GetUtcNow(), current.Actor.Name, row.Version + 1);
        await db.SaveChangesAsync(cancellationToken);
        return Done.Value;
    }

    private async Task Secrets(DeviceRow row, ChangeDevice request, CancellationToken ct)
    {
        if (request.Password is { } password)
        {
            if (row.PasswordId is { } kept) await vault.Replace(kept, password, ct);
            else row.PasswordId = await vault.Keep(DeviceSecrets.Place(row.Id, true), password, ct);
            if (row.State is DeviceState.WrongPassword or DeviceState.NeedsPerson or DeviceState.Failing) (row.State, row.StateDetail) = (DeviceState.New, "");
            row.TriedAt = null;
            sessions.Forget(row.Id);
        }
        if (request.Seed is not { } seed) return;
        if (row.SeedId is { } old) await vault.Remove(old, ct);
        row.SeedId = seed.Value.Length == 0 ? null : await vault.Keep(DeviceSecrets.Place(row.Id, false), seed, ct);
    }
}
