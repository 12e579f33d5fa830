using FluentMigrator;
using Juming.Platform.Data;

namespace Juming.Site.ThreatIntel.Data;

/// <summary>Threat intelligence at a site.</summary>
[Migration(2026_11_28_15_30)]
public sealed class CreateIntelTables : ModuleMigration
{
    /// <inheritdoc/>
    public override void Up()
    {
        Sets();
        Create.Table("intel_own")
            .WithColumn("id").AsId().PrimaryKey()
            .WithColumn("kind").AsString(20).NotNullable()
            .WithColumn("value").AsString(2048).NotNullable()
            .WithColumn("confidence").AsInt32().NotNullable()
            .WithColumn("severity").AsInt32().NotNullable()
            .WithColumn("threat").AsString(120).NotNullable()
            .WithColumn("labels").AsString(1300).NotNullable()
            .WithColumn("techniques").AsString(300).NotNullable()
            .WithColumn("tlp").AsString(20).NotNullable()
            .WithColumn("note").AsString(500).NotNullable()
            .WithColumn("valid_until").AsInstant().NotNullable()
            .WithColumn("by").AsString(200).NotNullable()
            .WithColumn("at").AsInstant().NotNullable()
            .WithColumn("ended_at").AsInstant().Nullable()
            .WithColumn("ended_by").AsString(200).NotNullable();
        Create.Index("ix_intel_own_ended").OnTable("intel_own").OnColumn("ended_at").Ascending().OnColumn("valid_until").Ascending();
        Create.Table("intel_mutes")
            .WithColumn("kind").AsString(20).PrimaryKey()
            .WithColumn("value").AsString(2048).PrimaryKey()
            .WithColumn("reason").AsString(500).NotNullable()
            .WithColumn("by").AsString(200).NotNullable()
            .WithColumn("at").AsInstant().NotNullable()
            .WithColumn("until").AsInstant().Nullable();
        Create.Table("intel_hits")
            .WithColumn("alert_id").AsId().PrimaryKey()
            .WithColumn("indicator_id").AsId().NotNullable()
            .WithColumn("is_own").AsBoolean().NotNullable()
            .WithColumn("kind").AsString(20).NotNullable()
            .WithColumn("value").AsString(2048).NotNullable()
            .WithColumn("threat").AsString(120).NotNullable()
            .WithColumn("severity").AsInt32().NotNullable()
            .WithColumn("party").AsString(256).NotNullable()
            .WithColumn("is_late").AsBoolean().NotNullable()
            .WithColumn("first_at").AsInstant().NotNullable()
            .WithColumn("last_at").AsInstant().NotNullable()
            .WithColumn("count").AsInt64().NotNullable()
            .WithColumn("mark").AsInt64().NotNullable();
        Create.Index("ix_intel_hits_indicator").OnTable("intel_hits").OnColumn("indicator_id");
        Create.Index("ix_intel_hits_last").OnTable("intel_hits").OnColumn("last_at");
        Create.Index("ix_intel_hits_mark").OnTable("intel_hits").OnColumn("mark");
        Work();
    }

    private void Sets()
    {
        Create.Table("intel_sets")
            .WithColumn("id").AsInt32().PrimaryKey()
            .WithColumn("version").AsInt64().NotNullable()
            .WithColumn("wants_set_after").AsInt64().Nullable()
            .WithColumn("replaced_at").AsInstant().Nullable()
            .WithColumn("changed_at").AsInstant().Nullable()
            .WithColumn("kinds").AsString(1000).NotNullable();
        Create.Table("intel_changes")
            .WithColumn("id").AsId().PrimaryKey()
            .WithColumn("version").AsInt64().NotNullable()
            .WithColumn("withdrawn").AsBoolean().NotNullable()
            .WithColumn("kind").AsString(20).NotNullable()
            .WithColumn("value").AsString(2048).NotNullable()
            .WithColumn("confidence").AsInt32().NotNullable()
            .WithColumn("severity").AsInt32().NotNullable()
            .WithColumn("facts").AsString(int.MaxValue).NotNullable();
        Create.Index("ix_intel_changes_version").OnTable("intel_changes").OnColumn("version");
    }

    private void Work()
    {
        Create.Table("intel_hunts")
            .WithColumn("id").AsId().PrimaryKey()
            .WithColumn("is_own").AsBoolean().NotNullable()
            .WithColumn("at").AsInstant().NotNullable()
            .WithColumn("from").AsInstant().NotNullable()
            .WithColumn("to").AsInstant().NotNullable()
            .WithColumn("reached").AsInstant().NotNullable()
            .WithColumn("indicators").AsString(int.MaxValue).NotNullable()
            .WithColumn("count").AsInt32().NotNullable()
            .WithColumn("left_out").AsInt64().NotNullable()
            .WithColumn("looked").AsInt64().NotNullable()
            .WithColumn("gone").AsInt64().NotNullable()
            .WithColumn("events").AsInt64().NotNullable()
            .WithColumn("alerts").AsInt32().NotNullable()
            .WithColumn("cut").AsInt32().NotNullable()
            .WithColumn("begun_at").AsInstant().Nullable()
            .WithColumn("done_at").AsInstant().Nullable();
        Create.Table("intel_bulletins")
            .WithColumn("id").AsId().PrimaryKey()
            .WithColumn("title").AsString(200).NotNullable()
            .WithColumn("sender").AsString(120).NotNullable()
            .WithColumn("number").AsString(60).NotNullable()
            .WithColumn("text").AsString(int.MaxValue).NotNullable()
            .WithColumn("severity").AsString(20).NotNullable()
            .WithColumn("state").AsString(20).NotNullable()
            .WithColumn("received_at").AsInstant().NotNullable()
            .WithColumn("due").AsInstant().Nullable()
            .WithColumn("actions").AsString(int.MaxValue).NotNullable()
            .WithColumn("answer").AsString(int.MaxValue).NotNullable()
            .WithColumn("changed_at").AsInstant().NotNullable()
            .WithColumn("by").AsString(200).NotNullable()
            .WithColumn("history").AsString(int.MaxValue).NotNullable()
            .WithColumn("revision").AsInt64().NotNullable();
    }
}
