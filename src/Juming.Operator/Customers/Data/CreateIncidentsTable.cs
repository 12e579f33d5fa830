using FluentMigrator;
using Juming.Platform.Data;

namespace Juming.Operator.Customers.Data;

/// <summary>Incidents of sites, as these last told them.</summary>
[Migration(2026_11_28_15_50)]
public sealed class CreateIncidentsTable : ModuleMigration
{
    /// <inheritdoc/>
    public override void Up()
    {
        Create.Table("customers_incidents")
            .WithColumn("site_id").AsId().PrimaryKey()
            .WithColumn("id").AsId().PrimaryKey()
            .WithColumn("customer_id").AsId().NotNullable()
            .WithColumn("seq").AsInt64().NotNullable()
            .WithColumn("told_at").AsInstant().NotNullable()
            .WithColumn("severity").AsInt32().NotNullable()
            .WithColumn("priority").AsInt32().NotNullable()
            .WithColumn("stage").AsInt32().NotNullable()
            .WithColumn("verdict").AsInt32().NotNullable()
            .WithColumn("attack").AsString(20).NotNullable()
            .WithColumn("tactics").AsString(400).NotNullable()
            .WithColumn("alerts").AsInt64().NotNullable()
            .WithColumn("detected_at").AsInstant().NotNullable()
            .WithColumn("acknowledged_at").AsInstant().Nullable()
            .WithColumn("contained_at").AsInstant().Nullable()
            .WithColumn("resolved_at").AsInstant().Nullable()
            .WithColumn("closed_at").AsInstant().Nullable();
        Create.Index("ix_customers_incidents_detected_at").OnTable("customers_incidents").OnColumn("detected_at");
    }
}
