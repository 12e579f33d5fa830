using FluentMigrator;
using Juming.Platform.Data;

namespace Juming.Site.Approvals.Data;

/// <summary>Approvals, answers and one-time links.</summary>
[Migration(2026_11_28_05_01)]
public sealed class CreateApprovalsTables : ModuleMigration
{
    /// <inheritdoc/>
    public override void Up()
    {
        Create.Table("approvals_approvals")
            .WithColumn("id").AsId().PrimaryKey()
            .WithColumn("key").AsString(400).NotNullable()
            .WithColumn("code").AsString(100).NotNullable()
            .WithColumn("effect").AsText().NotNullable()
            .WithColumn("evidence").AsText().NotNullable()
            .WithColumn("inverse").AsString(100).Nullable()
            .WithColumn("incident_id").AsId().Nullable()
            .WithColumn("run_id").AsId().Nullable()
            .WithColumn("requested_by").AsString(200).Nullable()
            .WithColumn("requested_name").AsString(200).Nullable()
            .WithColumn("keys").AsInt32().NotNullable()
            .WithColumn("high_risk").AsBoolean().NotNullable()
            .WithColumn("state").AsString(20).NotNullable()
            .WithColumn("asked_at").AsInstant().NotNullable()
            .WithColumn("expires_at").AsInstant().NotNullable()
            .WithColumn("decided_at").AsInstant().Nullable()
            .WithColumn("decided_by").AsString(400).NotNullable()
            .WithColumn("reason").AsText().NotNullable()
            .WithColumn("version").AsInt64().NotNullable();
        Create.Index("ix_approvals_approvals_key").OnTable("approvals_approvals").OnColumn("key").Ascending().WithOptions().Unique();
        Create.Index("ix_approvals_approvals_state").OnTable("approvals_approvals").OnColumn("state").Ascending().OnColumn("expires_at");
        Create.Index("ix_approvals_approvals_asked").OnTable("approvals_approvals").OnColumn("asked_at");
        Create.Table("approvals_answers")
            .WithColumn("approval_id").AsId().PrimaryKey()
            .WithColumn("person_id").AsId().PrimaryKey()
            .WithColumn("person_name").AsString(200).NotNullable()
            .WithColumn("agreed").AsBoolean().NotNullable()
            .WithColumn("reason").AsText().NotNullable()
            .WithColumn("way").AsString(20).NotNullable()
            .WithColumn("at").AsInstant().NotNullable();
        Create.Table("approvals_links")
            .WithColumn("hash").AsString(64).PrimaryKey()
            .WithColumn("approval_id").AsId().NotNullable()
            .WithColumn("person_id").AsId().NotNullable()
            .WithColumn("expires_at").AsInstant().NotNullable()
            .WithColumn("used_at").AsInstant().Nullable();
        Create.Index("ix_approvals_links_approval").OnTable("approvals_links").OnColumn("approval_id");
    }
}
