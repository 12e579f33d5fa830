using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Juming.Site.Assets.Data;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace Juming.Site.Tests.Assets;

/// <summary>A file of assets is shown before it is taken, taken whole, and can be undone.</summary>
[Category("S1.2")]
internal sealed class ImportTests
{
    private AssetsBench _bench = null!;

    [OneTimeSetUp]
    public async Task Start() => _bench = await AssetsBench.Start();

    [OneTimeTearDown]
    public Task Stop() => _bench.DisposeAsync().AsTask();

    [Test]
    public async Task A_preview_tells_the_reason_of_every_bad_line_and_changes_nothing()
    {
        var (status, preview) = await Send("import/preview", "name,ip,importance\r\nA,10.20.0.1,core\r\n\"B \"\"x\"\"\",10.20.0.999,\r\nC,,\r\nD,10.20.0.1,\r\nE,10.20.0.5,huge\r\n\"F,10.20.0.6\r\nG,10.20.0.7,,extra\r\n");
        var lines = preview.GetProperty("lines").EnumerateArray().ToDictionary(l => l.GetProperty("line").GetInt32(), l => l.GetProperty("code").GetString());
        Assert.Multiple(() =>
        {
            Assert.That(status, Is.EqualTo(200));
            Assert.That(lines, Is.EqualTo(new Dictionary<int, string?>
            {
                [2] = null,
                [3] = "assets.row-address",
                [4] = "assets.row-no-identity",
                [5] = "assets.row-twice",
                [6] = "assets.row-importance",
                [7] = "assets.row-quote",
                [8] = "assets.row-cells",
            }));
        });
        Assert.That((await _bench.Get("?text=10.20.")).GetProperty("total").GetInt32(), Is.Zero);
    }

    [TestCase("utf-8", true)]
    [TestCase("utf-8", false)]
    [TestCase("gb18030", false)]
    public async Task Chinese_files_are_read_in_the_charset_they_are_written_in(string charset, bool mark)
    {
        var host = "cn-" + charset + (mark ? "-marked" : "-plain");
        var encoding = charset == "utf-8" ? new UTF8Encoding(mark) : CodePagesEncodingProvider.Instance.GetEncoding(charset)!;
        byte[] content = [.. mark ? encoding.GetPreamble() : [], .. encoding.GetBytes($"\u8d44\u4ea7\u540d\u79f0,\u4e3b\u673a\u540d,\u91cd\u8981\u6027\n\u6570\u636e\u5e93,{host},\u6838\u5fc3\n")];
        using var body = new ByteArrayContent(content);
        Assert.That((await _bench.Post("import", body)).Status, Is.EqualTo(200));
        var asset = await _bench.One(host);
        Assert.That(asset.GetProperty("name").GetString(), Is.EqualTo("\u6570\u636e\u5e93"));
        Assert.That(asset.GetProperty("importance").GetString(), Is.EqualTo("Core"));
    }

    [Test]
    public async Task Ten_thousand_lines_come_in_at_once_and_an_undo_takes_out_all_but_what_was_changed_since()
    {
        var text = new StringBuilder("address;name\n");
        for (var i = 0; i < 10_000; i++) text.Append(System.Globalization.CultureInfo.InvariantCulture, $"10.99.{i / 250}.{i % 250};bulk {i}\n");
        var watch = System.Diagnostics.Stopwatch.StartNew();
        var (_, outcome) = await Send("import", text.ToString());
        TestContext.Out.WriteLine($"10,000 lines in {watch.Elapsed.TotalSeconds:F1} s");
        Assert.That(outcome.GetProperty("added").GetInt32(), Is.EqualTo(10_000));
        var kept = (await _bench.One("bulk 7777")).GetProperty("id").GetString();
        using var changed = await _bench.Client.PatchAsJsonAsync("/api/assets/" + kept, new { owner = "wang" });
        var (_, undone) = await _bench.Post("import/" + outcome.GetProperty("import").GetString() + "/undo");
        Assert.That(undone.GetProperty("undone").GetInt32(), Is.EqualTo(9_999));
        Assert.That((await _bench.Get("?text=10.99.")).GetProperty("total").GetInt32(), Is.EqualTo(1));
        Assert.That((await _bench.Post("import/" + outcome.GetProperty("import").GetString() + "/undo")).Status, Is.EqualTo(404));
    }

    [Test]
    public async Task An_undo_gives_a_changed_asset_its_old_values_back()
    {
        await Send("import", "ip,owner,importance\n10.21.0.1,first,core\n");
        var (_, second) = await Send("import", "ip,host,owner,importance\n10.21.0.1,extra-21,second,normal\n");
        Assert.That((await _bench.One("extra-21")).GetProperty("owner").GetString(), Is.EqualTo("second"));
        await _bench.Post("import/" + second.GetProperty("import").GetString() + "/undo");
        var asset = await _bench.One("10.21.0.1");
        Assert.That((asset.GetProperty("owner").GetString(), asset.GetProperty("importance").GetString(), asset.GetProperty("hosts").GetArrayLength()), Is.EqualTo(("first", "Core", 0)));
    }

