using FluentMigrator;
using Juming.Platform.Data;

namespace Juming.Platform.Links.Data;

/// <summary>One authority, however many nodes start at the same moment; and when marks were made, so that old ones can go.</summary>
[Migration(2026_11_28_15_20), Tags(TagBehavior.RequireAny, "links")]
public sealed class AddLinksUpkeep : ModuleMigration
{
    /// <inheritdoc/>
    public override void Up()
    {
        Alter.Table("links_authorities").AddColumn("place").AsInt32().NotNullable().WithDefaultValue(1);
        Create.Index("ix_links_authorities_place").OnTable("links_authorities").OnColumn("place").Ascending().WithOptions().Unique();
        Alter.Table("links_marks").AddColumn("at").AsInt64().NotNullable().WithDefaultValue(0);
        Alter.Table("links_log_ends").AddColumn("acked_at").AsInt64().Nullable();
    }
}
