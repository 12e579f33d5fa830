using FluentMigrator;
using Juming.Contracts.Indicators;
using Juming.Platform.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Juming.Operator.Intelligence.Data;

/// <summary>Tables of the operator's own indicators.</summary>
internal sealed class OwnIntelDb(DbContextOptions<OwnIntelDb> options, CommitQueue commits) : ModuleDbContext(options, commits)
{
    public DbSet<OwnIndicatorRow> Indicators => Set<OwnIndicatorRow>();

    protected override string Prefix => "ownintel";

    protected override void DefineModel(ModelBuilder model) => model.Entity<OwnIndicatorRow>(row =>
    {
        row.ToTable("Indicators");
        row.Property(r => r.Id).Metadata.ValueGenerated = ValueGenerated.Never;
    });
}

/// <summary>A value that this operator names.</summary>
internal sealed class OwnIndicatorRow
{
    /// <summary>Made of kind and value, as on every tier.</summary>
    public Guid Id { get; set; }
    public IndicatorKind Kind { get; set; }
    public required string Value { get; set; }
    public int Confidence { get; set; }

    /// <summary>1 low to 4 critical.</summary>
    public int Severity { get; set; }
    public Sharing Tlp { get; set; }
    public string Family { get; set; } = "";

    /// <summary>ATT&amp;CK, "T1071.001,T1566".</summary>
    public string Techniques { get; set; } = "";
    public string Note { get; set; } = "";
    public DateTimeOffset ValidUntil { get; set; }
    public string By { get; set; } = "";
    public DateTimeOffset At { get; set; }

    /// <summary>When a person withdrew it.</summary>
    public DateTimeOffset? EndedAt { get; set; }
    public string EndedBy { get; set; } = "";
}

/// <summary>How far a word may travel (TLP 2.0), as far as this operator's may: to its customers. The numbers are those on the way.</summary>
[System.Text.Json.Serialization.JsonConverter(typeof(System.Text.Json.Serialization.JsonStringEnumConverter))]
public enum Sharing
{
    /// <summary>Anybody.</summary>
    Clear = 0,

    /// <summary>The community.</summary>
    Green = 1,

    /// <summary>The organisation and its customers.</summary>
    Amber = 2,
}

/// <summary>The operator's own indicators.</summary>
[Migration(2026_11_28_16_42), Tags(TagBehavior.RequireAny, "ownintel")]
public sealed class CreateOwnIntelTables : ModuleMigration
{
    /// <inheritdoc/>
    public override void Up()
    {
        Create.Table("ownintel_indicators")
            .WithColumn("id").AsId().PrimaryKey()
            .WithColumn("kind").AsString(20).NotNullable()
            .WithColumn("value").AsString(2048).NotNullable()
            .WithColumn("confidence").AsInt32().NotNullable()
            .WithColumn("severity").AsInt32().NotNullable()
            .WithColumn("tlp").AsString(20).NotNullable()
            .WithColumn("family").AsString(120).NotNullable()
            .WithColumn("techniques").AsString(300).NotNullable()
            .WithColumn("note").AsString(300).NotNullable()
            .WithColumn("valid_until").AsInstant().NotNullable()
            .WithColumn("by").AsString(200).NotNullable()
            .WithColumn("at").AsInstant().NotNullable()
            .WithColumn("ended_at").AsInstant().Nullable()
            .WithColumn("ended_by").AsString(200).NotNullable();
        Create.Index("ix_ownintel_indicators_ended").OnTable("ownintel_indicators").OnColumn("ended_at").Ascending().OnColumn("valid_until").Ascending();
        Create.Index("ix_ownintel_indicators_at").OnTable("ownintel_indicators").OnColumn("at");
    }
}
