using Juming.Platform.Data;
using Juming.Platform.Links.Egress.Held;
using Juming.Platform.Links.Egress.Ledger;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Juming.Platform.Links.Data;

/// <summary>Tables of the links.</summary>
internal sealed class LinksDb(DbContextOptions<LinksDb> options, CommitQueue commits) : ModuleDbContext(options, commits)
{
    public DbSet<PeerRow> Peers => Set<PeerRow>();
    public DbSet<AuthorityRow> Authorities => Set<AuthorityRow>();
    public DbSet<MembershipRow> Memberships => Set<MembershipRow>();
    public DbSet<LogRow> Log => Set<LogRow>();
    public DbSet<LogEndRow> LogEnds => Set<LogEndRow>();
    public DbSet<InboxRow> Inboxes => Set<InboxRow>();
    public DbSet<MarkRow> Marks => Set<MarkRow>();
    public DbSet<MissingRow> Missing => Set<MissingRow>();
    public DbSet<ValueRow> Values => Set<ValueRow>();
    public DbSet<ArrivedValueRow> ArrivedValues => Set<ArrivedValueRow>();
    public DbSet<LedgerRow> Ledger => Set<LedgerRow>();
    public DbSet<LedgerContentRow> LedgerContents => Set<LedgerContentRow>();
    public DbSet<LedgerEndRow> LedgerEnds => Set<LedgerEndRow>();
    public DbSet<LedgerHeadRow> LedgerHeads => Set<LedgerHeadRow>();
    public DbSet<LedgerKeyRow> LedgerKeys => Set<LedgerKeyRow>();
    public DbSet<HeldHeadRow> HeldHeads => Set<HeldHeadRow>();
    public DbSet<ReceiptRow> Receipts => Set<ReceiptRow>();
    public DbSet<RefusalRow> Refusals => Set<RefusalRow>();
    public DbSet<PolicyRow> Policies => Set<PolicyRow>();

    protected override string Prefix => "links";

    protected override void DefineModel(ModelBuilder model)
    {
        model.Entity<PeerRow>().ToTable("Peers").Property(r => r.Id).Metadata.ValueGenerated = ValueGenerated.Never;
        model.Entity<AuthorityRow>().ToTable("Authorities").Property(r => r.Id).Metadata.ValueGenerated = ValueGenerated.Never;
        model.Entity<MembershipRow>().ToTable("Memberships").HasKey(r => r.Upper);
        model.Entity<MembershipRow>().Property(r => r.Upper).Metadata.ValueGenerated = ValueGenerated.Never;
        model.Entity<LogRow>().ToTable("Log").HasKey(r => new { r.Peer, r.Topic, r.Seq });
        model.Entity<LogEndRow>().ToTable("LogEnds").HasKey(r => new { r.Peer, r.Topic });
        model.Entity<InboxRow>().ToTable("Inboxes").HasKey(r => new { r.Peer, r.Topic });
        model.Entity<MarkRow>().ToTable("Marks").HasKey(r => new { r.Peer, r.Topic, r.Seq, r.Hash });
        model.Entity<MissingRow>().ToTable("Missing").Property(r => r.Id).Metadata.ValueGenerated = ValueGenerated.Never;
        model.Entity<ValueRow>().ToTable("Values").HasKey(r => new { r.Peer, r.Topic, r.Key });
        model.Entity<ArrivedValueRow>().ToTable("ArrivedValues").HasKey(r => new { r.Peer, r.Topic, r.Key });
        DefineEgress(model);
    }

    private static void DefineEgress(ModelBuilder model)
    {
        model.Entity<LedgerRow>().ToTable("Ledger").HasKey(r => r.Seq);
        model.Entity<LedgerRow>().Property(r => r.Seq).Metadata.ValueGenerated = ValueGenerated.Never;
        model.Entity<LedgerRow>().HasIndex(r => r.Offer).IsUnique();
        model.Entity<LedgerContentRow>().ToTable("LedgerContents").HasKey(r => r.Seq);
        model.Entity<LedgerContentRow>().Property(r => r.Seq).Metadata.ValueGenerated = ValueGenerated.Never;
        model.Entity<LedgerEndRow>().ToTable("LedgerEnds").Property(r => r.Id).Metadata.ValueGenerated = ValueGenerated.Never;
        model.Entity<LedgerHeadRow>().ToTable("LedgerHeads").HasKey(r => r.Day);
        model.Entity<LedgerHeadRow>().Property(r => r.Day).Metadata.ValueGenerated = ValueGenerated.Never;
        model.Entity<LedgerKeyRow>().ToTable("LedgerKeys").Property(r => r.Id).Metadata.ValueGenerated = ValueGenerated.Never;
        model.Entity<HeldHeadRow>().ToTable("HeldHeads").Property(r => r.Id).Metadata.ValueGenerated = ValueGenerated.Never;
        model.Entity<ReceiptRow>().ToTable("Receipts").HasKey(r => new { r.Upper, r.Day });
        model.Entity<RefusalRow>().ToTable("Refusals").Property(r => r.Id).Metadata.ValueGenerated = ValueGenerated.Never;
        model.Entity<PolicyRow>().ToTable("EgressPolicies").Property(r => r.Id).Metadata.ValueGenerated = ValueGenerated.Never;
    }
}
