using Juming.Platform.Access;
using Juming.Platform.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Juming.Operator.Customers.Data;

/// <summary>
/// Tables of customers, as far as the caller's scopes reach: rows of a customer that they do not hold are not there for whoever asks, in whatever way.
/// </summary>
internal sealed class CustomersDb : ModuleDbContext
{
    private readonly bool _all;
    private readonly List<Guid> _mine;

    public CustomersDb(DbContextOptions<CustomersDb> options, CommitQueue commits, CurrentActor current, HostScope host) : base(options, commits)
    {
        _all = current.Actor.Covers(host.Scope);
        _mine = [.. current.Actor.Scopes.Where(s => s.Kind == CustomerScope.Kind).Select(s => Guid.TryParse(s.Id, out var id) ? id : Guid.Empty)];
    }

    public DbSet<UnitRow> Units => Set<UnitRow>();
    public DbSet<SiteRow> Sites => Set<SiteRow>();
    public DbSet<SiteIncidentRow> Incidents => Set<SiteIncidentRow>();
    public DbSet<ReleaseRow> Releases => Set<ReleaseRow>();

    /// <summary>The caller sees every customer.</summary>
    public bool SeesAll => _all;

    protected override string Prefix => "customers";

    protected override void DefineModel(ModelBuilder model)
    {
        model.Entity<UnitRow>(row =>
        {
            row.ToTable("Units");
            row.Property(r => r.Id).Metadata.ValueGenerated = ValueGenerated.Never;
            row.Property(r => r.Version).IsConcurrencyToken();
            row.HasQueryFilter(r => _all || _mine.Contains(r.CustomerId));
        });
        model.Entity<SiteRow>(row =>
        {
            row.ToTable("Sites");
            row.Property(r => r.Id).Metadata.ValueGenerated = ValueGenerated.Never;
            row.Property(r => r.Version).IsConcurrencyToken();
            row.HasQueryFilter(r => _all || _mine.Contains(r.CustomerId));
        });
        model.Entity<SiteIncidentRow>(row =>
        {
            row.ToTable("Incidents");
            row.HasKey(r => new { r.SiteId, r.Id });
            row.Property(r => r.Id).Metadata.ValueGenerated = ValueGenerated.Never;
            row.HasQueryFilter(r => _all || _mine.Contains(r.CustomerId));
        });
        model.Entity<ReleaseRow>(row =>
        {
            row.ToTable("Releases");
            row.HasKey(r => new { r.SiteId, r.IncidentId, r.ReleasedAt });
            row.HasQueryFilter(r => _all || _mine.Contains(r.CustomerId));
        });
    }
}

/// <summary>A customer, or a unit of one's organisation.</summary>
internal sealed class UnitRow
{
    public Guid Id { get; set; } = Guid.CreateVersion7();

    /// <summary>The customer that it belongs to; of a customer, itself.</summary>
    public Guid CustomerId { get; set; }

    /// <summary>What it lies under; empty for a customer.</summary>
    public Guid ParentId { get; set; }
    public required string Name { get; set; }
    public DateTimeOffset CreatedAt { get; set; }
    public DateTimeOffset? ArchivedAt { get; set; }
    public long Version { get; set; } = 1;
}

/// <summary>A customer's site. Its identity is that of the peer on the link.</summary>
internal sealed class SiteRow
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public Guid CustomerId { get; set; }
    public Guid UnitId { get; set; }
    public required string Name { get; set; }
    public DateTimeOffset CreatedAt { get; set; }
    public DateTimeOffset? ArchivedAt { get; set; }
    public long Version { get; set; } = 1;
}

/// <summary>An incident of a site, as the site last told it: numbers, stages, times, identifiers of ATT&amp;CK.</summary>
internal sealed class SiteIncidentRow
{
    public Guid SiteId { get; set; }

    /// <summary>Its identity at the site.</summary>
    public Guid Id { get; set; }
    public Guid CustomerId { get; set; }

    /// <summary>Number of the record that told it.</summary>
    public long Seq { get; set; }

    /// <summary>When that was, by the site's clock.</summary>
    public DateTimeOffset ToldAt { get; set; }

    /// <summary>1 (for information) to 5 (critical).</summary>
    public int Severity { get; set; }

    /// <summary>1 (drop everything) to 4.</summary>
    public int Priority { get; set; }
    public int Stage { get; set; }
    public int Verdict { get; set; }

    /// <summary>Technique that names it; empty when none does.</summary>
    public string Attack { get; set; } = "";

    /// <summary>Identifiers of tactics, separated by blanks.</summary>
    public string Tactics { get; set; } = "";
    public long Alerts { get; set; }
    public DateTimeOffset DetectedAt { get; set; }
    public DateTimeOffset? AcknowledgedAt { get; set; }
    public DateTimeOffset? ContainedAt { get; set; }
    public DateTimeOffset? ResolvedAt { get; set; }
    public DateTimeOffset? ClosedAt { get; set; }
}

/// <summary>What a person of a site released of an incident. Lists are separated by blanks.</summary>
internal sealed class ReleaseRow
{
    public Guid SiteId { get; set; }
    public Guid IncidentId { get; set; }

    /// <summary>By the site's clock.</summary>
    public DateTimeOffset ReleasedAt { get; set; }
    public Guid CustomerId { get; set; }
    public DateTimeOffset ArrivedAt { get; set; }
    public string Attackers { get; set; } = "";
    public string Domains { get; set; } = "";
    public string FileHashes { get; set; } = "";
    public string Techniques { get; set; } = "";
    public long Hosts { get; set; }
    public long Accounts { get; set; }
    public long Matches { get; set; }
    public DateTimeOffset? FirstAt { get; set; }
    public DateTimeOffset? LastAt { get; set; }
}
