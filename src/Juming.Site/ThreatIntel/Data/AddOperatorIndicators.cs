using FluentMigrator;
using Juming.Platform.Data;

namespace Juming.Site.ThreatIntel.Data;

/// <summary>Indicators that operators give their own sites.</summary>
[Migration(2026_11_28_16_43)]
public sealed class AddOperatorIndicators : ModuleMigration
{
    /// <inheritdoc/>
    public override void Up() => Create.Table("intel_operator_indicators")
        .WithColumn("operator").AsString(40).PrimaryKey()
        .WithColumn("id").AsId().PrimaryKey()
        .WithColumn("kind").AsString(20).NotNullable()
        .WithColumn("value").AsString(2048).NotNullable()
        .WithColumn("confidence").AsInt32().NotNullable()
        .WithColumn("severity").AsInt32().NotNullable()
        .WithColumn("facts").AsString(int.MaxValue).NotNullable();
}
