using System.Globalization;
using System.Net;
using System.Text;
using Juming.Platform.Modules;
using Juming.Site.Events;
using Juming.Site.Events.Store;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Juming.Benchmarks.Chaos;

/// <summary>One run: start, load, kill at random instants, start again; at the end a look into the stores themselves.</summary>
internal sealed class ChaosRun(ChaosPlan plan, Action<string> say)
{
    private const string Rule = """
        title: A line of the run
        id: 7d3d7a6e-5f0e-4a51-9d06-2f7a2d7b1c55
        status: test
        level: medium
        logsource: {product: linux, service: sshd}
        detection:
          mark: {user.name: chaosmark}
          condition: mark
        """;

    private readonly Random _random = new(plan.Seed);
    private long _kills;
    private long _killsAtStart;
    private long _failedStarts;
    private TimeSpan _slowest;

    public async Task<ChaosOutcome> Run(CancellationToken ct)
    {
        var folder = Directory.CreateTempSubdirectory("juming-chaos-").FullName;
        say($"seed {plan.Seed}, {plan.Kills} kills, {plan.Program}, {folder}");
        await File.WriteAllTextAsync(Path.Combine(folder, "rule.yml"), Rule, ct);
        await File.WriteAllTextAsync(Path.Combine(folder, "input.log"), "", ct);
        using var site = new SiteProcess(plan.Program, folder);
        var keep = true;
        try
        {
            var (code, token) = await site.Verb("token", "create", "--name", "chaos", "--scopes", "collection.send,collection.read,detection.read");
            if (code != 0) throw new InvalidOperationException(token);
            using var load = new ChaosLoad(site.Port, token, site.LogFile);
            load.Start();
            var began = TimeProvider.System.GetTimestamp();
            for (var kill = 1; kill <= plan.Kills && TimeProvider.System.GetElapsedTime(began) < plan.Limit; kill++)
            {
                await OneLife(site, ct);
                _kills = kill;
                if (kill % 10 == 0 || kill == plan.Kills) say($"{kill} kills, {load.Acknowledged} lines acknowledged, {load.Repeated} answered from an earlier try, slowest start {_slowest.TotalSeconds:0.0} s");
            }
            await Ready(site);
            await load.Finish();
            var expected = load.Count;
            var stored = await load.WaitFor("/api/collection/ledger", l => l.GetProperty("received").GetInt64() >= expected && l.GetProperty("inFlight").GetInt64() == 0, TimeSpan.FromSeconds(60));
            var alerted = await load.WaitFor("/api/detection/alerts?take=1", a => a.GetProperty("total").GetInt32() >= (expected + ChaosLoad.AlertEvery - 1) / ChaosLoad.AlertEvery, TimeSpan.FromSeconds(60));
            if (!stored || !alerted) say($"after a minute still: stored {stored}, alerts {alerted}");
            await site.Stop(ct);
            var audit = await site.Verb("audit", "verify");
            if (audit.Code != 0) say(audit.Text);
            var outcome = await Look(site.Data, load, audit.Code == 0);
            keep = plan.Keep || !outcome.IsClean;
            return outcome;
        }
        finally
        {
            site.Dispose();
            if (keep) say($"the data stays in {folder}");
            else Directory.Delete(folder, true);
        }
    }

    /// <summary>Most lives end under load; every fourth ends while the site is still starting or catching up.</summary>
    private async Task OneLife(SiteProcess site, CancellationToken ct)
    {
        if (_random.Next(4) == 0)
        {
            _ = site.Start();
            await Task.Delay(_random.Next(50, 3000), ct);
            _killsAtStart++;
        }
        else
        {
            await Ready(site);
            await Task.Delay(_random.Next(50, 2500), ct);
        }
        await site.Kill();
    }

    private async Task Ready(SiteProcess site)
    {
        try
        {
            var took = await site.Start().WaitAsync(TimeSpan.FromMinutes(2));
            if (took > _slowest) _slowest = took;
        }
        catch (Exception e) when (e is IOException or TimeoutException)
        {
            say(e.Message);
            _failedStarts++;
        }
    }

    private async Task<ChaosOutcome> Look(string data, ChaosLoad load, bool auditIntact)
    {
        var seen = new int[load.Count];
        long rows = 0, foreign = 0, received = 0, stored = 0, dropped = 0;
        using (var store = new DuckEventStore(new TierContext(new TierDefinition("site", 3, 0, []), data, true), new EventStoreSettings(), TimeProvider.System, NullLogger<DuckEventStore>.Instance))
        {
            await foreach (var batch in store.ReadAfter(0, CancellationToken.None))
                foreach (var line in batch.Lines)
                {
                    rows++;
                    var number = NumberOf(Encoding.UTF8.GetString(line.Raw));
                    if (number >= 0 && number < seen.Length) seen[number]++;
                    else foreign++;
                }
            foreach (var delta in await store.Read(0, long.MaxValue / 2, null, CancellationToken.None))
            {
                if (delta.Reason == "received") received += delta.Count;
                else if (delta.Reason == "stored") stored += delta.Count;
                else dropped += delta.Count;
            }
        }
        if (foreign > 0) say($"{foreign} rows carry no number of this run");
        var alerts = new Dictionary<int, long>();
        await using (var connection = new SqliteConnection($"Data Source={Path.Combine(data, "juming.db")};Pooling=False"))
        {
            await connection.OpenAsync();
            await using var command = connection.CreateCommand();
            command.CommandText = "SELECT attacker, count FROM detection_alerts WHERE rule_id = '7d3d7a6e-5f0e-4a51-9d06-2f7a2d7b1c55'";
            await using var reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync())
            {
                var address = IPAddress.Parse(reader.GetString(0)).GetAddressBytes();
                var number = (address[1] << 16) | (address[2] << 8) | address[3];
                alerts[number] = alerts.GetValueOrDefault(number) + reader.GetInt64(1);
            }
        }
        var marks = Enumerable.Range(0, load.Count).Where(n => n % ChaosLoad.AlertEvery == 0).ToList();
        var twice = alerts.Where(a => a.Key % ChaosLoad.AlertEvery != 0 || a.Value > 1).Select(a => a.Key).Order().ToList();
        if (twice.Count > 0) say($"alerted more than once: {string.Join(' ', twice.Take(200))}{(twice.Count > 200 ? " …" : "")}");
        return new ChaosOutcome(
            _kills, _killsAtStart, load.Acknowledged, load.Repeated, seen.Count(n => n == 0), seen.Sum(n => Math.Max(0L, n - 1)) + foreign, alerts.Count,
            marks.Count(n => !alerts.ContainsKey(n)), alerts.Sum(a => a.Key % ChaosLoad.AlertEvery == 0 ? a.Value - 1 : a.Value),
            Math.Abs(received - stored - dropped) + Math.Abs(stored - rows), _failedStarts, auditIntact, _slowest);
    }

    private static int NumberOf(string line)
    {
        var at = line.IndexOf("number=", StringComparison.Ordinal);
        if (at >= 0) return int.Parse(line.AsSpan(at + 7, line.IndexOf(' ', at) - at - 7), CultureInfo.InvariantCulture);
        at = line.IndexOf(" from 10.", StringComparison.Ordinal);
        if (at < 0) return -1;
        var parts = line[(at + 6)..].Split(' ')[0].Split('.');
        return (int.Parse(parts[1], CultureInfo.InvariantCulture) << 16) | (int.Parse(parts[2], CultureInfo.InvariantCulture) << 8) | int.Parse(parts[3], CultureInfo.InvariantCulture);
    }
}
