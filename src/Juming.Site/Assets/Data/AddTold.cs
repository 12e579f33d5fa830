using FluentMigrator;
using Juming.Platform.Data;

namespace Juming.Site.Assets.Data;

/// <summary>Which exploited vulnerabilities people were told of.</summary>
[Migration(2026_11_29_10_20)]
public sealed class AddTold : ModuleMigration
{
    /// <inheritdoc/>
    public override void Up() => Alter.Table("assets_vulnerabilities").AddColumn("told").AsBoolean().NotNullable().WithDefaultValue(false);
}
