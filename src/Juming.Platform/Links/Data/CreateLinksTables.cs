using FluentMigrator;
using Juming.Platform.Data;

namespace Juming.Platform.Links.Data;

/// <summary>What two neighbouring tiers keep about each other.</summary>
[Migration(2026_11_28_14_00), Tags(TagBehavior.RequireAny, "links")]
public sealed class CreateLinksTables : ModuleMigration
{
    /// <inheritdoc/>
    public override void Up()
    {
        Create.Table("links_peers")
            .WithColumn("id").AsId().PrimaryKey()
            .WithColumn("side").AsString(20).NotNullable()
            .WithColumn("created_at").AsInstant().NotNullable()
            .WithColumn("fence").AsInt64().NotNullable()
            .WithColumn("last_seen_at").AsInstant().Nullable()
            .WithColumn("revoked_at").AsInstant().Nullable()
            .WithColumn("token_hash").AsBinary(32).Nullable()
            .WithColumn("token_until").AsInstant().Nullable()
            .WithColumn("enrolled_at").AsInstant().Nullable()
            .WithColumn("key_hash").AsBinary(32).Nullable()
            .WithColumn("certificate").AsBinary(int.MaxValue).Nullable()
            .WithColumn("serial").AsString(80).NotNullable()
            .WithColumn("prior_serial").AsString(80).NotNullable()
            .WithColumn("boot_id").AsString(20).NotNullable()
            .WithColumn("prior_boot_ids").AsString(400).NotNullable()
            .WithColumn("flips").AsInt32().NotNullable()
            .WithColumn("flips_since").AsInstant().Nullable()
            .WithColumn("quarantined_at").AsInstant().Nullable()
            .WithColumn("build").AsString(60).NotNullable()
            .WithColumn("skew_ms").AsInt64().NotNullable()
            .WithColumn("lease_until").AsInstant().Nullable();
        Create.Table("links_authorities")
            .WithColumn("id").AsId().PrimaryKey()
            .WithColumn("certificate").AsBinary(int.MaxValue).NotNullable()
            .WithColumn("key").AsId().NotNullable()
            .WithColumn("created_at").AsInstant().NotNullable();
        Create.Table("links_memberships")
            .WithColumn("upper").AsId().PrimaryKey()
            .WithColumn("self").AsId().NotNullable()
            .WithColumn("url").AsString(300).NotNullable()
            .WithColumn("authority").AsBinary(int.MaxValue).NotNullable()
            .WithColumn("certificate").AsBinary(int.MaxValue).NotNullable()
            .WithColumn("key").AsId().NotNullable()
            .WithColumn("joined_at").AsInstant().NotNullable();
        Create.Table("links_log")
            .WithColumn("peer").AsId().PrimaryKey()
            .WithColumn("topic").AsInt32().PrimaryKey()
            .WithColumn("seq").AsInt64().PrimaryKey()
            .WithColumn("type").AsInt32().NotNullable()
            .WithColumn("key").AsString(200).NotNullable()
            .WithColumn("at").AsInt64().NotNullable()
            .WithColumn("payload").AsBinary(int.MaxValue).NotNullable()
            .WithColumn("digest").AsBinary(32).NotNullable()
            .WithColumn("hash").AsBinary(32).NotNullable();
        Create.Table("links_log_ends")
            .WithColumn("peer").AsId().PrimaryKey()
            .WithColumn("topic").AsInt32().PrimaryKey()
            .WithColumn("first").AsInt64().NotNullable()
            .WithColumn("last").AsInt64().NotNullable()
            .WithColumn("acked").AsInt64().NotNullable()
            .WithColumn("hash_before").AsBinary(32).NotNullable()
            .WithColumn("hash").AsBinary(32).NotNullable();
        CreateReceiving();
        CreateValues("links_values").WithColumn("at").AsInt64().NotNullable();
        CreateValues("links_arrived_values").WithColumn("at").AsInt64().NotNullable().WithColumn("received_at").AsInstant().NotNullable();
        Create.Index("ix_links_values_version").OnTable("links_values").OnColumn("peer").Ascending().OnColumn("topic").Ascending().OnColumn("version").Ascending();
    }

    private void CreateReceiving()
    {
        Create.Table("links_inboxes")
            .WithColumn("peer").AsId().PrimaryKey()
            .WithColumn("topic").AsInt32().PrimaryKey()
            .WithColumn("last").AsInt64().NotNullable()
            .WithColumn("hash").AsBinary(32).NotNullable()
            .WithColumn("marks_from").AsInt64().NotNullable();
        Create.Table("links_marks")
            .WithColumn("peer").AsId().PrimaryKey()
            .WithColumn("topic").AsInt32().PrimaryKey()
            .WithColumn("seq").AsInt64().PrimaryKey()
            .WithColumn("hash").AsBinary(32).PrimaryKey()
            .WithColumn("ended").AsBoolean().NotNullable();
        Create.Table("links_missing")
            .WithColumn("id").AsId().PrimaryKey()
            .WithColumn("peer").AsId().NotNullable()
            .WithColumn("topic").AsInt32().NotNullable()
            .WithColumn("first").AsInt64().NotNullable()
            .WithColumn("last").AsInt64().NotNullable()
            .WithColumn("reason").AsString(40).NotNullable()
            .WithColumn("at").AsInstant().NotNullable();
    }

    private FluentMigrator.Builders.Create.Table.ICreateTableColumnOptionOrWithColumnSyntax CreateValues(string name) =>
        Create.Table(name)
            .WithColumn("peer").AsId().PrimaryKey()
            .WithColumn("topic").AsInt32().PrimaryKey()
            .WithColumn("key").AsString(200).PrimaryKey()
            .WithColumn("version").AsInt64().NotNullable()
            .WithColumn("type").AsInt32().NotNullable()
            .WithColumn("payload").AsBinary(int.MaxValue).NotNullable();
}
