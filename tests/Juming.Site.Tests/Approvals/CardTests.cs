using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Juming.Platform.Access;
using Juming.Site.Approvals;
using Juming.Testing;
using Juming.Testing.FakeMessengers;
using NUnit.Framework;

namespace Juming.Site.Tests.Approvals;

/// <summary>Approvals as WeCom cards: who may press what, what a press does, and what stands on the cards afterwards.</summary>
[Category("S3.3")]
internal sealed class CardTests
{
    private CardBench _bench = null!;

    [OneTimeSetUp]
    public async Task Start() => _bench = await CardBench.Start();

    [OneTimeTearDown]
    public Task Stop() => _bench.DisposeAsync().AsTask();

    // A channel sends 18 messages a minute; each test begins in a fresh one.
    [SetUp]
    public void NextMinute() => _bench.Clock.Shift += TimeSpan.FromMinutes(2);

    [Test]
    public async Task A_press_approves_once_however_often_it_is_told_and_every_card_says_who()
    {
        var (id, target) = await _bench.Ask();
        var body = await _bench.Message("anna", target);
        var card = body.GetProperty("template_card");
        Assert.That(card.GetProperty("main_title").GetProperty("title").GetString(), Is.EqualTo("待审批：封禁地址"));
        Assert.That(card.GetProperty("button_list").EnumerateArray().Select(b => b.GetProperty("text").GetString()), Is.EqualTo(new[] { "同意", "驳回：误报", "驳回：影响业务", "驳回：待核实", "打开页面" }));
        Assert.That(card.GetProperty("button_list")[4].GetProperty("url").GetString(), Does.StartWith("https://juming.example/m/approvals/"));
        var (mine, others) = (card.GetProperty("task_id").GetString()!, await _bench.Task("bert", target));
        var at = _bench.Clock.GetUtcNow();
        var call = _bench.Fake.WeCom.Press("anna", mine, "agree", at);
        var watch = Stopwatch.StartNew();
        using (var first = await call.Post(_bench.Client, _bench.CallPath))
        {
            Assert.That((int)first.StatusCode, Is.EqualTo(200));
            Assert.That(await first.Content.ReadAsStringAsync(), Is.Empty);
        }
        Assert.That(watch.Elapsed, Is.LessThan(TimeSpan.FromSeconds(5)), "the messenger waits no longer");
        // The same call, and the same press in new calls, as the messenger repeats what it thinks was not heard.
        foreach (var again in new[] { call, _bench.Fake.WeCom.Press("anna", mine, "agree", at), _bench.Fake.WeCom.Press("anna", mine, "agree", at) })
        {
            using var answer = await again.Post(_bench.Client, _bench.CallPath);
            Assert.That((int)answer.StatusCode, Is.EqualTo(200));
        }
        await _bench.Says(mine, "anna", "已批准：" + _bench.Anna.Name);
        await _bench.Says(others, "bert", "已批准：" + _bench.Anna.Name);
        var standing = await _bench.Look(id);
        Assert.That((standing.State, standing.DecidedBy, standing.Answers.Single().Way), Is.EqualTo((ApprovalState.Approved, _bench.Anna.Name, "wecom")));
        using var auditor = await _bench.Site.SignIn(Role.AuditAdmin);
        var trail = JsonDocument.Parse(await auditor.GetStringAsync("/api/access/audit?act=AnswerApproval&actor=" + _bench.Anna.Name)).RootElement;
        Assert.That(trail.EnumerateArray().Count(l => l.ToString().Contains(id.ToString(), StringComparison.Ordinal) && l.ToString().Contains("wecom", StringComparison.Ordinal) && l.GetProperty("outcome").GetString() == "done"), Is.EqualTo(1));
        Assert.That(await auditor.GetStringAsync("/api/access/audit?limit=1000"), Does.Not.Contain(_bench.Fake.WeCom.CallToken).And.Not.Contain(_bench.Fake.WeCom.CallKey));
    }

