using Juming.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Platform.Notify.Data;

/// <summary>Notices, whom they concern, and what became of them on each way.</summary>
internal sealed class NotifyDb(DbContextOptions<NotifyDb> options, CommitQueue commits) : ModuleDbContext(options, commits)
{
    protected override string Prefix => "notify";

    public DbSet<NoticeRow> Notices => Set<NoticeRow>();

    public DbSet<InboxRow> Inbox => Set<InboxRow>();

    public DbSet<PathRow> Paths => Set<PathRow>();

    public DbSet<ChannelRow> Channels => Set<ChannelRow>();

    public DbSet<RuleRow> Rules => Set<RuleRow>();

    public DbSet<ContactRow> Contacts => Set<ContactRow>();

    public DbSet<DeliveryRow> Deliveries => Set<DeliveryRow>();

    public DbSet<CardRow> Cards => Set<CardRow>();

    public DbSet<PressRow> Presses => Set<PressRow>();

    public DbSet<ProofRow> Proofs => Set<ProofRow>();

    protected override void DefineModel(ModelBuilder model)
    {
        model.Entity<NoticeRow>().ToTable("notices").HasKey(n => n.Id);
        model.Entity<InboxRow>().ToTable("inbox").HasKey(i => i.Id);
        model.Entity<PathRow>().ToTable("paths").HasKey(p => p.Id);
        model.Entity<ChannelRow>().ToTable("channels").HasKey(c => c.Id);
        model.Entity<ChannelRow>().Property(c => c.Stamp).IsConcurrencyToken();
        model.Entity<RuleRow>().ToTable("rules").HasKey(r => r.Id);
        model.Entity<RuleRow>().Property(r => r.Stamp).IsConcurrencyToken();
        model.Entity<ContactRow>().ToTable("contacts").HasKey(c => c.PersonId);
        model.Entity<ContactRow>().Property(c => c.PersonId).ValueGeneratedNever();
        model.Entity<DeliveryRow>().ToTable("deliveries").HasKey(d => d.Id);
        model.Entity<DeliveryRow>().Property(d => d.State).IsConcurrencyToken();
        model.Entity<CardRow>().ToTable("cards").HasKey(c => c.Id);
        // A press and the turn that shows something may come together; each press brings a new code.
        model.Entity<CardRow>().Property(c => c.PressedCode).IsConcurrencyToken();
        model.Entity<PressRow>().ToTable("presses").HasKey(p => p.Key);
        model.Entity<ProofRow>().ToTable("proofs").HasKey(p => p.PersonId);
        model.Entity<ProofRow>().Property(p => p.PersonId).ValueGeneratedNever();
    }
}
