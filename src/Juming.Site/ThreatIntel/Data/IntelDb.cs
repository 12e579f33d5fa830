using Juming.Contracts.Indicators;
using Juming.Platform.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Juming.Site.ThreatIntel.Data;

/// <summary>Tables of threat intelligence at a site. The sets themselves are files.</summary>
internal sealed class IntelDb(DbContextOptions<IntelDb> options, CommitQueue commits) : ModuleDbContext(options, commits)
{
    public DbSet<ChangeRow> Changes => Set<ChangeRow>();
    public DbSet<SetRow> Sets => Set<SetRow>();
    public DbSet<OwnRow> Own => Set<OwnRow>();
    public DbSet<OperatorRow> OperatorIndicators => Set<OperatorRow>();
    public DbSet<MuteRow> Mutes => Set<MuteRow>();
    public DbSet<HitRow> Hits => Set<HitRow>();
    public DbSet<HuntRow> Hunts => Set<HuntRow>();
    public DbSet<BulletinRow> Bulletins => Set<BulletinRow>();

    protected override string Prefix => "intel";

    protected override void DefineModel(ModelBuilder model)
    {
        model.Entity<ChangeRow>(row => row.Property(r => r.Id).Metadata.ValueGenerated = ValueGenerated.Never);
        model.Entity<SetRow>(row => row.Property(r => r.Id).Metadata.ValueGenerated = ValueGenerated.Never);
        model.Entity<OwnRow>(row => row.Property(r => r.Id).Metadata.ValueGenerated = ValueGenerated.Never);
        model.Entity<OperatorRow>(row =>
        {
            row.HasKey(r => new { r.Operator, r.Id });
            row.Property(r => r.Id).Metadata.ValueGenerated = ValueGenerated.Never;
        });
        model.Entity<MuteRow>(row => row.HasKey(r => new { r.Kind, r.Value }));
        model.Entity<HitRow>(row =>
        {
            row.HasKey(r => r.AlertId);
            row.Property(r => r.AlertId).Metadata.ValueGenerated = ValueGenerated.Never;
        });
        model.Entity<HuntRow>(row => row.Property(r => r.Id).Metadata.ValueGenerated = ValueGenerated.Never);
        model.Entity<BulletinRow>(row =>
        {
            row.Property(r => r.Id).Metadata.ValueGenerated = ValueGenerated.Never;
            row.Property(r => r.Revision).IsConcurrencyToken();
        });
    }
}

/// <summary>A single change above the whole set: the last word on an identity.</summary>
internal sealed class ChangeRow
{
    public Guid Id { get; set; }
    public long Version { get; set; }
    public bool Withdrawn { get; set; }
    public IndicatorKind Kind { get; set; }
    public string Value { get; set; } = "";
    public int Confidence { get; set; }
    public int Severity { get; set; }

    /// <summary>The rest, JSON.</summary>
    public string Facts { get; set; } = "";
}

/// <summary>Where the cloud's set stands; one row.</summary>
internal sealed class SetRow
{
    public int Id { get; set; } = 1;

    /// <summary>Version of the last change.</summary>
    public long Version { get; set; }

    /// <summary>After a roll-back: no changes before a whole set of a later version.</summary>
    public long? WantsSetAfter { get; set; }
    public DateTimeOffset? ReplacedAt { get; set; }
    public DateTimeOffset? ChangedAt { get; set; }

    /// <summary>Indicators in the whole set by kind, JSON.</summary>
    public string Kinds { get; set; } = "{}";

    /// <summary>How many of them end when (<see cref="Sets.EndTally"/>), JSON.</summary>
    public string Ends { get; set; } = "{}";
}

/// <summary>An indicator that people of this site entered.</summary>
internal sealed class OwnRow
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public IndicatorKind Kind { get; set; }
    public required string Value { get; set; }
    public int Confidence { get; set; }
    public int Severity { get; set; }
    public string Threat { get; set; } = "";
    public string Labels { get; set; } = "";
    public string Techniques { get; set; } = "";
    public SharingLimit Tlp { get; set; }
    public string Note { get; set; } = "";
    public DateTimeOffset ValidUntil { get; set; }
    public string By { get; set; } = "";
    public DateTimeOffset At { get; set; }
    public DateTimeOffset? EndedAt { get; set; }
    public string EndedBy { get; set; } = "";
}

