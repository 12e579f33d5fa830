using Juming.Platform.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using NUnit.Framework;

namespace Juming.Tiers.Tests.Databases;

/// <summary>What the migrations make is what Entity Framework believes to find, on both databases.</summary>
[Category("X1")]
[TestFixture(TestDatabases.Sqlite)]
[TestFixture(TestDatabases.Postgres)]
internal sealed class SchemaModelTests(string database)
{
    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("juming-schema-").FullName;

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder, true);

    [TestCase("cloud")]
    [TestCase("operator")]
    [TestCase("site")]
    public async Task The_migrated_schema_is_the_model_of_every_module(string tier)
    {
        await using var models = TierModels.Of(tier, _folder, await TestDatabases.MakeFor(tier, database));
        var schema = await Schema.Read(models.Database);
        var differences = models.Contexts.SelectMany(c => Compare(c, schema, models.Database.IsPostgres)).ToList();
        var known = models.Contexts.SelectMany(c => c.Model.GetRelationalModel().Tables).Select(t => t.Name).Append("VersionInfo").ToHashSet();
        differences.AddRange(schema.Tables.Keys.Where(t => !known.Contains(t)).Select(t => $"{t}: no model has this table"));
        TestContext.Out.WriteLine($"{models.Contexts.Count} models, {known.Count - 1} tables, {schema.Tables.Values.Sum(c => c.Count)} columns");
        Assert.That(differences, Is.Empty);
    }

    [Test]
    public async Task Planted_differences_are_found()
    {
        await using var models = TierModels.Of("cloud", _folder, await TestDatabases.MakeFor("cloud", database));
        var options = new DbContextOptionsBuilder();
        await using var planted = new PlantedDb(models.Database.IsPostgres ? options.UseNpgsql(models.Database.ConnectionString).Options : options.UseSqlite(models.Database.ConnectionString).Options);
        var differences = Compare(planted, await Schema.Read(models.Database), models.Database.IsPostgres);
        Assert.That(differences, Is.EquivalentTo(new[]
        {
            "platform_outbox.attempts: the model says text, the schema number",
            "platform_outbox.last_error: the model says NOT NULL, the schema NULL",
            "platform_outbox.forgotten: not in the schema",
            "platform_outbox.json: not in the model",
            "platform_outbox: the key is (id, name) in the model and (id) in the schema",
            "platform_outbox(name): unique in the model only",
            "nowhere: not in the schema",
        }));
    }

    private static List<string> Compare(DbContext context, Schema schema, bool isPostgres)
    {
        var differences = new List<string>();
        foreach (var table in context.Model.GetRelationalModel().Tables)
        {
            if (!schema.Tables.TryGetValue(table.Name, out var columns))
            {
                differences.Add($"{table.Name}: not in the schema");
                continue;
            }
            foreach (var column in table.Columns) differences.AddRange(Compare(table.Name, column, columns.Find(c => c.Name == column.Name), isPostgres));
            differences.AddRange(columns.Where(c => table.FindColumn(c.Name) is null).Select(c => $"{table.Name}.{c.Name}: not in the model"));
            string own = string.Join(", ", table.PrimaryKey!.Columns.Select(c => c.Name)), real = string.Join(", ", columns.Where(c => c.KeyOrder > 0).OrderBy(c => c.KeyOrder).Select(c => c.Name));
            if (own != real) differences.Add($"{table.Name}: the key is ({own}) in the model and ({real}) in the schema");
            var unique = table.Indexes.Where(i => i.IsUnique).Select(i => i.Columns).Concat(table.UniqueConstraints.Where(c => c != table.PrimaryKey).Select(c => c.Columns));
            differences.AddRange(unique.Select(c => $"{table.Name}({string.Join(',', c.Select(p => p.Name))})").Where(u => !schema.Unique.Contains(u)).Select(u => $"{u}: unique in the model only"));
        }
        return differences;
    }

    private static IEnumerable<string> Compare(string table, IColumn model, SchemaColumn? real, bool isPostgres)
    {
        if (real is null)
        {
            yield return $"{table}.{model.Name}: not in the schema";
            yield break;
        }
        var kind = Schema.KindOf(model.StoreType, isPostgres);
        if (kind != real.Kind) yield return $"{table}.{model.Name}: the model says {kind}, the schema {real.Kind}";
        if (model.IsNullable != real.IsNullable) yield return $"{table}.{model.Name}: the model says {Word(model.IsNullable)}, the schema {Word(real.IsNullable)}";
    }

    private static string Word(bool isNullable) => isNullable ? "NULL" : "NOT NULL";

    /// <summary>Believes wrong things about the outbox, one of each kind.</summary>
    private sealed class PlantedDb(DbContextOptions options) : DbContext(options)
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder)
        {
            modelBuilder.Entity<Row>(row =>
            {
                row.ToTable("platform_outbox").HasKey(r => new { r.Id, r.Name });
                row.HasIndex(r => r.Name).IsUnique();
                row.Property(r => r.Id).HasColumnName("id");
                row.Property(r => r.Name).HasColumnName("name");
                row.Property(r => r.Version).HasColumnName("version");
                row.Property(r => r.CreatedAt).HasColumnName("created_at");
                row.Property(r => r.Attempts).HasColumnName("attempts");
                row.Property(r => r.NextAt).HasColumnName("next_at");
                row.Property(r => r.LastError).HasColumnName("last_error");
                row.Property(r => r.Lane).HasColumnName("lane");
                row.Property(r => r.Forgotten).HasColumnName("forgotten");
            });
            modelBuilder.Entity<Nowhere>().ToTable("nowhere");
        }
    }

    private sealed class Row
    {
        public Guid Id { get; set; }
        public string Name { get; set; } = "";
        public int Version { get; set; }
        public long CreatedAt { get; set; }
        public string Attempts { get; set; } = "";
        public long? NextAt { get; set; }
        public string LastError { get; set; } = "";
        public string? Lane { get; set; }
        public int Forgotten { get; set; }
    }

    private sealed class Nowhere
    {
        public int Id { get; set; }
    }
}
