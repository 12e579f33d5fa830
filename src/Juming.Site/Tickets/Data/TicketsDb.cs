using System.Globalization;
using Juming.Platform.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Juming.Site.Tickets.Data;

/// <summary>Tables of tickets.</summary>
internal sealed class TicketsDb(DbContextOptions<TicketsDb> options, CommitQueue commits) : ModuleDbContext(options, commits)
{
    public DbSet<TicketRow> Tickets => Set<TicketRow>();
    public DbSet<NoteRow> Notes => Set<NoteRow>();

    protected override string Prefix => "tickets";

    protected override void DefineModel(ModelBuilder model)
    {
        model.Entity<TicketRow>(row =>
        {
            row.ToTable("Tickets");
            row.Property(r => r.Id).Metadata.ValueGenerated = ValueGenerated.Never;
            row.Property(r => r.Version).IsConcurrencyToken();
            row.Property(r => r.Priority).HasConversion<int>();
            row.Ignore(r => r.ShortNumber);
        });
        model.Entity<NoteRow>(row =>
        {
            row.ToTable("Notes");
            row.Property(r => r.Id).Metadata.ValueGenerated = ValueGenerated.Never;
        });
    }
}

/// <summary>A ticket.</summary>
internal sealed class TicketRow
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public int Year { get; set; }
    public int Number { get; set; }
    public required string Title { get; set; }
    public required string Details { get; set; }
    public TicketState State { get; set; }
    public TicketPriority Priority { get; set; }

    /// <summary>Name; empty for nobody.</summary>
    public string Assignee { get; set; } = "";

    /// <summary>Short number; empty for none.</summary>
    public string Incident { get; set; } = "";

    /// <summary>Key of the effect that opened it; null for a person's.</summary>
    public string? Key { get; set; }
    public required string OpenedBy { get; set; }
    public DateTimeOffset OpenedAt { get; set; }
    public DateTimeOffset? DueAt { get; set; }
    public required string ChangedBy { get; set; }
    public DateTimeOffset ChangedAt { get; set; }
    public long Version { get; set; } = 1;

    public string ShortNumber => string.Create(CultureInfo.InvariantCulture, $"TCK-{Year}-{Number:0000}");

    /// <summary>Where it may go from where it is.</summary>
    public bool MayBecome(TicketState state) => (State, state) switch
    {
        (TicketState.Open, TicketState.Started or TicketState.Done or TicketState.Cancelled) => true,
        (TicketState.Started, TicketState.Open or TicketState.Done or TicketState.Cancelled) => true,
        (TicketState.Done or TicketState.Cancelled, TicketState.Open) => true,
        _ => false,
    };
}

/// <summary>A line of a ticket's story; never changed.</summary>
internal sealed class NoteRow
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public Guid TicketId { get; set; }

    /// <summary>"note", "state" (its text is the state), "assignee" (its text is the name) or "due".</summary>
    public required string Kind { get; set; }
    public required string Text { get; set; }
    public required string By { get; set; }
    public DateTimeOffset At { get; set; }
}
