namespace Juming.Platform.Links.Egress.Ledger;

/// <summary>Something that left: what, where to, when, and the chain after it.</summary>
internal sealed class LedgerRow
{
    /// <summary>From 1, without gaps.</summary>
    public long Seq { get; set; }
    public DateTimeOffset At { get; set; }
    public EgressKind Kind { get; set; }

    /// <summary>Where to: host and port.</summary>
    public string Destination { get; set; } = "";
    public EgressPlace Place { get; set; }

    /// <summary>Which part of the program sent it: "link", "notify", "response".</summary>
    public string Sender { get; set; } = "";

    /// <summary>Number of the message; 0 for what is none.</summary>
    public int Type { get; set; }

    /// <summary>What a message is about; of a call its method and, where it holds no secret, its path and query.</summary>
    public string About { get; set; } = "";

    /// <summary>The policy's level at that time.</summary>
    public int Level { get; set; }

    /// <summary>Bytes of the content.</summary>
    public long Bytes { get; set; }

    /// <summary>How many of them were words of a dictionary.</summary>
    public int Labels { get; set; }

    /// <summary>Hash of the content that left.</summary>
    public byte[] Sha256 { get; set; } = [];

    /// <summary>What is kept of the content is not all of it: something in it opens a door.</summary>
    public bool Masked { get; set; }

    /// <summary>Hash of what is kept, when that is not all.</summary>
    public byte[]? KeptSha256 { get; set; }

    /// <summary>Who released it by hand; empty for what nobody has to release.</summary>
    public string Approver { get; set; } = "";

    /// <summary>The offer that it came of, so that one that is made twice leaves once.</summary>
    public Guid? Offer { get; set; }

    /// <summary>The chain after it.</summary>
    public byte[] Hash { get; set; } = [];
}

/// <summary>The exact bytes of what left, for as long as they are kept.</summary>
internal sealed class LedgerContentRow
{
    public long Seq { get; set; }
    public DateTimeOffset At { get; set; }
    public byte[] Content { get; set; } = [];
}

/// <summary>Where the ledger ends; the one row takes the lock of whoever adds.</summary>
internal sealed class LedgerEndRow
{
    public int Id { get; set; } = 1;
    public long Last { get; set; }
    public byte[] Hash { get; set; } = LedgerChain.Start;
}

/// <summary>Where the ledger ended on a day, signed.</summary>
internal sealed class LedgerHeadRow
{
    /// <summary>Days since 1970 UTC.</summary>
    public int Day { get; set; }
    public long Last { get; set; }
    public byte[] Hash { get; set; } = [];
    public Guid KeyId { get; set; }
    public byte[] Signature { get; set; } = [];
    public DateTimeOffset SignedAt { get; set; }
}

/// <summary>A key that signs heads; the secret part is in the vault.</summary>
internal sealed class LedgerKeyRow
{
    public Guid Id { get; set; }

    /// <summary>SubjectPublicKeyInfo, DER.</summary>
    public byte[] PublicKey { get; set; } = [];
    public Guid Secret { get; set; }
    public DateTimeOffset MadeAt { get; set; }
}

/// <summary>What the gate refused within an hour, for one reason.</summary>
internal sealed class RefusalRow
{
    public Guid Id { get; set; } = Guid.CreateVersion7();

    /// <summary>Hours since 1970 UTC.</summary>
    public long Hour { get; set; }

    /// <summary>Name of the message.</summary>
    public string Message { get; set; } = "";
    public string Reason { get; set; } = "";
    public string Field { get; set; } = "";
    public long Count { get; set; }
    public DateTimeOffset FirstAt { get; set; }
    public DateTimeOffset LastAt { get; set; }
    public int Level { get; set; }
}

/// <summary>What the customer lets out.</summary>
internal sealed class PolicyRow
{
    public int Id { get; set; } = 1;
    public int Level { get; set; }
    public DateTimeOffset ChangedAt { get; set; }
    public string ChangedBy { get; set; } = "";
}

/// <summary>What kind of thing left.</summary>
internal enum EgressKind
{
    /// <summary>A message on the link to the host above.</summary>
    Message,

    /// <summary>An HTTP call.</summary>
    Call,

    /// <summary>A mail.</summary>
    Mail,
}

/// <summary>Where it went.</summary>
internal enum EgressPlace
{
    /// <summary>To the host above.</summary>
    Upper,

    /// <summary>Out of the network.</summary>
    Outside,

    /// <summary>Into a network that the administrator named.</summary>
    Inside,

    /// <summary>Unknown: a proxy finds the way.</summary>
    Proxy,
}
