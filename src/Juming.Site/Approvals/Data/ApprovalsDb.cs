using Juming.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Approvals.Data;

/// <summary>Tables of approvals.</summary>
internal sealed class ApprovalsDb(DbContextOptions<ApprovalsDb> options, CommitQueue commits) : ModuleDbContext(options, commits)
{
    public DbSet<ApprovalRow> Approvals => Set<ApprovalRow>();
    public DbSet<AnswerRow> Answers => Set<AnswerRow>();
    public DbSet<LinkRow> Links => Set<LinkRow>();

    protected override string Prefix => "approvals";

    protected override void DefineModel(ModelBuilder model)
    {
        model.Entity<ApprovalRow>(row =>
        {
            row.ToTable("Approvals");
            row.Property(r => r.Id).ValueGeneratedNever();
            row.Property(r => r.Version).IsConcurrencyToken();
        });
        model.Entity<AnswerRow>(row =>
        {
            row.ToTable("Answers");
            row.HasKey(r => new { r.ApprovalId, r.PersonId });
        });
        model.Entity<LinkRow>(row =>
        {
            row.ToTable("Links");
            row.HasKey(r => r.Hash);
        });
    }
}
