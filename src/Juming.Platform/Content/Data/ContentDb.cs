using Juming.Platform.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Juming.Platform.Content.Data;

/// <summary>What this host trusts; kept apart from the content itself, which lies in files.</summary>
internal sealed class ContentDb(DbContextOptions<ContentDb> options, CommitQueue commits) : ModuleDbContext(options, commits)
{
    public DbSet<RootRow> Roots => Set<RootRow>();

    public DbSet<FileRow> Files => Set<FileRow>();

    public DbSet<KeyRow> Keys => Set<KeyRow>();

    public DbSet<HostRow> Hosts => Set<HostRow>();

    protected override string Prefix => "content";

    protected override void DefineModel(ModelBuilder model)
    {
        model.Entity<RootRow>().ToTable("Roots").HasKey(r => r.Version);
        model.Entity<RootRow>().Property(r => r.Version).Metadata.ValueGenerated = ValueGenerated.Never;
        model.Entity<FileRow>().ToTable("Files").HasKey(r => r.Role);
        model.Entity<KeyRow>().ToTable("Keys").HasKey(r => r.KeyId);
        model.Entity<HostRow>().ToTable("Hosts").Property(r => r.Id).Metadata.ValueGenerated = ValueGenerated.Never;
    }
}

/// <summary>A root that was believed once.</summary>
internal sealed class RootRow
{
    public long Version { get; set; }
    public byte[] Bytes { get; set; } = [];
    public DateTimeOffset At { get; set; }
}

/// <summary>A signed file that is believed, by its role.</summary>
internal sealed class FileRow
{
    public required string Role { get; set; }
    public long Version { get; set; }
    public byte[] Bytes { get; set; } = [];
    public DateTimeOffset At { get; set; }
}

/// <summary>A key that this host signs with.</summary>
internal sealed class KeyRow
{
    public required string KeyId { get; set; }

    /// <summary>The role it is for; while keys are exchanged there are two.</summary>
    public required string Role { get; set; }

    /// <summary>SubjectPublicKeyInfo, base64.</summary>
    public required string Public { get; set; }

    /// <summary>The private half in the vault.</summary>
    public Guid Secret { get; set; }
    public DateTimeOffset CreatedAt { get; set; }
}

/// <summary>This host as the repository knows it; one row.</summary>
internal sealed class HostRow
{
    /// <summary>Random; decides for all time in which part of a stage this host is, and names an operator's delegation.</summary>
    public Guid Id { get; set; } = Guid.CreateVersion7();

    /// <summary>A first root that waits for somebody to vouch for it.</summary>
    public byte[]? Offered { get; set; }
    public DateTimeOffset? OfferedAt { get; set; }

    /// <summary>Fingerprint of a first root that somebody has vouched for before it came; empty for none.</summary>
    public string Vouched { get; set; } = "";
    public DateTimeOffset CreatedAt { get; set; }
}
