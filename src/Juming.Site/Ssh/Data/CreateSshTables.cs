using FluentMigrator;
using Juming.Platform.Data;

namespace Juming.Site.Ssh.Data;

/// <summary>Hosts, templates of the site's own, and what was done on hosts.</summary>
[Migration(2026_11_28_10_00)]
public sealed class CreateSshTables : ModuleMigration
{
    /// <inheritdoc/>
    public override void Up()
    {
        Create.Table("ssh_hosts")
            .WithColumn("id").AsId().PrimaryKey()
            .WithColumn("name").AsString(200).NotNullable()
            .WithColumn("address").AsString(253).NotNullable()
            .WithColumn("port").AsInt32().NotNullable()
            .WithColumn("business").AsString(200).NotNullable()
            .WithColumn("account").AsString(100).NotNullable()
            .WithColumn("way").AsString(20).NotNullable()
            .WithColumn("secret_id").AsId().Nullable()
            .WithColumn("passphrase_id").AsId().Nullable()
            .WithColumn("authorised_by").AsString(200).NotNullable()
            .WithColumn("authorised_reference").AsString(300).NotNullable()
            .WithColumn("authorised_at").AsInstant().NotNullable()
            .WithColumn("host_key").AsString(60).NotNullable()
            .WithColumn("host_key_type").AsString(60).NotNullable()
            .WithColumn("seen_key").AsString(60).NotNullable()
            .WithColumn("seen_key_type").AsString(60).NotNullable()
            .WithColumn("state").AsString(30).NotNullable()
            .WithColumn("state_detail").AsText().NotNullable()
            .WithColumn("state_at").AsInstant().Nullable()
            .WithColumn("created_at").AsInstant().NotNullable()
            .WithColumn("updated_at").AsInstant().NotNullable()
            .WithColumn("changed_by").AsString(200).NotNullable()
            .WithColumn("version").AsInt64().NotNullable();
        Create.Index("ix_ssh_hosts_name").OnTable("ssh_hosts").OnColumn("name").Ascending().WithOptions().Unique();
        Create.Table("ssh_templates")
            .WithColumn("id").AsId().PrimaryKey()
            .WithColumn("name").AsString(60).NotNullable()
            .WithColumn("version").AsInt32().NotNullable()
            .WithColumn("yaml").AsText().NotNullable()
            .WithColumn("retired").AsBoolean().NotNullable()
            .WithColumn("by").AsString(200).NotNullable()
            .WithColumn("at").AsInstant().NotNullable();
        Create.Index("ix_ssh_templates_name").OnTable("ssh_templates").OnColumn("name").Ascending().OnColumn("version").Ascending().WithOptions().Unique();
        Create.Table("ssh_effects")
            .WithColumn("id").AsId().PrimaryKey()
            .WithColumn("key").AsString(200).NotNullable()
            .WithColumn("host_id").AsId().NotNullable()
            .WithColumn("host_name").AsString(200).NotNullable()
            .WithColumn("command").AsString(60).NotNullable()
            .WithColumn("command_version").AsInt32().NotNullable()
            .WithColumn("yaml").AsText().NotNullable()
            .WithColumn("inputs").AsText().NotNullable()
            .WithColumn("state").AsString(20).NotNullable()
            .WithColumn("changed").AsBoolean().NotNullable()
            .WithColumn("was").AsText().NotNullable()
            .WithColumn("code").AsString(60).NotNullable()
            .WithColumn("output").AsText().NotNullable()
            .WithColumn("evidence").AsText().NotNullable()
            .WithColumn("started_at").AsInstant().NotNullable()
            .WithColumn("ended_at").AsInstant().Nullable()
            .WithColumn("by").AsString(200).NotNullable();
        Create.Index("ix_ssh_effects_key").OnTable("ssh_effects").OnColumn("key").Ascending().WithOptions().Unique();
        Create.Index("ix_ssh_effects_host").OnTable("ssh_effects").OnColumn("host_id").Ascending().OnColumn("started_at").Descending();
        Create.Index("ix_ssh_effects_command").OnTable("ssh_effects").OnColumn("command").Ascending().OnColumn("started_at").Descending();
    }
}
