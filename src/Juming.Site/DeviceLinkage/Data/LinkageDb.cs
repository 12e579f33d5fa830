using FluentMigrator;
using Juming.Platform.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Juming.Site.DeviceLinkage.Data;

/// <summary>Tables of device linkage.</summary>
internal sealed class LinkageDb(DbContextOptions<LinkageDb> options, CommitQueue commits) : ModuleDbContext(options, commits)
{
    public DbSet<DeviceRow> Devices => Set<DeviceRow>();
    public DbSet<RecipeRow> Recipes => Set<RecipeRow>();
    public DbSet<RunRow> Runs => Set<RunRow>();
    public DbSet<SuggestionRow> Suggestions => Set<SuggestionRow>();
    public DbSet<ListRow> Lists => Set<ListRow>();

    protected override string Prefix => "linkage";

    protected override void DefineModel(ModelBuilder model)
    {
        model.Entity<DeviceRow>(row =>
        {
            row.ToTable("Devices");
            row.Property(r => r.Version).IsConcurrencyToken();
        });
        model.Entity<RecipeRow>().ToTable("Recipes");
        model.Entity<RunRow>().ToTable("Runs");
        model.Entity<SuggestionRow>().ToTable("Suggestions");
        model.Entity<ListRow>(row =>
        {
            row.ToTable("Lists");
            row.HasKey(r => r.DeviceId);
            row.Property(r => r.DeviceId).ValueGeneratedNever();
        });
        foreach (var entity in model.Model.GetEntityTypes())
            if (entity.FindProperty("Id") is { } id) id.ValueGenerated = ValueGenerated.Never;
    }
}

/// <summary>Devices, recipes, runs and what runs suggest.</summary>
[Migration(2026_11_28_01_00)]
public sealed class CreateLinkageTables : ModuleMigration
{
    /// <inheritdoc/>
    public override void Up()
    {
        Create.Table("linkage_devices")
            .WithColumn("id").AsId().PrimaryKey()
            .WithColumn("name").AsString(200).NotNullable()
            .WithColumn("address").AsString(500).NotNullable()
            .WithColumn("vendor").AsString(100).NotNullable()
            .WithColumn("model").AsString(100).NotNullable()
            .WithColumn("device_group").AsString(100).NotNullable()
            .WithColumn("business").AsString(200).NotNullable()
            .WithColumn("account").AsString(200).NotNullable()
            .WithColumn("password_id").AsId().Nullable()
            .WithColumn("seed_id").AsId().Nullable()
            .WithColumn("language").AsString(10).NotNullable()
            .WithColumn("takes_over").AsBoolean().NotNullable()
            .WithColumn("capacity").AsInt32().Nullable()
            .WithColumn("authorised_by").AsString(200).NotNullable()
            .WithColumn("authorised_reference").AsString(300).NotNullable()
            .WithColumn("authorised_at").AsInstant().NotNullable()
            .WithColumn("pin").AsString(64).NotNullable()
            .WithColumn("state").AsString(30).NotNullable()
            .WithColumn("state_detail").AsText().NotNullable()
            .WithColumn("state_at").AsInstant().Nullable()
            .WithColumn("tried_at").AsInstant().Nullable()
            .WithColumn("created_at").AsInstant().NotNullable()
            .WithColumn("updated_at").AsInstant().NotNullable()
            .WithColumn("changed_by").AsString(200).NotNullable()
            .WithColumn("version").AsInt64().NotNullable();
        Create.Table("linkage_recipes")
            .WithColumn("id").AsId().PrimaryKey()
            .WithColumn("name").AsString(100).NotNullable()
            .WithColumn("version").AsInt32().NotNullable()
            .WithColumn("capability").AsString(60).NotNullable()
            .WithColumn("vendor").AsString(100).NotNullable()
            .WithColumn("product").AsString(100).NotNullable()
            .WithColumn("device_id").AsId().Nullable()
            .WithColumn("yaml").AsText().NotNullable()
            .WithColumn("state").AsString(20).NotNullable()
            .WithColumn("origin").AsString(20).NotNullable()
            .WithColumn("rehearsal_id").AsId().Nullable()
            .WithColumn("created_at").AsInstant().NotNullable()
            .WithColumn("decided_by").AsString(200).NotNullable()
            .WithColumn("decided_at").AsInstant().Nullable();
        Create.Index("ix_linkage_recipes_name").OnTable("linkage_recipes").OnColumn("name").Ascending().OnColumn("version").Ascending().WithOptions().Unique();
        Create.Table("linkage_runs")
            .WithColumn("id").AsId().PrimaryKey()
            .WithColumn("device_id").AsId().NotNullable()
            .WithColumn("kind").AsString(20).NotNullable()
            .WithColumn("capability").AsString(60).NotNullable()
            .WithColumn("effect_key").AsString(300).Nullable()
            .WithColumn("recipe_id").AsId().Nullable()
            .WithColumn("inputs").AsText().NotNullable()
            .WithColumn("rehearsal").AsBoolean().NotNullable()
            .WithColumn("state").AsString(20).NotNullable()
            .WithColumn("started_at").AsInstant().NotNullable()
            .WithColumn("ended_at").AsInstant().Nullable()
            .WithColumn("took_ms").AsInt32().NotNullable()
            .WithColumn("failure").AsString(60).Nullable()
            .WithColumn("failed_step").AsString(100).Nullable()
            .WithColumn("detail").AsText().NotNullable()
            .WithColumn("reading").AsString(20).NotNullable()
            .WithColumn("changed").AsBoolean().Nullable()
            .WithColumn("outputs").AsText().NotNullable()
            .WithColumn("film").AsText().NotNullable()
            .WithColumn("started_by").AsString(200).NotNullable();
        Create.Index("ix_linkage_runs_device").OnTable("linkage_runs").OnColumn("device_id").Ascending().OnColumn("started_at").Descending();
        Create.Index("ix_linkage_runs_key").OnTable("linkage_runs").OnColumn("device_id").Ascending().OnColumn("effect_key").Ascending();
        Create.Index("ix_linkage_runs_started").OnTable("linkage_runs").OnColumn("started_at");
        Create.Table("linkage_suggestions")
            .WithColumn("id").AsId().PrimaryKey()
            .WithColumn("recipe_id").AsId().NotNullable()
            .WithColumn("run_id").AsId().NotNullable()
            .WithColumn("step").AsString(100).NotNullable()
            .WithColumn("wanted").AsString(300).NotNullable()
            .WithColumn("found").AsString(300).NotNullable()
            .WithColumn("score").AsInt32().NotNullable()
            .WithColumn("at").AsInstant().NotNullable()
            .WithColumn("taken").AsBoolean().Nullable()
            .WithColumn("decided_by").AsString(200).NotNullable();
        Create.Index("ix_linkage_suggestions_recipe").OnTable("linkage_suggestions").OnColumn("recipe_id");
    }
}
