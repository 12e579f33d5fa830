using FluentMigrator;
using Juming.Platform.Data;

namespace Juming.Site.Response.Data;

/// <summary>Playbooks, their versions, runs and the runs' steps.</summary>
[Migration(2026_11_28_03_00)]
public sealed class CreateResponseTables : ModuleMigration
{
    /// <inheritdoc/>
    public override void Up()
    {
        Create.Table("response_playbooks")
            .WithColumn("id").AsId().PrimaryKey()
            .WithColumn("cacao_id").AsString(100).NotNullable()
            .WithColumn("name").AsString(200).NotNullable()
            .WithColumn("draft").AsText().NotNullable()
            .WithColumn("draft_by").AsString(200).NotNullable()
            .WithColumn("draft_at").AsInstant().NotNullable()
            .WithColumn("revision").AsInt64().NotNullable()
            .WithColumn("published").AsInt32().NotNullable()
            .WithColumn("on").AsBoolean().NotNullable()
            .WithColumn("on_by").AsString(200).NotNullable()
            .WithColumn("on_at").AsInstant().Nullable()
            .WithColumn("looked_at").AsInt32().NotNullable()
            .WithColumn("looked_by").AsString(200).NotNullable()
            .WithColumn("ready").AsString(100).NotNullable()
            .WithColumn("scheduled_at").AsInstant().Nullable()
            .WithColumn("created_at").AsInstant().NotNullable();
        Create.Index("ix_response_playbooks_cacao").OnTable("response_playbooks").OnColumn("cacao_id").Ascending().WithOptions().Unique();
        Create.Table("response_versions")
            .WithColumn("id").AsId().PrimaryKey()
            .WithColumn("playbook_id").AsId().NotNullable()
            .WithColumn("number").AsInt32().NotNullable()
            .WithColumn("document").AsText().NotNullable()
            .WithColumn("note").AsText().NotNullable()
            .WithColumn("by").AsString(200).NotNullable()
            .WithColumn("at").AsInstant().NotNullable();
        Create.Index("ix_response_versions_playbook").OnTable("response_versions").OnColumn("playbook_id").Ascending().OnColumn("number").Ascending().WithOptions().Unique();
        CreateRuns();
        CreateSteps();
    }

    private void CreateRuns()
    {
        Create.Table("response_runs")
            .WithColumn("id").AsId().PrimaryKey()
            .WithColumn("year").AsInt32().NotNullable()
            .WithColumn("number").AsInt32().NotNullable()
            .WithColumn("playbook_id").AsId().NotNullable()
            .WithColumn("version").AsInt32().NotNullable()
            .WithColumn("cause").AsString(40).NotNullable()
            .WithColumn("cause_key").AsString(200).NotNullable()
            .WithColumn("incident_id").AsId().Nullable()
            .WithColumn("incident_number").AsString(40).NotNullable()
            .WithColumn("started_by").AsString(200).NotNullable()
            .WithColumn("started_by_id").AsString(100).NotNullable()
            .WithColumn("automatic").AsBoolean().NotNullable()
            .WithColumn("asks").AsBoolean().NotNullable()
            .WithColumn("state").AsString(20).NotNullable()
            .WithColumn("variables").AsText().NotNullable()
            .WithColumn("failure").AsString(100).NotNullable()
            .WithColumn("stopped_by").AsString(200).NotNullable()
            .WithColumn("parent_run").AsId().Nullable()
            .WithColumn("depth").AsInt32().NotNullable()
            .WithColumn("steps").AsInt32().NotNullable()
            .WithColumn("created_at").AsInstant().NotNullable()
            .WithColumn("ended_at").AsInstant().Nullable()
            .WithColumn("due_at").AsInstant().Nullable();
        Create.Index("ix_response_runs_cause").OnTable("response_runs").OnColumn("cause_key").Ascending().WithOptions().Unique();
        Create.Index("ix_response_runs_number").OnTable("response_runs").OnColumn("year").Ascending().OnColumn("number").Ascending().WithOptions().Unique();
        Create.Index("ix_response_runs_due").OnTable("response_runs").OnColumn("due_at");
        Create.Index("ix_response_runs_playbook").OnTable("response_runs").OnColumn("playbook_id").Ascending().OnColumn("created_at");
        Create.Index("ix_response_runs_incident").OnTable("response_runs").OnColumn("incident_id");
        Create.Index("ix_response_runs_created").OnTable("response_runs").OnColumn("created_at");
    }

    private void CreateSteps()
    {
        Create.Table("response_steps")
            .WithColumn("id").AsId().PrimaryKey()
            .WithColumn("run_id").AsId().NotNullable()
            .WithColumn("step_id").AsString(100).NotNullable()
            .WithColumn("number").AsInt32().NotNullable()
            .WithColumn("parent_id").AsId().Nullable()
            .WithColumn("state").AsString(20).NotNullable()
            .WithColumn("action").AsString(100).NotNullable()
            .WithColumn("attempt").AsInt32().NotNullable()
            .WithColumn("tries").AsInt32().NotNullable()
            .WithColumn("looks").AsInt32().NotNullable()
            .WithColumn("input").AsText().NotNullable()
            .WithColumn("output").AsText().NotNullable()
            .WithColumn("evidence").AsText().NotNullable()
            .WithColumn("reference").AsString(200).NotNullable()
            .WithColumn("code").AsString(100).NotNullable()
            .WithColumn("rounds").AsInt32().NotNullable()
            .WithColumn("ends").AsBoolean().NotNullable()
            .WithColumn("due_at").AsInstant().Nullable()
            .WithColumn("deadline_at").AsInstant().Nullable()
            .WithColumn("started_at").AsInstant().NotNullable()
            .WithColumn("ended_at").AsInstant().Nullable();
        Create.Index("ix_response_steps_run").OnTable("response_steps").OnColumn("run_id").Ascending().OnColumn("number").Ascending().WithOptions().Unique();
    }
}
