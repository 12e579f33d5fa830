using System.Data;
using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace Juming.Platform.Data;

/// <summary>Runs one prepared statement over many items, the same text on SQLite and PostgreSQL, within the transaction of a save.</summary>
public sealed class PlainStatements(DbConnection connection, DbTransaction transaction)
{
    /// <summary>Runs a statement once for each item; <paramref name="fill"/> sets its parameters by Set.</summary>
    public async Task Run<T>(string text, IEnumerable<T> items, Action<DbCommand, T> fill)
    {
        await using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = text;
        if (connection is SqliteConnection sqlite)
        {
            SqliteRows.Run(sqlite, text, command, items, fill);
            return;
        }
        foreach (var item in items)
        {
            fill(command, item);
            await command.ExecuteNonQueryAsync();
        }
    }

    /// <summary>Sets a parameter; null becomes NULL of a text.</summary>
    public static void Set(DbCommand command, string name, object? value) => Set(command, name, value, DbType.String);

    /// <summary>Sets a parameter that holds an identity or nothing.</summary>
    public static void SetId(DbCommand command, string name, Guid? value) => Set(command, name, value, DbType.Guid);

    private static void Set(DbCommand command, string name, object? value, DbType typeOfNull)
    {
        var at = command.Parameters.IndexOf(name);
        if (at < 0)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = name;
            at = command.Parameters.Add(parameter);
        }
        var set = command.Parameters[at];
        set.Value = value ?? DBNull.Value;
        if (value is null) set.DbType = typeOfNull;
    }

    /// <summary>An instant as all tables hold it: microseconds since 1970 UTC.</summary>
    public static long Micros(DateTimeOffset at) => (at.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / 10;
}
