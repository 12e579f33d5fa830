using FluentMigrator;
using Juming.Platform.Data;

namespace Juming.Platform.Notify.Data;

/// <summary>A notice may be for one channel alone.</summary>
[Migration(2026_11_28_06_20)]
public sealed class AddNoticeChannel : ModuleMigration
{
    /// <inheritdoc/>
    public override void Up() => Alter.Table("notify_notices").AddColumn("channel_id").AsGuid().Nullable();
}
