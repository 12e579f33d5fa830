using FluentMigrator;
using Juming.Platform.Data;

namespace Juming.Site.Assets.Data;

/// <summary>Tags of assets, with who set them.</summary>
[Migration(2026_11_28_06_30)]
public sealed class AddTags : ModuleMigration
{
    /// <inheritdoc/>
    public override void Up()
    {
        Create.Table("assets_tags")
            .WithColumn("asset_id").AsId().PrimaryKey()
            .WithColumn("name").AsString(40).PrimaryKey()
            .WithColumn("by").AsString(200).NotNullable()
            .WithColumn("at").AsInstant().NotNullable()
            .WithColumn("cause").AsString(100).NotNullable()
            .WithColumn("gone").AsString(100).Nullable();
        Create.Index("ix_assets_tags_name").OnTable("assets_tags").OnColumn("name");
        Alter.Table("assets_assets").AddColumn("tagged").AsBoolean().NotNullable().WithDefaultValue(false);
    }
}
