using System.Globalization;
using DuckDB.NET.Data;
using DuckDB.NET.Native;
using Juming.Site.Events.Query;

namespace Juming.Site.Events.Store;

/// <summary>
/// The one DuckDB instance of the store: the writing connection, and a connection of its own for everyone who reads. Memory and threads are
/// shared, so readers can be sent away when an append needs what they hold, and the instance can be begun anew when a fault has closed it.
/// </summary>
internal sealed class DuckInstance : IDisposable
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestLeave = TimeSpan.FromSeconds(5);

    private readonly EventStoreSettings _settings;
    private readonly string _folder;
    private readonly int _threads;
    private readonly Lock _gate = new();
    private readonly HashSet<StoreReader> _readers = [];
    private DuckDBConnection _control = null!;
    private int _hurrying;
    private bool _closed;

    public DuckInstance(EventStoreSettings settings, string folder)
    {
        (_settings, _folder) = (settings, folder);
        _threads = settings.Threads > 0 ? settings.Threads : Math.Min(4, Environment.ProcessorCount);
        Begin();
    }

    /// <summary>The connection that writes; it belongs to whoever holds the writer's turn.</summary>
    public DuckDBConnection Writer { get; private set; } = null!;

    /// <summary>Runs a statement on the writing connection.</summary>
    public void Execute(string sql) => Execute(Writer, sql);

    /// <summary>A connection of its own for reading; interrupting it never touches the writer.</summary>
    /// <exception cref="StoreEvictedException">The instance is being begun anew.</exception>
    public StoreReader Reader()
    {
        lock (_gate)
        {
            if (_closed) throw new StoreEvictedException();
            var reader = new StoreReader(this, Twin());
            _readers.Add(reader);
            return reader;
        }
    }

    /// <summary>
    /// Gives reading all threads until it is disposed. At other times DuckDB has one: its idle workers would spin beside the writer,
    /// which costs a third of the writing.
    /// </summary>
    public IDisposable Hurry() => new Haste(this);

    /// <summary>Detaches a file that nobody reads any more; for any thread.</summary>
    public void Detach(string alias)
    {
        lock (_gate)
            if (!_closed) Execute(_control, $"DETACH DATABASE IF EXISTS {alias}");
    }

    /// <summary>Interrupts all who read and waits until they have let go of what they held. False when one is still there.</summary>
    public async Task<bool> SendReadersAway(TimeProvider clock)
    {
        var began = clock.GetTimestamp();
        while (true)
        {
            lock (_gate)
            {
                if (_readers.Count == 0) return true;
                foreach (var reader in _readers) reader.Evict();
            }
            if (clock.GetElapsedTime(began) > LongestLeave) return false;
            await Task.Delay(Step, clock);
        }
    }

    /// <summary>True when a statement on a file can be run; the instance itself, when no file is named.</summary>
    public bool Works(string? alias = null)
    {
        try
        {
            Execute(alias is null ? "SELECT 1" : $"SELECT count(*) FROM {alias}.about");
            return true;
        }
        catch (DuckDBException)
        {
            return false;
        }
    }

    /// <summary>Begins a new instance in place of one that a fault has closed. Nothing is attached afterwards; no one may be reading.</summary>
    public async Task<bool> BeginAnew(TimeProvider clock)
    {
        lock (_gate) _closed = true;
        try
        {
            if (!await SendReadersAway(clock)) return false;
            lock (_gate)
            {
                _control.Dispose();
                Writer.Dispose();
                Begin();
            }
            return true;
        }
        finally
        {
            lock (_gate) _closed = false;
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _closed = true;
            _control.Dispose();
            Writer.Dispose();
        }
    }

    internal void Left(StoreReader reader)
    {
        lock (_gate) _readers.Remove(reader);
    }

    private void Begin()
    {
        Writer = new DuckDBConnection("Data Source=:memory:");
        Writer.Open();
        Execute($"SET memory_limit='{_settings.MemoryMegabytes}MB'");
        Execute("SET threads=" + (_hurrying > 0 ? _threads : 1).ToString(CultureInfo.InvariantCulture));
        _control = Twin();
        Writer.RegisterScalarFunction<string, string, bool>(QuerySql.InRange, Network.Holds);
        Execute("SET preserve_insertion_order=false");
        Execute("SET autoinstall_known_extensions=false");
        Execute("SET autoload_known_extensions=false");
        Execute("SET wal_autocheckpoint='256MB'");
        Execute("SET write_buffer_row_group_count=1");
        Execute($"SET temp_directory='{Path.Combine(_folder, "tmp").Replace("'", "''", StringComparison.Ordinal)}'");
    }

    private DuckDBConnection Twin()
    {
        var twin = Writer.Duplicate();
        if (twin.State != System.Data.ConnectionState.Open) twin.Open();
        return twin;
    }

    private static void Execute(DuckDBConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private void Hurry(int change)
    {
        lock (_gate)
        {
            var before = _hurrying;
            _hurrying += change;
            if (_closed || (before > 0 && _hurrying > 0)) return;
            Execute(_control, "SET threads=" + (_hurrying > 0 ? _threads : 1).ToString(CultureInfo.InvariantCulture));
        }
    }

    private sealed class Haste : IDisposable
    {
        private readonly DuckInstance _duck;

        public Haste(DuckInstance duck) => (_duck = duck).Hurry(1);

        public void Dispose() => _duck.Hurry(-1);
    }
}

/// <summary>A connection for reading.</summary>
internal sealed class StoreReader(DuckInstance owner, DuckDBConnection connection) : IDisposable
{
    private readonly Lock _gate = new();
    private bool _over;

    /// <summary>The connection.</summary>
    public DuckDBConnection Connection => connection;

    /// <summary>The store needs what the reader holds: whatever it asks now is broken off.</summary>
    public bool Evicted { get; private set; }

    /// <summary>Ends the statement that runs.</summary>
    public void Interrupt()
    {
        // DuckDB looks for an interrupt between vectors, so a stopped page ends its scan within milliseconds.
        lock (_gate)
            if (!_over) NativeMethods.Startup.DuckDBInterrupt(connection.NativeConnection);
    }

    public void Evict()
    {
        Evicted = true;
        Interrupt();
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (_over) return;
            _over = true;
        }
        connection.Dispose();
        owner.Left(this);
    }
}

/// <summary>Reading was broken off because an append needed the memory, or because the store is being opened anew.</summary>
internal sealed class StoreEvictedException() : Exception("The event store broke the reading off: it needed the memory for storing.");
