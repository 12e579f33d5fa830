using FluentMigrator;
using Juming.Platform.Data;

namespace Juming.Cloud.ThreatIntel.Data;

/// <summary>What vulnerabilities concern, and what of them changed when, so that only that is published anew.</summary>
[Migration(2026_11_28_16_20)]
public sealed class AddAffectedProducts : ModuleMigration
{
    /// <inheritdoc/>
    public override void Up()
    {
        Alter.Table("threatintel_vulnerabilities")
            .AddColumn("summary").AsString(int.MaxValue).NotNullable().WithDefaultValue("")
            .AddColumn("score").AsInt32().NotNullable().WithDefaultValue(0)
            .AddColumn("published_at").AsInt64().Nullable()
            .AddColumn("ranges").AsString(int.MaxValue).NotNullable().WithDefaultValue("[]")
            .AddColumn("range_count").AsInt32().NotNullable().WithDefaultValue(0)
            .AddColumn("bucket").AsInt32().NotNullable().WithDefaultValue(0)
            .AddColumn("changed_at").AsInt64().Nullable()
            .AddColumn("exploit_changed_at").AsInt64().Nullable();
        // Those that are there have been read from the lists of exploitation: they have all changed once.
        Execute.Sql("UPDATE threatintel_vulnerabilities SET exploit_changed_at = 0, bucket = CAST(substr(cve, 5, 4) AS INTEGER) * 100 + CASE WHEN CAST(substr(cve, 10) AS BIGINT) >= 99000 THEN 99 ELSE CAST(substr(cve, 10) AS BIGINT) / 1000 END");
        Create.Index("ix_threatintel_vulnerabilities_bucket").OnTable("threatintel_vulnerabilities").OnColumn("bucket");
        Create.Index("ix_threatintel_vulnerabilities_changed").OnTable("threatintel_vulnerabilities").OnColumn("changed_at");
        Create.Index("ix_threatintel_vulnerabilities_exploit").OnTable("threatintel_vulnerabilities").OnColumn("exploit_changed_at");
    }
}
