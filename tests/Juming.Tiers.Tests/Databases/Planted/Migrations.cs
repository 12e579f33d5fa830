using FluentMigrator;
using Juming.Platform.Data;

namespace Juming.Tiers.Tests.Databases.Planted.Expands
{
    /// <summary>What the old release made.</summary>
    [Migration(1)]
    public sealed class First : ModuleMigration
    {
        /// <inheritdoc/>
        public override void Up() => Create.Table("planted_things").WithColumn("id").AsId().PrimaryKey().WithColumn("title").AsText().NotNullable();
    }

    /// <summary>Adds what the old release can live with.</summary>
    [Migration(2)]
    public sealed class Second : ModuleMigration
    {
        /// <inheritdoc/>
        public override void Up() => Alter.Table("planted_things").AddColumn("note").AsString(100).Nullable();
    }
}

namespace Juming.Tiers.Tests.Databases.Planted.Contracts
{
    /// <summary>What the old release made.</summary>
    [Migration(1)]
    public sealed class First : ModuleMigration
    {
        /// <inheritdoc/>
        public override void Up() => Create.Table("planted_things").WithColumn("id").AsId().PrimaryKey().WithColumn("title").AsText().NotNullable();
    }

    /// <summary>Takes away what the old release still writes.</summary>
    [Migration(2)]
    public sealed class Second : ModuleMigration
    {
        /// <inheritdoc/>
        public override void Up() => Rename.Column("title").OnTable("planted_things").To("caption");
    }
}
