using FluentMigrator;
using Juming.Platform.Data;

namespace Juming.Platform.Vault.Data;

/// <summary>Tables of the vault.</summary>
[Migration(2026_11_28_04_00)]
public sealed class CreateVaultTables : ModuleMigration
{
    /// <inheritdoc/>
    public override void Up()
    {
        Create.Table("vault_secrets")
            .WithColumn("id").AsId().PrimaryKey()
            .WithColumn("module").AsText().NotNullable()
            .WithColumn("object").AsText().NotNullable()
            .WithColumn("field").AsText().NotNullable()
            .WithColumn("key_id").AsId().NotNullable().Indexed()
            .WithColumn("sealed").AsBinary(int.MaxValue).NotNullable()
            .WithColumn("changed_at").AsInstant().NotNullable();
        Create.Table("vault_keys")
            .WithColumn("id").AsId().PrimaryKey()
            .WithColumn("wrapped_by").AsString(64).NotNullable()
            .WithColumn("wrapped").AsBinary(int.MaxValue).NotNullable()
            .WithColumn("created_at").AsInstant().NotNullable();
    }
}
