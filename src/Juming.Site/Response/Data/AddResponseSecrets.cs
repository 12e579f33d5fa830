using FluentMigrator;
using Juming.Platform.Data;

namespace Juming.Site.Response.Data;

/// <summary>Names of secrets that steps may send, and where to; the secrets themselves lie in the vault.</summary>
[Migration(2026_11_28_03_10)]
public sealed class AddResponseSecrets : ModuleMigration
{
    /// <inheritdoc/>
    public override void Up()
    {
        Create.Table("response_secrets")
            .WithColumn("id").AsId().PrimaryKey()
            .WithColumn("name").AsString(60).NotNullable()
            .WithColumn("origin").AsString(300).NotNullable()
            .WithColumn("sealed").AsId().NotNullable()
            .WithColumn("by").AsString(200).NotNullable()
            .WithColumn("at").AsInstant().NotNullable();
        Create.Index("ix_response_secrets_name").OnTable("response_secrets").OnColumn("name").Ascending().WithOptions().Unique();
    }
}
