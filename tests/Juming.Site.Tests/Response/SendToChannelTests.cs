using System.Text.Json;
using Juming.Site.Response;
using Juming.Site.Response.Actions;
using Juming.Site.Response.Rehearsal;
using Juming.Site.Response.Runs;
using Juming.Testing.FakeMessengers;
using NUnit.Framework;
using static Juming.Site.Tests.Response.ResponseBench;

namespace Juming.Site.Tests.Response;

/// <summary>Messages of playbooks on one channel, to messengers that speak the real protocols on a real port.</summary>
[Category("S3.2")]
internal sealed class SendToChannelTests
{
    private static readonly Dictionary<string, string?> Settings = new() { ["Outbound:AllowedNetworks:0"] = "127.0.0.1/32", ["Modules:Notify:PublicUrl"] = "https://juming.example" };

    private ResponseBench _bench = null!;
    private FakeMessengers _fake = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        _fake = await FakeMessengers.Start();
        _fake.DingTalkSign = "ding-sign";
        _fake.FeishuSign = "feishu-sign";
        _fake.WebhookSecret = "hook-secret-0123456789";
        _bench = await ResponseBench.Start(settings: Settings, realNotices: true);
    }

    [SetUp]
    public void Forget() => _fake.Reset();

    [OneTimeTearDown]
    public async Task Stop()
    {
        await _bench.DisposeAsync();
        await _fake.DisposeAsync();
    }

    private Task<Guid> Robot(string name, bool revealsAll = true, string key = "robot-key") => _bench.Site.MakeChannel(name, "WeComRobot", new Dictionary<string, string> { ["address"] = _fake.Address.ToString() }, new Dictionary<string, string> { ["key"] = key }, revealsAll);

    private static string Message(object args) => Document("send", new { send = new { type = "action", commands = Do("send-to-channel", args), out_args = new[] { "__channel__" } } }, variables: new { __channel__ = new { type = "string" } });

    private Task<RunView> Run(object args) => _bench.Run(Message(args));

    private static readonly JsonSerializerOptions Plain = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static string TextOf(FakeMessage message) => JsonSerializer.Serialize(message.Body, Plain);

    [Test]
    public async Task A_step_is_done_when_the_messenger_took_its_message()
    {
        await Robot("duty");
        await _bench.Site.MakeChannel("ding", "DingTalkRobot", new Dictionary<string, string> { ["address"] = _fake.Address.ToString() }, new Dictionary<string, string> { ["token"] = "ding-token", ["sign"] = "ding-sign" }, true);
        await _bench.Site.MakeChannel("feishu", "FeishuRobot", new Dictionary<string, string> { ["address"] = _fake.Address.ToString() }, new Dictionary<string, string> { ["hook"] = "feishu-hook", ["sign"] = "feishu-sign" }, true);
        await _bench.Site.MakeChannel("hook", "Webhook", new Dictionary<string, string> { ["address"] = _fake.Address + "hook" }, new Dictionary<string, string> { ["secret"] = "hook-secret-0123456789" }, true);
        foreach (var (channel, provider) in new[] { ("duty", "wecom-robot"), ("ding", "dingtalk"), ("feishu", "feishu"), ("hook", "webhook") })
        {
            var run = await Run(new { channel, text = "seen 10.1.2.3 [x](http://evil.example)" });
            Assert.That(run.Brief.State, Is.EqualTo(RunState.Succeeded), channel + " " + run.Brief.Failure);
            Assert.That(run.Variables["__channel__"], Is.EqualTo(channel));
            Assert.That(run.Steps.Single().Evidence["taken"], Is.EqualTo("1/1"));
            var sent = TextOf(_fake.Received(provider).Single());
            Assert.That(sent, Does.Contain("10.1.2.3").And.Contain(run.Brief.Number));
            if (channel != "hook") Assert.That(sent, Does.Not.Contain("](http"), "a value makes no link");
        }
    }

    [Test]
    public async Task What_the_channel_may_not_show_is_masked_and_the_dry_run_says_so()
    {
        await Robot("outside", revealsAll: false);
        var run = await Run(new { channel = "outside", text = "host db-7 talks to 10.1.2.3" });
        Assert.That(run.Brief.State, Is.EqualTo(RunState.Succeeded), run.Brief.Failure);
        Assert.That(TextOf(_fake.Received("wecom-robot").Single()), Does.Not.Contain("db-7").And.Not.Contain("10.1.2.3"));
        var seen = await _bench.Site.Send(new RehearsePlaybook(run.Brief.Playbook, null, false, null));
        Assert.That(seen.Value.Failure, Is.Empty);
        Assert.That(JsonSerializer.Serialize(seen.Value, Plain), Does.Contain(JsonEncodedText.Encode(ResponseTexts.Line(PlanLine.Of("plan.send-masked", ("channel", "outside"))), Plain.Encoder).ToString()));
        Assert.That(_fake.Received("wecom-robot"), Has.Count.EqualTo(1), "a dry run sends nothing");
    }

    [Test]
    public async Task A_refusal_of_the_messenger_fails_the_step_with_its_reason()
    {
        await Robot("wrong", key: "another-key");
        var run = await Run(new { channel = "wrong", text = "x" });
        Assert.That((run.Brief.State, run.Brief.Failure), Is.EqualTo((RunState.Failed, "channel.credentials")));
        Assert.That(run.Steps.Single().Evidence["message 1"], Does.Contain("93000").And.Not.Contain("another-key"));
        Assert.That(Site.Response.ResponseTexts.Code("channel.credentials"), Does.Not.Contain("channel."));
    }

    [Test]
    public async Task What_did_not_leave_in_the_steps_own_time_is_withdrawn_and_never_sent()
    {
        await Robot("slow");
        _fake.Script("wecom-robot", new FakeReply(503, "busy"));
        var run = await _bench.Run(Document("send", new { send = new { type = "action", timeout = 4000, commands = Do("send-to-channel", new { channel = "slow", text = "x" }) } }));
        Assert.That(run.Brief.State, Is.EqualTo(RunState.Failed));
        Assert.That(run.Steps.Single().Code, Does.StartWith("channel."));
        Assert.That(_fake.Received("wecom-robot"), Is.Empty);
        var later = await Run(new { channel = "slow", text = "y" });
        Assert.That(later.Brief.State, Is.EqualTo(RunState.Succeeded), later.Brief.Failure);
        Assert.That(_fake.Received("wecom-robot"), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task Channels_that_are_not_there_off_or_for_people_are_refused_before_anything_is_sent()
    {
        var off = await Robot("off");
        await _bench.Site.StopChannel(off);
        await _bench.Site.MakeChannel("people", "WeComApp", new Dictionary<string, string> { ["address"] = _fake.Address.ToString(), ["corp"] = "corp-1", ["agent"] = "1000002", ["card"] = "TextCard" }, new Dictionary<string, string> { ["secret"] = "app-secret" }, true);
        foreach (var (args, code) in new (object, string)[]
        {
            (new { channel = "none", text = "x" }, "no-channel"),
            (new { channel = "off", text = "x" }, "channel.channel-off"),
            (new { channel = "people", text = "x" }, "no-receiver"),
            (new { channel = "people", text = "x", people = "nobody-here" }, "no-such-person"),
        })
        {
            var run = await Run(args);
            Assert.That((run.Brief.State, run.Brief.Failure), Is.EqualTo((RunState.Failed, code)));
            Assert.That((await _bench.Site.Send(new RehearsePlaybook(run.Brief.Playbook, null, false, null))).Value.Failure, Is.EqualTo(code), "the dry run says the same");
        }
        Assert.That(_fake.Wire, Is.Empty);
        var probe = await _bench.Site.Send(new ProbeAction("send-to-channel"));
        Assert.That(string.Join('\n', probe.Value.Lines), Does.Contain("off"));
    }
}
