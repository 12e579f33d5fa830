using FluentMigrator;
using Juming.Platform.Data;

namespace Juming.Platform.Links.Egress;

/// <summary>The ledger of what left, what was refused, and what the customer lets out.</summary>
[Migration(2026_11_28_15_10), Tags(TagBehavior.RequireAny, "links")]
public sealed class CreateEgressTables : ModuleMigration
{
    /// <inheritdoc/>
    public override void Up()
    {
        Create.Table("links_ledger")
            .WithColumn("seq").AsInt64().PrimaryKey()
            .WithColumn("at").AsInstant().NotNullable()
            .WithColumn("kind").AsString(20).NotNullable()
            .WithColumn("destination").AsString(300).NotNullable()
            .WithColumn("place").AsString(20).NotNullable()
            .WithColumn("sender").AsString(40).NotNullable()
            .WithColumn("type").AsInt32().NotNullable()
            .WithColumn("about").AsText().NotNullable()
            .WithColumn("level").AsInt32().NotNullable()
            .WithColumn("bytes").AsInt64().NotNullable()
            .WithColumn("labels").AsInt32().NotNullable()
            .WithColumn("sha256").AsBinary(32).NotNullable()
            .WithColumn("masked").AsBoolean().NotNullable()
            .WithColumn("kept_sha256").AsBinary(32).Nullable()
            .WithColumn("offer").AsId().Nullable()
            .WithColumn("hash").AsBinary(32).NotNullable();
        Create.Index("ix_links_ledger_at").OnTable("links_ledger").OnColumn("at");
        Create.Index("ux_links_ledger_offer").OnTable("links_ledger").OnColumn("offer").Unique();
        Create.Table("links_ledger_contents")
            .WithColumn("seq").AsInt64().PrimaryKey()
            .WithColumn("at").AsInstant().NotNullable()
            .WithColumn("content").AsBinary(int.MaxValue).NotNullable();
        Create.Index("ix_links_ledger_contents_at").OnTable("links_ledger_contents").OnColumn("at");
        Create.Table("links_ledger_ends")
            .WithColumn("id").AsInt32().PrimaryKey()
            .WithColumn("last").AsInt64().NotNullable()
            .WithColumn("hash").AsBinary(32).NotNullable();
        Create.Table("links_ledger_heads")
            .WithColumn("day").AsInt32().PrimaryKey()
            .WithColumn("last").AsInt64().NotNullable()
            .WithColumn("hash").AsBinary(32).NotNullable()
            .WithColumn("key_id").AsId().NotNullable()
            .WithColumn("signature").AsBinary(64).NotNullable()
            .WithColumn("signed_at").AsInstant().NotNullable();
        Create.Table("links_ledger_keys")
            .WithColumn("id").AsId().PrimaryKey()
            .WithColumn("public_key").AsBinary(200).NotNullable()
            .WithColumn("secret").AsId().NotNullable()
            .WithColumn("made_at").AsInstant().NotNullable();
        Create.Table("links_refusals")
            .WithColumn("id").AsId().PrimaryKey()
            .WithColumn("hour").AsInt64().NotNullable()
            .WithColumn("message").AsString(80).NotNullable()
            .WithColumn("reason").AsString(40).NotNullable()
            .WithColumn("field").AsString(200).NotNullable()
            .WithColumn("count").AsInt64().NotNullable()
            .WithColumn("first_at").AsInstant().NotNullable()
            .WithColumn("last_at").AsInstant().NotNullable()
            .WithColumn("level").AsInt32().NotNullable();
        Create.Index("ux_links_refusals_hour").OnTable("links_refusals").OnColumn("hour").Ascending().OnColumn("message").Ascending().OnColumn("reason").Ascending().OnColumn("field").Ascending().WithOptions().Unique();
        Create.Table("links_egress_policies")
            .WithColumn("id").AsInt32().PrimaryKey()
            .WithColumn("level").AsInt32().NotNullable()
            .WithColumn("changed_at").AsInstant().NotNullable()
            .WithColumn("changed_by").AsString(64).NotNullable();
    }
}
