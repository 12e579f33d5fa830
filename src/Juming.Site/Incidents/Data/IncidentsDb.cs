using Juming.Platform.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Incidents.Data;

/// <summary>Tables of incidents.</summary>
internal sealed class IncidentsDb(DbContextOptions<IncidentsDb> options, CommitQueue commits) : ModuleDbContext(options, commits)
{
    public DbSet<Incident> Incidents => Set<Incident>();
    public DbSet<MemberRow> Members => Set<MemberRow>();
    public DbSet<PartyRow> Parties => Set<PartyRow>();
    public DbSet<EntryRow> Entries => Set<EntryRow>();
    public DbSet<EvidenceRow> Evidence => Set<EvidenceRow>();
    public DbSet<MoveRow> Moves => Set<MoveRow>();
    public DbSet<ViewRow> Views => Set<ViewRow>();

    protected override string Prefix => "incidents";

    /// <summary>A person acts on the incident, and the first to do so takes it: whoever follows its states, the host above too, hears of that as of any other.</summary>
    public void Take(Incident incident, string by, DateTimeOffset at)
    {
        var before = incident.State;
        incident.Touch(by, at);
        if (incident.State != before) Publish(new IncidentStateChanged(incident.Id, before, incident.State, incident.Verdict, at));
    }

    protected override void DefineModel(ModelBuilder model)
    {
        model.Entity<Incident>(row =>
        {
            row.ToTable("Incidents");
            row.Property(r => r.Version).IsConcurrencyToken();
        });
        model.Entity<MemberRow>(row =>
        {
            row.ToTable("Members");
            row.HasKey(r => r.AlertId);
            row.Property(r => r.AlertId).ValueGeneratedNever();
        });
        model.Entity<PartyRow>(row =>
        {
            row.ToTable("Parties");
            row.HasKey(r => new { r.IncidentId, r.Kind, r.Value });
        });
        model.Entity<EntryRow>().ToTable("Entries");
        model.Entity<EvidenceRow>().ToTable("Evidence");
        model.Entity<MoveRow>().ToTable("Moves");
        model.Entity<ViewRow>().ToTable("Views");
        foreach (var entity in model.Model.GetEntityTypes())
            if (entity.FindProperty("Id") is { } id && id.ClrType == typeof(Guid)) id.ValueGenerated = Microsoft.EntityFrameworkCore.Metadata.ValueGenerated.Never;
    }
}
