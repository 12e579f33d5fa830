using FluentMigrator;
using Juming.Platform.Data;

namespace Juming.Platform.Links.Egress;

/// <summary>Who released what left; days of ledgers that those below told; what the host above said of this one's days.</summary>
[Migration(2026_11_28_16_50), Tags(TagBehavior.RequireAny, "links")]
public sealed class AddHeldLedgers : ModuleMigration
{
    /// <inheritdoc/>
    public override void Up()
    {
        Alter.Table("links_ledger").AddColumn("approver").AsString(200).NotNullable().WithDefaultValue("");
        Create.Table("links_held_heads")
            .WithColumn("id").AsId().PrimaryKey()
            .WithColumn("peer").AsId().NotNullable()
            .WithColumn("day").AsInt32().NotNullable()
            .WithColumn("last").AsInt64().NotNullable()
            .WithColumn("day_entries").AsInt64().NotNullable()
            .WithColumn("day_bytes").AsInt64().NotNullable()
            .WithColumn("hash").AsBinary(32).NotNullable()
            .WithColumn("signature").AsBinary(64).NotNullable()
            .WithColumn("point_xy").AsBinary(64).NotNullable()
            .WithColumn("statement").AsBinary(64).NotNullable()
            .WithColumn("previous_day").AsInt32().Nullable()
            .WithColumn("previous_hash").AsBinary(32).NotNullable()
            .WithColumn("signed_at").AsInstant().Nullable()
            .WithColumn("received_at").AsInstant().NotNullable()
            .WithColumn("state").AsString(20).NotNullable();
        Create.Index("ix_links_held_heads_day").OnTable("links_held_heads").OnColumn("peer").Ascending().OnColumn("day").Ascending();
        Create.Table("links_receipts")
            .WithColumn("upper").AsId().PrimaryKey()
            .WithColumn("day").AsInt32().PrimaryKey()
            .WithColumn("entries").AsInt64().NotNullable()
            .WithColumn("hash").AsBinary(32).NotNullable()
            .WithColumn("state").AsString(20).NotNullable()
            .WithColumn("received_at").AsInstant().NotNullable()
            .WithColumn("at").AsInstant().NotNullable();
    }
}
