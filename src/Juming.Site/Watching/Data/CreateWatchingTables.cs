using FluentMigrator;
using Juming.Platform.Data;

namespace Juming.Site.Watching.Data;

/// <summary>The watch list.</summary>
[Migration(2026_11_28_06_40)]
public sealed class CreateWatchingTables : ModuleMigration
{
    /// <inheritdoc/>
    public override void Up()
    {
        Create.Table("watching_watches")
            .WithColumn("id").AsId().PrimaryKey()
            .WithColumn("kind").AsString(20).NotNullable()
            .WithColumn("value").AsString(300).NotNullable()
            .WithColumn("reason").AsString(500).NotNullable()
            .WithColumn("incident").AsString(40).NotNullable()
            .WithColumn("key").AsString(100).Nullable().Unique()
            .WithColumn("by").AsString(200).NotNullable()
            .WithColumn("at").AsInstant().NotNullable()
            .WithColumn("until").AsInstant().Nullable()
            .WithColumn("ended_at").AsInstant().Nullable()
            .WithColumn("ended_by").AsString(200).NotNullable()
            .WithColumn("ended_key").AsString(100).NotNullable()
            .WithColumn("version").AsInt64().NotNullable();
        Create.Index("ix_watching_watches_ended").OnTable("watching_watches").OnColumn("ended_at").Ascending().OnColumn("until").Ascending();
        Create.Index("ix_watching_watches_value").OnTable("watching_watches").OnColumn("value");
    }
}
