using FluentMigrator;
using Juming.Platform.Data;

namespace Juming.Platform.Access.Data;

/// <summary>Tables of accounts and audit.</summary>
[Migration(2026_11_23_01_01)]
public sealed class CreateAccessTables : ModuleMigration
{
    /// <inheritdoc/>
    public override void Up()
    {
        Create.Table("access_user")
            .WithColumn("id").AsId().PrimaryKey()
            .WithColumn("name").AsText().NotNullable()
            .WithColumn("name_key").AsString(64).NotNullable().Unique()
            .WithColumn("password_hash").AsText().Nullable()
            .WithColumn("totp_secret").AsText().Nullable()
            .WithColumn("totp_step").AsInt64().NotNullable()
            .WithColumn("roles").AsText().NotNullable()
            .WithColumn("created_at").AsInstant().NotNullable()
            .WithColumn("disabled_at").AsInstant().Nullable()
            .WithColumn("stamp").AsId().NotNullable();
        Create.Table("access_recovery_code")
            .WithColumn("id").AsId().PrimaryKey()
            .WithColumn("user_id").AsId().NotNullable().Indexed()
            .WithColumn("hash").AsText().NotNullable()
            .WithColumn("used_at").AsInstant().Nullable();
        Create.Table("access_session")
            .WithColumn("id").AsId().PrimaryKey()
            .WithColumn("user_id").AsId().NotNullable().Indexed()
            .WithColumn("hash").AsString(64).NotNullable().Unique()
            .WithColumn("address").AsText().NotNullable()
            .WithColumn("agent").AsText().NotNullable()
            .WithColumn("opened_at").AsInstant().NotNullable()
            .WithColumn("last_seen_at").AsInstant().NotNullable()
            .WithColumn("revoked_at").AsInstant().Nullable();
        Create.Table("access_token")
            .WithColumn("id").AsId().PrimaryKey()
            .WithColumn("name").AsText().NotNullable()
            .WithColumn("start").AsText().NotNullable()
            .WithColumn("hash").AsString(64).NotNullable().Unique()
            .WithColumn("scopes").AsText().NotNullable()
            .WithColumn("created_by").AsText().NotNullable()
            .WithColumn("created_at").AsInstant().NotNullable()
            .WithColumn("expires_at").AsInstant().NotNullable()
            .WithColumn("last_used_at").AsInstant().Nullable()
            .WithColumn("revoked_at").AsInstant().Nullable();
        Create.Table("access_one_time_link")
            .WithColumn("id").AsId().PrimaryKey()
            .WithColumn("user_id").AsId().NotNullable().Indexed()
            .WithColumn("hash").AsString(64).NotNullable().Unique()
            .WithColumn("expires_at").AsInstant().NotNullable()
            .WithColumn("used_at").AsInstant().Nullable();
        Create.Table("access_host_state")
            .WithColumn("id").AsInt32().PrimaryKey()
            .WithColumn("set_up_at").AsInstant().NotNullable()
            .WithColumn("trial").AsBoolean().NotNullable();
        Create.Table("access_audit")
            .WithColumn("seq").AsInt64().PrimaryKey()
            .WithColumn("at").AsInstant().NotNullable()
            .WithColumn("action").AsText().NotNullable()
            .WithColumn("actor_kind").AsText().NotNullable()
            .WithColumn("actor_id").AsText().NotNullable()
            .WithColumn("actor_name").AsText().NotNullable()
            .WithColumn("address").AsText().Nullable()
            .WithColumn("arguments").AsText().NotNullable()
            .WithColumn("outcome").AsText().NotNullable()
            .WithColumn("hash").AsString(64).NotNullable();
        Create.Index("ix_access_audit_at").OnTable("access_audit").OnColumn("at");
    }
}
