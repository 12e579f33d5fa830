using System.Diagnostics;
using System.Globalization;
using Juming.Testing;

namespace Juming.Benchmarks.Links;

/// <summary><c>bench sites</c>: simulated sites on one operator process: what each costs, how long it takes until all are back after the process was killed, and how long control messages take.</summary>
internal static class SitesBench
{
    private const string Usage = "sites [--json] [--sites=N] [--database=sqlite|postgres] [--settle=SECONDS] [--only=sites|bulk]";
    private const int AtOnce = 4;

    private static readonly string[] Known = ["--json", "--sites", "--database", "--settle", "--only"];

    public static async Task<int> Run(string[] line)
    {
        var database = Options.Text(line, "--database");
        var only = Options.Text(line, "--only");
        if (line.Any(l => l.StartsWith("--", StringComparison.Ordinal) && !Known.Contains(l.Split('=')[0])) || database is not (null or "sqlite" or "postgres") || only is not (null or "sites" or "bulk"))
        {
            Console.Error.WriteLine(Usage);
            return 2;
        }
        var json = line.Contains("--json");
        if (only != "sites") await SlowLinkBench.Run(json);
        if (only == "bulk") return 0;
        Figures.Note($"machine: {Environment.ProcessorCount} cores ({Processor()}), {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 30} GB; operator, database, all simulated sites and one real site share it");
        var given = Options.Number(line, "--sites", 0);
        // Either alone with its own number; both where nothing is said.
        var shapes = new List<(bool Postgres, int Sites)>();
        if (database == "sqlite" || (database is null && given == 0)) shapes.Add((false, given > 0 ? given : 300));
        if (database == "postgres" || (database is null && given == 0)) shapes.Add((true, given > 0 ? given : 2_000));
        if (shapes.Count == 0) shapes.Add((false, given));
        foreach (var (postgres, sites) in shapes)
            await new SitesRun(new Figures(postgres ? "sites-pg" : "sites", json), Math.Clamp(sites, 2, 60_000), TimeSpan.FromSeconds(Options.Number(line, "--settle", 70))).Measure(postgres);
        return 0;
    }

    private static string Processor() => File.Exists("/proc/cpuinfo") ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() ?? "?" : "?";

    /// <summary>One shape.</summary>
    private sealed class SitesRun(Figures figures, int count, TimeSpan settle)
    {
        private readonly int _links = TierProcess.FreePort();
        private string _folder = "";
        private string? _connection;

        public async Task Measure(bool postgres)
        {
            _folder = Directory.CreateTempSubdirectory("juming-sites-").FullName;
            if (postgres && !Workload.Install("postgresql")) return;
            // As the package sets it up, with durable commits: what is promised to a site must be kept.
            using var cluster = postgres ? PostgresCluster.Start("") : null;
            if (cluster is not null) _connection = await cluster.MakeDatabase() + ";Maximum Pool Size=40";
            try
            {
                Figures.Note($"{count} simulated sites in this process, the operator on {(postgres ? "PostgreSQL" : "SQLite")} in another, a real site in a third");
                await Measure();
            }
            finally
            {
                Directory.Delete(_folder, true);
            }
        }

        private async Task Measure()
        {
            var first = await StartOperator();
            var sites = Enumerable.Range(0, count).Select(i => new SimulatedSite(Address, i)).ToList();
            var probed = new SimulatedSite(Address, count);
            using var ending = new CancellationTokenSource();
            TierProcess? real = null;
            List<Task> lives = [];
            try
            {
                Figures.Note($"enrolling {count} sites");
                var tokens = new List<(SimulatedSite Site, string Token)>();
                foreach (var site in sites.Append(probed)) tokens.Add((site, await Token(first, tokens.Count)));
                await Parallel.ForEachAsync(tokens, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (t, ct) => await t.Site.Enrol(t.Token, ct));
                real = await TierProcess.Start("site", Path.Combine(_folder, "site"), "Modules:Collection:Udp:0=127.0.0.1:0", "Modules:Collection:Tcp:0=127.0.0.1:0");
                await real.Ask("JoinUpper", new { url = Address.AbsoluteUri, token = await Token(first, count + 1) });
                var probe = new ControlProbe(probed);
                lives.Add(Task.Run(() => probe.Run(ending.Token)));
                var managed = await first.Managed();
                var before = await first.Least(settle);
                // In two halves, each given the time that the operator takes to give back what a rush of handshakes took: the second half is then the cost of sites and of nothing else.
                var half = sites.Count / 2;
                lives.AddRange(sites.Take(half).Select(s => Task.Run(() => s.Run(ending.Token))));
                await Until(() => sites.Take(half).All(s => s.IsHeard), "half are connected and have told all they have");
                var middle = await first.Least(settle);
                lives.AddRange(sites.Skip(half).Select(s => Task.Run(() => s.Run(ending.Token))));
                await Until(() => sites.TrueForAll(s => s.IsHeard), "all are connected and have told all they have");
                Figures.Note($"all are connected; the operator is process {first.Id}, for dotnet-gcdump and the like");
                var (steady, cpu) = (Stopwatch.GetTimestamp(), first.Cpu);
                var after = await first.Least(settle);
                var share = (first.Cpu - cpu) / Stopwatch.GetElapsedTime(steady);
                PrintMemory(before, middle, after, await first.Managed() - managed, share);
                PrintControl("control_ms_p95", sites, probe, steady);
                await Reconnect(first, sites, probe, real);
            }
            finally
            {
                first.Dispose();
                real?.Dispose();
                await ending.CancelAsync();
                // A site that does not end must not keep the figures that were measured.
                await Task.WhenAny(Task.WhenAll(lives), Task.Delay(TimeSpan.FromMinutes(1)));
                if (lives.Count(l => !l.IsCompleted) is > 0 and var stuck) Figures.Note($"{stuck} simulated sites did not end within a minute");
                foreach (var site in sites.Append(probed)) site.Dispose();
            }
        }

