using Juming.Platform.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Juming.Site.Deliveries.Data;

/// <summary>What this site wants of what comes from above, and what became of it.</summary>
internal sealed class DeliveriesDb(DbContextOptions<DeliveriesDb> options, CommitQueue commits) : ModuleDbContext(options, commits)
{
    public DbSet<WishRow> Wishes => Set<WishRow>();

    public DbSet<PackRow> Packs => Set<PackRow>();

    protected override string Prefix => "deliveries";

    protected override void DefineModel(ModelBuilder model)
    {
        model.Entity<WishRow>().ToTable("Wishes").HasKey(r => r.Line);
        model.Entity<WishRow>().Property(r => r.Line).Metadata.ValueGenerated = ValueGenerated.Never;
        model.Entity<PackRow>().ToTable("Packs").Property(r => r.Id).Metadata.ValueGenerated = ValueGenerated.Never;
    }
}

/// <summary>Which indicators this site wants, and which whole set of them it took last.</summary>
internal sealed class WishRow
{
    public required string Line { get; set; }

    /// <summary>Kinds, separated by commas; empty for all.</summary>
    public string Kinds { get; set; } = "";
    public int LeastConfidence { get; set; }
    public string ChangedBy { get; set; } = "";
    public DateTimeOffset? ChangedAt { get; set; }

    /// <summary>Number of the whole set that was taken last.</summary>
    public long TakenSet { get; set; }

    /// <summary>What was wished for when it was.</summary>
    public string TakenWish { get; set; } = "";
    public DateTimeOffset? TakenAt { get; set; }
}

/// <summary>One version of a pack.</summary>
internal sealed class PackRow
{
    public Guid Id { get; set; } = Guid.CreateVersion7();

    /// <summary>Its place in the signed list.</summary>
    public required string Path { get; set; }
    public required string Kind { get; set; }
    public required string Name { get; set; }
    public int Version { get; set; }

    /// <summary>Identity of the operator that published it; empty for the cloud.</summary>
    public string Operator { get; set; } = "";
    public byte[] Sha256 { get; set; } = [];
    public long Length { get; set; }
    public string Title { get; set; } = "";
    public string Note { get; set; } = "";
    public PackState State { get; set; }
    public DateTimeOffset SeenAt { get; set; }
    public string DecidedBy { get; set; } = "";
    public string Reason { get; set; } = "";
    public DateTimeOffset? DecidedAt { get; set; }
    public DateTimeOffset? TakenAt { get; set; }

    /// <summary>Code and arguments of what stood against it; empty when nothing did.</summary>
    public string Problem { get; set; } = "";
}

/// <summary>Where a version of a pack stands.</summary>
[System.Text.Json.Serialization.JsonConverter(typeof(System.Text.Json.Serialization.JsonStringEnumConverter))]
internal enum PackState
{
    /// <summary>It acts: a person of the site decides.</summary>
    Waiting,

    /// <summary>A person agreed; it is being put in force.</summary>
    Agreed,

    /// <summary>In force.</summary>
    InForce,

    /// <summary>Another version took its place.</summary>
    Replaced,

    /// <summary>A person of the site turned it down.</summary>
    Refused,

    /// <summary>A person of the site went back to the version before.</summary>
    RolledBack,

    /// <summary>Its publisher took it back.</summary>
    Withdrawn,

    /// <summary>It could not be put in force.</summary>
    Failed,
}
