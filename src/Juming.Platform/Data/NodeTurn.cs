using Npgsql;

namespace Juming.Platform.Data;

/// <summary>The turn of one node among those that share a PostgreSQL database, for work that is longer than a transaction. A node that dies gives it back with its connection.</summary>
internal sealed class NodeTurn : IDisposable
{
    private readonly NpgsqlConnection? _connection;
    private readonly long _lock;

    private NodeTurn(NpgsqlConnection? connection, long number) => (_connection, _lock) = (connection, number);

    /// <summary>Waits for it; where there is one node, it is its turn.</summary>
    public static async Task<NodeTurn> Take(Database database, long number, CancellationToken ct)
    {
        if (!database.SeveralNodes) return new NodeTurn(null, number);
        var connection = new NpgsqlConnection(database.ConnectionString);
        try
        {
            await connection.OpenAsync(ct);
            await using var command = new NpgsqlCommand("SELECT pg_advisory_lock(@lock)", connection) { CommandTimeout = 0 };
            command.Parameters.AddWithValue("lock", number);
            await command.ExecuteNonQueryAsync(ct);
            return new NodeTurn(connection, number);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_connection is null) return;
        try
        {
            // The pool resets a connection when it is next used, which would be too late.
            using var command = new NpgsqlCommand("SELECT pg_advisory_unlock(@lock)", _connection);
            command.Parameters.AddWithValue("lock", _lock);
            command.ExecuteNonQuery();
        }
        catch (NpgsqlException)
        {
            // The connection is gone, and the lock with it.
        }
        finally
        {
            _connection.Dispose();
        }
    }
}
