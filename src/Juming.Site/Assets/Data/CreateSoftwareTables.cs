using FluentMigrator;
using Juming.Platform.Data;

namespace Juming.Site.Assets.Data;

/// <summary>Software on assets, and the vulnerabilities that concern it.</summary>
[Migration(2026_11_28_16_22)]
public sealed class CreateSoftwareTables : ModuleMigration
{
    /// <inheritdoc/>
    public override void Up()
    {
        Create.Table("assets_software")
            .WithColumn("id").AsId().PrimaryKey()
            .WithColumn("key").AsString(1000).NotNullable()
            .WithColumn("vendor").AsString(120).NotNullable()
            .WithColumn("product").AsString(200).NotNullable()
            .WithColumn("version").AsString(100).NotNullable()
            .WithColumn("cpe").AsString(500).NotNullable()
            .WithColumn("first_seen").AsInstant().NotNullable()
            .WithColumn("matched").AsBoolean().NotNullable();
        Create.Index("ux_assets_software_key").OnTable("assets_software").OnColumn("key").Ascending().WithOptions().Unique();
        Create.Table("assets_installs")
            .WithColumn("asset_id").AsId().PrimaryKey()
            .WithColumn("software_id").AsId().PrimaryKey()
            .WithColumn("place").AsString(40).PrimaryKey()
            .WithColumn("source").AsString(20).NotNullable()
            .WithColumn("first_seen").AsInstant().NotNullable()
            .WithColumn("last_seen").AsInstant().NotNullable()
            .WithColumn("gone_at").AsInstant().Nullable()
            .WithColumn("by").AsString(200).NotNullable();
        Create.Index("ix_assets_installs_software").OnTable("assets_installs").OnColumn("software_id");
        Create.Table("assets_software_imports")
            .WithColumn("id").AsId().PrimaryKey()
            .WithColumn("at").AsInstant().NotNullable()
            .WithColumn("by").AsString(200).NotNullable()
            .WithColumn("added").AsInt32().NotNullable()
            .WithColumn("changed").AsInt32().NotNullable()
            .WithColumn("before").AsText().NotNullable()
            .WithColumn("undone_at").AsInstant().Nullable();
        Impact();
    }

    private void Impact()
    {
        Create.Table("assets_known_parts")
            .WithColumn("name").AsString(100).PrimaryKey()
            .WithColumn("sha256").AsString(64).NotNullable()
            .WithColumn("length").AsInt64().NotNullable();
        Create.Table("assets_vulnerabilities")
            .WithColumn("cve").AsString(20).PrimaryKey()
            .WithColumn("bucket").AsInt32().NotNullable()
            .WithColumn("summary").AsText().NotNullable()
            .WithColumn("score").AsInt32().NotNullable()
            .WithColumn("published_at").AsInstant().Nullable()
            .WithColumn("exploited_at").AsInstant().Nullable()
            .WithColumn("due_at").AsInstant().Nullable()
            .WithColumn("ransomware").AsBoolean().NotNullable()
            .WithColumn("chance").AsInt32().Nullable()
            .WithColumn("since").AsInstant().NotNullable()
            .WithColumn("open").AsInt32().NotNullable()
            .WithColumn("likely").AsInt32().NotNullable()
            .WithColumn("settled").AsInt32().NotNullable()
            .WithColumn("mended").AsInt32().NotNullable()
            .WithColumn("muted").AsBoolean().NotNullable();
        Create.Index("ix_assets_vulnerabilities_bucket").OnTable("assets_vulnerabilities").OnColumn("bucket");
        Create.Table("assets_findings")
            .WithColumn("software_id").AsId().PrimaryKey()
            .WithColumn("cve").AsString(20).PrimaryKey()
            .WithColumn("likely").AsBoolean().NotNullable()
            .WithColumn("why").AsText().NotNullable()
            .WithColumn("since").AsInstant().NotNullable();
        Create.Index("ix_assets_findings_cve").OnTable("assets_findings").OnColumn("cve");
        Create.Table("assets_decisions")
            .WithColumn("cve").AsString(20).PrimaryKey()
            .WithColumn("asset_id").AsId().PrimaryKey()
            .WithColumn("kind").AsString(20).NotNullable()
            .WithColumn("reason").AsString(500).NotNullable()
            .WithColumn("by").AsString(200).NotNullable()
            .WithColumn("at").AsInstant().NotNullable();
        Create.Table("assets_exposures")
            .WithColumn("asset_id").AsId().PrimaryKey()
            .WithColumn("open").AsInt32().NotNullable()
            .WithColumn("critical").AsInt32().NotNullable()
            .WithColumn("high").AsInt32().NotNullable()
            .WithColumn("exploited").AsInt32().NotNullable()
            .WithColumn("score").AsInt32().NotNullable();
    }
}
