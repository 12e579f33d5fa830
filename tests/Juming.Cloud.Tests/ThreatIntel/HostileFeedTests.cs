using System.Text;
using System.Text.Json;
using Juming.Testing.Feeds;
using Microsoft.AspNetCore.Http;
using NUnit.Framework;

namespace Juming.Cloud.Tests.ThreatIntel;

/// <summary>Servers that lie, break, send too much or send elsewhere: the run fails with its reason, and what stood before stands.</summary>
[Category("C1.1")]
internal sealed class HostileFeedTests : IntelHost
{
    private const int Good = 120;

    protected override Dictionary<string, string?> Settings => new() { ["Modules:ThreatIntel:MostPerSource"] = "50000" };

    private static IEnumerable<TestCaseData> Harm()
    {
        (string Name, string Problem, Action<FeedServer, string> Do)[] all =
        [
            ("Endless", "too-large", (s, p) => s.Endless(p)),
            ("Slow", "timed-out", (s, p) => s.Slow(p)),
            ("Shorter", "broken", (s, p) => s.Shorter(p)),
            ("Bomb", "bomb", (s, p) => s.Bomb(p, 7)),
            ("Large bomb", "too-large", (s, p) => s.Bytes(p, Pack(64))),
            ("Cut pack", "unreadable", (s, p) => s.Bytes(p, FeedServer.Gzip(string.Concat(Enumerable.Range(0, 50_000).Select(i => $"{i * 7919 % 99991}.cut.example\n")))[..^4000])),
            ("Damaged pack", "unreadable", (s, p) => s.Bytes(p, [0x1F, 0x8B, 8, 0, 1, 2, 3, 4, 5, 6, 0xFF, 0xFF, 0xFF, 0xFF])),
            ("Metadata", "destination", (s, p) => s.Redirect(p, "http://169.254.169.254/latest/meta-data/")),
            ("Inward", "destination", (s, p) => s.Redirect(p, "http://10.0.0.1/list")),
            ("File", "destination", (s, p) => s.Redirect(p, "file:///etc/passwd")),
            ("Round", "destination", (s, p) => s.Redirect(p, p)),
            ("Gone", "not-there", (s, p) => s.Status(p, 404)),
            ("Denied", "not-permitted", (s, p) => s.Status(p, 403)),
            ("Broken", "status", (s, p) => s.Status(p, 500)),
            ("Page", "mostly-unreadable", (s, p) => s.File(p, string.Concat(Enumerable.Repeat("<div class=error>Service unavailable</div>\n", 40)))),
            ("Empty", "empty", (s, p) => s.File(p, "# nothing today\n")),
            ("Short", "shrunk", (s, p) => s.File(p, "a.short.example\nb.short.example\n")),
            ("Too many", "too-many", (s, p) => s.File(p, string.Concat(Enumerable.Range(0, 60_000).Select(i => $"{i}.m.example\n")))),
        ];
        return all.Select(h => new TestCaseData(h.Name, h.Problem, h.Do).SetArgDisplayNames(h.Name));
    }

    [TestCaseSource(nameof(Harm))]
    public async Task A_reading_that_does_harm_fails_with_its_reason_and_the_old_set_stays(string name, string problem, Action<FeedServer, string> harm)
    {
        var path = "/harm/" + name.Replace(' ', '-');
        var id = await Add(name, "Text", Feeds.File(path, string.Concat(Enumerable.Range(0, Good).Select(i => $"g{i}.{name.Replace(' ', '-').ToLowerInvariant()}.example\n"))));
        Assert.That(Number(await Read(id), "fresh"), Is.EqualTo(Good));
        harm(Feeds, path);
        var run = await Read(id);
        Assert.That(Text(run, "problem"), Is.EqualTo(problem), Text(run, "problemDetail"));
        var source = await Source(id);
        Assert.That((Number(source, "standing"), Number(source, "failures"), Text(source, "problem")), Is.EqualTo((Good, 1, problem)));
        Assert.That(Text((await Find($"g7.{name.Replace(' ', '-').ToLowerInvariant()}.example"))!.Value, "state"), Is.EqualTo("Active"));
        Assert.That(Directory.GetFiles(Path.Combine(Cloud.Folder, "feeds")), Is.Empty, "nothing is left behind");
    }

