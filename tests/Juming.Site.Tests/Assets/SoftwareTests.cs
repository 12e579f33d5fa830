using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Juming.Site.Assets.Sightings;
using Juming.Site.Assets.Software;
using Juming.Site.Events;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace Juming.Site.Tests.Assets;

/// <summary>What software is on which asset: from logs, files and people.</summary>
[Category("S1.1")]
internal sealed class SoftwareTests
{
    private AssetsBench _bench = null!;

    [OneTimeSetUp]
    public async Task Start() => _bench = await AssetsBench.Start();

    [OneTimeTearDown]
    public Task Stop() => _bench.DisposeAsync().AsTask();

    [Test]
    public async Task Greetings_of_servers_say_what_runs_on_the_machine_that_greets_and_a_new_version_takes_the_place_of_the_old()
    {
        await Tell(Eve("10.60.0.9", "10.60.0.1", 22, "\"ssh\":{\"client\":{\"software_version\":\"PuTTY_Release_0.76\"},\"server\":{\"software_version\":\"OpenSSH_7.4p1\"}}"), Eve("198.51.100.4", "10.60.0.1", 80, "\"http\":{\"hostname\":\"x\",\"server\":\"Apache/2.4.41 (Ubuntu) OpenSSL/1.1.1f\"}"));
        var asset = await Id("10.60.0.1");
        var first = await Software(asset);
        Assert.That(first.Select(Line), Is.EquivalentTo(new[] { "OpenSSH 7.4p1 ssh:22", "Apache 2.4.41 (ubuntu) http:80", "OpenSSL 1.1.1f (ubuntu) http:80" }));
        await Tell(Eve("10.60.0.9", "10.60.0.1", 22, "\"ssh\":{\"server\":{\"software_version\":\"OpenSSH_9.6p1\"}}"));
        var second = await Software(asset);
        Assert.That(second.Where(s => s.GetProperty("goneAt").ValueKind == JsonValueKind.Null).Select(Line), Does.Contain("OpenSSH 9.6p1 ssh:22").And.Not.Contain("OpenSSH 7.4p1 ssh:22"));
        Assert.That(second.Where(s => s.GetProperty("goneAt").ValueKind != JsonValueKind.Null).Select(Line), Is.EqualTo(new[] { "OpenSSH 7.4p1 ssh:22" }));
    }

    [Test]
    public async Task What_windows_installs_and_takes_off_is_known()
    {
        await Tell(Msi("1033", "7-Zip 23.01 (x64 edition)", "23.01.00.0", "Igor Pavlov"));
        var asset = await Id("ws-msi.corp.example");
        Assert.That((await Software(asset)).Select(Line), Does.Contain("7-Zip 23.01 (x64 edition) 23.01.00.0 installer"));
        await Tell(Msi("1034", "7-Zip 23.01 (x64 edition)", "23.01.00.0", "Igor Pavlov"));
        Assert.That((await Software(asset)).Single().GetProperty("goneAt").ValueKind, Is.Not.EqualTo(JsonValueKind.Null));
    }

    [Test]
    public async Task A_machine_outside_and_a_program_that_says_nothing_are_left_out()
    {
        await Tell(Eve("10.60.9.9", "203.0.113.9", 22, "\"ssh\":{\"server\":{\"software_version\":\"OpenSSH_5.1\"}}"), Eve("10.60.9.9", "10.60.9.1", 80, "\"http\":{\"server\":\"<script>alert(1)</script>\"}"), Eve("10.60.9.9", "10.60.9.1", 81, "\"http\":{\"server\":\"" + new string('A', 5000) + "/1.0\"}"));
        Assert.That(await Software(await Id("10.60.9.1")), Is.Empty);
        Assert.That((await _bench.Get("/software?text=5.1")).GetProperty("total").GetInt32(), Is.Zero);
    }

    [Test]
    public async Task A_preview_tells_the_reason_of_every_bad_line_and_changes_nothing()
    {
        await Enter("10.61.0.1", "sw-a");
        await Enter("10.61.0.2", "sw-b");
        var (status, preview) = await Send("software/import/preview", "address,vendor,product,version,cpe\r\n10.61.0.1,F5,nginx,1.18.0,\r\n10.61.0.99,x,y,1,\r\n,x,y,1,\r\n10.61.0.1,,,,\r\n10.61.0.1,,,,nonsense\r\n10.61.0.1,F5,nginx,1.20.0,\r\n"
            + "sw-b,Apache,Tomcat,,cpe:2.3:a:apache:tomcat:9.0.1:*:*:*:*:*:*:*\r\n10.61.0.1,a," + new string('p', 300) + ",1,\r\n\"10.61.0.1,open\r\n10.61.0.1,a,b,1,,extra\r\n");
        Assert.That(status, Is.EqualTo(200));
        Assert.That(preview.GetProperty("lines").EnumerateArray().ToDictionary(l => l.GetProperty("line").GetInt32(), l => l.GetProperty("code").GetString()), Is.EqualTo(new Dictionary<int, string?>
        {
            [2] = null,
            [3] = "assets.row-no-asset",
            [4] = "assets.row-no-identity",
            [5] = "assets.row-no-product",
            [6] = "assets.row-cpe",
            [7] = "assets.row-twice",
            [8] = null,
            [9] = "assets.row-too-long",
            [10] = "assets.row-quote",
            [11] = "assets.row-cells",
        }));
        Assert.That((await _bench.Get("/software?text=nginx%201.18.0")).GetProperty("total").GetInt32(), Is.Zero);
    }

