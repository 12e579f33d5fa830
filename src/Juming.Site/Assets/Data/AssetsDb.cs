using FluentMigrator;
using Juming.Platform.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Juming.Site.Assets.Data;

/// <summary>Tables of assets.</summary>
internal sealed class AssetsDb(DbContextOptions<AssetsDb> options, CommitQueue commits) : ModuleDbContext(options, commits)
{
    public DbSet<AssetRow> Assets => Set<AssetRow>();
    public DbSet<IdentityRow> Identities => Set<IdentityRow>();
    public DbSet<AssetUserRow> Users => Set<AssetUserRow>();
    public DbSet<TagRow> Tags => Set<TagRow>();
    public DbSet<ImportRow> Imports => Set<ImportRow>();
    public DbSet<SoftwareRow> Software => Set<SoftwareRow>();
    public DbSet<InstallRow> Installs => Set<InstallRow>();
    public DbSet<SoftwareImportRow> SoftwareImports => Set<SoftwareImportRow>();
    public DbSet<KnownPartRow> KnownParts => Set<KnownPartRow>();
    public DbSet<VulnerabilityRow> Vulnerabilities => Set<VulnerabilityRow>();
    public DbSet<FindingRow> Findings => Set<FindingRow>();
    public DbSet<DecisionRow> Decisions => Set<DecisionRow>();
    public DbSet<ExposureRow> Exposures => Set<ExposureRow>();

    protected override string Prefix => "assets";

    protected override void DefineModel(ModelBuilder model)
    {
        model.Entity<AssetRow>(row =>
        {
            row.ToTable("Assets");
            row.Property(r => r.Version).IsConcurrencyToken();
        });
        model.Entity<IdentityRow>(row =>
        {
            row.ToTable("Identities");
            row.HasKey(r => new { r.AssetId, r.Kind, r.Value });
        });
        model.Entity<AssetUserRow>(row =>
        {
            row.ToTable("Users");
            row.HasKey(r => new { r.AssetId, r.Name });
        });
        model.Entity<TagRow>(row =>
        {
            row.ToTable("Tags");
            row.HasKey(r => new { r.AssetId, r.Name });
        });
        model.Entity<ImportRow>().ToTable("Imports");
        model.Entity<SoftwareRow>().ToTable("Software");
        model.Entity<InstallRow>().ToTable("Installs").HasKey(r => new { r.AssetId, r.SoftwareId, r.Place });
        model.Entity<SoftwareImportRow>().ToTable("SoftwareImports");
        model.Entity<KnownPartRow>().ToTable("KnownParts").HasKey(r => r.Name);
        model.Entity<VulnerabilityRow>().ToTable("Vulnerabilities").HasKey(r => r.Cve);
        model.Entity<FindingRow>().ToTable("Findings").HasKey(r => new { r.SoftwareId, r.Cve });
        model.Entity<DecisionRow>().ToTable("Decisions").HasKey(r => new { r.Cve, r.AssetId });
        model.Entity<ExposureRow>().ToTable("Exposures").HasKey(r => r.AssetId);
        model.Entity<ExposureRow>().Property(r => r.AssetId).Metadata.ValueGenerated = ValueGenerated.Never;
        foreach (var entity in model.Model.GetEntityTypes())
            if (entity.FindProperty("Id") is { } id) id.ValueGenerated = ValueGenerated.Never;
    }
}

/// <summary>Assets, what they are known by, who was seen on them, and imports that can be undone.</summary>
[Migration(2026_11_23_17_02)]
public sealed class CreateAssetsTables : ModuleMigration
{
    /// <inheritdoc/>
    public override void Up()
    {
        Create.Table("assets_assets")
            .WithColumn("id").AsId().PrimaryKey()
            .WithColumn("name").AsString(300).NotNullable()
            .WithColumn("named").AsBoolean().NotNullable()
            .WithColumn("importance").AsInt32().NotNullable()
            .WithColumn("business").AsString(200).NotNullable()
            .WithColumn("zone").AsString(200).NotNullable()
            .WithColumn("owner").AsString(200).NotNullable()
            .WithColumn("note").AsText().NotNullable()
            .WithColumn("state").AsString(20).NotNullable()
            .WithColumn("origin").AsString(20).NotNullable()
            .WithColumn("first_seen").AsInstant().NotNullable()
            .WithColumn("last_seen").AsInstant().NotNullable()
            .WithColumn("merged_into").AsId().Nullable()
            .WithColumn("updated_at").AsInstant().NotNullable()
            .WithColumn("changed_by").AsString(200).NotNullable()
            .WithColumn("version").AsInt64().NotNullable();
        Create.Index("ix_assets_assets_state").OnTable("assets_assets").OnColumn("state").Ascending().OnColumn("last_seen").Descending();
        Create.Table("assets_identities")
            .WithColumn("asset_id").AsId().PrimaryKey()
            .WithColumn("kind").AsString(20).PrimaryKey()
            .WithColumn("value").AsString(300).PrimaryKey()
            .WithColumn("first_seen").AsInstant().NotNullable()
            .WithColumn("last_seen").AsInstant().NotNullable();
        Create.Index("ix_assets_identities_value").OnTable("assets_identities").OnColumn("value");
        Create.Table("assets_users")
            .WithColumn("asset_id").AsId().PrimaryKey()
            .WithColumn("name").AsString(300).PrimaryKey()
            .WithColumn("first_seen").AsInstant().NotNullable()
            .WithColumn("last_seen").AsInstant().NotNullable();
        Create.Table("assets_imports")
            .WithColumn("id").AsId().PrimaryKey()
            .WithColumn("at").AsInstant().NotNullable()
            .WithColumn("by").AsString(200).NotNullable()
            .WithColumn("added").AsInt32().NotNullable()
            .WithColumn("changed").AsInt32().NotNullable()
            .WithColumn("before").AsText().NotNullable()
            .WithColumn("undone_at").AsInstant().Nullable();
    }
}