    [Test]
    public async Task Presses_at_the_same_moment_decide_once()
    {
        var (id, target) = await _bench.Ask();
        var (mine, others) = (await _bench.Task("anna", target), await _bench.Task("bert", target));
        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => i % 2 == 0 ? _bench.Press("anna", mine, "agree") : _bench.Press("bert", others, "refuse-harm")));
        Assert.That(answers, Has.All.EqualTo(200));
        var standing = await _bench.Look(id);
        Assert.That(standing.Answers, Has.Count.EqualTo(1));
        var words = (standing.State == ApprovalState.Approved ? "已批准：" : "已驳回：") + standing.DecidedBy;
        await _bench.Says(mine, "anna", words);
        await _bench.Says(others, "bert", words);
    }

    [Test]
    public async Task A_no_is_a_button_with_its_reason()
    {
        var (id, target) = await _bench.Ask();
        var task = await _bench.Task("anna", target);
        await _bench.Press("anna", task, "refuse-harm");
        await _bench.Says(task, "anna", "已驳回：" + _bench.Anna.Name);
        var standing = await _bench.Look(id);
        Assert.That((standing.State, standing.Reason), Is.EqualTo((ApprovalState.Rejected, "会影响业务（卡片按钮）")));
    }

    [Test]
    public async Task What_was_decided_elsewhere_or_timed_out_stands_on_the_cards_and_late_presses_change_nothing()
    {
        var (id, target) = await _bench.Ask();
        var task = await _bench.Task("anna", target);
        Assert.That(await _bench.Answer(id, _bench.Bert, false, "our own scanner"), Is.Null);
        await _bench.Says(task, "anna", "已驳回：" + _bench.Bert.Name);
        Assert.That(await _bench.Press("anna", task, "agree"), Is.EqualTo(200));
        Assert.That((await _bench.Look(id)).State, Is.EqualTo(ApprovalState.Rejected));

        (id, target) = await _bench.Ask(within: TimeSpan.FromMinutes(3));
        task = await _bench.Task("anna", target);
        _bench.Clock.Shift += TimeSpan.FromMinutes(4);
        Assert.That(await _bench.Press("anna", task, "agree"), Is.EqualTo(200));
        await _bench.Says(task, "anna", "已超时，未执行");
        Assert.That((await _bench.Look(id)).State, Is.EqualTo(ApprovalState.Expired));
    }

    [Test]
    public async Task Two_keys_are_two_people_also_on_cards()
    {
        var (id, target) = await _bench.Ask(keys: 2);
        var (mine, others) = (await _bench.Task("anna", target), await _bench.Task("bert", target));
        await _bench.Press("anna", mine, "agree");
        await _bench.Says(mine, "anna", "已记录，待另一人批准");
        await _bench.Press("anna", mine, "agree");
        Assert.That((await _bench.Look(id)).State, Is.EqualTo(ApprovalState.Asked));
        await _bench.Press("bert", others, "agree");
        await _bench.Says(mine, "anna", $"已批准：{_bench.Anna.Name}, {_bench.Bert.Name}");
        await _bench.Says(others, "bert", $"已批准：{_bench.Anna.Name}, {_bench.Bert.Name}");
    }

    [Test]
    public async Task High_risk_is_never_decided_by_a_button()
    {
        var (id, target) = await _bench.Ask(highRisk: true);
        var card = (await _bench.Message("anna", target)).GetProperty("template_card");
        Assert.That(card.GetProperty("button_list").EnumerateArray().Select(b => b.GetProperty("text").GetString()), Is.EqualTo(new[] { "打开页面" }));
        var task = card.GetProperty("task_id").GetString()!;
        foreach (var key in new[] { "agree", "refuse-harm" }) Assert.That(await _bench.Press("anna", task, key), Is.EqualTo(200));
        await _bench.Says(task, "anna", "请打开页面处理");
        Assert.That((await _bench.Look(id)).State, Is.EqualTo(ApprovalState.Asked));
        Assert.That(await _bench.Answer(id, _bench.Bert, true, code: _bench.CodeOf(_bench.Bert)), Is.Null);
        await _bench.Says(task, "anna", "已批准：" + _bench.Bert.Name);
    }

    [Test]
    public async Task A_card_is_its_receivers_alone_and_only_of_one_who_has_shown_it()
    {
        var (id, target) = await _bench.Ask();
        var task = await _bench.Task("anna", target);
        foreach (var (user, key) in new[] { ("bert", "agree"), ("zoe", "agree"), ("@all", "agree"), ("anna|bert", "agree"), ("anna", "approve"), ("anna", "agree "), ("anna", "<script>") }) Assert.That(await _bench.Press(user, task, key), Is.EqualTo(200));
        await _bench.Says(task, "zoe", "此企业微信号未绑定到收件账号");
        await _bench.Says(task, "bert", "此企业微信号未绑定到收件账号");
        var plain = await _bench.Message("cora", target);
        Assert.That(plain.GetProperty("msgtype").GetString(), Is.EqualTo("textcard"), "no buttons for who has not shown that the user is theirs");
        foreach (var strange in new[] { "ntc-" + Guid.NewGuid().ToString("N"), "ntc-", "x", new string('a', 190) }) Assert.That(await _bench.Press("anna", strange, "agree"), Is.EqualTo(200));
        Assert.That((await _bench.Look(id)).Answers, Is.Empty);
    }

    [Test]
    public async Task Whoever_asked_gets_no_card()
    {
        var (_, target) = await _bench.Ask(by: _bench.Anna);
        await _bench.Task("bert", target);
        Assert.That(_bench.Fake.Received("wecom-app").Any(m => m.Body.GetProperty("touser").GetString() == "anna" && m.Body.ToString().Contains(target, StringComparison.Ordinal)), Is.False);
    }

    [Test]
    public async Task What_the_messenger_refuses_is_tried_again_or_told()
    {
        _bench.Fake.Script("wecom-card", new FakeReply(200, "{\"errcode\":-1,\"errmsg\":\"system busy\"}"));
        var (id, target) = await _bench.Ask();
        var (mine, others) = (await _bench.Task("anna", target), await _bench.Task("bert", target));
        await _bench.Press("anna", mine, "agree");
        Assert.That((await _bench.Look(id)).State, Is.EqualTo(ApprovalState.Approved), "the decision does not wait for the card");
        await CardBench.Until(() => _bench.Fake.WeCom.Said.ContainsKey((mine, "anna")) || _bench.Fake.WeCom.Said.ContainsKey((others, "bert")), "the first change that was taken");
        _bench.Clock.Shift += TimeSpan.FromSeconds(10);
        await _bench.Says(mine, "anna", "已批准：" + _bench.Anna.Name);
        await _bench.Says(others, "bert", "已批准：" + _bench.Anna.Name);

        (id, target) = await _bench.Ask();
        mine = await _bench.Task("anna", target);
        _bench.Fake.WeCom.ForgetCodes();
        Assert.That(await _bench.Answer(id, _bench.Bert, true), Is.Null);
        using var admin = await _bench.Site.SignIn(Role.SystemAdmin);
        await CardBench.Until(() => Failures(admin).Contains("messenger"), "the log tells that the card could not be changed");
        Assert.That(_bench.Fake.WeCom.Said.ContainsKey((mine, "anna")), Is.False);
    }

    private static List<string?> Failures(HttpClient admin)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/notify/deliveries?take=10");
        using var answer = admin.Send(request);
        using var page = JsonDocument.Parse(answer.Content.ReadAsStream());
        return [.. page.RootElement.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("cardFailure").GetString())];
    }

    [Test]
    public async Task The_address_is_proved_by_get_which_never_does_anything_else()
    {
        using (var proved = await _bench.Client.GetAsync(_bench.CallPath + _bench.Fake.WeCom.Prove().ProvingQuery)) Assert.That(((int)proved.StatusCode, await proved.Content.ReadAsStringAsync()), Is.EqualTo((200, "1616140317555161061")));
        var (id, target) = await _bench.Ask();
        var press = _bench.Fake.WeCom.Press("anna", await _bench.Task("anna", target), "agree");
        // A press that somebody has listened to is neither taken nor read out here.
        using (var read = await _bench.Client.GetAsync(_bench.CallPath + press.ProvingQuery)) Assert.That(((int)read.StatusCode, await read.Content.ReadAsStringAsync()), Is.EqualTo((403, "")));
        foreach (var wrong in new[] { "", "?echostr=x", _bench.Fake.WeCom.Seal("1", token: "other").ProvingQuery, _bench.Fake.WeCom.Seal("1", receiver: "corp-2").ProvingQuery, _bench.Fake.WeCom.Seal("1", at: _bench.Clock.GetUtcNow().AddMinutes(-6)).ProvingQuery })
            using (var answer = await _bench.Client.GetAsync(_bench.CallPath + wrong)) Assert.That((int)answer.StatusCode, Is.EqualTo(403).Or.EqualTo(400), wrong);
        Assert.That((await _bench.Look(id)).State, Is.EqualTo(ApprovalState.Asked));
    }

    [Test]
    public async Task Calls_of_anybody_else_are_refused()
    {
        var weCom = _bench.Fake.WeCom;
        var (id, target) = await _bench.Ask();
        var task = await _bench.Task("anna", target);
        var now = _bench.Clock.GetUtcNow();
        var inside = weCom.PressText("anna", task, "agree", now);
        var good = weCom.Seal(inside);
        var calls = new (string What, FakeCall Call, int Status)[]
        {
            ("signature of another token", weCom.Seal(inside, token: "guess"), 403), ("no signature", good with { Signature = "" }, 400), ("signature too short", good with { Signature = good.Signature[..39] }, 403),
            ("signature in capitals", good with { Signature = good.Signature.ToUpperInvariant() }, 403), ("another nonce", good with { Nonce = "1" }, 403), ("another time", good with { Timestamp = (now.ToUnixTimeSeconds() + 1).ToString(System.Globalization.CultureInfo.InvariantCulture) }, 403),
            ("old", weCom.Seal(inside, at: now.AddMinutes(-6)), 403), ("from the future", weCom.Seal(inside, at: now.AddMinutes(6)), 403), ("another corporation", weCom.Seal(inside, receiver: "corp-2"), 403), ("no corporation", weCom.Seal(inside, receiver: ""), 403),
            ("not sealed", weCom.Sign(Convert.ToBase64String(Encoding.UTF8.GetBytes(inside))), 403), ("no Base64", weCom.Sign("%%%"), 403), ("one block of nothing", weCom.Sign(Convert.ToBase64String(new byte[16])), 403), ("cut", weCom.Sign(good.Encrypted[..^24]), 403),
            ("XXE inside", weCom.Seal("<!DOCTYPE xml [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>" + inside.Replace("anna", "]]>&x;<![CDATA[", StringComparison.Ordinal)), 400), ("not XML inside", weCom.Seal("agree"), 400), ("twice inside", weCom.Seal(inside.Replace("<AgentID>", "<EventKey>agree</EventKey><AgentID>", StringComparison.Ordinal)), 400),
        };
        foreach (var (what, call, status) in calls)
            using (var answer = await call.Post(_bench.Client, _bench.CallPath)) Assert.That(((int)answer.StatusCode, await answer.Content.ReadAsStringAsync()), Is.EqualTo((status, "")), what);
        foreach (var (what, body, status) in new[]
        {
            ("XXE", "<?xml version=\"1.0\"?><!DOCTYPE xml [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><xml><Encrypt>&x;</Encrypt></xml>", 400), ("ten megabytes", $"<xml><Encrypt>{new string('A', 10_000_000)}</Encrypt></xml>", 413),
            ("many laughs", "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">]><xml><Encrypt>&b;</Encrypt></xml>", 400), ("deep", string.Concat(Enumerable.Repeat("<a>", 20_000)), 400), ("nothing", "", 400), ("JSON", "{}", 400),
        })
            using (var answer = await _bench.Client.PostAsync(_bench.CallPath + good.Query, new StringContent(body, Encoding.UTF8, "text/xml"))) Assert.That((int)answer.StatusCode, Is.EqualTo(status), what);
        using (var endless = await _bench.Client.SendAsync(new HttpRequestMessage(HttpMethod.Post, _bench.CallPath + good.Query) { Content = new StreamContent(new MemoryStream(new byte[200_000])), Headers = { TransferEncodingChunked = true } })) Assert.That((int)endless.StatusCode, Is.EqualTo(413), "a body that does not say how long it is");
        using (var elsewhere = await good.Post(_bench.Client, $"/calls/notify/wecom/{Guid.NewGuid()}")) Assert.That((int)elsewhere.StatusCode, Is.EqualTo(404));
        foreach (var (what, text) in new[] { ("another application", inside.Replace($"<AgentID>{weCom.Agent}", "<AgentID>1", StringComparison.Ordinal)), ("another event", inside.Replace("template_card_event", "enter_agent", StringComparison.Ordinal)), ("a chat", inside.Replace("[event]", "[text]", StringComparison.Ordinal)) })
            using (var answer = await weCom.Seal(text).Post(_bench.Client, _bench.CallPath)) Assert.That((int)answer.StatusCode, Is.EqualTo(200), what);
        Assert.That((await _bench.Look(id)).Answers, Is.Empty);
        using (var last = await good.Post(_bench.Client, _bench.CallPath)) Assert.That((int)last.StatusCode, Is.EqualTo(200), "the good one still works");
        Assert.That((await _bench.Look(id)).State, Is.EqualTo(ApprovalState.Approved));
    }
}
