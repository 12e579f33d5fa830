namespace Juming.Platform.Access.Data;

/// <summary>A person's account.</summary>
internal sealed class User
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public required string Name { get; init; }

    /// <summary>The name as it is compared: one form for look-alikes. Unique.</summary>
    public required string NameKey { get; init; }

    public string? PasswordHash { get; set; }

    /// <summary>Sealed with the host's key ring; null until a second factor is enrolled.</summary>
    public string? TotpSecret { get; set; }

    /// <summary>The last time step whose code was used; an equal or older one is a replay.</summary>
    public long TotpStep { get; set; }

    /// <summary>Names of <see cref="Role"/>, separated by commas.</summary>
    public string Roles { get; set; } = "";

    /// <summary>Where the roles hold, as <see cref="ScopeSet"/> writes it.</summary>
    public string Within { get; set; } = ScopeSet.Everywhere;

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? DisabledAt { get; set; }

    /// <summary>Changes with every change of the account, so that two changes at once do not both win.</summary>
    public Guid Stamp { get; set; } = Guid.CreateVersion7();

    public IReadOnlyList<Role> RoleList() => RoleSet.Parse(Roles);
}

/// <summary>One way in when the phone is lost; used once.</summary>
internal sealed class RecoveryCode
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public required Guid UserId { get; init; }

    public required string Hash { get; init; }

    public DateTimeOffset? UsedAt { get; set; }
}

/// <summary>A way in that stands for password and second factor: the public half of a key that the person's authenticator keeps.</summary>
internal sealed class Passkey
{
    private static readonly string[] KnownTransports = ["ble", "cable", "hybrid", "internal", "nfc", "smart-card", "usb"];

    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>Base64url; at most 1,023 bytes (WebAuthn 3, 7.1). Unique.</summary>
    public required string CredentialId { get; init; }

    public required Guid UserId { get; init; }

    public required string Name { get; set; }

    /// <summary>COSE key, base64url.</summary>
    public required string PublicKey { get; init; }

    /// <summary>Signatures that the authenticator has counted; zero for ever where it does not count.</summary>
    public required long SignCount { get; set; }

    /// <summary>How browsers reach the authenticator, separated by commas.</summary>
    public required string Transports { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? LastUsedAt { get; set; }

    /// <summary>The key may be copied to other devices of the person.</summary>
    public required bool BackupEligible { get; init; }

    public required bool BackedUp { get; set; }

    public string[] TransportList() => Transports.Split(',', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Those that are known, for the column: browsers may send anything here.</summary>
    public static string Joined(IEnumerable<string>? transports) => string.Join(',', KnownTransports.Intersect(transports ?? []));
}

/// <summary>A person's session; the cookie holds the secret, the row its hash.</summary>
internal sealed class SessionRow
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public required Guid UserId { get; init; }

    public required string Hash { get; init; }

    public required string Address { get; init; }

    public required string Agent { get; init; }

    public required DateTimeOffset OpenedAt { get; init; }

    public required DateTimeOffset LastSeenAt { get; set; }

    public DateTimeOffset? RevokedAt { get; set; }
}

/// <summary>An API token; shown once, kept as a hash.</summary>
internal sealed class TokenRow
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public required string Name { get; init; }

    /// <summary>First characters, so that a person recognises it.</summary>
    public required string Start { get; init; }

    public required string Hash { get; init; }

    /// <summary>Codes of permissions, separated by commas.</summary>
    public required string Scopes { get; init; }

    /// <summary>Where they hold, as <see cref="ScopeSet"/> writes it.</summary>
    public string Within { get; init; } = ScopeSet.Everywhere;

    public required string CreatedBy { get; init; }

    /// <summary>The account whose rights bound it; null for those of the command line.</summary>
    public Guid? OwnerId { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    public DateTimeOffset? LastUsedAt { get; set; }

    public DateTimeOffset? RevokedAt { get; set; }
}

/// <summary>A link with which a person sets a password once.</summary>
internal sealed class OneTimeLink
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public required Guid UserId { get; init; }

    public required string Hash { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    public DateTimeOffset? UsedAt { get; set; }
}

/// <summary>What is true of the whole host; one row.</summary>
internal sealed class HostState
{
    public int Id { get; init; } = 1;

    public required DateTimeOffset SetUpAt { get; init; }

    /// <summary>One person may hold several administrators' roles; every page says so.</summary>
    public required bool Trial { get; init; }
}

/// <summary>One link of the audit chain.</summary>
internal sealed class AuditRow
{
    public required long Seq { get; init; }

    public required DateTimeOffset At { get; init; }

    public required string Action { get; init; }

    public required string ActorKind { get; init; }

    public required string ActorId { get; init; }

    public required string ActorName { get; init; }

    public string? Address { get; init; }

    public required string Arguments { get; init; }

    public required string Outcome { get; init; }

    /// <summary>SHA-256 over the hash before and this entry, hexadecimal.</summary>
    public string Hash { get; set; } = "";
}

/// <summary>What somebody chose once for a page.</summary>
internal sealed class PreferenceRow
{
    public required string OwnerId { get; init; }

    public required string Name { get; init; }

    public required string Value { get; set; }
}

/// <summary>The sealed end of the audit chain, where several nodes write it; one row.</summary>
internal sealed class AuditHeadRow
{
    public int Id { get; set; } = 1;
    public string Text { get; set; } = "";
}