    [Test]
    public async Task A_shorter_list_is_taken_when_somebody_accepts_it()
    {
        var id = await Add("accept", "Text", Feeds.File("/accept", string.Concat(Enumerable.Range(0, Good).Select(i => $"a{i}.accept.example\n"))));
        await Read(id);
        Feeds.File("/accept", "a1.accept.example\n");
        Assert.That(Text(await Read(id), "problem"), Is.EqualTo("shrunk"));
        var run = await Read(id, acceptShorter: true);
        Assert.That((Text(run, "problem"), Number(run, "withdrawn")), Is.EqualTo(("", Good - 1)));
    }

    [Test]
    public async Task A_host_that_wants_to_be_left_alone_is_left_alone()
    {
        await using var other = await FeedServer.Start();
        var id = await Add("busy", "Text", other.Status("/busy", 429, retryAfterSeconds: 600));
        Assert.That(Text(await Read(id), "problem"), Is.EqualTo("rate-limited"));
        Assert.That(Text(await Read(id), "problem"), Is.EqualTo("rate-limited"));
        Assert.That(other.Calls, Has.Count.EqualTo(1), "the second run did not call");
        Time.Shift += TimeSpan.FromMinutes(11);
        await Read(id);
        Assert.That(other.Calls, Has.Count.EqualTo(2));
    }

    [Test]
    public async Task Failures_make_the_pause_longer_up_to_a_day()
    {
        var id = await Add("pause", "Text", Feeds.Status("/pause", 500), new { everyMinutes = 60 });
        var pauses = new List<double>();
        for (var i = 0; i < 6; i++)
        {
            await Read(id);
            var source = await Source(id);
            pauses.Add(Math.Round((source.GetProperty("nextRunAt").GetDateTimeOffset() - source.GetProperty("lastRunAt").GetDateTimeOffset()).TotalHours));
        }
        Assert.That(pauses, Is.EqualTo(new[] { 1.0, 2, 4, 8, 24, 24 }));
    }

    [TestCase("Stix", "not json", "unreadable")]
    [TestCase("Stix", "[]", "unreadable")]
    [TestCase("Stix", """{"type":"report"}""", "unreadable")]
    [TestCase("Stix", """{"type":"bundle","objects":{"a":1}}""", "")]
    [TestCase("Stix", """{"type":"bundle","objects":[1,null,"x",{"type":5},{"type":"indicator"},{"type":"indicator","pattern":7,"confidence":"high","labels":[1,null]}]}""", "")]
    [TestCase("Stix", """{"type":"bundle","objects":[{"type":"indicator","pattern":"[domain-name:value = '\ud800.example']","pattern_type":"stix"}]}""", "")]
    [TestCase("Json", """{"a":""", "unreadable")]
    [TestCase("Json", "42", "unreadable")]
    [TestCase("Csv", "a,b\n1,2\n", "mapping")]
    [TestCase("Text", "\0\0\0\0\u0001\u0002", "")]
    [TestCase("Taxii", "{}", "unreadable")]
    [TestCase("Misp", "[]", "not-there")]
    public async Task Content_that_is_not_what_it_should_be_is_explained(string kind, string content, string problem)
    {
        var name = $"odd-{kind}-{Guid.NewGuid():N}"[..20];
        var id = await Add(name, kind, Feeds.File("/" + name, content, "application/json"), kind == "Csv" ? new { mapping = """{"value":"ioc"}""" } : null);
        if (kind == "Taxii") Feeds.File($"/{name}/objects/", content, "application/json");
        var run = await Read(id);
        Assert.That((Text(run, "problem"), Number(run, "fresh")), Is.EqualTo((problem, 0)), Text(run, "problemDetail"));
    }

