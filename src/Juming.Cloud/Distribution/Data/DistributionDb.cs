using FluentMigrator;
using Juming.Platform.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Juming.Cloud.Distribution.Data;

/// <summary>How far the indicators are published.</summary>
internal sealed class DistributionDb(DbContextOptions<DistributionDb> options, CommitQueue commits) : ModuleDbContext(options, commits)
{
    public DbSet<ProgressRow> Progress => Set<ProgressRow>();

    protected override string Prefix => "distribution";

    protected override void DefineModel(ModelBuilder model)
    {
        model.Entity<ProgressRow>().ToTable("Progress").HasKey(r => r.Line);
        model.Entity<ProgressRow>().Property(r => r.Line).Metadata.ValueGenerated = ValueGenerated.Never;
    }
}

/// <summary>One line of content.</summary>
internal sealed class ProgressRow
{
    public required string Line { get; set; }

    /// <summary>All changes up to then were looked at.</summary>
    public DateTimeOffset LookedAt { get; set; }

    /// <summary>Whose licences counted then.</summary>
    public string Licences { get; set; } = "";
}

/// <summary>How far the indicators are published.</summary>
[Migration(2026_11_28_15_41), Tags(TagBehavior.RequireAny, "distribution")]
public sealed class CreateDistributionTables : ModuleMigration
{
    /// <inheritdoc/>
    public override void Up() => Create.Table("distribution_progress")
        .WithColumn("line").AsString(40).PrimaryKey()
        .WithColumn("looked_at").AsInstant().NotNullable()
        .WithColumn("licences").AsText().NotNullable();
}
