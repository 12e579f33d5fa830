using System.Data;
using System.Reflection;
using System.Text.Json;
using Npgsql;

namespace Juming.Platform.Data;

/// <summary>
/// A logical copy of a tier's tables on PostgreSQL: one file in COPY's binary form a table, all of one snapshot, and an index. Only the tables of the named
/// prefixes are touched; the recurring jobs' own schema is made again at start.
/// </summary>
public static class PostgresCopy
{
    private const string IndexFile = "tables.json";

    private sealed record Index(long Schema, List<Table> Tables);

    private sealed record Table(string Name, List<string> Columns);

    /// <summary>Writes the copy into a new folder.</summary>
    /// <param name="database">Where from.</param>
    /// <param name="prefixes">Names of the modules.</param>
    /// <param name="folder">Where to; made when absent.</param>
    /// <param name="ct">Cancels.</param>
    public static async Task Write(Database database, IEnumerable<string> prefixes, string folder, CancellationToken ct)
    {
        Directory.CreateDirectory(folder);
        await using var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, ct);
        var index = new Index(await Version(connection, ct), await Tables(connection, prefixes, ct));
        foreach (var table in index.Tables)
        {
            await using var file = File.Create(Path.Combine(folder, table.Name + ".copy"));
            await using var rows = await connection.BeginRawBinaryCopyAsync($"COPY {Text(table)} TO STDOUT (FORMAT BINARY)", ct);
            await rows.CopyToAsync(file, ct);
        }
        await File.WriteAllBytesAsync(Path.Combine(folder, IndexFile), JsonSerializer.SerializeToUtf8Bytes(index), ct);
    }

    /// <summary>Makes the tables as they were when the copy was made, and fills them in one transaction.</summary>
    /// <param name="database">Where to.</param>
    /// <param name="prefixes">Names of the modules.</param>
    /// <param name="assemblies">Where the migrations are.</param>
    /// <param name="folder">The copy.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>Why it can't be put there, or null when it was.</returns>
    /// <exception cref="InvalidDataException">The folder holds no such copy.</exception>
    public static async Task<string?> Read(Database database, IReadOnlyCollection<string> prefixes, IEnumerable<Assembly> assemblies, string folder, CancellationToken ct)
    {
        var index = await ReadIndex(folder, ct);
        SchemaUpgrade.Reach(database);
        await using var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync(ct);
        foreach (var table in await Tables(connection, prefixes, ct))
            if (await Ask<bool>(connection, $"SELECT EXISTS (SELECT FROM {Quoted(table.Name)})", ct)) return $"The database is not empty: the table {table.Name} has rows. Name an empty database in Database:ConnectionString.";
        SchemaUpgrade.Run(database, assemblies, index.Schema, [.. prefixes]);
        var version = await Version(connection, ct);
        if (version != index.Schema) return $"The backup has schema {index.Schema}, the database {version}: restore with the release that made the backup, into a database without tables.";
        var tables = await Tables(connection, prefixes, ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        foreach (var table in index.Tables) await Fill(connection, table, tables, folder, ct);
        await transaction.CommitAsync(ct);
        return null;
    }

    private static async Task Fill(NpgsqlConnection connection, Table table, List<Table> known, string folder, CancellationToken ct)
    {
        // Names come from a file that somebody hands in: only those that the schema has become part of a statement.
        var columns = known.Find(t => t.Name == table.Name)?.Columns ?? throw new InvalidDataException($"there is no table '{table.Name}'");
        if (table.Columns.Find(c => !columns.Contains(c)) is { } strange) throw new InvalidDataException($"the table '{table.Name}' has no column '{strange}'");
        var path = Path.Combine(folder, table.Name + ".copy");
        if (!File.Exists(path)) throw new InvalidDataException($"the rows of the table '{table.Name}' are missing");
        try
        {
            await using var file = File.OpenRead(path);
            await using var rows = await connection.BeginRawBinaryCopyAsync($"COPY {Text(table)} FROM STDIN (FORMAT BINARY)", ct);
            await file.CopyToAsync(rows, ct);
        }
        catch (PostgresException e)
        {
            throw new InvalidDataException($"the rows of the table '{table.Name}' are refused: {e.MessageText}", e);
        }
    }

    private static async Task<Index> ReadIndex(string folder, CancellationToken ct)
    {
        var path = Path.Combine(folder, IndexFile);
        if (!File.Exists(path)) throw new InvalidDataException("the copy of the database is missing");
        try
        {
            await using var file = File.OpenRead(path);
            var index = await JsonSerializer.DeserializeAsync<Index>(file, cancellationToken: ct);
            return index is { Tables: { } tables } && tables.TrueForAll(t => t is { Name: not null, Columns.Count: > 0 }) ? index : throw new InvalidDataException($"{IndexFile} lists no tables");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{IndexFile} can't be read: {e.Message}", e);
        }
    }

    private static async Task<List<Table>> Tables(NpgsqlConnection connection, IEnumerable<string> prefixes, CancellationToken ct)
    {
        var starts = prefixes.Append("platform").Select(p => p + "_").ToList();
        await using var command = new NpgsqlCommand("SELECT c.table_name::text, array_agg(c.column_name::text ORDER BY c.ordinal_position) FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name) WHERE t.table_type = 'BASE TABLE' AND table_schema = current_schema() GROUP BY 1 ORDER BY 1", connection);
        await using var rows = await command.ExecuteReaderAsync(ct);
        var found = new List<Table>();
        while (await rows.ReadAsync(ct))
            if (starts.Exists(s => rows.GetString(0).StartsWith(s, StringComparison.Ordinal))) found.Add(new Table(rows.GetString(0), [.. rows.GetFieldValue<string[]>(1)]));
        return found;
    }

    private static async Task<long> Version(NpgsqlConnection connection, CancellationToken ct) =>
        await Ask<bool>(connection, """SELECT to_regclass('"VersionInfo"') IS NOT NULL""", ct) ? await Ask<long>(connection, """SELECT coalesce(max("Version"), 0) FROM "VersionInfo" """, ct) : 0;

    private static async Task<T> Ask<T>(NpgsqlConnection connection, string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync(ct))!;
    }

    private static string Text(Table table) => $"{Quoted(table.Name)} ({string.Join(", ", table.Columns.Select(Quoted))})";

    private static string Quoted(string name) => "\"" + name.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";
}
