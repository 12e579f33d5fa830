using FluentMigrator;
using Juming.Platform.Data;

namespace Juming.Site.Response.Data;

/// <summary>When a secret was last sent, and by what.</summary>
[Migration(2026_11_28_06_10)]
public sealed class AddSecretUse : ModuleMigration
{
    /// <inheritdoc/>
    public override void Up() => Alter.Table("response_secrets")
        .AddColumn("used_at").AsInt64().Nullable()
        .AddColumn("used_by").AsString(int.MaxValue).NotNullable().WithDefaultValue("")
        .AddColumn("used_run").AsString(30).NotNullable().WithDefaultValue("");
}