    [Test]
    public async Task An_import_takes_the_place_of_an_older_one_and_an_undo_puts_it_back()
    {
        var asset = await Enter("10.62.0.1", "sw-import");
        await Send("software/import", "\u8d44\u4ea7,\u5382\u5546,\u4ea7\u54c1,\u7248\u672c\nsw-import,Redis,redis,6.0.1\n");
        var (_, outcome) = await Send("software/import", "asset,vendor,product,version\nsw-import,Redis,redis,7.2.4\nsw-import,Acme,tool,1\n");
        Assert.That((outcome.GetProperty("added").GetInt32(), outcome.GetProperty("changed").GetInt32()), Is.EqualTo((1, 1)));
        Assert.That(There(await Software(asset)), Is.EquivalentTo(new[] { "redis 7.2.4 import", "tool 1 import" }));
        var (_, undone) = await _bench.Post("software/import/" + outcome.GetProperty("import").GetString() + "/undo");
        Assert.That((undone.GetProperty("undone").GetInt32(), undone.GetProperty("left").GetInt32()), Is.EqualTo((3, 0)));
        Assert.That(There(await Software(asset)), Is.EqualTo(new[] { "redis 6.0.1 import" }));
        Assert.That((await _bench.Post("software/import/" + outcome.GetProperty("import").GetString() + "/undo")).Status, Is.EqualTo(404));
    }

    [Test]
    public async Task A_person_adds_removes_and_takes_back_and_the_audit_has_it()
    {
        var asset = await Enter("10.63.0.1", "sw-person");
        using var added = await _bench.Client.PostAsJsonAsync($"/api/assets/{asset}/software", new { product = "WebLogic", vendor = "Oracle", version = "12.2.1.3" });
        var id = await added.Content.ReadFromJsonAsync<Guid>();
        Assert.That(There(await Software(asset)), Is.EqualTo(new[] { "WebLogic 12.2.1.3 person" }));
        Assert.That((await _bench.Post($"{asset}/software/{id}/remove")).Status, Is.EqualTo(204));
        Assert.That((await _bench.Post($"{asset}/software/{id}/remove")).Status, Is.EqualTo(404));
        Assert.That(There(await Software(asset)), Is.Empty);
        Assert.That((await _bench.Post($"{asset}/software/{id}/restore")).Status, Is.EqualTo(204));
        Assert.That(There(await Software(asset)), Is.EqualTo(new[] { "WebLogic 12.2.1.3 person" }));
        using var wrong = await _bench.Client.PostAsJsonAsync($"/api/assets/{asset}/software", new { product = "x", cpe = "cpe:2.3:z" });
        using var empty = await _bench.Client.PostAsJsonAsync($"/api/assets/{asset}/software", new { vendor = "x" });
        Assert.That(((int)wrong.StatusCode, (int)empty.StatusCode), Is.EqualTo((400, 400)));
    }

    [Test]
    public async Task What_is_exported_can_be_imported_again_and_runs_no_formula()
    {
        await Enter("10.64.0.1", "sw-export");
        await Send("software/import", "asset,vendor,product,version\nsw-export,Acme,=HYPERLINK(1),2.0\n");
        var csv = await _bench.Client.GetStringAsync("/api/assets/software/export?text=hyperlink");
        Assert.That(csv, Does.Contain("\"'=HYPERLINK(1)\""));
        var (_, preview) = await Send("software/import/preview", csv);
        Assert.That((preview.GetProperty("same").GetInt32(), preview.GetProperty("refused").GetInt32()), Is.EqualTo((1, 0)), preview.ToString());
    }

    [Test]
    public async Task A_file_that_is_too_large_or_has_no_columns_is_refused()
    {
        Assert.That((await Send("software/import/preview", "address,product\n" + string.Concat(Enumerable.Repeat("10.0.0.1,x\n", 20_001)))).Status, Is.EqualTo(400));
        Assert.That((await Send("software/import/preview", new string('x', (5 * 1024 * 1024) + 1))).Status, Is.EqualTo(400));
        Assert.That((await Send("software/import/preview", "colour,shape\nred,round\n")).Status, Is.EqualTo(400));
        Assert.That((await Send("software/import/preview", "")).Status, Is.EqualTo(400));
    }