/// <summary>An indicator that an operator gives this site.</summary>
internal sealed class OperatorRow
{
    public required string Operator { get; set; }
    public Guid Id { get; set; }
    public IndicatorKind Kind { get; set; }
    public required string Value { get; set; }
    public int Confidence { get; set; }
    public int Severity { get; set; }

    /// <summary>The rest, JSON.</summary>
    public string Facts { get; set; } = "";
}

/// <summary>A value that makes no alerts here, whoever names it.</summary>
internal sealed class MuteRow
{
    public IndicatorKind Kind { get; set; }
    public required string Value { get; set; }
    public required string Reason { get; set; }
    public string By { get; set; } = "";
    public DateTimeOffset At { get; set; }
    public DateTimeOffset? Until { get; set; }
}

/// <summary>An alert that an indicator made, as far as counts by indicator need it.</summary>
internal sealed class HitRow
{
    public Guid AlertId { get; set; }
    public Guid IndicatorId { get; set; }
    public bool IsOwn { get; set; }
    public IndicatorKind Kind { get; set; }
    public required string Value { get; set; }
    public string Threat { get; set; } = "";

    /// <summary>ATT&amp;CK, "T1071.001,T1566".</summary>
    public string Techniques { get; set; } = "";

    /// <summary>How far the indicator may travel, as it was then; empty where it was not kept.</summary>
    public string Tlp { get; set; } = "";

    /// <summary>End of the indicator, as it was then.</summary>
    public DateTimeOffset? Until { get; set; }
    public int Severity { get; set; }
    public string Party { get; set; } = "";
    public bool IsLate { get; set; }
    public DateTimeOffset FirstAt { get; set; }
    public DateTimeOffset LastAt { get; set; }
    public long Count { get; set; }

    /// <summary>Counts up with each change, for who passes counts on.</summary>
    public long Mark { get; set; }
}

/// <summary>A search of stored events for new indicators.</summary>
internal sealed class HuntRow
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public bool IsOwn { get; set; }
    public DateTimeOffset At { get; set; }

    /// <summary>Receipt from which events are searched, and up to which.</summary>
    public DateTimeOffset From { get; set; }
    public DateTimeOffset To { get; set; }

    /// <summary>Everything received from here on is searched; moves towards <see cref="From"/>.</summary>
    public DateTimeOffset Reached { get; set; }

    /// <summary>What is searched for, JSON.</summary>
    public string Indicators { get; set; } = "[]";
    public int Count { get; set; }

    /// <summary>New indicators that are not searched for, because there were too many at once.</summary>
    public long LeftOut { get; set; }

    /// <summary>Events that are still stored and were searched.</summary>
    public long Looked { get; set; }

    /// <summary>Events that were stored in that time and are no longer there.</summary>
    public long Gone { get; set; }

    /// <summary>Events that an indicator met.</summary>
    public long Events { get; set; }
    public int Alerts { get; set; }

    /// <summary>Portions in which more was found than is read.</summary>
    public int Cut { get; set; }
    public DateTimeOffset? BegunAt { get; set; }
    public DateTimeOffset? DoneAt { get; set; }
}

/// <summary>A bulletin (通报) of an authority or of the provider.</summary>
internal sealed class BulletinRow
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public required string Title { get; set; }
    public string Sender { get; set; } = "";
    public string Number { get; set; } = "";
    public string Text { get; set; } = "";
    public Detection.Severity Severity { get; set; }
    public BulletinState State { get; set; }
    public DateTimeOffset ReceivedAt { get; set; }
    public DateTimeOffset? Due { get; set; }

    /// <summary>What is to be done, JSON.</summary>
    public string Actions { get; set; } = "[]";
    public string Answer { get; set; } = "";
    public DateTimeOffset ChangedAt { get; set; }
    public string By { get; set; } = "";

    /// <summary>What happened to it, JSON; oldest first.</summary>
    public string History { get; set; } = "[]";
    public long Revision { get; set; } = 1;

    /// <summary>Where it comes from.</summary>
    public BulletinOrigin Origin { get; set; }

    /// <summary>Its identity above; null for one that was entered here.</summary>
    public Guid? RemoteId { get; set; }

    /// <summary>Vulnerabilities that it is about, separated by blanks.</summary>
    public string Cves { get; set; } = "";

    /// <summary>What it refers to, a line each.</summary>
    public string References { get; set; } = "";

    /// <summary>Why it was taken back above; null while it stands.</summary>
    public string? WithdrawnFor { get; set; }
}
