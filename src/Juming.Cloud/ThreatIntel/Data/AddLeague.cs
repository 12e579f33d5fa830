using FluentMigrator;
using Juming.Platform.Data;

namespace Juming.Cloud.ThreatIntel.Data;

/// <summary>How sources compare with each other.</summary>
[Migration(2026_11_28_15_31)]
public sealed class AddLeague : ModuleMigration
{
    /// <inheritdoc/>
    public override void Up() => Create.Table("threatintel_league")
        .WithColumn("source_id").AsId().PrimaryKey()
        .WithColumn("shared").AsInt64().NotNullable()
        .WithColumn("led").AsInt64().NotNullable()
        .WithColumn("lag_minutes").AsInt64().NotNullable()
        .WithColumn("nearest_id").AsId().Nullable()
        .WithColumn("nearest_shared").AsInt64().NotNullable()
        .WithColumn("counted_at").AsInstant().NotNullable();
}
