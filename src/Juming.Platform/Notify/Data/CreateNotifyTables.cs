using FluentMigrator;
using Juming.Platform.Data;

namespace Juming.Platform.Notify.Data;

/// <summary>Tables of notices.</summary>
[Migration(2026_11_28_04_10)]
public sealed class CreateNotifyTables : ModuleMigration
{
    /// <inheritdoc/>
    public override void Up()
    {
        MakeNotices();
        MakeWays();
        Create.Table("notify_deliveries")
            .WithColumn("id").AsId().PrimaryKey()
            .WithColumn("key").AsString(120).NotNullable().Unique()
            .WithColumn("notice_id").AsId().NotNullable().Indexed()
            .WithColumn("channel_id").AsId().NotNullable()
            .WithColumn("person_id").AsId().Nullable()
            .WithColumn("step").AsInt32().NotNullable()
            .WithColumn("weight").AsInt32().NotNullable()
            .WithColumn("state").AsString(20).NotNullable()
            .WithColumn("attempts").AsInt32().NotNullable()
            .WithColumn("planned_at").AsInstant().NotNullable().Indexed()
            .WithColumn("due_at").AsInstant().NotNullable()
            .WithColumn("tried_at").AsInstant().Nullable()
            .WithColumn("sent_at").AsInstant().Nullable()
            .WithColumn("failure").AsText().Nullable()
            .WithColumn("detail").AsText().Nullable()
            .WithColumn("reference").AsText().Nullable();
        Create.Index("ix_notify_deliveries_state_due").OnTable("notify_deliveries").OnColumn("state").Ascending().OnColumn("due_at").Ascending();
        Create.Index("ix_notify_deliveries_channel_tried").OnTable("notify_deliveries").OnColumn("channel_id").Ascending().OnColumn("tried_at").Ascending();
    }

    private void MakeNotices()
    {
        Create.Table("notify_notices")
            .WithColumn("id").AsId().PrimaryKey()
            .WithColumn("code").AsString(100).NotNullable()
            .WithColumn("weight").AsInt32().NotNullable()
            .WithColumn("arguments").AsText().NotNullable()
            .WithColumn("private").AsText().NotNullable()
            .WithColumn("path").AsText().Nullable()
            .WithColumn("same_as").AsString(200).Nullable().Indexed()
            .WithColumn("people").AsText().NotNullable()
            .WithColumn("posted_at").AsInstant().NotNullable().Indexed()
            .WithColumn("routed_at").AsInstant().Nullable().Indexed()
            .WithColumn("acknowledged_at").AsInstant().Nullable()
            .WithColumn("acknowledged_by").AsText().Nullable();
        Create.Table("notify_inbox")
            .WithColumn("id").AsId().PrimaryKey()
            .WithColumn("notice_id").AsId().NotNullable()
            .WithColumn("person_id").AsId().NotNullable()
            .WithColumn("at").AsInstant().NotNullable()
            .WithColumn("read_at").AsInstant().Nullable();
        Create.Index("ix_notify_inbox_notice_person").OnTable("notify_inbox").OnColumn("notice_id").Ascending().OnColumn("person_id").Ascending().WithOptions().Unique();
        Create.Index("ix_notify_inbox_person_read").OnTable("notify_inbox").OnColumn("person_id").Ascending().OnColumn("read_at").Ascending();
        Create.Table("notify_paths")
            .WithColumn("id").AsId().PrimaryKey()
            .WithColumn("notice_id").AsId().NotNullable().Indexed()
            .WithColumn("person_id").AsId().NotNullable()
            .WithColumn("secret_id").AsId().NotNullable()
            .WithColumn("at").AsInstant().NotNullable();
    }

    private void MakeWays()
    {
        Create.Table("notify_channels")
            .WithColumn("id").AsId().PrimaryKey()
            .WithColumn("name").AsString(60).NotNullable().Unique()
            .WithColumn("kind").AsString(40).NotNullable()
            .WithColumn("enabled").AsBoolean().NotNullable()
            .WithColumn("settings").AsText().NotNullable()
            .WithColumn("secrets").AsText().NotNullable()
            .WithColumn("reveal").AsText().NotNullable()
            .WithColumn("language").AsString(10).NotNullable()
            .WithColumn("stopped_because").AsText().Nullable()
            .WithColumn("changed_at").AsInstant().NotNullable()
            .WithColumn("stamp").AsId().NotNullable();
        Create.Table("notify_rules")
            .WithColumn("id").AsId().PrimaryKey()
            .WithColumn("name").AsString(60).NotNullable().Unique()
            .WithColumn("enabled").AsBoolean().NotNullable()
            .WithColumn("codes").AsText().NotNullable()
            .WithColumn("least_weight").AsInt32().NotNullable()
            .WithColumn("body").AsText().NotNullable()
            .WithColumn("changed_at").AsInstant().NotNullable()
            .WithColumn("stamp").AsId().NotNullable();
        Create.Table("notify_contacts")
            .WithColumn("person_id").AsId().PrimaryKey()
            .WithColumn("email").AsText().NotNullable()
            .WithColumn("we_com").AsText().NotNullable()
            .WithColumn("language").AsString(10).NotNullable();
    }
}
