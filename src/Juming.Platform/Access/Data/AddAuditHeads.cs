using FluentMigrator;
using Juming.Platform.Data;

namespace Juming.Platform.Access.Data;

/// <summary>The sealed end of the audit chain, where several nodes write it.</summary>
[Migration(2026_11_28_15_23)]
public sealed class AddAuditHeads : ModuleMigration
{
    /// <inheritdoc/>
    public override void Up() =>
        Create.Table("access_audit_heads")
            .WithColumn("id").AsInt32().PrimaryKey()
            .WithColumn("text").AsString(800).NotNullable();
}
