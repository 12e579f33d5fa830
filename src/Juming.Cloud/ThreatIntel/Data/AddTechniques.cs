using FluentMigrator;
using Juming.Platform.Data;

namespace Juming.Cloud.ThreatIntel.Data;

/// <summary>Techniques that a source names, and when an indicator ends unless somebody says more.</summary>
[Migration(2026_11_28_16_40)]
public sealed class AddTechniques : ModuleMigration
{
    /// <inheritdoc/>
    public override void Up()
    {
        Alter.Table("threatintel_claims").AddColumn("techniques").AsString(300).NotNullable().WithDefaultValue("");
        Alter.Table("threatintel_indicators").AddColumn("expires_at").AsInt64().Nullable();
    }
}
