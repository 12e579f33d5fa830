using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using NUnit.Framework;

namespace Juming.Site.Tests.Assets;

/// <summary>Tags of assets over HTTP.</summary>
[Category("S3.2")]
internal sealed class TagTests
{
    private static int _refused;

    private AssetsBench _bench = null!;

    [OneTimeSetUp]
    public async Task Start() => _bench = await AssetsBench.Start();

    [OneTimeTearDown]
    public async Task Stop() => await _bench.DisposeAsync();

    private async Task<Guid> Make(string address)
    {
        using var made = await _bench.Client.PostAsJsonAsync("/api/assets", new { address, host = "", name = address, importance = "Normal" });
        Assert.That(made.StatusCode, Is.EqualTo(HttpStatusCode.OK), await made.Content.ReadAsStringAsync());
        return await made.Content.ReadFromJsonAsync<Guid>();
    }

    private async Task<HttpStatusCode> Tag(Guid[] ids, string[]? add = null, string[]? remove = null)
    {
        using var answer = await _bench.Client.PostAsJsonAsync("/api/assets/tags", new { ids, add, remove });
        return answer.StatusCode;
    }

    private async Task<string[]> TagsOf(Guid id) => [.. (await _bench.Get("/" + id)).GetProperty("asset").GetProperty("tags").EnumerateArray().Select(t => t.GetString()!)];

    [Test]
    public async Task Tags_are_set_shown_filtered_by_and_taken_away()
    {
        var (one, two) = (await Make("10.90.0.1"), await Make("10.90.0.2"));
        Assert.That(await Tag([one, two], ["DMZ", " 蜜罐 "]), Is.EqualTo(HttpStatusCode.NoContent));
        Assert.That(await Tag([one], ["dmz", "core/web"], ["蜜罐"]), Is.EqualTo(HttpStatusCode.NoContent));
        Assert.That(await TagsOf(one), Is.EqualTo(new[] { "core/web", "dmz" }));
        Assert.That(await TagsOf(two), Is.EqualTo(new[] { "dmz", "蜜罐" }));
        var page = await _bench.Get("?tag=" + Uri.EscapeDataString("蜜罐"));
        Assert.That(page.GetProperty("items").EnumerateArray().Select(a => a.GetProperty("id").GetGuid()), Is.EqualTo(new[] { two }));
        var counts = (await _bench.Get("?text=10.90.0.")).GetProperty("tags").EnumerateArray().ToDictionary(t => t.GetProperty("tag").GetString()!, t => t.GetProperty("count").GetInt32());
        Assert.That(counts, Is.EquivalentTo(new Dictionary<string, int> { ["dmz"] = 2, ["core/web"] = 1, ["蜜罐"] = 1 }));
    }

    [Test]
    public async Task Tags_of_a_part_stay_through_merge_and_its_undo()
    {
        var (whole, part) = (await Make("10.90.1.1"), await Make("10.90.1.2"));
        await Tag([whole], ["a"]);
        await Tag([part], ["a", "b"]);
        using var merged = await _bench.Client.PostAsJsonAsync("/api/assets/merge", new { into = whole, from = part });
        Assert.That(await TagsOf(whole), Is.EqualTo(new[] { "a", "b" }));
        Assert.That((await _bench.Get("?tag=a")).GetProperty("total").GetInt32(), Is.EqualTo(1));
        Assert.That(await Tag([part], ["c"]), Is.EqualTo(HttpStatusCode.Conflict));
        Assert.That(await Tag([whole], null, ["b"]), Is.EqualTo(HttpStatusCode.NoContent));
        Assert.That(await TagsOf(whole), Is.EqualTo(new[] { "a" }));
        using var apart = await _bench.Client.PostAsync($"/api/assets/{part}/unmerge", null);
        Assert.That((await TagsOf(part), await TagsOf(whole)), Is.EqualTo((new[] { "a" }, new[] { "a" })));
    }

    [Test]
    public async Task A_tagged_asset_is_not_taken_into_another_by_itself()
    {
        await _bench.Tell(new Dictionary<string, object> { ["source.ip"] = "10.90.2.1" });
        var seen = (await _bench.One("10.90.2.1")).GetProperty("id").GetGuid();
        await Tag([seen], ["kept"]);
        await _bench.Tell(new Dictionary<string, object> { ["host.name"] = "srv-902", ["host.ip"] = "10.90.2.9" }, new Dictionary<string, object> { ["host.name"] = "srv-902", ["host.ip"] = "10.90.2.1" });
        Assert.That(await TagsOf(seen), Is.EqualTo(new[] { "kept" }));
    }

    [TestCase("")]
    [TestCase("two words")]
    [TestCase("<script>")]
    [TestCase("-x")]
    [TestCase("a,b")]
    [TestCase("ok\u0000")]
    [TestCase("a123456789a123456789a123456789a123456789a")]
    public async Task What_is_no_tag_is_refused(string tag)
    {
        var asset = await Make("10.90.3." + Interlocked.Increment(ref _refused));
        Assert.That(await Tag([asset], ["good", tag]), Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(await TagsOf(asset), Is.Empty, "all or none");
    }

    [Test]
    public async Task More_than_twenty_tags_and_assets_that_are_not_there_are_refused()
    {
        var asset = await Make("10.90.4.1");
        Assert.That(await Tag([asset], [.. Enumerable.Range(0, 15).Select(i => "a" + i)]), Is.EqualTo(HttpStatusCode.NoContent));
        Assert.That(await Tag([asset], [.. Enumerable.Range(0, 6).Select(i => "b" + i)]), Is.EqualTo(HttpStatusCode.Conflict));
        Assert.That(await TagsOf(asset), Has.Length.EqualTo(15));
        Assert.That(await Tag([asset, Guid.NewGuid()], ["x"]), Is.EqualTo(HttpStatusCode.NotFound));
        Assert.That(await Tag([], ["x"]), Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(await Tag([asset]), Is.EqualTo(HttpStatusCode.BadRequest));
        using var none = await _bench.Client.PostAsJsonAsync("/api/assets/tags", new { });
        Assert.That(none.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
    }
}
