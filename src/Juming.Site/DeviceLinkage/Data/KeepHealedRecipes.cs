using FluentMigrator;
using Juming.Platform.Data;

namespace Juming.Site.DeviceLinkage.Data;

/// <summary>Suggestions as whole recipes, and what a device's list showed. A suggestion without a recipe is one of single words, as they were before: a run finds it anew.</summary>
[Migration(2026_11_28_12_00)]
public sealed class KeepHealedRecipes : ModuleMigration
{
    /// <inheritdoc/>
    public override void Up()
    {
        Alter.Table("linkage_suggestions")
            .AddColumn("device_id").AsGuid().Nullable()
            .AddColumn("changes").AsString(int.MaxValue).NotNullable().WithDefaultValue("[]")
            .AddColumn("yaml").AsString(int.MaxValue).NotNullable().WithDefaultValue("")
            .AddColumn("decided_at").AsInt64().Nullable();
        Create.Table("linkage_lists")
            .WithColumn("device_id").AsId().PrimaryKey()
            .WithColumn("addresses").AsText().NotNullable()
            .WithColumn("at").AsInstant().NotNullable();
    }
}
