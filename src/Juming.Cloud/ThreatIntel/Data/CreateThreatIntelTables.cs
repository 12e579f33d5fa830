using FluentMigrator;
using Juming.Platform.Data;

namespace Juming.Cloud.ThreatIntel.Data;

/// <summary>Sources, their runs, indicators, what each source says of them, and what could not be taken.</summary>
[Migration(2026_11_28_13_00)]
public sealed class CreateThreatIntelTables : ModuleMigration
{
    /// <inheritdoc/>
    public override void Up()
    {
        Sources();
        Indicators();
        Create.Table("threatintel_runs")
            .WithColumn("id").AsId().PrimaryKey()
            .WithColumn("source_id").AsId().NotNullable()
            .WithColumn("started_at").AsInstant().NotNullable()
            .WithColumn("ended_at").AsInstant().NotNullable()
            .WithColumn("problem").AsString(100).NotNullable()
            .WithColumn("problem_detail").AsString(500).NotNullable()
            .WithColumn("unchanged").AsBoolean().NotNullable()
            .WithColumn("bytes").AsInt64().NotNullable()
            .WithColumn("read").AsInt32().NotNullable()
            .WithColumn("fresh").AsInt32().NotNullable()
            .WithColumn("changed").AsInt32().NotNullable()
            .WithColumn("withdrawn").AsInt32().NotNullable()
            .WithColumn("quarantined").AsInt32().NotNullable();
        Create.Index("ix_threatintel_runs_source").OnTable("threatintel_runs").OnColumn("source_id").Ascending().OnColumn("started_at").Descending();
        Create.Table("threatintel_vulnerabilities")
            .WithColumn("cve").AsString(20).PrimaryKey()
            .WithColumn("name").AsString(300).NotNullable()
            .WithColumn("vendor").AsString(300).NotNullable()
            .WithColumn("product").AsString(300).NotNullable()
            .WithColumn("added_at").AsInstant().Nullable()
            .WithColumn("due_at").AsInstant().Nullable()
            .WithColumn("ransomware").AsBoolean().NotNullable()
            .WithColumn("chance").AsDouble().Nullable()
            .WithColumn("percentile").AsDouble().Nullable();
        Create.Index("ix_threatintel_vulnerabilities_added").OnTable("threatintel_vulnerabilities").OnColumn("added_at");
        Create.Table("threatintel_quarantine")
            .WithColumn("id").AsId().PrimaryKey()
            .WithColumn("source_id").AsId().NotNullable()
            .WithColumn("value").AsString(300).NotNullable()
            .WithColumn("reason").AsString(20).NotNullable()
            .WithColumn("first_at").AsInstant().NotNullable()
            .WithColumn("last_at").AsInstant().NotNullable();
        Create.Index("ix_threatintel_quarantine_source").OnTable("threatintel_quarantine").OnColumn("source_id").Ascending().OnColumn("value").Ascending().WithOptions().Unique();
    }

    private void Sources() => Create.Table("threatintel_sources")
        .WithColumn("id").AsId().PrimaryKey()
        .WithColumn("name").AsString(100).NotNullable().Unique()
        .WithColumn("kind").AsString(20).NotNullable()
        .WithColumn("address").AsString(2000).NotNullable()
        .WithColumn("mapping").AsText().NotNullable()
        .WithColumn("secret_header").AsString(100).NotNullable()
        .WithColumn("secret_id").AsId().Nullable()
        .WithColumn("reliability").AsString(1).NotNullable()
        .WithColumn("group").AsString(100).NotNullable()
        .WithColumn("tlp").AsString(20).NotNullable()
        .WithColumn("confidence").AsInt32().NotNullable()
        .WithColumn("threat").AsString(20).NotNullable()
        .WithColumn("may_distribute").AsBoolean().NotNullable()
        .WithColumn("every_minutes").AsInt32().NotNullable()
        .WithColumn("enabled").AsBoolean().NotNullable()
        .WithColumn("etag").AsString(300).NotNullable()
        .WithColumn("modified").AsString(100).NotNullable()
        .WithColumn("cursor").AsString(500).NotNullable()
        .WithColumn("last_run_at").AsInstant().Nullable()
        .WithColumn("last_ok_at").AsInstant().Nullable()
        .WithColumn("next_run_at").AsInstant().Nullable()
        .WithColumn("failures").AsInt32().NotNullable()
        .WithColumn("problem").AsString(100).NotNullable()
        .WithColumn("problem_detail").AsString(500).NotNullable()
        .WithColumn("standing").AsInt64().NotNullable()
        .WithColumn("alone").AsInt64().NotNullable()
        .WithColumn("version").AsInt64().NotNullable();

    private void Indicators()
    {
        Create.Table("threatintel_indicators")
            .WithColumn("id").AsId().PrimaryKey()
            .WithColumn("kind").AsString(20).NotNullable()
            .WithColumn("value").AsString(2048).NotNullable()
            .WithColumn("state").AsString(20).NotNullable()
            .WithColumn("confidence").AsInt32().NotNullable()
            .WithColumn("severity").AsInt32().NotNullable()
            .WithColumn("tlp").AsString(20).NotNullable()
            .WithColumn("threat").AsString(20).NotNullable()
            .WithColumn("sources").AsInt32().NotNullable()
            .WithColumn("first_seen").AsInstant().NotNullable()
            .WithColumn("last_seen").AsInstant().NotNullable()
            .WithColumn("warnings").AsText().NotNullable()
            .WithColumn("decision").AsString(20).Nullable()
            .WithColumn("decided_by").AsString(200).NotNullable()
            .WithColumn("decision_reason").AsString(500).NotNullable()
            .WithColumn("decided_at").AsInstant().Nullable()
            .WithColumn("changed_at").AsInstant().NotNullable();
        Create.Index("ix_threatintel_indicators_value").OnTable("threatintel_indicators").OnColumn("value");
        Create.Index("ix_threatintel_indicators_changed").OnTable("threatintel_indicators").OnColumn("changed_at");
        Create.Index("ix_threatintel_indicators_decision").OnTable("threatintel_indicators").OnColumn("decision");
        Create.Table("threatintel_claims")
            .WithColumn("indicator_id").AsId().PrimaryKey()
            .WithColumn("source_id").AsId().PrimaryKey()
            .WithColumn("confidence").AsInt32().NotNullable()
            .WithColumn("threat").AsString(20).NotNullable()
            .WithColumn("family").AsString(120).NotNullable()
            .WithColumn("note").AsString(300).NotNullable()
            .WithColumn("reference").AsString(500).NotNullable()
            .WithColumn("tlp").AsString(20).NotNullable()
            .WithColumn("first_seen").AsInstant().NotNullable()
            .WithColumn("last_seen").AsInstant().NotNullable()
            .WithColumn("valid_until").AsInstant().Nullable()
            .WithColumn("withdrawn_at").AsInstant().Nullable()
            .WithColumn("digest").AsInt64().NotNullable();
        Create.Index("ix_threatintel_claims_source").OnTable("threatintel_claims").OnColumn("source_id");
    }
}
