using FluentMigrator;
using Juming.Platform.Data;

namespace Juming.Cloud.ThreatIntel.Data;

/// <summary>Whether what a vulnerability concerns was named by its author alone.</summary>
[Migration(2026_11_29_06_10)]
public sealed class AddRecordedProducts : ModuleMigration
{
    /// <inheritdoc/>
    public override void Up() => Alter.Table("threatintel_vulnerabilities").AddColumn("by_record").AsBoolean().NotNullable().WithDefaultValue(false);
}
