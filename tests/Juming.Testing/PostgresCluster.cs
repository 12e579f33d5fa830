using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;
using NUnit.Framework;

namespace Juming.Testing;

/// <summary>
/// A private PostgreSQL from Debian's binaries: its own folder, a free port on 127.0.0.1, a password. The server refuses to run as root,
/// so that a run by root hands it to the account "postgres" that the package makes.
/// </summary>
public sealed class PostgresCluster : IDisposable
{
    /// <summary>Of its one account, "juming".</summary>
    public const string Password = "p9-secret-of-the-tests";

    private readonly string _binaries;
    private readonly string _folder;
    private readonly string _options;

    private PostgresCluster(string binaries, string folder, int port, string options) => (_binaries, _folder, Port, _options) = (binaries, folder, port, options);

    /// <summary>Where it listens, on 127.0.0.1.</summary>
    public int Port { get; }

    /// <summary>Makes and starts a cluster; the test is skipped, with the reason, where PostgreSQL is not installed.</summary>
    /// <param name="options">Options of the server. Tests do without durability and have room for many tiers; empty for what the package's own would have.</param>
    public static PostgresCluster Start(string options = "-c fsync=off -c max_connections=600")
    {
        var binaries = Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql").Select(d => Path.Combine(d, "bin")).Where(d => File.Exists(Path.Combine(d, "initdb"))).OrderByDescending(d => d, StringComparer.Ordinal).FirstOrDefault()
            : null;
        if (binaries is null) Assert.Ignore("PostgreSQL is not installed here: apt-get install postgresql, or ./build.sh test.");
        var folder = Directory.CreateTempSubdirectory("juming-pg-").FullName;
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        var port = ((IPEndPoint)probe.LocalEndpoint).Port;
        probe.Stop();
        var cluster = new PostgresCluster(binaries!, folder, port, options);
        File.WriteAllText(Path.Combine(folder, "password"), Password);
        if (Environment.UserName == "root") Run("chown", ["-R", "postgres", folder]);
        cluster.RunServer("initdb", "-D", cluster.Data, "-U", "juming", "-A", "scram-sha-256", "--pwfile=" + Path.Combine(folder, "password"), "-E", "UTF8", "--locale=C.UTF-8", "--no-sync");
        cluster.Up();
        return cluster;
    }

    /// <summary>Starts the server.</summary>
    public void Up() => RunServer("pg_ctl", "-D", Data, "-w", "-t", "60", "-l", Path.Combine(_folder, "log"), "-o", string.Create(CultureInfo.InvariantCulture, $"-p {Port} -k {_folder} -c listen_addresses=127.0.0.1 {_options}"), "start");

    /// <summary>Ends the server as a crash would.</summary>
    public void Down() => RunServer("pg_ctl", "-D", Data, "-w", "-m", "immediate", "stop");

    /// <summary>Makes an empty database; answers its connection string.</summary>
    public async Task<string> MakeDatabase()
    {
        var name = "t" + Guid.NewGuid().ToString("N")[..12];
        await using var connection = new NpgsqlConnection(To("postgres"));
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = $"CREATE DATABASE {name}";
        await command.ExecuteNonQueryAsync();
        return To(name);
    }

    /// <summary>Where a database of this cluster is. The pool of a tier that has ended gives its connections back soon: one cluster serves every test of the run.</summary>
    public string To(string database) => string.Create(CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={Port};Database={database};Username=juming;Password={Password};Timeout=5;Connection Idle Lifetime=10;Connection Pruning Interval=5");

    /// <inheritdoc/>
    public void Dispose()
    {
        NpgsqlConnection.ClearAllPools();
        Down();
        Directory.Delete(_folder, true);
    }

    private string Data => Path.Combine(_folder, "data");

    private void RunServer(string program, params string[] arguments)
    {
        var path = Path.Combine(_binaries, program);
        if (Environment.UserName == "root") Run("runuser", ["-u", "postgres", "--", path, .. arguments]);
        else Run(path, arguments);
    }

    private static void Run(string program, string[] arguments)
    {
        // The server inherits standard output and would hold a pipe open for as long as it lives.
        var file = Path.GetTempFileName();
        try
        {
            string[] line = ["-c", "\"$@\" >\"$0\" 2>&1 </dev/null", file, program, .. arguments];
            using var process = Process.Start(new ProcessStartInfo("sh", line) { WorkingDirectory = "/" })!;
            process.WaitForExit();
            if (process.ExitCode != 0) throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}: {File.ReadAllText(file)}");
        }
        finally
        {
            File.Delete(file);
        }
    }
}
