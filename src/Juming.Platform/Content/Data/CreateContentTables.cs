using FluentMigrator;
using Juming.Platform.Data;

namespace Juming.Platform.Content.Data;

/// <summary>Roots and signed files that are believed, keys that this host signs with, and who it is.</summary>
[Migration(2026_11_28_15_40), Tags(TagBehavior.RequireAny, "content")]
public sealed class CreateContentTables : ModuleMigration
{
    /// <inheritdoc/>
    public override void Up()
    {
        Create.Table("content_roots")
            .WithColumn("version").AsInt64().PrimaryKey()
            .WithColumn("bytes").AsBinary(int.MaxValue).NotNullable()
            .WithColumn("at").AsInstant().NotNullable();
        Create.Table("content_files")
            .WithColumn("role").AsString(80).PrimaryKey()
            .WithColumn("version").AsInt64().NotNullable()
            .WithColumn("bytes").AsBinary(int.MaxValue).NotNullable()
            .WithColumn("at").AsInstant().NotNullable();
        Create.Table("content_keys")
            .WithColumn("key_id").AsString(64).PrimaryKey()
            .WithColumn("role").AsString(80).NotNullable()
            .WithColumn("public").AsString(200).NotNullable()
            .WithColumn("secret").AsId().NotNullable()
            .WithColumn("created_at").AsInstant().NotNullable();
        Create.Table("content_hosts")
            .WithColumn("id").AsId().PrimaryKey()
            .WithColumn("offered").AsBinary(int.MaxValue).Nullable()
            .WithColumn("offered_at").AsInstant().Nullable()
            .WithColumn("vouched").AsString(64).NotNullable()
            .WithColumn("created_at").AsInstant().NotNullable();
    }
}
