using System.Data.Common;
using Juming.Platform.Data;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Juming.Tiers.Tests.Databases;

/// <summary>A column as the database has it.</summary>
/// <param name="Name">Name.</param>
/// <param name="Kind">Class of its type: text, number, big-number, flag, real, bytes, id. SQLite knows no flags and sizes, so that these are numbers there.</param>
/// <param name="IsNullable">May be NULL.</param>
/// <param name="KeyOrder">Place in the primary key, from 1; 0 for none.</param>
internal sealed record SchemaColumn(string Name, string Kind, bool IsNullable, long KeyOrder);

/// <summary>The tables of a database as they are after the migrations.</summary>
internal sealed class Schema
{
    private const string SqliteColumns = """
        select m.name, c.name, c.type, c."notnull" = 0 and c.pk = 0, c.pk from sqlite_master m join pragma_table_info(m.name) c where m.type = 'table' and m.name not like 'sqlite_%'
        """;

    private const string PostgresColumns = """
        select c.table_name, c.column_name, c.data_type, c.is_nullable = 'YES',
          coalesce((select k.ordinal_position from information_schema.key_column_usage k join information_schema.table_constraints t using (constraint_schema, constraint_name)
                    where t.constraint_type = 'PRIMARY KEY' and k.table_schema = c.table_schema and k.table_name = c.table_name and k.column_name = c.column_name), 0)
        from information_schema.columns c where c.table_schema = 'public'
        """;

    private const string SqliteUnique = """
        select m.name, (select group_concat(i.name, ',') from (select name from pragma_index_info(x.name) order by seqno) i)
        from sqlite_master m join pragma_index_list(m.name) x where m.type = 'table' and x."unique" = 1
        """;

    private const string PostgresUnique = """
        select t.relname, (select string_agg(a.attname, ',' order by k.place) from unnest(i.indkey) with ordinality k(number, place) join pg_attribute a on a.attrelid = t.oid and a.attnum = k.number)
        from pg_index i join pg_class t on t.oid = i.indrelid join pg_namespace n on n.oid = t.relnamespace where i.indisunique and n.nspname = 'public'
        """;

    /// <summary>Table to its columns.</summary>
    public Dictionary<string, List<SchemaColumn>> Tables { get; } = [];

    /// <summary>"table(column,column)" of every unique index and key.</summary>
    public HashSet<string> Unique { get; } = [];

    /// <summary>Opens the database of a tier.</summary>
    public static async Task<DbConnection> Open(Database database)
    {
        DbConnection connection = database.IsPostgres ? new NpgsqlConnection(database.ConnectionString) : new SqliteConnection(database.ConnectionString);
        await connection.OpenAsync();
        return connection;
    }

    /// <summary>Reads the schema.</summary>
    public static async Task<Schema> Read(Database database)
    {
        var schema = new Schema();
        await using var connection = await Open(database);
        await Each(connection, database.IsPostgres ? PostgresColumns : SqliteColumns, row =>
        {
            if (!schema.Tables.TryGetValue(row.GetString(0), out var columns)) schema.Tables[row.GetString(0)] = columns = [];
            columns.Add(new SchemaColumn(row.GetString(1), KindOf(row.GetString(2), database.IsPostgres), Convert.ToBoolean(row.GetValue(3), null), Convert.ToInt64(row.GetValue(4), null)));
        });
        await Each(connection, database.IsPostgres ? PostgresUnique : SqliteUnique, row => schema.Unique.Add($"{row.GetString(0)}({row.GetString(1)})"));
        return schema;
    }

    /// <summary>Class of a type by the name that the database or Entity Framework gives it.</summary>
    public static string KindOf(string type, bool isPostgres)
    {
        var name = type.Split('(')[0].Trim().ToLowerInvariant();
        return name switch
        {
            "uuid" => "id",
            "boolean" => "flag",
            "bigint" => isPostgres ? "big-number" : "number",
            "integer" or "int" => "number",
            "bytea" or "blob" => "bytes",
            "double precision" or "real" or "numeric" => "real",
            "text" or "character varying" or "nvarchar" or "varchar" or "uniqueidentifier" => "text",
            _ => name,
        };
    }

    private static async Task Each(DbConnection connection, string text, Action<DbDataReader> take)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = text;
        await using var rows = await command.ExecuteReaderAsync();
        while (await rows.ReadAsync()) take(rows);
    }
}