    [Test]
    public void Software_that_was_told_already_costs_no_memory()
    {
        var look = _bench.Site.Services.GetRequiredService<SoftwareLook>();
        var watcher = new AssetWatcher(new Juming.Site.Assets.Networks([]), new Senders(_ => null), look);
        var batch = new EventBatch();
        batch.Begin("x"u8, 1_780_000_000_000_000);
        batch.Current.Time = 1_780_000_000_000_000;
        batch.Add(Field.SourceIp, "10.7.0.1");
        batch.Add(Field.DestinationIp, "10.7.0.2");
        batch.Add(Field.DestinationPort, "22");
        batch.Add(FieldNames.Intern("suricata.ssh.server.software_version"), "OpenSSH_7.4p1");
        for (var i = 0; i < 1000; i++) watcher.Match(batch);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100_000; i++) watcher.Match(batch);
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(10_000));
    }

    [TestCase("OpenSSH_7.4p1 Debian-10+deb9u7", "OpenSSH 7.4p1 (debian)")]
    [TestCase("SSH-2.0-dropbear_2019.78", "dropbear 2019.78")]
    [TestCase("nginx/1.18.0", "nginx 1.18.0")]
    [TestCase("Microsoft-IIS/10.0", "Microsoft-IIS 10.0")]
    [TestCase("Apache/2.4.6 (CentOS) OpenSSL/1.0.2k-fips PHP/7.4.3", "Apache 2.4.6 (centos)|OpenSSL 1.0.2k-fips (centos)|PHP 7.4.3 (centos)")]
    [TestCase("Apache", "")]
    [TestCase("", "")]
    [TestCase("/////", "")]
    [TestCase("a/b/c", "")]
    public void A_greeting_is_read(string banner, string expected) => Assert.That(string.Join('|', Banners.Read(banner).Select(b => b.Product + " " + b.Version)), Is.EqualTo(expected));

    private static IEnumerable<string> There(IEnumerable<JsonElement> software) => software.Where(s => s.GetProperty("goneAt").ValueKind == JsonValueKind.Null).Select(Line);

    private static string Line(JsonElement software) => $"{software.GetProperty("product").GetString()} {software.GetProperty("version").GetString()} {software.GetProperty("places")[0].GetString()}";

    private async Task<List<JsonElement>> Software(Guid asset) => [.. (await _bench.Get($"/{asset}/software")).EnumerateArray()];

    private async Task<Guid> Id(string text)
    {
        // On a busy machine what was sent may be matched later than the bench waits for.
        for (var i = 0; i < 200 && (await _bench.Get("?text=" + Uri.EscapeDataString(text))).GetProperty("total").GetInt32() == 0; i++)
        {
            await _bench.Site.Services.GetRequiredService<Juming.Site.Assets.Register.SightingWriter>().Flush(CancellationToken.None);
            await Task.Delay(50);
        }
        return (await _bench.One(text)).GetProperty("id").GetGuid();
    }

    private async Task<Guid> Enter(string address, string name)
    {
        using var answer = await _bench.Client.PostAsJsonAsync("/api/assets", new { address, name, host = "", business = "", zone = "", owner = "", importance = "Normal" });
        return await answer.Content.ReadFromJsonAsync<Guid>();
    }

    private async Task<(int Status, JsonElement Body)> Send(string path, string text)
    {
        using var body = new ByteArrayContent(Encoding.UTF8.GetBytes(text));
        return await _bench.Post(path, body);
    }

    private async Task Tell(params string[] lines)
    {
        await _bench.Tell([.. lines.Select(l => (object)JsonSerializer.Deserialize<JsonElement>(l))]);
        var writer = _bench.Site.Services.GetRequiredService<SoftwareWriter>();
        for (var i = 0; i < 5; i++)
        {
            await writer.Flush(CancellationToken.None);
            await Task.Delay(20);
        }
    }

    private static string Eve(string source, string destination, int port, string more) => $$"""{"timestamp":"{{TimeProvider.System.GetUtcNow():yyyy-MM-ddTHH:mm:ss.ffffff+0000}}","flow_id":7,"event_type":"{{(more.StartsWith("\"ssh", StringComparison.Ordinal) ? "ssh" : "http")}}","src_ip":"{{source}}","src_port":50000,"dest_ip":"{{destination}}","dest_port":{{port}},"proto":"TCP",{{more}}}""";

    private static string Msi(string code, string product, string version, string vendor) => JsonSerializer.Serialize(new Dictionary<string, object>
    {
        ["@timestamp"] = TimeProvider.System.GetUtcNow().ToString("O"),
        ["winlog"] = new { channel = "Application", event_id = code, computer_name = "ws-msi.corp.example", provider_name = "MsiInstaller", event_data = new { param1 = product, param2 = version, param3 = "1033", param4 = "0", param5 = vendor } },
    });
}
