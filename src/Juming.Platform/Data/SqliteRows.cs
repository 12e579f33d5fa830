using System.Buffers;
using System.Data.Common;
using System.Globalization;
using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Juming.Platform.Data;

/// <summary>
/// Runs one prepared statement over many rows without the driver between: it looks each parameter up by its name again for every row and makes a reader for every answer, which costs more than
/// SQLite takes to write the row. Values are bound as the driver binds them, so that both write the same.
/// </summary>
internal static class SqliteRows
{
    public static void Run<T>(SqliteConnection connection, string text, DbCommand command, IEnumerable<T> items, Action<DbCommand, T> fill)
    {
        sqlite3_stmt? statement = null;
        int[] places = [];
        var buffer = ArrayPool<byte>.Shared.Rent(4096);
        try
        {
            foreach (var item in items)
            {
                fill(command, item);
                if (statement is null)
                {
                    Check(raw.sqlite3_prepare_v2(connection.Handle!, text, out statement), connection);
                    places = [.. command.Parameters.Cast<DbParameter>().Select(p => PlaceOf(statement, p.ParameterName))];
                }
                for (var i = 0; i < places.Length; i++) Check(Bind(statement, places[i], command.Parameters[i].Value, ref buffer), connection);
                var answer = raw.sqlite3_step(statement);
                if (answer is not (raw.SQLITE_DONE or raw.SQLITE_ROW)) Check(answer, connection);
                Check(raw.sqlite3_reset(statement), connection);
            }
        }
        finally
        {
            statement?.Dispose();
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static int PlaceOf(sqlite3_stmt statement, string name)
    {
        var place = raw.sqlite3_bind_parameter_index(statement, name.StartsWith('@') ? name : "@" + name);
        return place > 0 ? place : throw new InvalidOperationException($"The statement has no parameter {name}.");
    }

    private static void Check(int answer, SqliteConnection connection)
    {
        if (answer != raw.SQLITE_OK) SqliteException.ThrowExceptionForRC(answer, connection.Handle);
    }

    private static int Bind(sqlite3_stmt statement, int place, object? value, ref byte[] buffer)
    {
        switch (value)
        {
            case null or DBNull: return raw.sqlite3_bind_null(statement, place);
            case string text: return Bind(statement, place, text.AsSpan(), ref buffer);
            case Guid id:
                Span<char> letters = stackalloc char[36];
                id.TryFormat(letters, out _);
                for (var i = 0; i < letters.Length; i++) letters[i] = char.ToUpperInvariant(letters[i]);
                return Bind(statement, place, letters, ref buffer);
            case long number: return raw.sqlite3_bind_int64(statement, place, number);
            case bool yes: return raw.sqlite3_bind_int64(statement, place, yes ? 1 : 0);
            case double number: return raw.sqlite3_bind_double(statement, place, number);
            case byte[] bytes: return raw.sqlite3_bind_blob(statement, place, bytes);
            case int or short or byte or uint or ushort or sbyte: return raw.sqlite3_bind_int64(statement, place, Convert.ToInt64(value, CultureInfo.InvariantCulture));
            default: throw new NotSupportedException($"A value of type {value.GetType().Name} is not bound by plain statements.");
        }
    }

    private static int Bind(sqlite3_stmt statement, int place, ReadOnlySpan<char> text, ref byte[] buffer)
    {
        var most = Encoding.UTF8.GetMaxByteCount(text.Length);
        if (most > buffer.Length)
        {
            ArrayPool<byte>.Shared.Return(buffer);
            buffer = ArrayPool<byte>.Shared.Rent(most);
        }
        // SQLite copies it before it answers.
        return raw.sqlite3_bind_text(statement, place, buffer.AsSpan(0, Encoding.UTF8.GetBytes(text, buffer)));
    }
}
