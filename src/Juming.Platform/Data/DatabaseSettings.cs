using System.ComponentModel.DataAnnotations;
using Juming.Platform.Modules;

namespace Juming.Platform.Data;

/// <summary>Where relational data lives.</summary>
public sealed class DatabaseSettings : IValidatableObject
{
    /// <summary>Empty: the SQLite file <c>juming.db</c> of the data folder. Otherwise a PostgreSQL connection string (<c>Host=…;Database=…;Username=…</c>).</summary>
    public string ConnectionString { get; set; } = "";

    /// <summary>Several processes of this tier run on the one PostgreSQL database, each with a data folder of its own in which <c>keys</c> is the same folder for all.</summary>
    public bool SeveralNodes { get; set; }

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (SeveralNodes && ConnectionString.Length == 0) yield return new SettingProblem(nameof(SeveralNodes), "an SQLite file is for one process", "false, or true with a PostgreSQL Database:ConnectionString");
    }
}

/// <summary>The tier's database.</summary>
/// <param name="ConnectionString">Full connection string.</param>
/// <param name="IsPostgres">PostgreSQL; otherwise SQLite.</param>
/// <param name="File">The SQLite file, or null.</param>
public sealed record Database(string ConnectionString, bool IsPostgres, string? File)
{
    /// <summary>Other processes of this tier work on it as well.</summary>
    public bool SeveralNodes { get; init; }

    /// <summary>Server, port and name, to tell whether two are the same.</summary>
    public string Place
    {
        get
        {
            try
            {
                var parts = new Npgsql.NpgsqlConnectionStringBuilder(ConnectionString);
                return $"{parts.Host?.ToLowerInvariant()}:{parts.Port}/{parts.Database ?? parts.Username}";
            }
            catch (Exception e) when (e is ArgumentException or FormatException or InvalidOperationException)
            {
                return ConnectionString;
            }
        }
    }

    /// <summary>The database that the settings name.</summary>
    public static Database From(DatabaseSettings settings, string dataFolder)
    {
        if (settings.ConnectionString.Length > 0) return new Database(settings.ConnectionString, true, null) { SeveralNodes = settings.SeveralNodes };
        var file = Path.Combine(dataFolder, "juming.db");
        return new Database($"Data Source={file};Foreign Keys=True;Default Timeout=30;Pooling=True", false, file);
    }
}
