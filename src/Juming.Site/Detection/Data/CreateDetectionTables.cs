using FluentMigrator;
using Juming.Platform.Data;

namespace Juming.Site.Detection.Data;

/// <summary>Alerts, states and hits of rules, the watermark, lists and filters of the site.</summary>
[Migration(2026_11_23_16_01)]
public sealed class CreateDetectionTables : ModuleMigration
{
    /// <inheritdoc/>
    public override void Up()
    {
        CreateAlerts();
        Create.Table("detection_rules")
            .WithColumn("rule_id").AsString(200).PrimaryKey()
            .WithColumn("mode").AsString(20).NotNullable()
            .WithColumn("reason").AsText().NotNullable()
            .WithColumn("changed_by").AsString(200).NotNullable()
            .WithColumn("changed_at").AsInstant().NotNullable();
        Create.Table("detection_hits")
            .WithColumn("rule_id").AsString(200).PrimaryKey()
            .WithColumn("hour").AsInt64().PrimaryKey()
            .WithColumn("matches").AsInt64().NotNullable()
            .WithColumn("alerts").AsInt64().NotNullable()
            .WithColumn("last_at").AsInstant().NotNullable();
        Create.Index("ix_detection_hits_hour").OnTable("detection_hits").OnColumn("hour");
        Create.Table("detection_progress")
            .WithColumn("id").AsInt32().PrimaryKey()
            .WithColumn("sequence").AsInt64().NotNullable()
            .WithColumn("warm_from").AsInt64().NotNullable();
        Create.Table("detection_lists")
            .WithColumn("name").AsString(100).PrimaryKey()
            .WithColumn("values").AsText().NotNullable()
            .WithColumn("changed_by").AsString(200).NotNullable()
            .WithColumn("changed_at").AsInstant().NotNullable();
        Create.Table("detection_filters")
            .WithColumn("id").AsId().PrimaryKey()
            .WithColumn("title").AsString(200).NotNullable()
            .WithColumn("yaml").AsText().NotNullable()
            .WithColumn("reason").AsText().NotNullable()
            .WithColumn("owner").AsString(200).NotNullable()
            .WithColumn("created_at").AsInstant().NotNullable()
            .WithColumn("expires_at").AsInstant().NotNullable();
    }

    private void CreateAlerts()
    {
        Create.Table("detection_alerts")
            .WithColumn("id").AsId().PrimaryKey()
            .WithColumn("rule_id").AsString(200).NotNullable()
            .WithColumn("title").AsText().NotNullable()
            .WithColumn("code").AsString(200).Nullable()
            .WithColumn("severity").AsInt32().NotNullable()
            .WithColumn("first_at").AsInstant().NotNullable()
            .WithColumn("last_at").AsInstant().NotNullable()
            .WithColumn("detected_at").AsInstant().NotNullable()
            .WithColumn("count").AsInt64().NotNullable()
            .WithColumn("attacker").AsText().Nullable()
            .WithColumn("victim").AsText().Nullable()
            .WithColumn("host").AsText().Nullable()
            .WithColumn("account").AsText().Nullable()
            .WithColumn("result").AsInt32().NotNullable()
            .WithColumn("tactics").AsText().NotNullable()
            .WithColumn("techniques").AsText().NotNullable()
            .WithColumn("events").AsText().NotNullable()
            .WithColumn("matched").AsText().NotNullable()
            .WithColumn("source_id").AsInt32().NotNullable()
            .WithColumn("fold_key").AsId().NotNullable()
            .WithColumn("last_sequence").AsInt64().NotNullable()
            .WithColumn("verdict").AsString(40).Nullable()
            .WithColumn("verdict_reason").AsText().Nullable()
            .WithColumn("verdict_by").AsString(200).Nullable()
            .WithColumn("verdict_at").AsInstant().Nullable();
        Create.Index("ix_detection_alerts_last_at").OnTable("detection_alerts").OnColumn("last_at").Descending().OnColumn("id").Descending();
        Create.Index("ix_detection_alerts_rule").OnTable("detection_alerts").OnColumn("rule_id").Ascending().OnColumn("last_at").Descending();
        Create.Index("ix_detection_alerts_attacker").OnTable("detection_alerts").OnColumn("attacker");
        Create.Index("ix_detection_alerts_victim").OnTable("detection_alerts").OnColumn("victim");
        Create.Index("ix_detection_alerts_host").OnTable("detection_alerts").OnColumn("host");
        Create.Index("ix_detection_alerts_last_sequence").OnTable("detection_alerts").OnColumn("last_sequence");
    }
}
