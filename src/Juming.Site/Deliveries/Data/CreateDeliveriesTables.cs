using FluentMigrator;
using Juming.Platform.Data;

namespace Juming.Site.Deliveries.Data;

/// <summary>Wishes and packs.</summary>
[Migration(2026_11_28_15_42), Tags(TagBehavior.RequireAny, "deliveries")]
public sealed class CreateDeliveriesTables : ModuleMigration
{
    /// <inheritdoc/>
    public override void Up()
    {
        Create.Table("deliveries_wishes")
            .WithColumn("line").AsString(40).PrimaryKey()
            .WithColumn("kinds").AsString(200).NotNullable()
            .WithColumn("least_confidence").AsInt32().NotNullable()
            .WithColumn("changed_by").AsString(200).NotNullable()
            .WithColumn("changed_at").AsInstant().Nullable()
            .WithColumn("taken_set").AsInt64().NotNullable()
            .WithColumn("taken_wish").AsString(300).NotNullable()
            .WithColumn("taken_at").AsInstant().Nullable();
        Create.Table("deliveries_packs")
            .WithColumn("id").AsId().PrimaryKey()
            .WithColumn("path").AsString(160).NotNullable().Unique()
            .WithColumn("kind").AsString(20).NotNullable()
            .WithColumn("name").AsString(80).NotNullable()
            .WithColumn("version").AsInt32().NotNullable()
            .WithColumn("operator").AsString(40).NotNullable()
            .WithColumn("sha256").AsBinary(32).NotNullable()
            .WithColumn("length").AsInt64().NotNullable()
            .WithColumn("title").AsString(200).NotNullable()
            .WithColumn("note").AsString(2000).NotNullable()
            .WithColumn("state").AsString(20).NotNullable()
            .WithColumn("seen_at").AsInstant().NotNullable()
            .WithColumn("decided_by").AsString(200).NotNullable()
            .WithColumn("reason").AsString(1000).NotNullable()
            .WithColumn("decided_at").AsInstant().Nullable()
            .WithColumn("taken_at").AsInstant().Nullable()
            .WithColumn("problem").AsText().NotNullable();
    }
}
