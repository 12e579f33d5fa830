using Juming.Contracts.Indicators;
using Juming.Site.ThreatIntel;
using Juming.Site.ThreatIntel.Bulletins;
using Juming.Site.ThreatIntel.InForce;
using Juming.Site.ThreatIntel.Own;
using NUnit.Framework;
using static Juming.Site.Tests.ThreatIntel.IntelSite;

namespace Juming.Site.Tests.ThreatIntel;

internal abstract partial class MatchCases
{
    private async Task<string[]> Met(string value) => [.. (await _site.Tier.Send(new LookUp(value))).Value.Found.Select(f => f.Value)];

    private static IndicatorEntry Domain(string name) => Entry(IndicatorKind.Domain, name);

    [Test]
    public async Task What_would_match_everything_is_refused_whoever_says_it()
    {
        var bad = new (IndicatorKind Kind, string Value)[]
        {
            (IndicatorKind.Network, "0.0.0.0/0"), (IndicatorKind.Network, "::/0"), (IndicatorKind.Domain, "com"), (IndicatorKind.Domain, "com.cn"), (IndicatorKind.Domain, "localhost"), (IndicatorKind.Address, "127.0.0.1"), (IndicatorKind.Address, "10.1.2.3"),
            (IndicatorKind.Domain, "Evil.example"), (IndicatorKind.Address, "2001:DB8::1"), (IndicatorKind.Domain, "xn--"), (IndicatorKind.Sha256, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"), (IndicatorKind.None, "a.example"), (IndicatorKind.Url, new string('x', 5000)),
            (IndicatorKind.Domain, string.Join('.', Enumerable.Repeat("a", 20)) + ".example"),
        };
        var set = await _site.Set.Replace(_site.Set.Version + 1, Stream(bad.Select(v => Entry(v.Kind, v.Value)).Append(Domain("good.example"))), default);
        Assert.That((set.Value.InForce, set.Value.Refused), Is.EqualTo((1L, (long)bad.Length)));
        Assert.That((await _site.Set.Change(_site.Set.Version + 1, [.. bad.Select(v => Entry(v.Kind, v.Value))], [], default)).Value.Refused, Is.EqualTo(bad.Length));
        foreach (var value in new[] { "0.0.0.0/0", "com.cn", "localhost", "127.0.0.1", "10.0.0.0/8", "::1", "not a value", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" })
            Assert.That((await _site.Tier.Send(new EnterOwn(value, "", ""))).Error?.Code, Is.AnyOf("intel.refused-value", "intel.unreadable"), value);
        Assert.That((await _site.Set.Change(_site.Set.Version + 1, [.. Enumerable.Range(0, 10_001).Select(i => Domain($"d{i}.example"))], [], default)).Error?.Code, Is.EqualTo("intel.too-many"));
    }

    [Test]
    public async Task Files_are_taken_line_by_line_and_bombs_are_not()
    {
        var csv = "value,threat,severity,until\nhxxp://evil[.]example/a,Loader,critical,2099-01-01\n203.0.113.7,,,\n0.0.0.0/0,,,\n\"broken\nсом.example,cyrillic,,\nlocalhost,,,\n"u8.ToArray();
        var preview = (await _site.Tier.Send(new PreviewOwn(csv))).Value;
        Assert.That((preview.Fresh, preview.Refused), Is.EqualTo((3, 3)), string.Join(' ', preview.Lines));
        Assert.That(preview.Lines.First(l => l.Line == 4).Problem, Is.EqualTo(IndicatorProblem.TooWide));
        Assert.That((await _site.Tier.Send(new ImportOwn(csv, "list.csv"))).Value, Is.EqualTo(new OwnOutcome(3, 0, 3)));
        Assert.That((await _site.Tier.Send(new ImportOwn(csv, "list.csv"))).Value, Is.EqualTo(new OwnOutcome(0, 3, 3)), "the same again changes, and makes none twice");
        Assert.That(await Met("com.example"), Is.Empty, "a name that only looks like another is another");
        Assert.That(await Met("сом.example"), Is.EqualTo(new[] { "xn--l1adi.example" }));
        var stix = """{"type":"bundle","id":"bundle--1","objects":[{"type":"indicator","pattern_type":"stix","pattern":"[domain-name:value = 'stix.example' OR ipv4-addr:value = '203.0.113.9']","name":"Kit","confidence":88,"external_references":[{"source_name":"mitre-attack","external_id":"T1105"}]},{"type":"indicator","pattern":"[file:name = 'x']"},{"type":"malware"}]}"""u8.ToArray();
        Assert.That((await _site.Tier.Send(new ImportOwn(stix, "kit.json"))).Value, Is.EqualTo(new OwnOutcome(2, 0, 1)));
        Assert.That((await _site.Tier.Send(new LookUp("stix.example"))).Value.Found.Single() is { Confidence: 88, Threat: "Kit", Techniques: ["T1105"] }, Is.True);
        foreach (var (bomb, code) in new[] { (System.Text.Encoding.UTF8.GetBytes("{\"objects\":" + new string('[', 100_000)), "intel.no-file"), (new byte[11 * 1024 * 1024], "intel.file-too-large"), ("{}"u8.ToArray(), "intel.no-file"), (System.Text.Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 20_002).Select(i => $"d{i}.example\n"))), "intel.too-many-lines"), (Array.Empty<byte>(), "intel.no-file"), ("{\"objects\":[{\"type\":\"indicator\",\"pattern\":\"\\ud800\"}]}"u8.ToArray(), "intel.no-file") })
            Assert.That((await _site.Tier.Send(new ImportOwn(bomb, "bomb"))).Error?.Code, Is.EqualTo(code));
    }

