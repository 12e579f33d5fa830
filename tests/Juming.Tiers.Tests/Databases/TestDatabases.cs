using Juming.Testing;
using NUnit.Framework;

namespace Juming.Tiers.Tests.Databases;

/// <summary>The databases that a tier must run on, and one cluster for all tests of the run.</summary>
[SetUpFixture]
internal sealed class TestDatabases
{
    public const string Sqlite = "SQLite";
    public const string Postgres = "PostgreSQL";

    private static readonly Lock Gate = new();
    private static PostgresCluster? _cluster;

    /// <summary>The run's cluster, started when first asked for.</summary>
    public static PostgresCluster Cluster
    {
        get
        {
            lock (Gate) return _cluster ??= PostgresCluster.Start();
        }
    }

    /// <summary>Settings of a new, empty database; none for SQLite, which lies in the data folder.</summary>
    public static async Task<Dictionary<string, string?>> Make(string kind)
    {
        var settings = new Dictionary<string, string?> { ["Modules:Collection:Udp:0"] = "127.0.0.1:0", ["Modules:Collection:Tcp:0"] = "127.0.0.1:0" };
        if (kind == Postgres) settings["Database:ConnectionString"] = await Cluster.MakeDatabase();
        return settings;
    }

    /// <summary>The same without what only a site has.</summary>
    public static async Task<Dictionary<string, string?>> MakeFor(string tier, string kind) =>
        (await Make(kind)).Where(s => tier == "site" || !s.Key.StartsWith("Modules:", StringComparison.Ordinal)).ToDictionary();

    /// <summary>The same for a cloud that keeps no key of its own in the vault, so that the secrets and the audited acts of a test are all there are.</summary>
    public static async Task<Dictionary<string, string?>> MakeForSecrets(string kind) => (await MakeFor("cloud", kind)).Concat(Juming.Testing.RunningTier.SignsNothing).ToDictionary();

    [OneTimeTearDown]
    public void Stop() => _cluster?.Dispose();
}
