using System.Net;
using FluentValidation;
using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Platform.Vault;
using Juming.Site.DeviceLinkage.Browser;
using Juming.Site.DeviceLinkage.Data;
using Microsoft.EntityFrameworkCore;
using OtpNet;

namespace Juming.Site.DeviceLinkage.Register;

/// <summary>Puts a device into the register. Nothing that is not there is ever opened. Answers its identity.</summary>
/// <param name="Name">Name for people.</param>
/// <param name="Address">Address of its console, "https://10.0.0.1:8443".</param>
/// <param name="Account">Account to be used; one of its own, with no more rights than it needs.</param>
/// <param name="Password">Its password; it goes into the vault and is never shown again.</param>
/// <param name="AuthorisedBy">Who, of those who own the device, allowed it.</param>
/// <param name="AuthorisedReference">Where that is recorded: letter, ticket, contract.</param>
internal sealed record AddDevice(string Name, string Address, string Account, Secret Password, string AuthorisedBy, string AuthorisedReference) : ICommand<Guid>, INeeds<LinkageDevices>
{
    /// <summary>Who made it.</summary>
    public string Vendor { get; init; } = "";

    /// <summary>What it is.</summary>
    public string Model { get; init; } = "";

    /// <summary>Group, such as "boundary".</summary>
    public string Group { get; init; } = "";

    /// <summary>Business system it protects.</summary>
    public string Business { get; init; } = "";

    /// <summary>Seed of one-time codes, Base32; empty for none.</summary>
    public Secret Seed { get; init; } = new("");

    /// <summary>Language that the console is asked for: "zh" or "en".</summary>
    public string Language { get; init; } = "zh";

    /// <summary>Takes the place of another session of the account.</summary>
    public bool TakesOver { get; init; }

    /// <summary>Entries that its block table takes; null when unknown.</summary>
    public int? Capacity { get; init; }
}

file sealed class Validator : AbstractValidator<AddDevice>
{
    public Validator()
    {
        RuleFor(c => c.Name).NotEmpty().MaximumLength(200).Must(OneLine).WithMessage("A name is one line.");
        RuleFor(c => c.Address).NotEmpty().MaximumLength(500);
        RuleFor(c => c.Account).NotEmpty().MaximumLength(200).Must(OneLine).WithMessage("An account is one line.");
        RuleFor(c => c.Password).Must(p => p.Value is { Length: > 0 and <= 1000 }).WithMessage("Enter the password.");
        RuleFor(c => c.AuthorisedBy).NotNull().MaximumLength(200);
        RuleFor(c => c.AuthorisedReference).NotNull().MaximumLength(300);
        foreach (var field in new System.Linq.Expressions.Expression<Func<AddDevice, string>>[] { c => c.Vendor, c => c.Model, c => c.Group }) RuleFor(field).NotNull().MaximumLength(100).Must(OneLine).WithMessage("Write one line.");
        RuleFor(c => c.Business).NotNull().MaximumLength(200).Must(OneLine).WithMessage("Write one line.");
        RuleFor(c => c.Seed).Must(s => s.Value is null or { Length: <= 200 });
        RuleFor(c => c.Language).Must(l => l is "zh" or "en").WithMessage("The language is zh or en.");
        RuleFor(c => c.Capacity).InclusiveBetween(1, 10_000_000);
    }

    private static bool OneLine(string? text) => text is null || !text.Any(char.IsControl);
}

file sealed class Handler(LinkageDb db, IVault vault, LinkageSettings settings, CurrentActor current, TimeProvider clock) : ICommandHandler<AddDevice, Guid>
{
    public async Task<Result<Guid>> Handle(AddDevice request, CancellationToken cancellationToken)
    {
        if (request.AuthorisedBy.Trim().Length == 0 || request.AuthorisedReference.Trim().Length == 0) return LinkageErrors.NotAuthorised;
        var (address, refusal) = DeviceRules.Address(request.Address, settings);
        if (refusal is not null) return refusal;
        if (DeviceRules.Seed(request.Seed) is { } bad) return bad;
        var holder = await db.Devices.Where(d => d.Address == address).Select(d => d.Name).FirstOrDefaultAsync(cancellationToken);
        if (holder is not null) return LinkageErrors.EnteredTwice.With("device", holder);
        var now = clock.GetUtcNow();
        var row = new DeviceRow
        {
            Name = request.Name.Trim(),
            Address = address!,
            Vendor = request.Vendor.Trim(),
            Model = request.Model.Trim(),
            DeviceGroup = request.Group.Trim(),
            Business = request.Business.Trim(),
            Account = request.Account.Trim(),
            Language = request.Language,
            TakesOver = request.TakesOver,
            Capacity = request.Capacity,
            AuthorisedBy = request.AuthorisedBy.Trim(),
            AuthorisedReference = request.AuthorisedReference.Trim(),
            AuthorisedAt = now,
            CreatedAt = now,
            UpdatedAt = now,
            ChangedBy = current.Actor.Name,
        };
        row.PasswordId = await vault.Keep(DeviceSecrets.Place(row.Id, true), request.Password, cancellationToken);
        if (request.Seed.Value is { Length: > 0 }) row.SeedId = await vault.Keep(DeviceSecrets.Place(row.Id, false), request.Seed, cancellationToken);
        db.Add(row);
        await db.SaveChangesAsync(cancellationToken);
        return row.Id;
    }
}

/// <summary>What holds for devices however they are entered.</summary>
internal static class DeviceRules
{
    /// <summary>The address in its one form, or why it can't be a device's.</summary>
    public static (string? Address, Error? Refusal) Address(string text, LinkageSettings settings)
    {
        if (DeviceAddress.Read(text) is not { } address) return (null, LinkageErrors.NotAnAddress.With("value", text.Trim()));
        // What a name leads to is checked again at each connection: names move.
        if (IPAddress.TryParse(address.Host.Trim('[', ']'), out var literal) && !DeviceAddress.MayBe(literal, settings.AllowThisMachine)) return (null, LinkageErrors.ThisMachine.With("value", address.Host));
        if (!settings.AllowThisMachine && address.IsLoopback) return (null, LinkageErrors.ThisMachine.With("value", address.Host));
        return (address.GetLeftPart(UriPartial.Path), null);
    }

    public static Error? Seed(Secret seed)
    {
        if (seed.Value is null or "") return null;
        try
        {
            return Base32Encoding.ToBytes(seed.Value.Replace(" ", "", StringComparison.Ordinal)).Length >= 5 ? null : LinkageErrors.NotASeed;
        }
        catch (ArgumentException)
        {
            return LinkageErrors.NotASeed;
        }
    }
}
