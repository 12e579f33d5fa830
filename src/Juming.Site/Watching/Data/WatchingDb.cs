using Juming.Platform.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Juming.Site.Watching.Data;

/// <summary>Tables of the watch list.</summary>
internal sealed class WatchingDb(DbContextOptions<WatchingDb> options, CommitQueue commits) : ModuleDbContext(options, commits)
{
    public DbSet<WatchRow> Watches => Set<WatchRow>();

    protected override string Prefix => "watching";

    protected override void DefineModel(ModelBuilder model) => model.Entity<WatchRow>(row =>
    {
        row.ToTable("Watches");
        row.Property(r => r.Id).Metadata.ValueGenerated = ValueGenerated.Never;
        row.Property(r => r.Version).IsConcurrencyToken();
    });
}

/// <summary>A watched value.</summary>
internal sealed class WatchRow
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public WatchKind Kind { get; set; }

    /// <summary>In its normal form: what is compared.</summary>
    public required string Value { get; set; }
    public required string Reason { get; set; }
    public string Incident { get; set; } = "";

    /// <summary>Key of the effect that made it; null for a person's.</summary>
    public string? Key { get; set; }
    public required string By { get; set; }
    public DateTimeOffset At { get; set; }
    public DateTimeOffset? Until { get; set; }
    public DateTimeOffset? EndedAt { get; set; }
    public string EndedBy { get; set; } = "";

    /// <summary>Key of the effect that ended it; empty for a person.</summary>
    public string EndedKey { get; set; } = "";
    public long Version { get; set; } = 1;

    public bool Lasts(DateTimeOffset now) => EndedAt is null && (Until is null || Until > now);
}
