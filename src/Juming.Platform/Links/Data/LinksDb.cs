using Juming.Platform.Data;
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
    }
}
