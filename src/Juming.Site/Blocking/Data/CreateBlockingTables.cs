using FluentMigrator;
using Juming.Platform.Data;

namespace Juming.Site.Blocking.Data;

/// <summary>Blocked targets, their wishes and devices, what is protected, and the brake of automation.</summary>
[Migration(2026_11_28_02_00)]
public sealed class CreateBlockingTables : ModuleMigration
{
    /// <inheritdoc/>
    public override void Up()
    {
        Create.Table("blocking_entries")
            .WithColumn("id").AsId().PrimaryKey()
            .WithColumn("key").AsString(200).NotNullable()
            .WithColumn("target").AsString(100).NotNullable().Indexed("ix_blocking_entries_target")
            .WithColumn("reason").AsString(500).NotNullable()
            .WithColumn("incident").AsId().Nullable()
            .WithColumn("run").AsId().Nullable()
            .WithColumn("by").AsString(200).NotNullable()
            .WithColumn("automatic").AsBoolean().NotNullable()
            .WithColumn("two_agreed").AsBoolean().NotNullable()
            .WithColumn("offence").AsInt32().NotNullable()
            .WithColumn("since").AsInstant().NotNullable()
            .WithColumn("until").AsInstant().NotNullable()
            .WithColumn("state").AsString(20).NotNullable()
            .WithColumn("ended").AsBoolean().NotNullable()
            .WithColumn("lifted_at").AsInstant().Nullable()
            .WithColumn("lifted_by").AsString(200).NotNullable()
            .WithColumn("lift_reason").AsString(500).NotNullable()
            .WithColumn("updated_at").AsInstant().NotNullable()
            .WithColumn("version").AsInt64().NotNullable();
        Create.Index("ix_blocking_entries_ended").OnTable("blocking_entries").OnColumn("ended").Ascending().OnColumn("until").Ascending();
        Create.Table("blocking_wishes")
            .WithColumn("key").AsString(200).PrimaryKey()
            .WithColumn("entry_id").AsId().NotNullable()
            .WithColumn("by").AsString(200).NotNullable()
            .WithColumn("automatic").AsBoolean().NotNullable()
            .WithColumn("at").AsInstant().NotNullable().Indexed("ix_blocking_wishes_at");
        Create.Table("blocking_on_devices")
            .WithColumn("entry_id").AsId().PrimaryKey()
            .WithColumn("device_id").AsId().PrimaryKey()
            .WithColumn("device").AsString(300).NotNullable()
            .WithColumn("state").AsString(20).NotNullable()
            .WithColumn("begun").AsBoolean().NotNullable()
            .WithColumn("effect").AsInt32().NotNullable()
            .WithColumn("tries").AsInt32().NotNullable()
            .WithColumn("put_back").AsInt32().NotNullable()
            .WithColumn("next_at").AsInstant().NotNullable()
            .WithColumn("failure").AsString(100).Nullable()
            .WithColumn("run").AsId().Nullable()
            .WithColumn("reference").AsString(300).Nullable()
            .WithColumn("at").AsInstant().Nullable()
            .WithColumn("version").AsInt64().NotNullable();
        Create.Index("ix_blocking_on_devices_due").OnTable("blocking_on_devices").OnColumn("state").Ascending().OnColumn("next_at").Ascending();
        Create.Table("blocking_protected")
            .WithColumn("id").AsId().PrimaryKey()
            .WithColumn("kind").AsString(30).NotNullable()
            .WithColumn("range").AsString(100).NotNullable().Unique("ux_blocking_protected_range")
            .WithColumn("note").AsString(500).NotNullable()
            .WithColumn("by").AsString(200).NotNullable()
            .WithColumn("at").AsInstant().NotNullable()
            .WithColumn("until").AsInstant().Nullable()
            .WithColumn("version").AsInt64().NotNullable();
        Create.Table("blocking_brakes")
            .WithColumn("id").AsInt32().PrimaryKey()
            .WithColumn("paused").AsBoolean().NotNullable()
            .WithColumn("cause").AsString(20).NotNullable()
            .WithColumn("by").AsString(200).NotNullable()
            .WithColumn("at").AsInstant().NotNullable();
    }
}
