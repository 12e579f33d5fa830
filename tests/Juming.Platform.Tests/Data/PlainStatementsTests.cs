using Juming.Platform.Data;
using Microsoft.Data.Sqlite;
using NUnit.Framework;

namespace Juming.Platform.Tests.Data;

/// <summary>Rows that are written past the driver are the rows that the driver would have written.</summary>
internal sealed class PlainStatementsTests
{
    private static readonly object?[] Values =
        [null, "", "plain", "a\0b", "聚明 😀 \ud800", new string('长', 9000), Guid.Parse("0123abcd-ef01-4567-89ab-cdef01234567"), 0L, long.MinValue, -1, true, false, 1.5, double.MaxValue, new byte[] { 0, 255, 7 }, Array.Empty<byte>()];

    private SqliteConnection _connection = null!;

    [SetUp]
    public async Task Open()
    {
        _connection = new SqliteConnection("Data Source=:memory:");
        await _connection.OpenAsync();
        await using var create = _connection.CreateCommand();
        create.CommandText = "CREATE TABLE t (n INTEGER PRIMARY KEY, v, w)";
        await create.ExecuteNonQueryAsync();
    }

    [TearDown]
    public ValueTask Close() => _connection.DisposeAsync();

    [Test]
    public async Task Each_value_is_kept_as_the_driver_keeps_it()
    {
        await using (var driver = _connection.CreateCommand())
        {
            driver.CommandText = "INSERT INTO t (n, v) VALUES (@n, @v)";
            for (var i = 0; i < Values.Length; i++)
            {
                driver.Parameters.Clear();
                driver.Parameters.AddWithValue("@n", i);
                driver.Parameters.AddWithValue("@v", Values[i] ?? DBNull.Value);
                await driver.ExecuteNonQueryAsync();
            }
        }
        await using var transaction = _connection.BeginTransaction();
        await new PlainStatements(_connection, transaction).Run("UPDATE t SET w = @v WHERE n = @n", Enumerable.Range(0, Values.Length), static (c, i) =>
        {
            PlainStatements.Set(c, "n", i);
            PlainStatements.Set(c, "v", Values[i]);
        });
        await transaction.CommitAsync();
        await using var read = _connection.CreateCommand();
        read.CommandText = "SELECT n, typeof(v) = typeof(w) AND hex(v) = hex(w), typeof(w) FROM t ORDER BY n";
        await using var rows = await read.ExecuteReaderAsync();
        while (await rows.ReadAsync()) Assert.That(rows.GetInt64(1), Is.EqualTo(1), $"{rows.GetInt64(0)} {rows.GetString(2)}");
    }

    [Test]
    public async Task A_refused_row_is_thrown_and_leaves_the_connection_usable()
    {
        await using var transaction = _connection.BeginTransaction();
        var plain = new PlainStatements(_connection, transaction);
        var refused = Assert.ThrowsAsync<SqliteException>(() => plain.Run("INSERT INTO t (n) VALUES (@n)", [1, 1], static (c, i) => PlainStatements.Set(c, "n", i)));
        Assert.That(refused!.SqliteErrorCode, Is.EqualTo(19), "a constraint");
        Assert.ThrowsAsync<SqliteException>(() => plain.Run("NONSENSE @n", [1], static (c, i) => PlainStatements.Set(c, "n", i)));
        Assert.ThrowsAsync<InvalidOperationException>(() => plain.Run("INSERT INTO t (n) VALUES (@n)", [2], static (c, i) => PlainStatements.Set(c, "other", i)));
        Assert.ThrowsAsync<NotSupportedException>(() => plain.Run("INSERT INTO t (n) VALUES (@n)", [2], static (c, _) => PlainStatements.Set(c, "n", new Version(1, 0))));
        await plain.Run("INSERT INTO t (n) VALUES (@n)", [3], static (c, i) => PlainStatements.Set(c, "n", i));
        await transaction.CommitAsync();
        await using var count = _connection.CreateCommand();
        count.CommandText = "SELECT count(*) FROM t";
        Assert.That(await count.ExecuteScalarAsync(), Is.EqualTo(2L));
    }
}
