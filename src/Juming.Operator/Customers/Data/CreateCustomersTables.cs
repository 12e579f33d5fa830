using FluentMigrator;
using Juming.Platform.Data;

namespace Juming.Operator.Customers.Data;

/// <summary>Customers with their units, and sites.</summary>
[Migration(2026_11_28_15_21)]
public sealed class CreateCustomersTables : ModuleMigration
{
    /// <inheritdoc/>
    public override void Up()
    {
        Create.Table("customers_units")
            .WithColumn("id").AsId().PrimaryKey()
            .WithColumn("customer_id").AsId().NotNullable().Indexed()
            .WithColumn("parent_id").AsId().NotNullable()
            .WithColumn("name").AsString(100).NotNullable()
            .WithColumn("created_at").AsInstant().NotNullable()
            .WithColumn("archived_at").AsInstant().Nullable()
            .WithColumn("version").AsInt64().NotNullable();
        Create.Index("ix_customers_units_name").OnTable("customers_units").OnColumn("parent_id").Ascending().OnColumn("name").Ascending().WithOptions().Unique();
        Create.Table("customers_sites")
            .WithColumn("id").AsId().PrimaryKey()
            .WithColumn("customer_id").AsId().NotNullable()
            .WithColumn("unit_id").AsId().NotNullable().Indexed()
            .WithColumn("name").AsString(100).NotNullable()
            .WithColumn("created_at").AsInstant().NotNullable()
            .WithColumn("archived_at").AsInstant().Nullable()
            .WithColumn("version").AsInt64().NotNullable();
        Create.Index("ix_customers_sites_name").OnTable("customers_sites").OnColumn("customer_id").Ascending().OnColumn("name").Ascending().WithOptions().Unique();
    }
}
