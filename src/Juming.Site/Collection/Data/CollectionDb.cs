using FluentMigrator;
using Juming.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Collection.Data;

/// <summary>A sender as the register keeps it.</summary>
internal sealed class SourceRow
{
    public int Id { get; set; }
    public required string Key { get; set; }
    public string Name { get; set; } = "";
    public bool Muted { get; set; }
    public string? Charset { get; set; }
    public string? Zone { get; set; }
    public Guid? AssetId { get; set; }
    public string? Habit { get; set; }
    public DateTimeOffset FirstSeen { get; set; }
    public DateTimeOffset LastSeen { get; set; }
}

/// <summary>Tables of collection.</summary>
internal sealed class CollectionDb(DbContextOptions<CollectionDb> options, CommitQueue commits) : ModuleDbContext(options, commits)
{
    public DbSet<SourceRow> Sources => Set<SourceRow>();

    protected override string Prefix => "collection";

    protected override void DefineModel(ModelBuilder model) => model.Entity<SourceRow>(row =>
    {
        row.ToTable("Sources");
        row.Property(r => r.Id).ValueGeneratedNever();
        row.HasIndex(r => r.Key).IsUnique();
    });
}

/// <summary>The source register.</summary>
[Migration(2026_11_23_10_01)]
public sealed class CreateSources : ModuleMigration
{
    /// <inheritdoc/>
    public override void Up() =>
        Create.Table("collection_sources")
            .WithColumn("id").AsInt32().PrimaryKey()
            .WithColumn("key").AsString(400).NotNullable().Unique()
            .WithColumn("name").AsString(200).NotNullable()
            .WithColumn("muted").AsBoolean().NotNullable()
            .WithColumn("charset").AsString(20).Nullable()
            .WithColumn("zone").AsString(60).Nullable()
            .WithColumn("asset_id").AsId().Nullable()
            .WithColumn("first_seen").AsInstant().NotNullable()
            .WithColumn("last_seen").AsInstant().NotNullable();
}

/// <summary>How long a sender is usually quiet, so that a restart does not forget it.</summary>
[Migration(2026_11_27_19_01)]
public sealed class KeepHabits : ModuleMigration
{
    /// <inheritdoc/>
    public override void Up() => Alter.Table("collection_sources").AddColumn("habit").AsString(300).Nullable();
}
