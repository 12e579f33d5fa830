using Juming.Platform.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Juming.Site.Blocking.Data;

/// <summary>Tables of blocking.</summary>
internal sealed class BlockingDb(DbContextOptions<BlockingDb> options, CommitQueue commits) : ModuleDbContext(options, commits)
{
    public DbSet<EntryRow> Entries => Set<EntryRow>();
    public DbSet<WishRow> Wishes => Set<WishRow>();
    public DbSet<WideRow> Wide => Set<WideRow>();
    public DbSet<OnDeviceRow> OnDevices => Set<OnDeviceRow>();
    public DbSet<ProtectedRow> Protected => Set<ProtectedRow>();
    public DbSet<BrakeRow> Brakes => Set<BrakeRow>();

    protected override string Prefix => "blocking";

    protected override void DefineModel(ModelBuilder model)
    {
        model.Entity<EntryRow>(row =>
        {
            row.ToTable("Entries");
            row.Property(r => r.Version).IsConcurrencyToken();
        });
        model.Entity<WishRow>(row =>
        {
            row.ToTable("Wishes");
            row.HasKey(r => r.Key);
        });
        model.Entity<OnDeviceRow>(row =>
        {
            row.ToTable("OnDevices");
            row.HasKey(r => new { r.EntryId, r.DeviceId });
            row.Property(r => r.Version).IsConcurrencyToken();
        });
        model.Entity<ProtectedRow>(row =>
        {
            row.ToTable("Protected");
            row.Property(r => r.Version).IsConcurrencyToken();
        });
        model.Entity<BrakeRow>().ToTable("Brakes");
        model.Entity<WideRow>().ToTable("Wide");
        foreach (var entity in model.Model.GetEntityTypes())
            if (entity.FindProperty("Id") is { } id) id.ValueGenerated = ValueGenerated.Never;
    }
}
