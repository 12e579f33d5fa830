using FluentMigrator;
using Juming.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Events.Data;

/// <summary>A search that a person has kept.</summary>
internal sealed class SavedSearch
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public required string OwnerId { get; init; }

    public required string OwnerName { get; init; }

    public required string Name { get; init; }

    public required string Query { get; set; }

    /// <summary>Beginning of the time range as it stands in the address: "now-24h" or an instant.</summary>
    public required string Span { get; set; }

    /// <summary>End of the time range in the same forms; null for the present.</summary>
    public string? Until { get; set; }

    /// <summary>The range is one of receipt.</summary>
    public bool ByReceipt { get; set; }

    /// <summary>Others may use it too.</summary>
    public required bool Shared { get; set; }

    public required DateTimeOffset ChangedAt { get; set; }
}

/// <summary>How an export stands.</summary>
internal enum ExportState
{
    Waiting,
    Running,
    Done,
    Failed,
    Cancelled,
}

/// <summary>A file that is being written from search results. The row survives a restart; the work begins anew then.</summary>
internal sealed class ExportRow
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public required string OwnerId { get; init; }

    public required string OwnerName { get; init; }

    public required string Query { get; init; }

    public required DateTimeOffset From { get; init; }

    public required DateTimeOffset To { get; init; }

    /// <summary>The span is one of receipt.</summary>
    public bool ByReceipt { get; init; }

    public required bool Csv { get; init; }

    public required ExportState State { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; set; }

    public long Rows { get; set; }

    public long Bytes { get; set; }

    /// <summary>There was more than the cap: the newest rows are in the file.</summary>
    public bool Cut { get; set; }

    /// <summary>Code of the refusal that ended it.</summary>
    public string? Problem { get; set; }
}

/// <summary>Kept searches and exports.</summary>
internal sealed class EventsDb(DbContextOptions<EventsDb> options, CommitQueue commits) : ModuleDbContext(options, commits)
{
    protected override string Prefix => "events";

    public DbSet<SavedSearch> Searches => Set<SavedSearch>();

    public DbSet<ExportRow> Exports => Set<ExportRow>();

    protected override void DefineModel(ModelBuilder model)
    {
        model.Entity<SavedSearch>().ToTable("search").HasKey(s => s.Id);
        model.Entity<ExportRow>().ToTable("export").HasKey(e => e.Id);
    }
}

/// <summary>Tables of kept searches and exports.</summary>
[Migration(2026_11_23_20_03)]
public sealed class CreateEventsTables : ModuleMigration
{
    /// <inheritdoc/>
    public override void Up()
    {
        Create.Table("events_search")
            .WithColumn("id").AsId().PrimaryKey()
            .WithColumn("owner_id").AsString(64).NotNullable().Indexed()
            .WithColumn("owner_name").AsText().NotNullable()
            .WithColumn("name").AsString(100).NotNullable()
            .WithColumn("query").AsText().NotNullable()
            .WithColumn("span").AsString(40).NotNullable()
            .WithColumn("shared").AsBoolean().NotNullable()
            .WithColumn("changed_at").AsInstant().NotNullable();
        Create.Index("ux_events_search_owner_name").OnTable("events_search").OnColumn("owner_id").Ascending().OnColumn("name").Ascending().WithOptions().Unique();
        Create.Table("events_export")
            .WithColumn("id").AsId().PrimaryKey()
            .WithColumn("owner_id").AsString(64).NotNullable().Indexed()
            .WithColumn("owner_name").AsText().NotNullable()
            .WithColumn("query").AsText().NotNullable()
            .WithColumn("from").AsInstant().NotNullable()
            .WithColumn("to").AsInstant().NotNullable()
            .WithColumn("csv").AsBoolean().NotNullable()
            .WithColumn("state").AsString(20).NotNullable()
            .WithColumn("created_at").AsInstant().NotNullable()
            .WithColumn("finished_at").AsInstant().Nullable()
            .WithColumn("rows").AsInt64().NotNullable()
            .WithColumn("bytes").AsInt64().NotNullable()
            .WithColumn("cut").AsBoolean().NotNullable()
            .WithColumn("problem").AsString(100).Nullable();
    }
}

/// <summary>Kept searches have an end, and searches go by receipt as well.</summary>
[Migration(2026_11_27_20_15)]
public sealed class AddEventsTimeKinds : ModuleMigration
{
    /// <inheritdoc/>
    public override void Up()
    {
        Alter.Table("events_search").AddColumn("until").AsString(40).Nullable();
        Alter.Table("events_search").AddColumn("by_receipt").AsBoolean().NotNullable().WithDefaultValue(false);
        Alter.Table("events_export").AddColumn("by_receipt").AsBoolean().NotNullable().WithDefaultValue(false);
    }
}
