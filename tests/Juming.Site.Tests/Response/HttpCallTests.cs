using System.Text;
using System.Text.Json;
using Juming.Platform.Handlers;
using Juming.Site.Response;
using Juming.Site.Response.Actions;
using Juming.Site.Response.Playbooks;
using Juming.Site.Response.Rehearsal;
using Juming.Site.Response.Runs;
using Juming.Site.Response.Secrets;
using NUnit.Framework;
using static Juming.Site.Tests.Response.ResponseBench;

namespace Juming.Site.Tests.Response;

/// <summary>Calls of HTTP interfaces over a real port: what is sent, what is never sent, and what becomes of calls that break off.</summary>
[Category("S3.2")]
internal sealed class HttpCallTests
{
    private const string Word = "Tr0ub4dor&3<\"quoted\">/secret";
    private static readonly Dictionary<string, string?> Settings = new() { ["Outbound:AllowedNetworks:0"] = "127.0.0.1/32", ["Modules:Response:MostLooks"] = "1" };

    private string _folder = null!;
    private ResponseBench _bench = null!;
    private PlainServer _server = null!;

    [OneTimeSetUp]
    public async Task StartSite()
    {
        _folder = Directory.CreateTempSubdirectory("juming-http-").FullName;
        _bench = await ResponseBench.Start(_folder, Settings);
    }

    [SetUp]
    public void Start() => _server = new PlainServer();

    [TearDown]
    public Task Stop() => _server.DisposeAsync().AsTask();

    [OneTimeTearDown]
    public async Task StopSite()
    {
        await _bench.DisposeAsync();
        Directory.Delete(_folder, true);
    }

    private static string Call(object args, object? variables = null) => Document("call", new { call = new { type = "action", commands = Do("http-call", args), out_args = new[] { "__status__", "__body__" } } }, variables: variables ?? new { __status__ = new { type = "string" }, __body__ = new { type = "string" } });

    private Task<RunView> Run(object args) => _bench.Run(Call(args));

    private async Task Keep(string name = "soar", string? origin = null, string value = Word)
    {
        var kept = await _bench.Site.Send(new KeepSecret(name, origin ?? _server.Origin, new Secret(value)));
        Assert.That(kept.Error, Is.Null, kept.Error?.ToString());
    }

    [Test]
    public async Task A_call_sends_what_was_written_and_tells_what_came_back()
    {
        _server.Answer = _ => PlainServer.With("201 Created", "{\"ticket\":7}");
        var run = await Run(new { method = "POST", url = _server.Origin + "/tickets?open=1", headers = "X-Team: night\nAccept: application/json", body = "{\"n\": 1}", expected = "200, 201" });
        Assert.That(run.Brief.State, Is.EqualTo(RunState.Succeeded), run.Brief.Failure);
        Assert.That((run.Variables["__status__"], run.Variables["__body__"]), Is.EqualTo(("201", "{\"ticket\":7}")));
        var sent = _server.Requests.Single();
        Assert.That(sent, Does.StartWith("POST /tickets?open=1 HTTP/1.1\r\n").And.Contain("X-Team: night\r\n").And.Contain("Content-Type: application/json").And.Contain("Idempotency-Key: ").And.EndsWith("\r\n\r\n{\"n\": 1}"));
        Assert.That(run.Steps.Single().Evidence["url"], Is.EqualTo(_server.Origin + "/tickets"), "a query may hold what is nobody's business");
    }

    [Test]
    public async Task A_secret_reaches_its_host_and_nothing_that_is_kept_even_where_the_host_echoes_it()
    {
        await Keep();
        _server.Answer = request =>
        {
            var header = request.Split("\r\n").Single(l => l.StartsWith("Authorization:", StringComparison.Ordinal))["Authorization: ".Length..];
            var bytes = Encoding.UTF8.GetBytes(Word);
            return PlainServer.With("200 OK", $"{header}\n{JsonSerializer.Serialize(header)}\n{Uri.EscapeDataString(Word)}\n{Convert.ToBase64String(bytes)}\n{Convert.ToBase64String(Encoding.UTF8.GetBytes(header))}\n{System.Net.WebUtility.HtmlEncode(Word)}\n{Convert.ToHexString(bytes).ToLowerInvariant()}\nend");
        };
        var run = await Run(new { method = "GET", url = _server.Origin + "/echo", headers = "Authorization: Bearer {{vault:soar}}" });
        Assert.That(run.Brief.State, Is.EqualTo(RunState.Succeeded), run.Brief.Failure);
        Assert.That(_server.Requests.Single(), Does.Contain("Authorization: Bearer " + Word + "\r\n"));
        Assert.That(run.Variables["__body__"], Does.EndWith("end").And.Contain("***"));
        Assert.That(run.Steps.Single().Input["headers"], Is.EqualTo("Authorization: Bearer {{vault:soar}}"));
        string[] forms = ["Tr0ub4dor", "Tr0ub4dor%26", Convert.ToBase64String(Encoding.UTF8.GetBytes(Word))[..20], Convert.ToHexString(Encoding.UTF8.GetBytes(Word))[..20]];
        var kept = Directory.EnumerateFiles(_folder, "*", SearchOption.AllDirectories).Select(f => (Name: f, Text: Read(f))).Append((Name: "run", Text: JsonSerializer.Serialize(run))).ToList();
        Assert.That(kept.Count(k => k.Text.Contains("{{vault:soar}}", StringComparison.Ordinal)), Is.GreaterThan(1), "the rows are among what was looked through");
        Assert.That(kept.Where(k => forms.Any(f => k.Text.Contains(f, StringComparison.OrdinalIgnoreCase))).Select(k => k.Name), Is.Empty);
    }

