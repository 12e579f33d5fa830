using Juming.Platform.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Juming.Site.Response.Data;

/// <summary>Tables of playbooks and their runs.</summary>
internal sealed class ResponseDb(DbContextOptions<ResponseDb> options, CommitQueue commits) : ModuleDbContext(options, commits)
{
    public DbSet<PlaybookRow> Playbooks => Set<PlaybookRow>();
    public DbSet<VersionRow> Versions => Set<VersionRow>();
    public DbSet<RunRow> Runs => Set<RunRow>();
    public DbSet<StepRow> Steps => Set<StepRow>();
    public DbSet<SecretRow> Secrets => Set<SecretRow>();

    protected override string Prefix => "response";

    protected override void DefineModel(ModelBuilder model)
    {
        model.Entity<PlaybookRow>(row =>
        {
            row.ToTable("Playbooks");
            row.Property(r => r.Revision).IsConcurrencyToken();
        });
        model.Entity<VersionRow>().ToTable("Versions");
        model.Entity<RunRow>().ToTable("Runs");
        model.Entity<StepRow>().ToTable("Steps");
        model.Entity<SecretRow>().ToTable("Secrets");
        foreach (var entity in model.Model.GetEntityTypes())
            if (entity.FindProperty("Id") is { } id && id.ClrType == typeof(Guid)) id.ValueGenerated = ValueGenerated.Never;
    }
}