    [Test]
    public async Task Depth_patterns_without_end_and_huge_lines_are_bounded()
    {
        var deep = await Add("deep", "Json", Feeds.File("/deep", new string('[', 100_000)));
        Assert.That(Text(await Read(deep), "problem"), Is.EqualTo("unreadable"));
        string[] patterns =
        [
            "[" + new string('(', 10_000) + "domain-name:value = 'a.nest.example'" + new string(')', 10_000) + "]",
            "[domain-name:value MATCHES '(a+)+$']", "[domain-name:value = 'a.open.example", "[domain-name:value = 'a.not.example'] FOLLOWEDBY [domain-name:value = 'b.not.example']", "[NOT domain-name:value = 'a.not.example']",
            "[domain-name:value = 'a.and.example' AND ipv4-addr:value = '203.0.113.9']", "[domain-name:value = 'a.rep.example'] REPEATS 5 TIMES", "[process:name = 'x.example']", "[domain-name:value = 'a.trail.example'] x", "[]", "[domain-name:value IN ()]",
            "[domain-name:value IN (" + string.Join(',', Enumerable.Repeat("'a.in.example'", 5000)) + ")]",
        ];
        var stix = await Add("patterns", "Stix", Feeds.File("/patterns", JsonSerializer.Serialize(new { type = "bundle", objects = patterns.Select(p => new { type = "indicator", pattern_type = "stix", pattern = p }) })));
        var run = await Read(stix);
        Assert.That((Text(run, "problem"), Number(run, "fresh"), Number(run, "quarantined")), Is.EqualTo(("", 0, patterns.Length)));
        var line = await Add("line", "Text", Feeds.Bytes("/line", Encoding.ASCII.GetBytes(new string('a', 3_000_000) + "\nok.line.example\n")));
        Assert.That((Number(await Read(line), "fresh"), await Find("ok.line.example") is not null), Is.EqualTo((1, true)));
    }

    [Test]
    public async Task An_address_that_may_not_be_called_and_one_with_a_password_are_refused()
    {
        Assert.That(Text(await Read(await Add("inner", "Text", new Uri("http://10.1.2.3/list"))), "problem"), Is.EqualTo("destination"));
        Assert.That(Text(await Read(await Add("meta", "Text", new Uri("http://169.254.169.254/latest"))), "problem"), Is.EqualTo("destination"));
        using var named = await Client.PostAsync("/api/threatintel/sources", new StringContent("""{"name":"x","kind":"Text","address":"https://user:word@feeds.example/"}""", Encoding.UTF8, "application/json"));
        Assert.That((int)named.StatusCode, Is.EqualTo(StatusCodes.Status400BadRequest));
    }

    [Test]
    public async Task Texts_of_sources_are_one_line_and_short()
    {
        var note = "<script>alert(1)</script>\r\n\u001b[31m" + new string('x', 1000);
        var id = await Add("texts", "Json", Feeds.File("/texts", JsonSerializer.Serialize(new[] { new { v = "a.texts.example", n = note, last = "2999-01-01" } })), new { mapping = """{"value":"v","note":"n","last":"last"}""" });
        await Read(id);
        var claim = (await Dossier("a.texts.example")).GetProperty("claims")[0];
        Assert.That(Text(claim, "note"), Has.Length.EqualTo(300).And.StartsWith("<script>alert(1)</script>"));
        Assert.That(Text(claim, "note").Any(char.IsControl), Is.False);
        Assert.That(claim.GetProperty("lastSeen").GetDateTimeOffset(), Is.LessThanOrEqualTo(Time.GetUtcNow()), "the future is not taken");
    }

    private static byte[] Pack(int megabytes)
    {
        var random = new Random(1);
        // Twenty to one: no bomb by its ratio, and still more than is taken.
        return FeedServer.Gzip(string.Concat(Enumerable.Range(0, megabytes * 1024).Select(_ => new string((char)('a' + random.Next(26)), 1000) + random.Next(1_000_000_000) + "\n")));
    }
}