    [Test]
    public async Task A_bulletin_goes_on_step_by_step_and_never_past_what_is_open()
    {
        var id = (await _site.Tier.Send(new EnterBulletin("Log4j again", "CNCERT", "2026-17", "Look at <b>all</b> of it", Site.Detection.Severity.High, TimeProvider.System.GetUtcNow().AddDays(-1), ["Look for it", "Report"]))).Value;
        async Task<BulletinView> Now() => (await _site.Tier.Send(new ListBulletins())).Value.Items.Single(b => b.Id == id);
        async Task<string?> Move(BulletinState state, string answer = "") => (await _site.Tier.Send(new MoveBulletin(id, (await Now()).Revision, state, answer))).Error?.Code;
        Assert.That((await Now()).IsLate, Is.True);
        Assert.That(await Move(BulletinState.Done), Is.EqualTo("intel.bulletin-step"));
        Assert.That(await Move(BulletinState.Acknowledged), Is.Null);
        Assert.That(await Move(BulletinState.Done), Is.EqualTo("intel.actions-open"));
        Assert.That((await _site.Tier.Send(new TickAction(id, 1, 0, true))).Error?.Code, Is.EqualTo("intel.bulletin-moved"));
        foreach (var action in new[] { 0, 1 }) Assert.That((await _site.Tier.Send(new TickAction(id, (await Now()).Revision, action, true, "done"))).Error, Is.Null);
        Assert.That(await Move(BulletinState.Done), Is.Null);
        Assert.That(await Move(BulletinState.Answered), Is.EqualTo("intel.answer-missing"));
        Assert.That(await Move(BulletinState.Answered, "Nothing found"), Is.Null);
        var closed = (await _site.Tier.Send(new ListBulletins(Closed: true))).Value.Items.Single();
        Assert.That(closed.History.Select(h => h.State), Is.EqualTo(new[] { BulletinState.Received, BulletinState.Acknowledged, BulletinState.Done, BulletinState.Answered }));
        Assert.That(closed.Actions.All(a => a.DoneBy is not null), Is.True);
    }

    [Test]
    public async Task A_set_that_breaks_off_leaves_the_old_one_and_changes_that_came_meanwhile_stay_above_the_new_one()
    {
        var before = _site.Set.Version + 1;
        await _site.Set.Replace(before, Stream(Domain("old.example")), default);
        Assert.ThrowsAsync<InvalidDataException>(() => _site.Set.Replace(before + 1, Broken(), default));
        Assert.That((_site.Set.Version, await Met("old.example")), Is.EqualTo((before, new[] { "old.example" })));
        var (begun, go) = (new TaskCompletionSource(), new TaskCompletionSource());
        var replacing = _site.Set.Replace(before + 4, Slow(), default);
        await begun.Task;
        Assert.That((await _site.Set.Change(before + 5, [Domain("meanwhile.example")], [], default)).Value.Version, Is.EqualTo(before + 5), "a change waits for no set");
        Assert.That(await Met("meanwhile.example"), Has.Length.EqualTo(1));
        go.SetResult();
        Assert.That((await replacing).Value.Version, Is.EqualTo(before + 5));
        Assert.That((await Met("meanwhile.example"), await Met("new.example"), await Met("old.example")), Is.EqualTo((new[] { "meanwhile.example" }, new[] { "new.example" }, Array.Empty<string>())));

        static async IAsyncEnumerable<IndicatorEntry> Broken()
        {
            yield return Domain("half.example");
            await Task.Yield();
            throw new InvalidDataException("the rest is missing");
        }

        async IAsyncEnumerable<IndicatorEntry> Slow()
        {
            yield return Domain("new.example");
            begun.SetResult();
            await go.Task;
        }
    }
}
