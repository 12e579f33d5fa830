using FluentMigrator;
using Juming.Platform.Data;

namespace Juming.Platform.Access.Data;

/// <summary>Table of passkeys.</summary>
[Migration(2026_11_24_01_01)]
public sealed class CreatePasskeyTable : ModuleMigration
{
    /// <inheritdoc/>
    public override void Up() =>
        Create.Table("access_passkey")
            .WithColumn("id").AsId().PrimaryKey()
            .WithColumn("credential_id").AsString(1364).NotNullable().Unique()
            .WithColumn("user_id").AsId().NotNullable().Indexed()
            .WithColumn("name").AsText().NotNullable()
            .WithColumn("public_key").AsText().NotNullable()
            .WithColumn("sign_count").AsInt64().NotNullable()
            .WithColumn("transports").AsText().NotNullable()
            .WithColumn("created_at").AsInstant().NotNullable()
            .WithColumn("last_used_at").AsInstant().Nullable()
            .WithColumn("backup_eligible").AsBoolean().NotNullable()
            .WithColumn("backed_up").AsBoolean().NotNullable();
}
