using FluentMigrator;
using Juming.Platform.Data;

namespace Juming.Site.Tickets.Data;

/// <summary>Tickets and their notes.</summary>
[Migration(2026_11_28_06_50)]
public sealed class CreateTicketsTables : ModuleMigration
{
    /// <inheritdoc/>
    public override void Up()
    {
        Create.Table("tickets_tickets")
            .WithColumn("id").AsId().PrimaryKey()
            .WithColumn("year").AsInt32().NotNullable()
            .WithColumn("number").AsInt32().NotNullable()
            .WithColumn("title").AsString(200).NotNullable()
            .WithColumn("details").AsText().NotNullable()
            .WithColumn("state").AsString(20).NotNullable()
            .WithColumn("priority").AsInt32().NotNullable()
            .WithColumn("assignee").AsString(200).NotNullable()
            .WithColumn("incident").AsString(40).NotNullable()
            .WithColumn("key").AsString(100).Nullable().Unique()
            .WithColumn("opened_by").AsString(200).NotNullable()
            .WithColumn("opened_at").AsInstant().NotNullable()
            .WithColumn("due_at").AsInstant().Nullable()
            .WithColumn("changed_by").AsString(200).NotNullable()
            .WithColumn("changed_at").AsInstant().NotNullable()
            .WithColumn("version").AsInt64().NotNullable();
        Create.Index("ix_tickets_tickets_number").OnTable("tickets_tickets").OnColumn("year").Ascending().OnColumn("number").Ascending().WithOptions().Unique();
        Create.Index("ix_tickets_tickets_state").OnTable("tickets_tickets").OnColumn("state").Ascending().OnColumn("due_at").Ascending();
        Create.Table("tickets_notes")
            .WithColumn("id").AsId().PrimaryKey()
            .WithColumn("ticket_id").AsId().NotNullable().Indexed()
            .WithColumn("kind").AsString(20).NotNullable()
            .WithColumn("text").AsText().NotNullable()
            .WithColumn("by").AsString(200).NotNullable()
            .WithColumn("at").AsInstant().NotNullable();
    }
}
