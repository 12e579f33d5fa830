using Juming.Site.Assets;
using Juming.Site.Assets.Change;
using Juming.Site.Assets.Tags;
using Juming.Site.Response;
using Juming.Site.Response.Rehearsal;
using Juming.Site.Response.Runs;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;
using static Juming.Site.Tests.Response.ResponseBench;

namespace Juming.Site.Tests.Response;

/// <summary>Tags that playbooks set and take away, and that they take back.</summary>
[Category("S3.2")]
internal sealed class TagAssetTests
{
    private ResponseBench _bench = null!;

    [OneTimeSetUp]
    public async Task Start() => _bench = await ResponseBench.Start();

    [OneTimeTearDown]
    public async Task Stop() => await _bench.DisposeAsync();

    private static string Step(string capability, object args) => Document("tag", new { tag = new { type = "action", commands = Do(capability, args) } });

    private async Task<Guid> Asset(string address, params string[] tags)
    {
        var made = await _bench.Site.Send(new EnterAsset("srv " + address, address, ""));
        Assert.That(made.Error, Is.Null, made.Error?.ToString());
        if (tags.Length > 0) await _bench.Site.Send(new TagAssets { Ids = [made.Value], Add = tags });
        return made.Value;
    }

    private async Task<IReadOnlyList<string>> TagsOf(Guid asset)
    {
        await using var scope = _bench.Site.Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<IAssetTags>().Of(asset, CancellationToken.None);
    }

    [Test]
    public async Task A_tag_is_set_seen_by_conditions_and_only_what_the_run_set_is_taken_back()
    {
        var asset = await Asset("10.91.0.1", "was-there");
        var playbook = await _bench.Publish(Document("tag", new
        {
            tag = new { type = "action", commands = Do("tag-asset", new { asset = "__victim__:value", tags = "was-there, Suspicious" }), on_completion = "look" },
            look = new { type = "action", commands = Do("look-up", new { address = "__victim__:value" }), out_args = new[] { "__tags__" }, on_completion = "ask" },
            ask = new { type = "if-condition", condition = "__tags__:value contains 'suspicious'", on_true = "tally" },
            tally = new { type = "action", commands = Do("tally", new { note = "tags were seen" }) },
        }, variables: new { __victim__ = new { type = "string", external = true }, __tags__ = new { type = "string" } }));
        var seen = await _bench.Site.Send(new RehearsePlaybook(playbook, null, false, new Dictionary<string, string> { ["__victim__"] = "10.91.0.1" }));
        Assert.That(seen.Value.Failure, Is.Empty);
        Assert.That(await TagsOf(asset), Is.EqualTo(new[] { "was-there" }), "a dry run tags nothing");
        var run = await _bench.Over(await _bench.Begin(playbook, inputs: new() { ["__victim__"] = "10.91.0.1" }));
        Assert.That(run.Brief.State, Is.EqualTo(RunState.Succeeded), run.Brief.Failure);
        Assert.That(await TagsOf(asset), Is.EqualTo(new[] { "suspicious", "was-there" }));
        Assert.That(_bench.Tally.Done, Does.Contain("tags were seen"));
        Assert.That((await _bench.Site.Send(new RollBackRun(run.Brief.Number))).Error, Is.Null);
        await _bench.Until(run.Brief.Number, r => r.Brief.State == RunState.RolledBack);
        Assert.That(await TagsOf(asset), Is.EqualTo(new[] { "was-there" }));
    }

    [Test]
    public async Task Tags_that_a_run_took_away_come_back_with_it()
    {
        var asset = await Asset("10.91.0.2", "a", "b");
        var run = await _bench.Run(Step("untag-asset", new { asset = "10.91.0.2", tags = "a,c" }));
        Assert.That(run.Brief.State, Is.EqualTo(RunState.Succeeded), run.Brief.Failure);
        Assert.That(await TagsOf(asset), Is.EqualTo(new[] { "b" }));
        await _bench.Site.Send(new RollBackRun(run.Brief.Number));
        await _bench.Until(run.Brief.Number, r => r.Brief.State == RunState.RolledBack);
        Assert.That(await TagsOf(asset), Is.EqualTo(new[] { "a", "b" }));
    }

    [TestCase("10.91.9.9", "x", "no-asset")]
    [TestCase("' or 1=1 --", "x", "no-asset")]
    [TestCase("10.91.0.3", "two words", "bad-tag")]
    [TestCase("10.91.0.3", "<b>", "bad-tag")]
    [TestCase("10.91.0.3", ",", "bad-tag")]
    public async Task What_can_not_be_tagged_is_refused_in_the_dry_run_too(string address, string tags, string code)
    {
        if (address == "10.91.0.3" && tags == "two words") await Asset(address);
        else if (address == "10.91.0.3") await _bench.Site.Send(new EnterAsset("srv", address, ""));
        var run = await _bench.Run(Step("tag-asset", new { asset = address, tags }));
        Assert.That((run.Brief.State, run.Brief.Failure), Is.EqualTo((RunState.Failed, code)));
        Assert.That((await _bench.Site.Send(new RehearsePlaybook(run.Brief.Playbook, null, false, null))).Value.Failure, Is.EqualTo(code));
    }
}