    private static string Read(string file)
    {
        try
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var reader = new StreamReader(stream, Encoding.Latin1);
            return reader.ReadToEnd();
        }
        catch (IOException)
        {
            return ""; // A lock file holds nothing.
        }
    }

    [Test]
    public async Task A_secret_goes_to_no_other_host_and_stands_in_no_other_place()
    {
        await using var other = new PlainServer();
        await Keep();
        var cases = new (object Args, string Code)[]
        {
            (new { method = "GET", url = other.Origin + "/", headers = "X-Key: {{vault:soar}}" }, "secret-elsewhere"),
            (new { method = "GET", url = _server.Origin.Replace("http:", "https:", StringComparison.Ordinal) + "/", headers = "X-Key: {{vault:soar}}" }, "secret-elsewhere"),
            (new { method = "GET", url = _server.Origin + "/", headers = "X-Key: {{vault:none}}" }, "no-secret"),
            (new { method = "GET", url = _server.Origin + "/", headers = "X-Key: {{vault:so ar}}" }, "bad-header"),
            (new { method = "GET", url = _server.Origin + "/?key={{vault:soar}}" }, "secret-place"),
            (new { method = "POST", url = _server.Origin + "/", body = "{\"key\":\"{{vault:soar}}\"}" }, "secret-place"),
        };
        foreach (var (args, code) in cases) Assert.That((await Run(args)).Brief.Failure, Is.EqualTo(code), args.ToString());
        Assert.That((_server.Requests.Count, other.Requests.Count), Is.EqualTo((0, 0)));
        Assert.That((await _bench.Site.Send(new KeepSecret("short", _server.Origin, new Secret("1234567")))).Error?.Kind, Is.EqualTo(ErrorKind.Invalid));
        Assert.That((await _bench.Site.Send(new KeepSecret("lines", _server.Origin, new Secret("12345678\r\nHost: x")))).Error?.Kind, Is.EqualTo(ErrorKind.Invalid));
        Assert.That((await _bench.Site.Send(new KeepSecret("path", _server.Origin + "/a", new Secret("12345678")))).Error?.Kind, Is.EqualTo(ErrorKind.Invalid));
    }

    [Test]
    public async Task It_is_told_which_playbook_used_a_secret_last_and_which_name_it()
    {
        await Keep("told");
        var before = (await _bench.Site.Send(new ListSecrets())).Value.Single(s => s.Name == "told");
        Assert.That((before.Origin, before.UsedAt, before.UsedBy), Is.EqualTo((_server.Origin, (DateTimeOffset?)null, "")));
        var run = await Run(new { method = "GET", url = _server.Origin + "/", headers = "X-Key: {{vault:told}}" });
        Assert.That(run.Brief.State, Is.EqualTo(RunState.Succeeded), run.Brief.Failure);
        var after = (await _bench.Site.Send(new ListSecrets())).Value.Single(s => s.Name == "told");
        Assert.That((after.UsedBy, after.UsedRun), Is.EqualTo(("Test", run.Brief.Number)));
        Assert.That(after.UsedAt, Is.EqualTo(TimeProvider.System.GetUtcNow()).Within(TimeSpan.FromMinutes(5)));
        Assert.That((await _bench.Site.Send(new FindSecretUse("told"))).Value.Select(u => u.Playbook), Is.EqualTo(new[] { run.Brief.Playbook }));
        Assert.That((await _bench.Site.Send(new FindSecretUse("tol"))).Value, Is.Empty, "a part of a name is another name");
        Assert.That((await _bench.Site.Send(new FindSecretUse("tol_"))).Value, Is.Empty, "no sign stands for others");
    }

    [Test]
    [Category("Long")]
    public async Task More_secrets_than_the_list_shows_are_refused_and_a_kept_one_can_still_be_replaced()
    {
        await using var bench = await ResponseBench.Start();
        for (var i = 0; i < KeepSecret.Most; i++) Assert.That((await bench.Site.Send(new KeepSecret("n" + i, "https://a.example", new Secret(Word)))).Error, Is.Null);
        Assert.That((await bench.Site.Send(new KeepSecret("more", "https://a.example", new Secret(Word)))).Error?.Code, Is.EqualTo("response.too-many-secrets"));
        Assert.That((await bench.Site.Send(new KeepSecret("n0", "https://b.example", new Secret(Word)))).Error, Is.Null);
        Assert.That((await bench.Site.Send(new ListSecrets())).Value.Single(s => s.Name == "n0").Origin, Is.EqualTo("https://b.example:443"));
    }

    [TestCase("file:///etc/passwd", "bad-url")]
    [TestCase("gopher://127.0.0.1:70/", "bad-url")]
    [TestCase("https://user:word@example.com/", "bad-url")]
    [TestCase("http://127.0.0.1:1/a b", "bad-url")]
    [TestCase("http://127.0.0.1\\@example.com/", "bad-url")]
    [TestCase("http://127.0.0.2:1/", "call-destinationrefused")]
    [TestCase("https://[::ffff:127.0.0.2]/", "call-destinationrefused")]
    [TestCase("https://2130706434/", "call-destinationrefused")]
    [TestCase("http://169.254.169.254/latest/meta-data/", "call-destinationrefused")]
    public async Task Addresses_that_may_not_be_called_are_refused_before_and_when_it_runs(string url, string code)
    {
        var document = Call(new { method = "GET", url });
        var run = await _bench.Run(document);
        Assert.That((run.Brief.Failure, run.Steps.Single().Attempt), Is.EqualTo((code, 1)), "it is not tried again");
        var seen = await _bench.Site.Send(new RehearsePlaybook(run.Brief.Playbook, null, false, null));
        Assert.That(seen.Error, Is.Null, seen.Error?.ToString());
        Assert.That(seen.Value.Failure, Is.EqualTo(code));
    }

    [TestCase("Host: other.example")]
    [TestCase("Transfer-Encoding: chunked")]
    [TestCase("Content-Length: 0")]
    [TestCase("Accept-Encoding: gzip")]
    [TestCase("X Y: z")]
    [TestCase("no colon")]
    [TestCase("X-A: 1\nx-a: 2")]
    [TestCase("X-A: über")]
    public async Task Headers_that_would_change_the_message_are_refused(string headers)
    {
        Assert.That((await Run(new { method = "GET", url = _server.Origin + "/", headers })).Brief.Failure, Is.EqualTo("bad-header"));
        Assert.That(_server.Requests, Is.Empty);
    }

    [Test]
    public async Task A_value_from_a_log_stays_one_value_wherever_it_stands()
    {
        await Keep();
        var evil = "a\r\nX-Evil: 1\r\n\r\nGET /evil?{{vault:soar}}&x=\"}/../\\";
        var document = Call(new { method = "POST", url = _server.Origin + "/users/__evil__:value/../__dots__:value/off?q=__evil__:value", headers = "X-User: __evil__:value", body = "{\"user\": \"__evil__:value\"}" },
            new { __evil__ = new { type = "string", external = true, value = "" }, __dots__ = new { type = "string", external = true, value = "" }, __status__ = new { type = "string" }, __body__ = new { type = "string" } });
        var run = await _bench.Run(document, new() { ["__evil__"] = evil, ["__dots__"] = ".." });
        Assert.That(run.Brief.State, Is.EqualTo(RunState.Succeeded), run.Brief.Failure);
        var (head, body) = (_server.Requests.Single().Split("\r\n\r\n")[0], _server.Requests.Single().Split("\r\n\r\n")[1]);
        Assert.That(head.Split("\r\n").Where(l => l.StartsWith("X-Evil", StringComparison.Ordinal)), Is.Empty);
        Assert.That(head.Split("\r\n")[0], Does.StartWith("POST /users/%252E%252E/off?q=a%0D%0A"));
        Assert.That(head, Does.Contain("X-User: a__X-Evil: 1____GET /evil?__vault:soar__&x="));
        Assert.That(JsonDocument.Parse(body).RootElement.GetProperty("user").GetString(), Is.EqualTo(evil));
        Assert.That(_server.Requests.Single(), Does.Not.Contain(Word));
    }

    [Test]
    public async Task A_redirect_is_an_answer_and_not_a_way()
    {
        await using var inner = new PlainServer();
        _server.Answer = _ => PlainServer.With("302 Found", "", $"Location: {inner.Origin}/\r\n");
        var run = await Run(new { method = "GET", url = _server.Origin + "/" });
        Assert.That((run.Brief.Failure, run.Steps.Single().Evidence["status"], inner.Requests.Count), Is.EqualTo(("unexpected-status", "302", 0)));
    }

    [Test]
    public async Task A_huge_answer_is_not_taken_and_what_it_answered_stays_open()
    {
        _server.Answer = _ => PlainServer.Ok(new string('x', 5_000_000));
        Assert.That((await Run(new { method = "GET", url = _server.Origin + "/" })).Brief.Failure, Is.EqualTo("call-toolarge"));
        var number = await _bench.Begin(await _bench.Publish(Call(new { method = "POST", url = _server.Origin + "/" })));
        var run = await _bench.Until(number, r => r.Brief.State == RunState.Unsettled);
        Assert.That(run.Steps.Single().Evidence["failure"], Is.EqualTo("TooLarge"));
    }

    [Test]
    public async Task A_reading_call_that_breaks_off_is_sent_again()
    {
        // More than the client itself repeats, so that the step is tried again too.
        var left = 5;
        _server.Answer = _ => Interlocked.Decrement(ref left) >= 0 ? null : PlainServer.Ok("{}");
        var run = await Run(new { method = "GET", url = _server.Origin + "/" });
        Assert.That((run.Brief.State, _server.Requests.Count), Is.EqualTo((RunState.Succeeded, 6)));
    }

    [TestCase("POST"), TestCase("PUT"), TestCase("DELETE")]
    public async Task Any_other_call_that_breaks_off_is_never_sent_again_and_a_person_says_what_became_of_it(string method)
    {
        // A connection that is used again, and no body: what an HTTP client would repeat by itself.
        await Run(new { method = "GET", url = _server.Origin + "/before" });
        _server.Answer = _ => null;
        var playbook = await _bench.Publish(Call(new { method, url = _server.Origin + "/act" }));
        var number = await _bench.Begin(playbook);
        var run = await _bench.Until(number, r => r.Brief.State == RunState.Unsettled);
        Assert.That((run.Steps.Single().Code, _server.Requests.Count(r => r.StartsWith(method, StringComparison.Ordinal))), Is.EqualTo(("call-unknown", 1)));
        Assert.That((await _bench.Site.Send(new SettleStep(number, run.Steps.Single().Id, true))).Error, Is.Null);
        Assert.That((await _bench.Over(number)).Brief.State, Is.EqualTo(RunState.Succeeded));
        Assert.That(_server.Requests.Count(r => r.StartsWith(method, StringComparison.Ordinal)), Is.EqualTo(1));
    }

    [TestCase("500 Sorry", RunState.Failed), TestCase("504 Gateway Timeout", RunState.Unsettled)]
    public async Task A_status_that_was_not_expected_is_a_failure_except_of_a_gateway_that_knows_nothing(string status, RunState expected)
    {
        _server.Answer = _ => PlainServer.With(status, "no");
        var number = await _bench.Begin(await _bench.Publish(Call(new { method = "POST", url = _server.Origin + "/", body = "{}" })));
        var run = await _bench.Until(number, r => r.Brief.State == expected);
        Assert.That((_server.Requests.Count, run.Steps.Single().Evidence["status"]), Is.EqualTo((1, status[..3])));
    }

    [Test]
    public async Task The_test_button_sends_nothing_and_tells_which_secrets_do_not_open()
    {
        // Others of this site have left theirs.
        foreach (var left in (await _bench.Site.Send(new ListSecrets())).Value) await _bench.Site.Send(new RemoveSecret(left.Name));
        await Keep();
        var good = await _bench.Site.Send(new ProbeAction("http-call"));
        Assert.That((good.Value.Works, _server.Requests.Count), Is.EqualTo((true, 0)));
        Assert.That(string.Join('\n', good.Value.Lines), Does.Contain("127.0.0.1/32"));
        await using (var db = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={Directory.EnumerateFiles(_folder, "*.db", SearchOption.AllDirectories).Single()}"))
        {
            await db.OpenAsync();
            await using var command = db.CreateCommand();
            command.CommandText = "update vault_secrets set sealed = zeroblob(64)";
            Assert.That(await command.ExecuteNonQueryAsync(), Is.EqualTo(1));
        }
        var bad = await _bench.Site.Send(new ProbeAction("http-call"));
        Assert.That((bad.Value.Works, bad.Value.Lines[1]), Is.EqualTo((false, ResponseTexts.Line(PlanLine.Of("probe.secrets", ("count", "1"), ("broken", "soar"))))));
        Assert.That((await Run(new { method = "GET", url = _server.Origin + "/", headers = "X-Key: {{vault:soar}}" })).Brief.Failure, Is.EqualTo("secret-gone"));
        Assert.That((await _bench.Site.Send(new RemoveSecret("soar"))).Error, Is.Null);
        Assert.That(((await _bench.Site.Send(new ListSecrets())).Value.Count, (await _bench.Site.Send(new RemoveSecret("soar"))).Error?.Code), Is.EqualTo((0, "response.no-such-secret")));
    }
}
