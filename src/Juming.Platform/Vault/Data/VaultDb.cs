using Juming.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Platform.Vault.Data;

/// <summary>Sealed secrets and the wrapped keys that seal them.</summary>
internal sealed class VaultDb(DbContextOptions<VaultDb> options, CommitQueue commits) : ModuleDbContext(options, commits)
{
    protected override string Prefix => "vault";

    public DbSet<SecretRow> Secrets => Set<SecretRow>();

    public DbSet<DataKeyRow> Keys => Set<DataKeyRow>();

    protected override void DefineModel(ModelBuilder model)
    {
        model.Entity<SecretRow>().ToTable("secrets").HasKey(s => s.Id);
        model.Entity<DataKeyRow>().ToTable("keys").HasKey(k => k.Id);
    }
}

/// <summary>A sealed secret.</summary>
internal sealed class SecretRow
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public required string Module { get; init; }

    public required string Object { get; init; }

    public required string Field { get; init; }

    /// <summary>The data key that seals it.</summary>
    public required Guid KeyId { get; set; }

    /// <summary>As <see cref="Sealing.Seal"/> writes it.</summary>
    public required byte[] Sealed { get; set; }

    public required DateTimeOffset ChangedAt { get; set; }
}

/// <summary>A data key, wrapped by the key of the file. The newest seals.</summary>
internal sealed class DataKeyRow
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>Tells the file's keys apart without telling anything of them.</summary>
    public required string WrappedBy { get; set; }

    public required byte[] Wrapped { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }
}
