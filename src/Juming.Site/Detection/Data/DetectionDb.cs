using System.Data;
using System.Data.Common;
using Juming.Platform.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace Juming.Site.Detection.Data;

/// <summary>Tables of detection.</summary>
internal sealed class DetectionDb(DbContextOptions<DetectionDb> options, CommitQueue commits) : ModuleDbContext(options, commits)
{
    private readonly CommitQueue _commits = commits;

    public DbSet<AlertRow> Alerts => Set<AlertRow>();
    public DbSet<RuleStateRow> RuleStates => Set<RuleStateRow>();
    public DbSet<RuleHitsRow> Hits => Set<RuleHitsRow>();
    public DbSet<ProgressRow> Progress => Set<ProgressRow>();
    public DbSet<ValueListRow> Lists => Set<ValueListRow>();
    public DbSet<FilterRow> Filters => Set<FilterRow>();

    protected override string Prefix => "detection";

    /// <summary>
    /// Runs plain statements and saves the tracked changes (the watermark, the outbox) in one transaction. Thousands of rows a second pass here,
    /// which tracking each as an entity would not bear.
    /// </summary>
    public async Task SaveWith(Func<DbConnection, DbTransaction, Task> statements, CancellationToken ct)
    {
        if (Database.ProviderName!.EndsWith("Sqlite", StringComparison.Ordinal))
        {
            await _commits.Commit(this, () => RunAndSave(statements, ct), ct);
            return;
        }
        await using var transaction = await Database.BeginTransactionAsync(IsolationLevel.ReadCommitted, ct);
        await RunAndSave(statements, ct);
        await transaction.CommitAsync(ct);
    }

    private async Task<int> RunAndSave(Func<DbConnection, DbTransaction, Task> statements, CancellationToken ct)
    {
        await statements(Database.GetDbConnection(), Database.CurrentTransaction!.GetDbTransaction());
        return await SaveChangesAsync(ct);
    }

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
    }
}
