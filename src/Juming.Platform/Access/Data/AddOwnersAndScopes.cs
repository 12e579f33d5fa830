using FluentMigrator;
using Juming.Platform.Data;

namespace Juming.Platform.Access.Data;

/// <summary>Tokens know whose they are; accounts and tokens know where their rights hold. The release before writes neither and gets the defaults.</summary>
[Migration(2026_11_27_01_01)]
public sealed class AddOwnersAndScopes : ModuleMigration
{
    /// <inheritdoc/>
    public override void Up()
    {
        Alter.Table("access_user").AddColumn("within").AsString(int.MaxValue).NotNullable().WithDefaultValue("all");
        Alter.Table("access_token").AddColumn("within").AsString(int.MaxValue).NotNullable().WithDefaultValue("all");
        Alter.Table("access_token").AddColumn("owner_id").AsGuid().Nullable();
        // Tokens of the command line have no owner; an account may bear that name all the same.
        Execute.Sql("UPDATE access_token SET owner_id = (SELECT u.id FROM access_user u WHERE u.name = access_token.created_by) WHERE created_by <> 'command-line'");
    }
}
