using FluentMigrator;
using Juming.Platform.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Juming.Cloud.Operators.Data;

/// <summary>Operators below this host.</summary>
[Migration(2026_11_28_15_22)]
public sealed class CreateOperatorsTables : ModuleMigration
{
    /// <inheritdoc/>
    public override void Up() =>
        Create.Table("operators_operators")
            .WithColumn("id").AsId().PrimaryKey()
            .WithColumn("name").AsString(100).NotNullable().Unique()
            .WithColumn("created_at").AsInstant().NotNullable()
            .WithColumn("archived_at").AsInstant().Nullable()
            .WithColumn("version").AsInt64().NotNullable();
}

/// <summary>Tables of operators.</summary>
internal sealed class OperatorsDb(DbContextOptions<OperatorsDb> options, CommitQueue commits) : ModuleDbContext(options, commits)
{
    public DbSet<OperatorRow> Operators => Set<OperatorRow>();

    protected override string Prefix => "operators";

    protected override void DefineModel(ModelBuilder model) => model.Entity<OperatorRow>(row =>
    {
        row.ToTable("Operators");
        row.Property(r => r.Id).Metadata.ValueGenerated = ValueGenerated.Never;
        row.Property(r => r.Version).IsConcurrencyToken();
    });
}

/// <summary>An operator. Its identity is that of the peer on the link.</summary>
internal sealed class OperatorRow
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public required string Name { get; set; }
    public DateTimeOffset CreatedAt { get; set; }
    public DateTimeOffset? ArchivedAt { get; set; }
    public long Version { get; set; } = 1;
}
