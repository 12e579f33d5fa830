using Juming.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Detection.Data;

/// <summary>Tables of detection.</summary>
internal sealed class DetectionDb(DbContextOptions<DetectionDb> options, CommitQueue commits) : ModuleDbContext(options, commits)
{
    public DbSet<AlertRow> Alerts => Set<AlertRow>();
    public DbSet<RuleStateRow> RuleStates => Set<RuleStateRow>();
    public DbSet<RuleHitsRow> Hits => Set<RuleHitsRow>();
    public DbSet<ProgressRow> Progress => Set<ProgressRow>();
    public DbSet<ValueListRow> Lists => Set<ValueListRow>();
    public DbSet<FilterRow> Filters => Set<FilterRow>();
    public DbSet<SightRow> Sights => Set<SightRow>();

    protected override string Prefix => "detection";

    protected override void DefineModel(ModelBuilder model)
    {
        model.Entity<AlertRow>().ToTable("Alerts");
        model.Entity<RuleStateRow>(row =>
        {
            row.ToTable("Rules");
            row.HasKey(r => r.RuleId);
        });
        model.Entity<RuleHitsRow>(row =>
        {
            row.ToTable("Hits");
            row.HasKey(r => new { r.RuleId, r.Hour });
        });
        model.Entity<ProgressRow>(row =>
        {
            row.ToTable("Progress");
            row.Property(r => r.Id).ValueGeneratedNever();
            row.Property(r => r.Sequence).IsConcurrencyToken();
        });
        model.Entity<ValueListRow>(row =>
        {
            row.ToTable("Lists");
            row.HasKey(r => r.Name);
        });
        model.Entity<FilterRow>().ToTable("Filters");
        model.Entity<SightRow>(row =>
        {
            row.ToTable("Sights");
            row.HasKey(r => r.Logsource);
        });
    }
}
