using FluentMigrator;
using Juming.Platform.Data;

namespace Juming.Site.Incidents.Data;

/// <summary>Parties are found whatever their case, log events are evidence with their own time, members count their matches.</summary>
[Migration(2026_11_27_17_01)]
public sealed class ExtendIncidentsTables : ModuleMigration
{
    /// <inheritdoc/>
    public override void Up()
    {
        Alter.Table("incidents_parties").AddColumn("value_key").AsString(400).NotNullable().WithDefaultValue("");
        Execute.Sql("UPDATE incidents_parties SET value_key = lower(value)");
        Create.Index("ix_incidents_parties_key").OnTable("incidents_parties").OnColumn("value_key");
        Alter.Table("incidents_evidence").AddColumn("event_at").AsInt64().Nullable();
        Alter.Table("incidents_members").AddColumn("matches").AsInt64().NotNullable().WithDefaultValue(1);
    }
}
