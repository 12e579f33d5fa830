using FluentMigrator;
using Juming.Platform.Data;

namespace Juming.Site.Incidents.Data;

/// <summary>Incidents, their alerts, parties, time lines, evidence and moves.</summary>
[Migration(2026_11_23_17_01)]
public sealed class CreateIncidentsTables : ModuleMigration
{
    /// <inheritdoc/>
    public override void Up()
    {
        CreateIncidents();
        CreateMembers();
        Create.Table("incidents_parties")
            .WithColumn("incident_id").AsId().PrimaryKey()
            .WithColumn("kind").AsString(20).PrimaryKey()
            .WithColumn("value").AsString(400).PrimaryKey()
            .WithColumn("first_at").AsInstant().NotNullable();
        Create.Index("ix_incidents_parties_value").OnTable("incidents_parties").OnColumn("value");
        Create.Table("incidents_entries")
            .WithColumn("id").AsId().PrimaryKey()
            .WithColumn("incident_id").AsId().NotNullable()
            .WithColumn("at").AsInstant().NotNullable()
            .WithColumn("code").AsString(40).NotNullable()
            .WithColumn("arguments").AsText().NotNullable()
            .WithColumn("by").AsString(200).NotNullable()
            .WithColumn("text").AsText().NotNullable();
        Create.Index("ix_incidents_entries_incident").OnTable("incidents_entries").OnColumn("incident_id").Ascending().OnColumn("at");
        Create.Table("incidents_evidence")
            .WithColumn("id").AsId().PrimaryKey()
            .WithColumn("incident_id").AsId().NotNullable()
            .WithColumn("kind").AsString(20).NotNullable()
            .WithColumn("event_id").AsId().Nullable()
            .WithColumn("name").AsString(400).NotNullable()
            .WithColumn("note").AsText().NotNullable()
            .WithColumn("content").AsBinary(int.MaxValue).Nullable()
            .WithColumn("hash").AsString(64).NotNullable()
            .WithColumn("by").AsString(200).NotNullable()
            .WithColumn("at").AsInstant().NotNullable();
        Create.Index("ix_incidents_evidence_incident").OnTable("incidents_evidence").OnColumn("incident_id");
        Create.Table("incidents_moves")
            .WithColumn("id").AsId().PrimaryKey()
            .WithColumn("kind").AsString(20).NotNullable()
            .WithColumn("from_id").AsId().NotNullable()
            .WithColumn("to_id").AsId().NotNullable()
            .WithColumn("alerts").AsText().NotNullable()
            .WithColumn("state_before").AsString(20).Nullable()
            .WithColumn("by").AsString(200).NotNullable()
            .WithColumn("at").AsInstant().NotNullable()
            .WithColumn("undone_at").AsInstant().Nullable();
        Create.Index("ix_incidents_moves_from").OnTable("incidents_moves").OnColumn("from_id");
        Create.Index("ix_incidents_moves_to").OnTable("incidents_moves").OnColumn("to_id");
    }

    private void CreateIncidents()
    {
        Create.Table("incidents_incidents")
            .WithColumn("id").AsId().PrimaryKey()
            .WithColumn("year").AsInt32().NotNullable()
            .WithColumn("number").AsInt32().NotNullable()
            .WithColumn("state").AsString(20).NotNullable()
            .WithColumn("severity").AsInt32().NotNullable()
            .WithColumn("severity_set").AsBoolean().NotNullable()
            .WithColumn("priority").AsInt32().NotNullable()
            .WithColumn("importance").AsInt32().NotNullable()
            .WithColumn("result").AsInt32().NotNullable()
            .WithColumn("title_code").AsString(40).NotNullable()
            .WithColumn("title_arguments").AsText().NotNullable()
            .WithColumn("own_title").AsString(400).Nullable()
            .WithColumn("attack").AsText().NotNullable()
            .WithColumn("attack_rank").AsInt32().NotNullable()
            .WithColumn("attacker").AsString(400).Nullable()
            .WithColumn("target").AsString(400).Nullable()
            .WithColumn("tactics").AsText().NotNullable()
            .WithColumn("alerts").AsInt32().NotNullable()
            .WithColumn("kept").AsInt32().NotNullable()
            .WithColumn("storm").AsBoolean().NotNullable()
            .WithColumn("assignee").AsString(200).NotNullable()
            .WithColumn("verdict").AsString(40).Nullable()
            .WithColumn("verdict_reason").AsText().NotNullable()
            .WithColumn("occurred_at").AsInstant().NotNullable()
            .WithColumn("detected_at").AsInstant().NotNullable()
            .WithColumn("acknowledged_at").AsInstant().Nullable()
            .WithColumn("judged_at").AsInstant().Nullable()
            .WithColumn("contained_at").AsInstant().Nullable()
            .WithColumn("resolved_at").AsInstant().Nullable()
            .WithColumn("closed_at").AsInstant().Nullable()
            .WithColumn("last_at").AsInstant().NotNullable()
            .WithColumn("updated_at").AsInstant().NotNullable()
            .WithColumn("changed_by").AsString(200).NotNullable()
            .WithColumn("merged_into").AsId().Nullable()
            .WithColumn("version").AsInt64().NotNullable();
        Create.Index("ix_incidents_incidents_number").OnTable("incidents_incidents").OnColumn("year").Ascending().OnColumn("number").Ascending().WithOptions().Unique();
        Create.Index("ix_incidents_incidents_state").OnTable("incidents_incidents").OnColumn("state").Ascending().OnColumn("priority");
        Create.Index("ix_incidents_incidents_detected").OnTable("incidents_incidents").OnColumn("detected_at");
        Create.Index("ix_incidents_incidents_updated").OnTable("incidents_incidents").OnColumn("updated_at");
    }

    private void CreateMembers()
    {
        Create.Table("incidents_members")
            .WithColumn("alert_id").AsId().PrimaryKey()
            .WithColumn("incident_id").AsId().Nullable()
            .WithColumn("standing").AsString(20).NotNullable()
            .WithColumn("reason").AsString(40).NotNullable()
            .WithColumn("reason_arguments").AsText().NotNullable()
            .WithColumn("rule_id").AsString(200).NotNullable()
            .WithColumn("title").AsText().NotNullable()
            .WithColumn("severity").AsInt32().NotNullable()
            .WithColumn("first_at").AsInstant().NotNullable()
            .WithColumn("last_at").AsInstant().NotNullable()
            .WithColumn("detected_at").AsInstant().NotNullable()
            .WithColumn("attacker").AsText().Nullable()
            .WithColumn("victim").AsText().Nullable()
            .WithColumn("host").AsText().Nullable()
            .WithColumn("account").AsText().Nullable()
            .WithColumn("result").AsInt32().NotNullable()
            .WithColumn("tactics").AsText().NotNullable()
            .WithColumn("techniques").AsText().NotNullable();
        Create.Index("ix_incidents_members_incident").OnTable("incidents_members").OnColumn("incident_id").Ascending().OnColumn("first_at");
        Create.Index("ix_incidents_members_standing").OnTable("incidents_members").OnColumn("standing").Ascending().OnColumn("first_at");
    }
}