        private async Task Reconnect(TierProcess first, List<SimulatedSite> sites, ControlProbe probe, TierProcess real)
        {
            var killed = Stopwatch.GetTimestamp();
            await first.Kill();
            var seen = sites.ConvertAll(s => s.Welcomes);
            using var second = await StartOperator();
            var ready = Stopwatch.GetTimestamp();
            using var watching = new CancellationTokenSource();
            var answers = Task.Run(() => Watch(real, watching.Token));
            await Until(() => sites.Select((s, i) => s.Welcomes > seen[i]).All(back => back), "all are back");
            var (back, away) = (Stopwatch.GetElapsedTime(ready), Stopwatch.GetElapsedTime(killed));
            PrintControl("control_ms_p95_reconnecting", sites, probe, ready);
            await Until(() => sites.TrueForAll(s => s.IsHeard), "all have told all they have");
            var heard = Stopwatch.GetElapsedTime(ready);
            await Task.Delay(TimeSpan.FromSeconds(30));
            await watching.CancelAsync();
            var found = await answers;
            figures.Print("reconnect_seconds", back.TotalSeconds, "s", goal: "under 60");
            figures.Print("reconnect_seconds_from_kill", away.TotalSeconds, "s");
            figures.Print("reconnect_seconds_all_told", heard.TotalSeconds, "s");
            figures.Print("real_site_control_ms_max", found.DefaultIfEmpty(double.NaN).Max(), "ms", goal: "under 1000");
            figures.Print("real_site_control_samples", found.Count, "heartbeats");
            await second.Kill();
        }

        private void PrintMemory(TierProcess.Memory before, TierProcess.Memory middle, TierProcess.Memory after, double managed, double cpu)
        {
            var more = count - (count / 2);
            Figures.Note("memory of the operator process, the least within the time of settling, sessions open and idle, health and incidents told: kb_per_site is what the second half of the sites added, kb_per_site_with_start what all added to the process without sessions (after their enrolment), code that was compiled for the first of them included");
            figures.Print("sites", count, "sites");
            figures.Print("kb_per_site", (after.Resident - middle.Resident) / more, "kB", goal: "under 100");
            figures.Print("kb_per_site_pss", (after.Proportional - middle.Proportional) / more, "kB");
            figures.Print("kb_per_site_managed", managed / count, "kB");
            figures.Print("kb_per_site_with_start", (after.Resident - before.Resident) / count, "kB");
            figures.Print("operator_mb_before", before.Resident / 1024, "MB");
            figures.Print("operator_mb", after.Resident / 1024, "MB");
            figures.Print("operator_cores_idle", cpu, "cores");
        }

        private void PrintControl(string metric, List<SimulatedSite> sites, ControlProbe probe, long since)
        {
            var answers = sites.SelectMany(s => s.Answers(since)).Concat(probe.Answers(since)).ToList();
            figures.Print(metric, Options.Percentile(answers, 0.95), "ms", goal: "under 1000");
            figures.Print(metric.Replace("_p95", "_max", StringComparison.Ordinal), answers.DefaultIfEmpty(double.NaN).Max(), "ms");
        }

        /// <summary>How long the real site says that its heartbeats waited.</summary>
        private static async Task<List<double>> Watch(TierProcess real, CancellationToken ct)
        {
            var found = new List<double>();
            while (!ct.IsCancellationRequested)
            {
                var above = (await real.Ask("DescribeLink", new { }));
                if (above.GetProperty("answerMs") is { ValueKind: System.Text.Json.JsonValueKind.Number } answered && !found.Contains(answered.GetDouble())) found.Add(answered.GetDouble());
                await Task.Delay(500, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            return found;
        }

        private Uri Address => new(string.Create(CultureInfo.InvariantCulture, $"https://127.0.0.1:{_links}"));

        private Task<TierProcess> StartOperator()
        {
            List<string> settings = [string.Create(CultureInfo.InvariantCulture, $"Modules:Links:Listen=127.0.0.1:{_links}")];
            if (_connection is not null) settings.Add("Database:ConnectionString=" + _connection);
            return TierProcess.Start("operator", Path.Combine(_folder, "operator"), [.. settings]);
        }

        private static async Task<string> Token(TierProcess process, int number) =>
            (await process.Ask("MakeSiteToken", new { customer = "Bench", site = string.Create(CultureInfo.InvariantCulture, $"site {number}") })).GetProperty("token").GetString()!;

        private static async Task Until(Func<bool> holds, string what)
        {
            var began = Stopwatch.GetTimestamp();
            while (!holds())
            {
                if (Stopwatch.GetElapsedTime(began) > TimeSpan.FromMinutes(10)) throw new TimeoutException($"not within 10 minutes: {what}");
                await Task.Delay(50);
            }
        }
    }
}
