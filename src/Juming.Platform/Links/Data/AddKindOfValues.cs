using FluentMigrator;
using Juming.Platform.Data;

namespace Juming.Platform.Links.Data;

/// <summary>Finds the arrived values of one kind: a page of sites must not read every incident of each.</summary>
[Migration(2026_11_29_10_30), Tags(TagBehavior.RequireAny, "links")]
public sealed class AddKindOfValues : ModuleMigration
{
    /// <inheritdoc/>
    public override void Up() => Create.Index("ix_links_arrived_values_type").OnTable("links_arrived_values").OnColumn("type").Ascending().OnColumn("peer").Ascending();
}
