using Juming.Contracts.Indicators;
using Juming.Platform.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Juming.Cloud.ThreatIntel.Data;

/// <summary>Tables of intelligence.</summary>
internal sealed class ThreatIntelDb(DbContextOptions<ThreatIntelDb> options, CommitQueue commits) : ModuleDbContext(options, commits)
{
    public DbSet<SourceRow> Sources => Set<SourceRow>();

    public DbSet<RunRow> Runs => Set<RunRow>();

    public DbSet<IndicatorRow> Indicators => Set<IndicatorRow>();

    public DbSet<ClaimRow> Claims => Set<ClaimRow>();

    public DbSet<QuarantineRow> Quarantine => Set<QuarantineRow>();

    public DbSet<VulnerabilityRow> Vulnerabilities => Set<VulnerabilityRow>();

    public DbSet<LeagueRow> League => Set<LeagueRow>();

    protected override string Prefix => "threatintel";

    protected override void DefineModel(ModelBuilder model)
    {
        model.Entity<SourceRow>(row =>
        {
            row.ToTable("Sources");
            row.Property(r => r.Id).Metadata.ValueGenerated = ValueGenerated.Never;
            row.Property(r => r.Version).IsConcurrencyToken();
        });
        model.Entity<RunRow>(row =>
        {
            row.ToTable("Runs");
            row.Property(r => r.Id).Metadata.ValueGenerated = ValueGenerated.Never;
        });
        model.Entity<IndicatorRow>(row =>
        {
            row.ToTable("Indicators");
            row.Property(r => r.Id).Metadata.ValueGenerated = ValueGenerated.Never;
        });
        model.Entity<ClaimRow>(row =>
        {
            row.ToTable("Claims");
            row.HasKey(r => new { r.IndicatorId, r.SourceId });
        });
        model.Entity<VulnerabilityRow>(row =>
        {
            row.ToTable("Vulnerabilities");
            row.HasKey(r => r.Cve);
        });
        model.Entity<LeagueRow>(row =>
        {
            row.ToTable("League");
            row.HasKey(r => r.SourceId);
            row.Property(r => r.SourceId).Metadata.ValueGenerated = ValueGenerated.Never;
        });
        model.Entity<QuarantineRow>(row =>
        {
            row.ToTable("Quarantine");
            row.Property(r => r.Id).Metadata.ValueGenerated = ValueGenerated.Never;
        });
    }
}

/// <summary>Where statements come from, and how its reading goes.</summary>
internal sealed class SourceRow
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public required string Name { get; set; }
    public SourceKind Kind { get; set; }
    public string Address { get; set; } = "";

    /// <summary>How fields are mapped, as JSON (<see cref="Feeds.FeedMapping"/>).</summary>
    public string Mapping { get; set; } = "";

    /// <summary>Header that carries the secret; empty for none.</summary>
    public string SecretHeader { get; set; } = "";

    /// <summary>The secret in the vault.</summary>
    public Guid? SecretId { get; set; }
    public Reliability Reliability { get; set; } = Reliability.F;

    /// <summary>Sources of one group copy each other and count once; empty for a group of its own.</summary>
    public string Group { get; set; } = "";
    public Tlp Tlp { get; set; }

    /// <summary>Confidence of statements that name none.</summary>
    public int Confidence { get; set; } = 60;

    /// <summary>Threat of statements that name none.</summary>
    public ThreatKind Threat { get; set; }

    /// <summary>Whatever licence says so may be passed on to customers.</summary>
    public bool MayDistribute { get; set; }
    public int EveryMinutes { get; set; } = 60;
    public bool Enabled { get; set; } = true;

    /// <summary>For conditional requests and for going on where the last run ended.</summary>
    public string Etag { get; set; } = "";
    public string Modified { get; set; } = "";
    public string Cursor { get; set; } = "";
    public DateTimeOffset? LastRunAt { get; set; }
    public DateTimeOffset? LastOkAt { get; set; }
    public DateTimeOffset? NextRunAt { get; set; }

    /// <summary>Runs that failed one after the other.</summary>
    public int Failures { get; set; }

    /// <summary>Code and arguments of the last failure; empty after a good run.</summary>
    public string Problem { get; set; } = "";
    public string ProblemDetail { get; set; } = "";

    /// <summary>Statements that stand.</summary>
    public long Standing { get; set; }

    /// <summary>Of these, values that no other source names.</summary>
    public long Alone { get; set; }
    public long Version { get; set; } = 1;
}

/// <summary>One reading of a source.</summary>
internal sealed class RunRow
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public Guid SourceId { get; set; }
    public DateTimeOffset StartedAt { get; set; }
    public DateTimeOffset EndedAt { get; set; }

    /// <summary>Code of the failure; empty for a good run.</summary>
    public string Problem { get; set; } = "";
    public string ProblemDetail { get; set; } = "";
    public bool Unchanged { get; set; }
    public long Bytes { get; set; }
    public int Read { get; set; }
    public int Fresh { get; set; }
    public int Changed { get; set; }
    public int Withdrawn { get; set; }
    public int Quarantined { get; set; }
}

