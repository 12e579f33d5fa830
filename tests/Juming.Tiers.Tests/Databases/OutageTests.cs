using System.Net;
using Juming.Platform.Access.Audit;
using Juming.Platform.Access.Users;
using Juming.Platform.Modules;
using Juming.Testing;
using NUnit.Framework;

namespace Juming.Tiers.Tests.Databases;

/// <summary>A PostgreSQL that is named wrongly, or that goes away.</summary>
internal sealed class OutageTests
{
    [TestCase("Host=127.0.0.1;Port=1;Database=x;Username=juming;Password=p9-secret-of-the-tests", TestName = "nobody listens")]
    [TestCase("{cluster};Database=absent", TestName = "no such database")]
    [TestCase("{cluster};Database=postgres;Password=p9-secret-but-wrong", TestName = "wrong password")]
    [TestCase("Host=127.0.0.1;Pasword=p9-secret-of-the-tests", TestName = "misspelt key")]
    [TestCase("p9-secret-of-the-tests", TestName = "no connection string at all")]
    [TestCase("Database=x;Password=p9-secret-of-the-tests", TestName = "no host")]
    public void A_wrong_connection_string_stops_the_start_with_key_and_reason_and_no_password(string text)
    {
        var folder = Directory.CreateTempSubdirectory("juming-tiers-").FullName;
        try
        {
            var settings = new Dictionary<string, string?> { ["Database:ConnectionString"] = text.Replace("{cluster}", TestDatabases.Cluster.To("postgres"), StringComparison.Ordinal) };
            var error = Assert.ThrowsAsync<SettingsException>(() => RunningTier.Start("cloud", folder, settings))!;
            TestContext.Out.WriteLine(error.Message);
            Assert.Multiple(() =>
            {
                Assert.That(error.Key, Is.EqualTo("Database:ConnectionString"));
                Assert.That(error.ToString(), Does.Not.Contain("p9-secret"));
                Assert.That(error.Message, Does.Contain("the database can't be used (").Or.Contain("not a PostgreSQL connection string"));
            });
        }
        finally
        {
            Directory.Delete(folder, true);
        }
    }

    [Test]
    public async Task A_database_that_goes_away_is_told_by_readyz_and_everything_goes_on_when_it_is_back()
    {
        using var cluster = PostgresCluster.Start();
        var settings = await TestDatabases.MakeFor("site", TestDatabases.Sqlite);
        settings["Database:ConnectionString"] = await cluster.MakeDatabase();
        await using var site = await RunningTier.Start("site", settings: settings);
        using var client = site.Client();
        using var sender = await site.WithToken("collection.send", "detection.read");
        Assert.That(await Ready(client), Is.EqualTo(HttpStatusCode.OK));
        await sender.PostAsync("/api/collection/events", new StringContent("a line before\n"));
        for (var round = 0; round < 2; round++)
        {
            cluster.Down();
            await WholeTierTests.Wait(async () => await Ready(client) == HttpStatusCode.ServiceUnavailable, "told within the second that a look is kept", 5);
            Assert.That((await client.GetAsync("/healthz")).StatusCode, Is.EqualTo(HttpStatusCode.OK), "the process lives");
            // Events need no relational database: collection of a known sender goes on.
            using var stored = await sender.PostAsync("/api/collection/events", new StringContent($"a line while it is away {round}\n"));
            Assert.That(stored.StatusCode, Is.EqualTo(HttpStatusCode.OK), await stored.Content.ReadAsStringAsync());
            await Task.Delay(2_000);
            cluster.Up();
            await WholeTierTests.Wait(async () => await Ready(client) == HttpStatusCode.OK, "ready again");
            await WholeTierTests.Wait(async () => await Tried(() => site.Send(new AddUser("back-" + round, []))), "commands work again");
        }
        Assert.That((await site.Send(new VerifyAudit())).Value.Intact, Is.True);
        Assert.That((await client.GetAsync("/healthz")).StatusCode, Is.EqualTo(HttpStatusCode.OK));
    }

    private static async Task<bool> Tried<T>(Func<Task<Juming.Platform.Handlers.Result<T>>> act)
    {
        try
        {
            return (await act()).Succeeded;
        }
        catch (Exception e) when (Juming.Platform.Data.DatabaseErrors.IsOutage(e))
        {
            return false;
        }
    }

    private static async Task<HttpStatusCode> Ready(HttpClient client)
    {
        using var answer = await client.GetAsync("/readyz");
        return answer.StatusCode;
    }
}
