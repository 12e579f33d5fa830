using FluentMigrator;
using Juming.Platform.Data;

namespace Juming.Site.ThreatIntel.Data;

/// <summary>When indicators of the set end, and what is known of the indicator of a hit.</summary>
[Migration(2026_11_28_16_41)]
public sealed class AddIndicatorFacts : ModuleMigration
{
    /// <inheritdoc/>
    public override void Up()
    {
        Alter.Table("intel_sets").AddColumn("ends").AsString(int.MaxValue).NotNullable().WithDefaultValue("{}");
        Alter.Table("intel_hits").AddColumn("techniques").AsString(300).NotNullable().WithDefaultValue("");
        Alter.Table("intel_hits").AddColumn("tlp").AsString(20).NotNullable().WithDefaultValue("");
        Alter.Table("intel_hits").AddColumn("until").AsInt64().Nullable();
    }
}
