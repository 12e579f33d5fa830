using FluentMigrator;
using Juming.Platform.Data;

namespace Juming.Site.Blocking.Data;

/// <summary>Wishes for ranges that need a second person.</summary>
[Migration(2026_11_28_08_00)]
public sealed class CreateWideTable : ModuleMigration
{
    /// <inheritdoc/>
    public override void Up()
    {
        Create.Table("blocking_wide")
            .WithColumn("id").AsId().PrimaryKey()
            .WithColumn("key").AsString(200).NotNullable().Unique("ux_blocking_wide_key")
            .WithColumn("target").AsString(100).NotNullable()
            .WithColumn("reason").AsString(500).NotNullable()
            .WithColumn("minutes").AsInt32().Nullable()
            .WithColumn("devices").AsText().NotNullable()
            .WithColumn("device_names").AsString(1200).NotNullable()
            .WithColumn("group").AsString(200).NotNullable()
            .WithColumn("incident").AsId().Nullable()
            .WithColumn("by").AsString(200).NotNullable()
            .WithColumn("by_id").AsString(200).NotNullable()
            .WithColumn("asked_at").AsInstant().NotNullable()
            .WithColumn("approval").AsId().Nullable()
            .WithColumn("state").AsString(20).NotNullable().Indexed("ix_blocking_wide_state")
            .WithColumn("decided_by").AsString(400).NotNullable()
            .WithColumn("ended_at").AsInstant().Nullable()
            .WithColumn("failure").AsString(100).Nullable()
            .WithColumn("entry").AsId().Nullable();
    }
}