    [Test]
    public async Task Tags_come_in_and_go_out_with_the_file_and_an_undo_takes_only_its_own_away()
    {
        await Send("import", "ip,tags\n10.23.0.1,DMZ linux\n");
        var (_, second) = await Send("import", "ip,标签\n10.23.0.1,\"linux,web；env:prod\"\n10.23.0.2,fresh\n");
        Assert.That((second.GetProperty("added").GetInt32(), second.GetProperty("changed").GetInt32()), Is.EqualTo((1, 1)));
        Assert.That(await TagsOf("10.23.0.1"), Is.EqualTo(new[] { "dmz", "env:prod", "linux", "web" }), "none is taken away by a file");
        var csv = await _bench.Client.GetStringAsync("/api/assets/export?text=10.23.0.1");
        Assert.That(csv, Does.StartWith("\uFEFFname,").And.Contain(",tags\r\n").And.Contain("dmz env:prod linux web"));
        Assert.That((await Send("import/preview", csv)).Body.GetProperty("same").GetInt32(), Is.EqualTo(1), "what went out comes back as it was");
        await _bench.Post("import/" + second.GetProperty("import").GetString() + "/undo");
        Assert.That(await TagsOf("10.23.0.1"), Is.EqualTo(new[] { "dmz", "linux" }));
        Assert.That((await _bench.Get("?text=10.23.0.2")).GetProperty("total").GetInt32(), Is.Zero);
        await Send("import", "ip,tags\n10.23.0.2,again\n");
        Assert.That(await TagsOf("10.23.0.2"), Is.EqualTo(new[] { "again" }), "an asset that was undone has left no tags");
    }

    [TestCase("-x", "assets.row-tag")]
    [TestCase("ok <script>", "assets.row-tag")]
    [TestCase("a1 a2 a3 a4 a5 a6 a7 a8 a9 a10 a11 a12 a13 a14 a15 a16 a17 a18 a19 a20 a21", "assets.too-many-tags")]
    public async Task What_can_not_be_a_tag_refuses_its_line(string tags, string code)
    {
        var (_, preview) = await Send("import/preview", $"ip,tags\n10.23.1.1,{tags}\n");
        Assert.That(preview.GetProperty("lines")[0].GetProperty("code").GetString(), Is.EqualTo(code));
    }

    private async Task<List<string?>> TagsOf(string text) => [.. (await _bench.One(text)).GetProperty("tags").EnumerateArray().Select(t => t.GetString())];

    [TestCase("no,column\n1,2\n", "assets.no-known-column")]
    [TestCase("", "assets.no-known-column")]
    [TestCase("ip\nnonsense\n", "assets.nothing-to-import")]
    public async Task A_file_without_use_is_refused(string text, string code)
    {
        var (status, body) = await Send("import", text);
        Assert.That((status, body.GetProperty("code").GetString()), Is.EqualTo((400, code)));
    }

    [Test]
    public async Task Bombs_are_refused_in_bounded_time()
    {
        var watch = System.Diagnostics.Stopwatch.StartNew();
        var many = await Send("import/preview", "ip\n" + string.Concat(Enumerable.Repeat("10.0.0.1\n", 30_000)));
        var large = await Send("import/preview", new string('x', 6_000_000));
        var quotes = await Send("import/preview", "ip\n" + string.Concat(Enumerable.Repeat("\"\n", 19_000)));
        Assert.That((many.Status, large.Status, quotes.Status), Is.EqualTo((400, 400, 200)));
        Assert.That(watch.Elapsed, Is.LessThan(TimeSpan.FromSeconds(30)));
    }

    [Test]
    public async Task An_export_holds_no_formula_and_comes_back_as_it_was()
    {
        await Send("import", "ip,name,owner\n10.22.0.1,\"=HYPERLINK(\"\"x\"\")\",@zhao\n");
        var csv = await _bench.Client.GetStringAsync("/api/assets/export?text=10.22.0.1");
        Assert.That(csv, Does.Contain("\"'=HYPERLINK").And.Contain("\"'@zhao\""));
        var (_, preview) = await Send("import/preview", csv);
        Assert.That(preview.GetProperty("same").GetInt32(), Is.EqualTo(1));
    }

    [Test, Category("Long")]
    public async Task An_export_has_every_asset_however_many_there_are()
    {
        const int Many = 100_007;
        await using (var scope = _bench.Site.Services.CreateAsyncScope())
        {
            // As many as no import takes at once; names that are alike tell whether a page begins where the last one ended.
            var db = scope.ServiceProvider.GetRequiredService<AssetsDb>();
            db.ChangeTracker.AutoDetectChangesEnabled = false;
            foreach (var some in Enumerable.Range(0, Many).Chunk(10_000))
            {
                db.AddRange(some.Select(i => new AssetRow { Name = "many-" + (i / 25_000), Owner = "export-" + i, Zone = "export-zone" }));
                await db.SaveChangesAsync();
                db.ChangeTracker.Clear();
            }
        }
        var csv = await _bench.Client.GetStringAsync("/api/assets/export?zone=export-zone");
        var owners = csv.TrimEnd().Split("\r\n").Skip(1).Select(l => l.Split(',')[6].Trim('"')).ToList();
        Assert.That(owners, Has.Count.EqualTo(Many));
        Assert.That(owners.Distinct().Count(), Is.EqualTo(Many));
    }

    private async Task<(int Status, JsonElement Body)> Send(string path, string text)
    {
        using var body = new ByteArrayContent(Encoding.UTF8.GetBytes(text));
        return await _bench.Post(path, body);
    }
}
