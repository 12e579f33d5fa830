namespace Juming.Platform.Data;

/// <summary>Where relational data lives.</summary>
public sealed class DatabaseSettings
{
    /// <summary>Empty: the SQLite file <c>juming.db</c> of the data folder. Otherwise a PostgreSQL connection string (<c>Host=…;Database=…;Username=…</c>).</summary>
    public string ConnectionString { get; set; } = "";
}

/// <summary>The tier's database.</summary>
/// <param name="ConnectionString">Full connection string.</param>
/// <param name="IsPostgres">PostgreSQL; otherwise SQLite.</param>
/// <param name="File">The SQLite file, or null.</param>
public sealed record Database(string ConnectionString, bool IsPostgres, string? File)
{
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
        if (settings.ConnectionString.Length > 0) return new Database(settings.ConnectionString, true, null);
        var file = Path.Combine(dataFolder, "juming.db");
        return new Database($"Data Source={file};Foreign Keys=True;Default Timeout=30;Pooling=True", false, file);
    }
}
