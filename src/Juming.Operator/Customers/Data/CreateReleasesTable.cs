using FluentMigrator;
using Juming.Platform.Data;

namespace Juming.Operator.Customers.Data;

/// <summary>What people of sites released of their incidents.</summary>
[Migration(2026_11_28_16_51)]
public sealed class CreateReleasesTable : ModuleMigration
{
    /// <inheritdoc/>
    public override void Up()
    {
        Create.Table("customers_releases")
            .WithColumn("site_id").AsId().PrimaryKey()
            .WithColumn("incident_id").AsId().PrimaryKey()
            .WithColumn("released_at").AsInstant().PrimaryKey()
            .WithColumn("customer_id").AsId().NotNullable()
            .WithColumn("arrived_at").AsInstant().NotNullable()
            .WithColumn("attackers").AsText().NotNullable()
            .WithColumn("domains").AsText().NotNullable()
            .WithColumn("file_hashes").AsText().NotNullable()
            .WithColumn("techniques").AsText().NotNullable()
            .WithColumn("hosts").AsInt64().NotNullable()
            .WithColumn("accounts").AsInt64().NotNullable()
            .WithColumn("matches").AsInt64().NotNullable()
            .WithColumn("first_at").AsInstant().Nullable()
            .WithColumn("last_at").AsInstant().Nullable();
    }
}
