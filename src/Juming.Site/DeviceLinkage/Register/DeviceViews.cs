using Juming.Site.DeviceLinkage.Data;

namespace Juming.Site.DeviceLinkage.Register;

/// <summary>A device as lists and pages show it; secrets are told only as being there.</summary>
internal sealed record DeviceView
{
    /// <summary>Identity.</summary>
    public required Guid Id { get; init; }

    /// <summary>Name for people.</summary>
    public required string Name { get; init; }

    /// <summary>Address of its console.</summary>
    public required string Address { get; init; }

    /// <summary>Who made it.</summary>
    public required string Vendor { get; init; }

    /// <summary>What it is.</summary>
    public required string Model { get; init; }

    /// <summary>Group, such as "boundary".</summary>
    public required string Group { get; init; }

    /// <summary>Business system it protects.</summary>
    public required string Business { get; init; }

    /// <summary>Account that is used.</summary>
    public required string Account { get; init; }

    /// <summary>A password is kept.</summary>
    public required bool HasPassword { get; init; }

    /// <summary>A seed of one-time codes is kept.</summary>
    public required bool HasSeed { get; init; }

    /// <summary>Language that the console is asked for.</summary>
    public required string Language { get; init; }

    /// <summary>Takes the place of another session of the account.</summary>
    public required bool TakesOver { get; init; }

    /// <summary>Entries that its block table takes.</summary>
    public int? Capacity { get; init; }

    /// <summary>Who allowed it.</summary>
    public required string AuthorisedBy { get; init; }

    /// <summary>Where that is recorded.</summary>
    public required string AuthorisedReference { get; init; }

    /// <summary>When that was written down.</summary>
    public required DateTimeOffset AuthorisedAt { get; init; }

    /// <summary>SHA-256 of its certificate's public key; empty before the first use.</summary>
    public required string Pin { get; init; }

    /// <summary>How it stands.</summary>
    public required DeviceState State { get; init; }

    /// <summary>What the console said; attacker-controlled.</summary>
    public required string StateDetail { get; init; }

    /// <summary>Since when.</summary>
    public DateTimeOffset? StateAt { get; init; }

    /// <summary>Why it can't be driven at the moment; null when it can.</summary>
    public string? Unable { get; init; }

    /// <summary>What it can be asked for.</summary>
    public required IReadOnlyList<string> Capabilities { get; init; }

    /// <summary>Suggestions of runs on it that wait for a decision.</summary>
    public required int Suggestions { get; init; }

    /// <summary>Who changed it last.</summary>
    public required string ChangedBy { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Version for the next change.</summary>
    public required long Version { get; init; }

    public static DeviceView Of(DeviceRow row, string? unable, IReadOnlyList<string> capabilities, int suggestions) => new()
    {
        Id = row.Id,
        Name = row.Name,
        Address = row.Address,
        Vendor = row.Vendor,
        Model = row.Model,
        Group = row.DeviceGroup,
        Business = row.Business,
        Account = row.Account,
        HasPassword = row.PasswordId is not null,
        HasSeed = row.SeedId is not null,
        Language = row.Language,
        TakesOver = row.TakesOver,
        Capacity = row.Capacity,
        AuthorisedBy = row.AuthorisedBy,
        AuthorisedReference = row.AuthorisedReference,
        AuthorisedAt = row.AuthorisedAt,
        Pin = row.Pin,
        State = row.State,
        StateDetail = row.StateDetail,
        StateAt = row.StateAt,
        Unable = unable,
        Capabilities = capabilities,
        Suggestions = suggestions,
        ChangedBy = row.ChangedBy,
        UpdatedAt = row.UpdatedAt,
        Version = row.Version,
    };
}
