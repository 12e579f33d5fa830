using Juming.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Platform.Access.Data;

/// <summary>Accounts, sessions, tokens and the audit trail of one tier.</summary>
internal sealed class AccessDb(DbContextOptions<AccessDb> options, CommitQueue commits) : ModuleDbContext(options, commits)
{
    protected override string Prefix => "access";

    public DbSet<User> Users => Set<User>();

    public DbSet<RecoveryCode> RecoveryCodes => Set<RecoveryCode>();

    public DbSet<Passkey> Passkeys => Set<Passkey>();

    public DbSet<SessionRow> Sessions => Set<SessionRow>();

    public DbSet<TokenRow> Tokens => Set<TokenRow>();

    public DbSet<OneTimeLink> Links => Set<OneTimeLink>();

    public DbSet<HostState> HostStates => Set<HostState>();

    public DbSet<PreferenceRow> Preferences => Set<PreferenceRow>();

    public DbSet<AuditRow> Audit => Set<AuditRow>();

    public DbSet<AuditHeadRow> AuditHeads => Set<AuditHeadRow>();

    protected override void DefineModel(ModelBuilder model)
    {
        model.Entity<User>().ToTable("user").HasKey(u => u.Id);
        model.Entity<User>().Property(u => u.Stamp).IsConcurrencyToken();
        model.Entity<RecoveryCode>().ToTable("recovery_code").HasKey(c => c.Id);
        model.Entity<Passkey>().ToTable("passkey").HasKey(p => p.Id);
        // Two answers with the same count must not both win.
        model.Entity<Passkey>().Property(p => p.SignCount).IsConcurrencyToken();
        model.Entity<SessionRow>().ToTable("session").HasKey(s => s.Id);
        model.Entity<TokenRow>().ToTable("token").HasKey(t => t.Id);
        model.Entity<OneTimeLink>().ToTable("one_time_link").HasKey(l => l.Id);
        model.Entity<HostState>().ToTable("host_state").HasKey(s => s.Id);
        model.Entity<HostState>().Property(s => s.Id).ValueGeneratedNever();
        model.Entity<PreferenceRow>().ToTable("preference").HasKey(p => new { p.OwnerId, p.Name });
        model.Entity<AuditRow>().ToTable("audit").HasKey(a => a.Seq);
        model.Entity<AuditRow>().Property(a => a.Seq).ValueGeneratedNever();
        model.Entity<AuditHeadRow>().ToTable("audit_heads").HasKey(h => h.Id);
        model.Entity<AuditHeadRow>().Property(h => h.Id).ValueGeneratedNever();
    }
}
