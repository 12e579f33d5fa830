using FluentMigrator;
using Juming.Platform.Data;

namespace Juming.Site.ThreatIntel.Data;

/// <summary>Bulletins that come from above, signed.</summary>
[Migration(2026_11_28_16_24)]
public sealed class AddBulletinsFromAbove : ModuleMigration
{
    /// <inheritdoc/>
    public override void Up()
    {
        Alter.Table("intel_bulletins")
            .AddColumn("origin").AsString(20).NotNullable().WithDefaultValue("Here")
            .AddColumn("remote_id").AsGuid().Nullable()
            .AddColumn("cves").AsString(int.MaxValue).NotNullable().WithDefaultValue("")
            .AddColumn("references").AsString(int.MaxValue).NotNullable().WithDefaultValue("")
            .AddColumn("withdrawn_for").AsString(int.MaxValue).Nullable();
        Create.Index("ix_intel_bulletins_remote").OnTable("intel_bulletins").OnColumn("remote_id");
    }
}
