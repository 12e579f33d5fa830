using FluentMigrator;
using Juming.Platform.Data;

namespace Juming.Platform.Access.Data;

/// <summary>Table of what people chose once for their pages.</summary>
[Migration(2026_11_27_09_01)]
public sealed class CreatePreferenceTable : ModuleMigration
{
    /// <inheritdoc/>
    public override void Up()
    {
        Create.Table("access_preference")
            .WithColumn("owner_id").AsString(64).NotNullable().PrimaryKey()
            .WithColumn("name").AsString(64).NotNullable().PrimaryKey()
            .WithColumn("value").AsText().NotNullable();
    }
}
