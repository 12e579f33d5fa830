using Juming.Platform.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Juming.Site.Ssh.Data;

/// <summary>Tables of commands over SSH.</summary>
internal sealed class SshDb(DbContextOptions<SshDb> options, CommitQueue commits) : ModuleDbContext(options, commits)
{
    public DbSet<HostRow> Hosts => Set<HostRow>();
    public DbSet<TemplateRow> Templates => Set<TemplateRow>();
    public DbSet<EffectRow> Effects => Set<EffectRow>();

    protected override string Prefix => "ssh";

    protected override void DefineModel(ModelBuilder model)
    {
        model.Entity<HostRow>(row =>
        {
            row.ToTable("Hosts");
            row.Property(r => r.Version).IsConcurrencyToken();
        });
        model.Entity<TemplateRow>().ToTable("Templates");
        model.Entity<EffectRow>().ToTable("Effects");
        foreach (var entity in model.Model.GetEntityTypes())
            if (entity.FindProperty("Id") is { } id) id.ValueGenerated = ValueGenerated.Never;
    }
}
