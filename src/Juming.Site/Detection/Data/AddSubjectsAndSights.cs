using FluentMigrator;
using Juming.Platform.Data;

namespace Juming.Site.Detection.Data;

/// <summary>What alerts are about and where their parties stand, times that were estimated, storms, announcements owed; and when log sources were last seen.</summary>
[Migration(2026_11_27_19_30)]
public sealed class AddSubjectsAndSights : ModuleMigration
{
    /// <inheritdoc/>
    public override void Up()
    {
        Alter.Table("detection_alerts")
            .AddColumn("subject").AsString(int.MaxValue).Nullable()
            .AddColumn("party_fields").AsString(int.MaxValue).Nullable()
            .AddColumn("time_estimated").AsBoolean().NotNullable().WithDefaultValue(false)
            .AddColumn("rolling").AsInt32().NotNullable().WithDefaultValue(0)
            .AddColumn("announced").AsInt64().Nullable();
        Create.Index("ix_detection_alerts_detected_at").OnTable("detection_alerts").OnColumn("detected_at");
        Create.Table("detection_sights")
            .WithColumn("logsource").AsString(300).PrimaryKey()
            .WithColumn("last_at").AsInstant().NotNullable();
    }
}
