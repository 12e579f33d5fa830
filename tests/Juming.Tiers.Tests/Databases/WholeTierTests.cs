using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Hangfire;
using Juming.Platform.Access.Audit;
using Juming.Platform.Access.Setup;
using Juming.Platform.Access.Users;
using Juming.Platform.Data;
using Juming.Platform.Events;
using Juming.Platform.Jobs;
using Juming.Platform.Tests.Access;
using Juming.Site.Detection.Alerts.List;
using Juming.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace Juming.Tiers.Tests.Databases;

/// <summary>Every tier does on PostgreSQL what it does on SQLite.</summary>
[TestFixture(TestDatabases.Sqlite)]
[TestFixture(TestDatabases.Postgres)]
internal sealed class WholeTierTests(string database)
{
    private const string BruteForce = "37135155-9a30-41ae-9ad7-beaf4e513dcd";

    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("juming-tiers-").FullName;

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder, true);

    [TestCase("cloud")]
    [TestCase("operator")]
    [TestCase("site")]
    public async Task The_set_up_link_makes_an_administrator_who_signs_in_and_is_kept_over_a_restart(string name)
    {
        var settings = await TestDatabases.MakeFor(name, database);
        await using (var tier = await RunningTier.Start(name, _folder, settings))
        {
            var link = (await tier.Services.GetRequiredService<SetupLink>().Make(CancellationToken.None))!;
            using var browser = new Browser(tier);
            await browser.Submit("/setup", ("link", link), ("name", "root.one"), ("password", "seven quiet herons wade"), ("security", "sec"), ("audit", "aud"));
            await browser.Enrol();
            Assert.That(browser.RecoveryCodes, Has.Count.EqualTo(10), browser.Text);
            Assert.That((await tier.Client().GetAsync("/readyz")).StatusCode, Is.EqualTo(HttpStatusCode.OK));
        }
        await using var again = await RunningTier.Start(name, _folder, settings);
        Assert.That(await again.Services.GetRequiredService<SetupLink>().Make(CancellationToken.None), Is.Null, "a host is set up once");
        Assert.That((await again.Send(new ListUsers())).Value.Select(u => u.Name), Is.EquivalentTo(new[] { "root.one", "sec", "aud" }));
    }

    [Test]
    public async Task A_second_start_changes_nothing_in_the_schema()
    {
        var settings = await TestDatabases.Make(database);
        await using (await RunningTier.Start("site", _folder, settings)) { }
        var before = await Schema(settings);
        await using (await RunningTier.Start("site", _folder, settings)) { }
        Assert.That(await Schema(settings), Is.EqualTo(before));
        Assert.That(before, Has.Some.StartsWith("detection_alerts").And.Some.StartsWith("platform_outbox"));
    }

    [Test]
    public async Task The_audit_chain_holds_under_concurrent_writers_and_over_a_restart_and_a_change_is_found()
    {
        // A cloud that signs makes its keys meanwhile, which is audited too.
        var settings = await TestDatabases.MakeForSecrets(database);
        await using (var tier = await RunningTier.Start("cloud", _folder, settings))
            await Task.WhenAll(Enumerable.Range(0, 40).Select(i => tier.Send(new AddUser($"user-{i}", []))));
        await using var again = await RunningTier.Start("cloud", _folder, settings);
        await again.Send(new AddUser("later", []));
        Assert.That(File.ReadAllText(Path.Combine(_folder, "audit.head")), Does.Match("^41 [0-9a-f]{64} 41 [0-9a-f]{64} [^ ]+ +\n$"));
        Assert.That((await again.Send(new VerifyAudit())).Value, Has.Property("Intact").True.And.Property("Entries").EqualTo(41));
        await Execute(again, "update access_audit set outcome = 'done!' where seq = 7");
        var verdict = (await again.Send(new VerifyAudit())).Value;
        Assert.That((verdict.Intact, verdict.At, verdict.Reason), Is.EqualTo((false, (long?)7, "edited")));
    }

    [Test]
    public async Task Tokens_of_the_release_before_get_their_maker_as_owner()
    {
        var settings = await TestDatabases.MakeFor("cloud", database);
        string secret;
        await using (var tier = await RunningTier.Start("cloud", _folder, settings))
        {
            await tier.Send(new AddUser("alice", ["SystemAdmin"]));
            await tier.Send(new AddUser("bob", ["SystemAdmin"]));
            using var machine = await tier.WithToken("access.users.read");
            secret = machine.DefaultRequestHeaders.Authorization!.Parameter!;
            await Execute(tier, "update access_token set created_by = 'alice'");
            foreach (var column in new[] { "access_token drop column owner_id", "access_token drop column within", "access_user drop column within" }) await Execute(tier, "alter table " + column);
            await Execute(tier, "delete from \"VersionInfo\" where \"Version\" = 202611270101");
        }
        await using var again = await RunningTier.Start("cloud", _folder, settings);
        using var client = again.Client(followRedirects: false);
        client.DefaultRequestHeaders.Authorization = new System.Net.Http.Headers.AuthenticationHeaderValue("Bearer", secret);
        Assert.That((await client.GetAsync("/api/access/users")).StatusCode, Is.EqualTo(HttpStatusCode.OK), "it goes on to work");
        Assert.That((await again.Send(new DisableUser("alice", true))).Succeeded, Is.True);
        Assert.That((await client.GetAsync("/api/access/users")).StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized), "and ends with its maker");
    }

    [Test]
    public async Task Lines_become_stored_events_and_one_alert_that_a_restart_keeps_and_the_outbox_announces()
    {
        var settings = await TestDatabases.Make(database);
        var heard = new Heard();
        await using (var site = await RunningTier.Start("site", _folder, settings, services => services.AddSingleton<MediatR.INotificationHandler<Juming.Site.Detection.AlertsRaised>>(heard)))
        {
            await SendGuesses(site, "203.0.113.9");
            var alert = await Alert(site, "203.0.113.9");
            await Wait(() => Task.FromResult(heard.Alerts.Contains(alert.Alert.Id)), "the outbox announces the alert");
            await Wait(async () => await Outbox(site) == 0, "handled rows leave the outbox");
            var ledger = await Ledger(site);
            Assert.That((ledger.GetProperty("received").GetInt64(), ledger.GetProperty("stored").GetInt64(), ledger.GetProperty("imbalance").GetInt64()), Is.EqualTo((8L, 8L, 0L)));
        }
        await using var again = await RunningTier.Start("site", _folder, settings);
        await SendGuesses(again, "203.0.113.10");
        await Alert(again, "203.0.113.10");
        Assert.That((await again.Send(new ListAlerts { RuleId = BruteForce })).Value.Items.Select(i => i.Alert.Attacker), Is.EquivalentTo(new[] { "203.0.113.9", "203.0.113.10" }));
    }

    [Test]
    public async Task Alerts_are_listed_by_text_technique_and_severity_and_exported_and_counted()
    {
        await using var site = await RunningTier.Start("site", _folder, await TestDatabases.Make(database));
        await SendGuesses(site, "203.0.113.9");
        await Alert(site, "203.0.113.9");
        using var reader = await site.SignIn(Juming.Platform.Access.Role.Analyst);
        foreach (var query in new[] { "", "?text=WEB01", "?technique=T1110", "?sort=severity", "?sort=count&take=1", "/export?format=ndjson", "/export" })
        {
            using var answer = await reader.GetAsync("/api/detection/alerts" + query);
            Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.OK), query);
            Assert.That(await answer.Content.ReadAsStringAsync(), Does.Contain("203.0.113.9"), query);
        }
        foreach (var path in new[] { "/api/detection/rules?take=5", "/api/detection/coverage", "/api/collection/sources", "/alerts", "/rules", "/coverage", "/sources", "/ledger", "/" })
            Assert.That((await reader.GetAsync(path)).StatusCode, Is.EqualTo(HttpStatusCode.OK).Or.EqualTo(HttpStatusCode.Forbidden), path);
    }

    [Test]
    public async Task A_recurring_job_is_registered_and_runs()
    {
        await using var site = await RunningTier.Start("site", _folder, await TestDatabases.Make(database));
        using (var storage = site.Services.GetRequiredService<JobStorage>().GetConnection())
            Assert.That(storage.GetAllItemsFromSet("recurring-jobs"), Does.Contain("detection-upkeep"));
        var id = site.Services.GetRequiredService<IBackgroundJobClient>().Enqueue<JobRunner>(runner => runner.Run("detection-upkeep", CancellationToken.None));
        await Wait(() =>
        {
            using var connection = site.Services.GetRequiredService<JobStorage>().GetConnection();
            return Task.FromResult(connection.GetStateData(id)?.Name == "Succeeded");
        }, "the job runs");
    }

    private static async Task SendGuesses(RunningTier site, string attacker)
    {
        using var sender = await site.WithToken("collection.send");
        var now = TimeProvider.System.GetUtcNow().AddHours(8);
        var body = new StringBuilder();
        for (var i = 0; i < 8; i++)
            body.Append(CultureInfo.InvariantCulture, $"<38>{now.AddSeconds(i - 20):MMM dd HH:mm:ss} web01 sshd[{900 + i}]: Failed password for root from {attacker} port {40001 + i} ssh2\n");
        using var answer = await sender.PostAsync("/api/collection/events", new StringContent(body.ToString()));
        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.OK), await answer.Content.ReadAsStringAsync());
    }

    private static async Task<AlertItem> Alert(RunningTier site, string attacker)
    {
        AlertItem? found = null;
        await Wait(async () => (found = (await site.Send(new ListAlerts { RuleId = BruteForce, Entity = attacker })).Value.Items.FirstOrDefault()) is not null, "the alert comes");
        return found!;
    }

    private static async Task<JsonElement> Ledger(RunningTier site)
    {
        using var reader = await site.WithToken("collection.read");
        using var answer = await reader.GetAsync("/api/collection/ledger");
        return JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
    }

    private static async Task<int> Outbox(RunningTier tier)
    {
        await using var scope = tier.Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<OutboxDb>().Set<OutboxRow>().CountAsync();
    }

    private static async Task Execute(RunningTier tier, string sql)
    {
        await using var scope = tier.Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<OutboxDb>().Database.ExecuteSqlRawAsync(sql);
    }

    private async Task<List<string>> Schema(Dictionary<string, string?> settings)
    {
        var where = Database.From(new DatabaseSettings { ConnectionString = settings.GetValueOrDefault("Database:ConnectionString") ?? "" }, _folder);
        await using System.Data.Common.DbConnection connection = where.IsPostgres ? new Npgsql.NpgsqlConnection(where.ConnectionString) : new Microsoft.Data.Sqlite.SqliteConnection(where.ConnectionString);
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = where.IsPostgres
            ? "select table_name || ' ' || column_name || ' ' || data_type || ' ' || is_nullable from information_schema.columns where table_schema in ('public', 'hangfire') order by 1"
            : "select name || ' ' || coalesce(sql, '') from sqlite_master order by 1";
        var lines = new List<string>();
        await using var rows = await command.ExecuteReaderAsync();
        while (await rows.ReadAsync()) lines.Add(rows.GetString(0));
        return lines;
    }

    internal static async Task Wait(Func<Task<bool>> holds, string what, int seconds = 30)
    {
        for (var i = 0; i < seconds * 10; i++)
        {
            if (await holds()) return;
            await Task.Delay(100);
        }
        Assert.Fail($"not within {seconds} s: {what}");
    }

    private sealed class Heard : MediatR.INotificationHandler<Juming.Site.Detection.AlertsRaised>
    {
        public System.Collections.Concurrent.ConcurrentBag<Guid> Alerts { get; } = [];

        public Task Handle(Juming.Site.Detection.AlertsRaised notification, CancellationToken cancellationToken)
        {
            foreach (var id in notification.Alerts) Alerts.Add(id);
            return Task.CompletedTask;
        }
    }
}
