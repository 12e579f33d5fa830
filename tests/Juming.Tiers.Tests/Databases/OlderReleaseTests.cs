using System.Data.Common;
using System.Globalization;
using FluentMigrator.Runner;
using FluentMigrator.Runner.Initialization;
using Juming.Platform.Data;
using Juming.Platform.Modules;
using Juming.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace Juming.Tiers.Tests.Databases;

/// <summary>Expand, then contract: an older release's rows survive the upgrade, it can go on writing them on the newer schema, and today's release reads them.</summary>
[Category("X1")]
[TestFixture(TestDatabases.Sqlite)]
[TestFixture(TestDatabases.Postgres)]
internal sealed class OlderReleaseTests(string database)
{
    /// <summary>Newest migration of the oldest release whose rows and statements this one must bear; moves on by one release at a time.</summary>
    private const long OldestRelease = 2026_11_23_20_03;

    private static readonly System.Reflection.MethodInfo ReadMethod = typeof(OlderReleaseTests).GetMethod(nameof(ReadAll), System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Static)!;

    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("juming-older-").FullName;

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder, true);

    [Test]
    public async Task Rows_of_the_oldest_release_survive_the_upgrade_and_it_can_write_on()
    {
        var settings = await TestDatabases.Make(database);
        var store = Database.From(new DatabaseSettings { ConnectionString = settings.GetValueOrDefault("Database:ConnectionString") ?? "" }, _folder);
        // Values that today's model can read stand for those of the older release: its enums and keys have the same names.
        var model = new Dictionary<(string, string), IProperty>();
        var spare = Directory.CreateDirectory(Path.Combine(_folder, "spare")).FullName;
        await using (var models = TierModels.Of("site", spare, await TestDatabases.Make(TestDatabases.Sqlite)))
            foreach (var column in models.Contexts.SelectMany(c => c.Model.GetRelationalModel().Tables).SelectMany(t => t.Columns))
                if (column.PropertyMappings.FirstOrDefault()?.Property is { } property) model[(column.Table.Name, column.Name)] = property;
        var written = new List<string>();
        using (var migrations = Migrations(store, null, [.. PlatformServices.Assemblies(RunningTier.Definition("site").Modules)]))
            Assert.That(await UpgradeAndWriteOn(store, migrations, OldestRelease, model, written), Is.Empty);
        await using var today = TierModels.Of("site", _folder, settings);
        var read = 0;
        foreach (var context in today.Contexts)
            foreach (var entity in context.Model.GetEntityTypes())
            {
                var rows = await (Task<int>)ReadMethod.MakeGenericMethod(entity.ClrType).Invoke(null, [context])!;
                Assert.That(rows, Is.EqualTo(written.Contains(entity.GetTableName()!) ? 2 : 0), entity.GetTableName());
                read++;
            }
        TestContext.Out.WriteLine($"{read} kinds of rows");
        Assert.That(read, Is.GreaterThan(20));
    }

    [Test]
    public async Task A_planted_pair_that_expands_is_well_and_one_that_contracts_at_once_is_found()
    {
        foreach (var (name, isFound) in new[] { ("Expands", false), ("Contracts", true) })
        {
            var settings = await TestDatabases.Make(database);
            var store = Database.From(new DatabaseSettings { ConnectionString = settings.GetValueOrDefault("Database:ConnectionString") ?? "" }, Directory.CreateDirectory(Path.Combine(_folder, name)).FullName);
            using var migrations = Migrations(store, $"Juming.Tiers.Tests.Databases.Planted.{name}", typeof(OlderReleaseTests).Assembly);
            var problems = await UpgradeAndWriteOn(store, migrations, 1, [], []);
            Assert.That(problems, isFound ? Has.Count.EqualTo(2).And.All.StartsWith("planted_things: ") : Is.Empty);
        }
    }

    /// <summary>Migrates to a release, writes a row into each table, upgrades, writes another as that release would, and reads both by its columns.</summary>
    private static async Task<List<string>> UpgradeAndWriteOn(Database store, ServiceProvider migrations, long release, Dictionary<(string, string), IProperty> model, List<string> written)
    {
        using var scope = migrations.CreateScope();
        var runner = scope.ServiceProvider.GetRequiredService<IMigrationRunner>();
        runner.MigrateUp(release);
        var old = (await Schema.Read(store)).Tables.Where(t => t.Key != "VersionInfo").ToList();
        Assert.That(old, Is.Not.Empty);
        var problems = new List<string>();
        written.AddRange(old.Select(t => t.Key));
        foreach (var (table, columns) in old) await Write(store, table, columns, 1, model);
        runner.MigrateUp();
        foreach (var (table, columns) in old)
        {
            await Try(problems, table, () => Write(store, table, columns, 2, model));
            await Try(problems, table, async () =>
            {
                await using var connection = await Schema.Open(store);
                await using var command = connection.CreateCommand();
                command.CommandText = $"select {string.Join(", ", columns.Select(c => $"\"{c.Name}\""))} from \"{table}\"";
                await using var rows = await command.ExecuteReaderAsync();
                var count = 0;
                while (await rows.ReadAsync()) count++;
                if (count != 2) problems.Add($"{table}: {count} rows instead of 2");
            });
        }
        return problems;
    }

    private static async Task Try(List<string> problems, string table, Func<Task> act)
    {
        try
        {
            await act();
        }
        catch (DbException e)
        {
            problems.Add($"{table}: {e.Message}");
        }
    }

    private static async Task Write(Database store, string table, List<SchemaColumn> columns, int number, Dictionary<(string, string), IProperty> model)
    {
        await using var connection = await Schema.Open(store);
        await using var command = connection.CreateCommand();
        command.CommandText = $"insert into \"{table}\" ({string.Join(", ", columns.Select(c => $"\"{c.Name}\""))}) values ({string.Join(", ", columns.Select((_, i) => $"@p{i}"))})";
        for (var i = 0; i < columns.Count; i++)
        {
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = ($"@p{i}", Value(columns[i], number, model.GetValueOrDefault((table, columns[i].Name))));
            command.Parameters.Add(parameter);
        }
        await command.ExecuteNonQueryAsync();
    }

    private static object Value(SchemaColumn column, int number, IProperty? property)
    {
        var type = property is null ? null : Nullable.GetUnderlyingType(property.ClrType) ?? property.ClrType;
        if (type is { IsEnum: true } && column.Kind == "text") return Enum.GetNames(type)[number - 1];
        if (column.Kind == "id" || type == typeof(Guid) || (type is null && column.Name == "id")) return Guid.CreateVersion7();
        return column.Kind switch
        {
            "flag" => number == 1,
            "number" => number,
            "big-number" => (long)number,
            "real" => number + 0.5,
            "bytes" => new byte[] { 1, 2, 3 },
            _ => "t" + number.ToString(CultureInfo.InvariantCulture),
        };
    }

    private static async Task<int> ReadAll<T>(DbContext context) where T : class => (await context.Set<T>().AsNoTracking().ToListAsync()).Count;

    private static ServiceProvider Migrations(Database store, string? onlyNamespace, params System.Reflection.Assembly[] assemblies) => new ServiceCollection()
        .AddFluentMigratorCore()
        .ConfigureRunner(r => (store.IsPostgres ? r.AddPostgres() : r.AddSQLite()).WithGlobalConnectionString(store.ConnectionString).ScanIn(assemblies).For.Migrations())
        .Configure<TypeFilterOptions>(o => o.Namespace = onlyNamespace)
        .BuildServiceProvider(false);
}
