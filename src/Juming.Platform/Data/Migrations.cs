using FluentMigrator;
using FluentMigrator.Builders.Create.Table;
using FluentMigrator.Runner;
using FluentMigrator.Runner.Initialization;
using Juming.Platform.Modules;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Juming.Platform.Data;

/// <summary>A schema change that release N-1 can live with: expand now, contract a release later. The same class serves SQLite and PostgreSQL.</summary>
public abstract class ModuleMigration : ForwardOnlyMigration;

/// <summary>Column types of the house, the same on both databases.</summary>
public static class ColumnTypes
{
    /// <summary>Whole microseconds UTC since 1970.</summary>
    public static ICreateTableColumnOptionOrWithColumnSyntax AsInstant(this ICreateTableColumnAsTypeSyntax column) => column.AsInt64();

    /// <summary>UUIDv7.</summary>
    public static ICreateTableColumnOptionOrWithColumnSyntax AsId(this ICreateTableColumnAsTypeSyntax column) => column.AsGuid();

    /// <summary>Text without a length limit in the database; limits are the validator's.</summary>
    public static ICreateTableColumnOptionOrWithColumnSyntax AsText(this ICreateTableColumnAsTypeSyntax column) => column.AsString(int.MaxValue);
}

/// <summary>Brings the schema up to this release at start; copies a SQLite file first.</summary>
public static class SchemaUpgrade
{
    /// <summary>
    /// Applies the pending migrations of the given assemblies, all of them or those up to a version. One that carries the name of a module as its tag is for hosts
    /// that have the module.
    /// </summary>
    /// <exception cref="SettingsException">The database that the settings name can't be reached.</exception>
    public static void Run(Database database, IEnumerable<System.Reflection.Assembly> assemblies, long upTo = long.MaxValue, params string[] modules)
    {
        if (database.IsPostgres) Reach(database);
        using var services = new ServiceCollection()
            .AddFluentMigratorCore()
            .ConfigureRunner(r => (database.IsPostgres ? r.AddPostgres() : r.AddSQLite())
                .WithGlobalConnectionString(database.ConnectionString)
                .ScanIn([.. assemblies]).For.Migrations())
            .Configure<RunnerOptions>(runner => runner.Tags = modules)
            .BuildServiceProvider(false);
        using var scope = services.CreateScope();
        var runner = scope.ServiceProvider.GetRequiredService<IMigrationRunner>();
        if (!runner.HasMigrationsToApplyUp(upTo)) return;
        if (database.File is { } file && File.Exists(file)) CopyBefore(database, file);
        runner.MigrateUp(upTo);
    }

    /// <summary>Sees whether the PostgreSQL database can be reached at all.</summary>
    /// <exception cref="SettingsException">It can't.</exception>
    public static void Reach(Database database)
    {
        const string Key = "Database:ConnectionString";
        const string Accepted = "empty for SQLite, or a PostgreSQL connection string such as Host=…;Database=…;Username=…;Password=…";
        try
        {
            using var connection = new NpgsqlConnection(database.ConnectionString);
            connection.Open();
        }
        catch (Exception e) when (e is ArgumentException or FormatException or InvalidOperationException)
        {
            // The text of such an error may repeat a part of the string, and with it a password.
            throw new SettingsException(Key, "it is not a PostgreSQL connection string, or lacks Host", Accepted);
        }
        catch (Exception e) when (DatabaseErrors.IsOutage(e))
        {
            throw new SettingsException(Key, $"the database can't be used ({DatabaseErrors.Reason(e)})", Accepted);
        }
    }

    private static void CopyBefore(Database database, string file)
    {
        var copy = file + ".before-upgrade";
        File.Delete(copy);
        using var connection = new SqliteConnection(database.ConnectionString);
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "VACUUM INTO $copy";
        command.Parameters.AddWithValue("$copy", copy);
        command.ExecuteNonQuery();
    }
}

/// <summary>Tables of the platform itself.</summary>
[Migration(2026_11_23_00_01)]
public sealed class CreatePlatformTables : ModuleMigration
{
    /// <inheritdoc/>
    public override void Up()
    {
        Create.Table("platform_outbox")
            .WithColumn("id").AsId().PrimaryKey()
            .WithColumn("name").AsString(200).NotNullable()
            .WithColumn("version").AsInt32().NotNullable()
            .WithColumn("json").AsText().NotNullable()
            .WithColumn("created_at").AsInstant().NotNullable()
            .WithColumn("attempts").AsInt32().NotNullable()
            .WithColumn("next_at").AsInstant().Nullable()
            .WithColumn("last_error").AsText().Nullable();
        Create.Index("ix_platform_outbox_next_at").OnTable("platform_outbox").OnColumn("next_at");
    }
}

/// <summary>Which events wait for the one before them.</summary>
[Migration(2026_11_29_10_50)]
public sealed class AddLaneOfEvents : ModuleMigration
{
    /// <inheritdoc/>
    public override void Up() => Alter.Table("platform_outbox").AddColumn("lane").AsString(80).Nullable();
}
