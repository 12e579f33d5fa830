using FluentMigrator;
using Juming.Platform.Data;

namespace Juming.Platform.Notify.Data;

/// <summary>Messages with buttons: what is asked, the cards that went out, presses that were taken, and whose messenger account is whose.</summary>
[Migration(2026_11_28_11_00)]
public sealed class AddCards : ModuleMigration
{
    /// <inheritdoc/>
    public override void Up()
    {
        Alter.Table("notify_notices").AddColumn("about").AsString(100).Nullable().Indexed().AddColumn("answers").AsString(int.MaxValue).Nullable().AddColumn("ended").AsString(int.MaxValue).Nullable();
        Alter.Table("notify_channels").AddColumn("called_at").AsInt64().Nullable();
        Alter.Table("notify_contacts").AddColumn("we_com_proven_at").AsInt64().Nullable();
        Create.Table("notify_cards")
            .WithColumn("id").AsId().PrimaryKey()
            .WithColumn("delivery_id").AsId().NotNullable()
            .WithColumn("notice_id").AsId().NotNullable().Indexed()
            .WithColumn("channel_id").AsId().NotNullable()
            .WithColumn("receiver").AsString(100).NotNullable()
            .WithColumn("sent_code").AsText().Nullable()
            .WithColumn("pressed_code").AsText().Nullable()
            .WithColumn("words").AsText().Nullable()
            .WithColumn("attempts").AsInt32().NotNullable()
            .WithColumn("made_at").AsInstant().NotNullable()
            .WithColumn("due_at").AsInstant().NotNullable()
            .WithColumn("closed_at").AsInstant().Nullable().Indexed()
            .WithColumn("failure").AsText().Nullable()
            .WithColumn("detail").AsText().Nullable();
        Create.Index("ix_notify_cards_delivery_receiver").OnTable("notify_cards").OnColumn("delivery_id").Ascending().OnColumn("receiver").Ascending().WithOptions().Unique();
        Create.Table("notify_presses")
            .WithColumn("key").AsString(64).PrimaryKey()
            .WithColumn("at").AsInstant().NotNullable();
        Create.Table("notify_proofs")
            .WithColumn("person_id").AsId().PrimaryKey()
            .WithColumn("address").AsText().NotNullable()
            .WithColumn("hash").AsString(64).NotNullable()
            .WithColumn("tries").AsInt32().NotNullable()
            .WithColumn("until").AsInstant().NotNullable();
    }
}
