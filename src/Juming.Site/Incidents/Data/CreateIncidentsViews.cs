using FluentMigrator;
using Juming.Platform.Data;

namespace Juming.Site.Incidents.Data;

/// <summary>Table of lists that people keep under a name.</summary>
[Migration(2026_11_27_09_00)]
public sealed class CreateIncidentsViews : ModuleMigration
{
    /// <inheritdoc/>
    public override void Up()
    {
        Create.Table("incidents_views")
            .WithColumn("id").AsId().PrimaryKey()
            .WithColumn("owner_id").AsString(64).NotNullable()
            .WithColumn("name").AsString(60).NotNullable()
            .WithColumn("query").AsText().NotNullable()
            .WithColumn("changed_at").AsInstant().NotNullable();
        Create.Index("ux_incidents_views_owner_name").OnTable("incidents_views").OnColumn("owner_id").Ascending().OnColumn("name").Ascending().WithOptions().Unique();
    }
}
