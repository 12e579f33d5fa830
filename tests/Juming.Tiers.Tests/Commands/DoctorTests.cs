using System.Net;
using System.Text;
using System.Text.Json;
using Juming.Testing;
using NUnit.Framework;

namespace Juming.Tiers.Tests.Commands;

/// <summary><c>juming doctor</c> before a running tier, a stopped one, and one that is broken.</summary>
[Category("X5")]
[NonParallelizable]
public sealed class DoctorTests
{
    [Test]
    public async Task A_running_site_tells_through_its_socket_how_its_parts_stand()
    {
        await using var site = await RunningTier.Start("site", settings: new Dictionary<string, string?>
        {
            ["Modules:Collection:Udp:0"] = "127.0.0.1:0",
            ["Modules:Collection:Tcp:0"] = "127.0.0.1:0",
        });
        // The program holds the folder itself; a tier in this process does not.
        using var held = Hosting.DataFolderLock.TryTake(site.Folder);
        using (var client = await site.WithToken("collection.send"))
        using (var body = new StringContent("{\"host.name\":\"a\"}\n", Encoding.UTF8, "application/x-ndjson"))
        using (var answer = await client.PostAsync("/api/collection/events", body))
            Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.OK));

        var (code, found) = Doctor("site", site.Folder);
        Assert.That(code, Is.Zero);
        Assert.That(found.Keys, Is.SupersetOf(new[] { "process", "database", "event-store", "rules", "udp-buffer", "receivers", "sources", "certificate", "clock" }));
        Assert.That(found["receivers"].Text, Does.Contain("udp 127.0.0.1:").And.Contain("tcp 127.0.0.1:"));
        Assert.That(found["rules"].Text, Does.Match("^([1-9][0-9]* active, |0 active, [1-9][0-9]* idle, )"));
        Assert.That(found["sources"].Text, Does.StartWith("1 senders, 0 silent"));
        Assert.That(found["event-store"].Text, Does.Contain("% full"));
        Assert.That(found["certificate"], Is.EqualTo(("good", found["certificate"].Text)));
    }

    [Test]
    public async Task A_stopped_operator_is_looked_at_in_place()
    {
        var folder = Directory.CreateTempSubdirectory("juming-doctor").FullName;
        await using (await RunningTier.Start("operator", folder))
        {
        }
        var (code, found) = Doctor("operator", folder);
        Assert.That(code, Is.Zero);
        Assert.That(found.Keys, Is.EquivalentTo(new[] { "settings", "database", "vault", "certificate", "clock" }));
        Directory.Delete(folder, true);
    }

    [Test]
    public void A_folder_that_is_held_by_a_process_that_does_not_answer_is_bad()
    {
        var folder = Directory.CreateTempSubdirectory("juming-doctor").FullName;
        using (var held = Hosting.DataFolderLock.TryTake(folder))
        {
            Assert.That(held, Is.Not.Null);
            var (code, found) = Doctor("site", folder);
            Assert.That(code, Is.EqualTo(1));
            Assert.That(found["process"].Level, Is.EqualTo("bad"));
            Assert.That(found["process"].Text, Does.Contain("does not answer"));
        }
        Directory.Delete(folder, true);
    }

    private static (int Code, Dictionary<string, (string Level, string Text)> Found) Doctor(string tier, string folder)
    {
        var (console, said) = (Console.Out, new StringWriter());
        Console.SetOut(said);
        int code;
        try
        {
            code = (int)typeof(Hosting.TierHost).Assembly.EntryPoint!.Invoke(null, [(string[])["doctor", "--tier", tier, "--data", folder, "--json"]])!;
        }
        finally
        {
            Console.SetOut(console);
        }
        var found = new Dictionary<string, (string, string)>();
        foreach (var line in said.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var report = JsonDocument.Parse(line).RootElement;
            found[report.GetProperty("name").GetString()!] = (report.GetProperty("level").GetString()!, report.GetProperty("text").GetString()!);
        }
        return (code, found);
    }
}