/// <summary>A value and what all sources together say of it.</summary>
internal sealed class IndicatorRow
{
    /// <summary>Made of kind and value, so that merging needs no look-up and every tier names it alike.</summary>
    public Guid Id { get; set; }
    public IndicatorKind Kind { get; set; }
    public required string Value { get; set; }
    public IndicatorState State { get; set; }
    public int Confidence { get; set; }

    /// <summary>1 low, 2 medium, 3 high, 4 critical.</summary>
    public int Severity { get; set; }
    public Tlp Tlp { get; set; }
    public ThreatKind Threat { get; set; }

    /// <summary>Sources whose statements stand.</summary>
    public int Sources { get; set; }
    public DateTimeOffset FirstSeen { get; set; }
    public DateTimeOffset LastSeen { get; set; }

    /// <summary>Names of the warning lists that hold it, one a line.</summary>
    public string Warnings { get; set; } = "";

    /// <summary>Revoked or FalsePositive by a person; null otherwise.</summary>
    public IndicatorState? Decision { get; set; }
    public string DecidedBy { get; set; } = "";
    public string DecisionReason { get; set; } = "";
    public DateTimeOffset? DecidedAt { get; set; }
    public DateTimeOffset ChangedAt { get; set; }

    /// <summary>When it stops counting unless somebody says more: the end that sources name, or when its weight is gone; null for never.</summary>
    public DateTimeOffset? ExpiresAt { get; set; }
}

/// <summary>What one source says of one value.</summary>
internal sealed class ClaimRow
{
    public Guid IndicatorId { get; set; }
    public Guid SourceId { get; set; }
    public int Confidence { get; set; }
    public ThreatKind Threat { get; set; }
    public string Family { get; set; } = "";

    /// <summary>ATT&amp;CK, "T1071.001,T1566".</summary>
    public string Techniques { get; set; } = "";
    public string Note { get; set; } = "";
    public string Reference { get; set; } = "";
    public Tlp Tlp { get; set; }
    public DateTimeOffset FirstSeen { get; set; }

    /// <summary>Last seen by the source itself; for lists that are read whole, the last reading counts while it stands.</summary>
    public DateTimeOffset LastSeen { get; set; }
    public DateTimeOffset? ValidUntil { get; set; }
    public DateTimeOffset? WithdrawnAt { get; set; }

    /// <summary>Of all that it says, to see whether it says something else today.</summary>
    public long Digest { get; set; }
}

/// <summary>What is known of the exploitation of a vulnerability.</summary>
internal sealed class VulnerabilityRow
{
    public required string Cve { get; set; }
    public string Name { get; set; } = "";
    public string Vendor { get; set; } = "";
    public string Product { get; set; } = "";

    /// <summary>Day on which it entered the catalogue of known exploited ones; null when it is not in it.</summary>
    public DateTimeOffset? AddedAt { get; set; }
    public DateTimeOffset? DueAt { get; set; }
    public bool Ransomware { get; set; }

    /// <summary>EPSS, 0 to 1.</summary>
    public double? Chance { get; set; }
    public double? Percentile { get; set; }
    public string Summary { get; set; } = "";

    /// <summary>CVSS in tenths; 0 for none.</summary>
    public int Score { get; set; }
    public DateTimeOffset? PublishedAt { get; set; }

    /// <summary>JSON of products and versions that it concerns.</summary>
    public string Ranges { get; set; } = "[]";
    public int RangeCount { get; set; }

    /// <summary>They are as its author recorded them; NVD has named none yet.</summary>
    public bool ByRecord { get; set; }

    /// <summary>Which part of the whole it travels in.</summary>
    public int Bucket { get; set; }

    /// <summary>When what it is or concerns changed last; null when that is not known.</summary>
    public DateTimeOffset? ChangedAt { get; set; }

    /// <summary>When what is known of its exploitation changed last.</summary>
    public DateTimeOffset? ExploitChangedAt { get; set; }
}

/// <summary>What a source sent and could not be taken.</summary>
internal sealed class QuarantineRow
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public Guid SourceId { get; set; }
    public required string Value { get; set; }
    public IndicatorProblem Reason { get; set; }
    public DateTimeOffset FirstAt { get; set; }
    public DateTimeOffset LastAt { get; set; }
}

/// <summary>How a source compares with the others, by the values that it shares with them.</summary>
internal sealed class LeagueRow
{
    public Guid SourceId { get; set; }

    /// <summary>Values that another source names too.</summary>
    public long Shared { get; set; }

    /// <summary>Of these, values that it named first.</summary>
    public long Led { get; set; }

    /// <summary>Minutes that it is behind the first, on average over all that it shares.</summary>
    public long LagMinutes { get; set; }

    /// <summary>The source with which it shares most, and how many.</summary>
    public Guid? NearestId { get; set; }
    public long NearestShared { get; set; }
    public DateTimeOffset CountedAt { get; set; }
}
