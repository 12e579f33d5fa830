using System.Text;
using System.Text.Json;
using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Platform.Notify;
using Juming.Platform.Notify.Channels;
using Juming.Platform.Notify.Channels.Change;
using Juming.Platform.Notify.Delivery;
using Juming.Testing.FakeMessengers;
using MimeKit;
using NUnit.Framework;

namespace Juming.Platform.Tests.Notify;

/// <summary>Every channel against a server that speaks its protocol: what arrives, what never leaves, and what is said when it does not work.</summary>
[Category("X7")]
[SetUICulture("en")]
public sealed class ChannelTests
{
    private NoticeDesk _desk = null!;

    [SetUp]
    public async Task Open() => _desk = await NoticeDesk.Open();

    [TearDown]
    public async Task Close() => await _desk.DisposeAsync();

    [Test]
    public async Task One_notice_reaches_every_channel_in_its_own_form_and_inner_values_are_masked_outside()
    {
        _desk.Fake.DingTalkSign = "SEC-ding";
        _desk.Fake.FeishuSign = "sec-feishu";
        _desk.Fake.WebhookSecret = "sec-hook";
        _desk.Fake.WeCom.Users.Add("anna");
        await _desk.Person("anna");
        await _desk.RuleTo(await _desk.Robot(), await _desk.App(), await _desk.App("app2", "TemplateCard"), await _desk.DingTalk("SEC-ding"), await _desk.Feishu("sec-feishu"), await _desk.Webhook("sec-hook"), await _desk.Email());
        await _desk.Post(NoticeDesk.Part(detail: "10.20.30.12"));
        var over = await _desk.UntilOver(7);
        Assert.That(over.Select(d => (d.State, d.Failure)), Has.All.EqualTo((DeliveryState.Sent, (string?)null)));

        var robot = _desk.Fake.Received("wecom-robot").Single().Body.GetProperty("text").GetProperty("content").GetString()!;
        Assert.That(robot, Does.StartWith("[聚明][紧急] 事件存储异常\n10.*.*.12\n华东医院 ").And.EndsWith("+08:00\nhttps://juming.example/overview"));
        var cards = _desk.Fake.Received("wecom-app").Select(m => m.Body).ToList();
        var text = cards.Single(c => c.GetProperty("msgtype").GetString() == "textcard").GetProperty("textcard");
        Assert.That(text.GetProperty("url").GetString(), Is.EqualTo("https://juming.example/overview"));
        Assert.That(text.GetProperty("description").GetString(), Does.StartWith("10.*.*.12<br>华东医院"));
        Assert.That(cards.Single(c => c.GetProperty("msgtype").GetString() == "template_card").GetProperty("template_card").GetProperty("sub_title_text").GetString(), Does.Contain("10.*.*.12"));
        Assert.That(_desk.Fake.Received("dingtalk").Single().Body.GetProperty("text").GetProperty("content").GetString(), Does.Contain("10.*.*.12"));
        Assert.That(_desk.Fake.Received("feishu").Single().Body.GetProperty("card").GetProperty("header").GetProperty("template").GetString(), Is.EqualTo("orange"));
        var hook = _desk.Fake.Received("webhook").Single();
        Assert.That(hook.Body.GetProperty("type").GetString(), Is.EqualTo("notify.part-bad"));
        Assert.That(hook.Body.GetProperty("data").GetProperty("values").GetProperty("detail").GetString(), Is.EqualTo("10.*.*.12"));
        Assert.That(hook.Headers["Idempotency-Key"], Is.EqualTo(over.Single(d => d.ChannelId == ChannelOf("hook", over)).Id.ToString()));
        Mail(_desk.Mail.Mails.Single(), "[聚明][紧急] 事件存储异常", "10.*.*.12");
        Assert.That(Wire(), Does.Not.Contain("10.20.30.12").And.Not.Contain("20.30"));
    }

    private static void Mail(FakeMail taken, string subject, string text)
    {
        using var mail = MimeMessage.Load(new MemoryStream(Encoding.UTF8.GetBytes(taken.Raw)));
        Assert.Multiple(() =>
        {
            Assert.That(taken.To, Is.EqualTo(new[] { "anna@example.com" }));
            Assert.That(mail.Subject, Is.EqualTo(subject));
            Assert.That(mail.TextBody, Does.Contain(text));
            Assert.That(mail.HtmlBody, Does.Contain(text).And.Contain("no-referrer").And.Contain("https://juming.example/overview"));
            Assert.That(mail.Headers["Auto-Submitted"], Is.EqualTo("auto-generated"));
            Assert.That(mail.Headers["X-Juming-Event-Id"], Is.Not.Empty);
        });
    }

    [Test]
    public async Task A_channel_shows_the_inner_values_that_it_was_allowed_and_no_others()
    {
        await _desk.RuleTo(await _desk.Robot("one", ["host"]), await _desk.Robot("all", ["*"]), await _desk.Robot("none"));
        await _desk.Post(new Notice { Code = "test.bare", Weight = NoticeWeight.Warning, Private = new Dictionary<string, string> { ["host"] = "db-host", ["user"] = "zhangsan", ["six"] = "fd00:1:2::9" } });
        await _desk.UntilOver(3);
        var texts = _desk.Fake.Received("wecom-robot").Select(m => m.Body.GetProperty("text").GetProperty("content").GetString()!).ToList();
        Assert.That(texts.Count(t => t.Contains("host: db-host") && t.Contains("user: z***") && t.Contains("six: fd00:*:9")), Is.EqualTo(1));
        Assert.That(texts.Count(t => t.Contains("host: db-host") && t.Contains("user: zhangsan") && t.Contains("fd00:1:2::9")), Is.EqualTo(1));
        Assert.That(texts.Count(t => t.Contains("host: d***") && t.Contains("user: z***")), Is.EqualTo(1));
    }

    [Test]
    public async Task Hostile_values_stay_text_on_every_channel()
    {
        _desk.Fake.WebhookSecret = "s";
        await _desk.Person("anna");
        await _desk.RuleTo(await _desk.Robot(), await _desk.App(), await _desk.App("card", "TemplateCard"), await _desk.DingTalk(""), await _desk.Feishu(""), await _desk.Webhook("s"), await _desk.Email());
        var hostile = new[]
        {
            "<script>alert(1)</script><font color=\"warning\">x</font>", "[press](https://evil.example/a) ![i](http://evil.example/p)", "https://evil.example javascript://x", "a\u202Egpj.exe\u2066\u200B\uFEFFb\u3164", "x\r\nBcc: all@example.com\r\n\r\n.\r\nQUIT\r\n",
            new string('长', 1024 * 1024), "\ud800 half", "\0\u0007\u001b[31m", "<@all> @all", "{part}{detail:Part}",
        };
        foreach (var value in hostile) await _desk.Post(NoticeDesk.Part(part: value, weight: NoticeWeight.Critical));
        var over = await _desk.UntilOver(7 * hostile.Length);
        Assert.That(over.Select(d => (d.State, d.Failure, d.Detail)), Has.All.EqualTo((DeliveryState.Sent, (string?)null, (string?)null)).Or.All.Property("Item1").EqualTo(DeliveryState.Sent));
        Assert.That(_desk.Mail.Mails, Has.Count.EqualTo(hostile.Length));
        foreach (var mail in _desk.Mail.Mails)
        {
            Assert.That(mail.To, Is.EqualTo(new[] { "anna@example.com" }));
            using var read = MimeMessage.Load(new MemoryStream(Encoding.UTF8.GetBytes(mail.Raw)));
            Assert.That(read.Bcc, Is.Empty);
            Assert.That(read.HtmlBody, Does.Not.Contain("<script").And.Not.Contain("<font").And.Not.Contain("https://evil"));
            // By ordinals: to a comparison by culture these characters are nothing, and everywhere.
            Assert.That(read.HtmlBody.AsSpan().IndexOfAny("\u202E\u2066\u200B\uFEFF\u3164\u001b\u0007"), Is.LessThan(0));
        }
        var shown = _desk.Fake.Received("wecom-robot").Concat(_desk.Fake.Received("wecom-app")).Concat(_desk.Fake.Received("dingtalk")).Concat(_desk.Fake.Received("feishu")).Select(m => m.Body.ToString()).ToList();
        Assert.That(shown, Has.None.Contains("<script").And.None.Contains("](").And.None.Contains("://evil").And.None.Contains("<@all>").And.None.Contains("<font"));
        Assert.That(shown.Select(s => s.AsSpan().IndexOfAny("\u202E\u2066\u200B\uFEFF\u3164")), Has.All.LessThan(0));
        Assert.That(shown, Has.All.Length.LessThan(20_000));
    }

    [Test]
    public async Task A_long_text_is_cut_at_a_character_with_a_note_and_keeps_its_link()
    {
        await _desk.RuleTo(await _desk.Robot("r", ["*"]));
        await _desk.Post(new Notice { Code = "test.long", Weight = NoticeWeight.Warning, Path = "/x", Arguments = Enumerable.Range(0, 30).ToDictionary(i => $"n{i}", i => new string('测', 290)) });
        await _desk.UntilOver(1);
        var content = _desk.Fake.Received("wecom-robot").Single().Body.GetProperty("text").GetProperty("content").GetString()!;
        Assert.That(Encoding.UTF8.GetByteCount(content), Is.LessThanOrEqualTo(2048).And.GreaterThan(2000));
        Assert.That(content, Does.EndWith("\nhttps://juming.example/x").And.Contain("（已截断，详情见平台）").And.Not.Contain("\uFFFD"));
    }

    [Test]
    public async Task The_test_button_says_what_is_wrong()
    {
        _desk.Fake.DingTalkSign = "right";
        _desk.Fake.FeishuSign = "right";
        _desk.Fake.WebhookSecret = "right";
        var anna = await _desk.Person("anna");
        var carl = await _desk.Person("carl");
        Assert.That(await _desk.Test(await _desk.Robot()), Has.Property("Worked").True);
        Assert.That(await _desk.Test(await _desk.Robot("r2", key: "wrong")), Is.EqualTo(new TestResult(false, "credentials", "93000 invalid webhook url")));
        Assert.That(await _desk.Test(await _desk.DingTalk("wrong")), Is.EqualTo(new TestResult(false, "signature", "310000 sign not match")));
        Assert.That((await _desk.Test(await _desk.Feishu("wrong"))).Failure, Is.EqualTo("signature"));
        Assert.That(await _desk.Test(await _desk.Webhook("wrong")), Is.EqualTo(new TestResult(false, "http-status", "401")));
        var app = await _desk.App();
        Assert.That((await _desk.Test(app)).Failure, Is.EqualTo("no-address"), "the command line has no address");
        Assert.That((await _desk.Test(app, anna with { Permissions = [NotifyWrite.Code] })).Worked, Is.True);
        Assert.That((await _desk.Test(app, carl with { Permissions = [NotifyWrite.Code] })).Failure, Is.EqualTo("receiver-unknown"));
        foreach (var (address, failure) in new[] { ("http://127.0.0.1:9/", "unreachable"), ("https://169.254.169.254/", "destination-refused"), ("https://10.1.2.3/", "destination-refused"), ("http://8.8.8.8/", "address-refused"), ("https://no-such-name.invalid/", "name-unknown") })
        {
            var channel = await _desk.Channel(address, ChannelKind.Webhook, [("address", address)], [("secret", "s")]);
            Assert.That((await _desk.Test(channel)).Failure, Is.EqualTo(failure), address);
        }
        foreach (var (reply, failure) in new[]
        {
            (new FakeReply(200, "{\"errcode\":-1,\"errmsg\":\"system busy\"}"), "busy"), (new FakeReply(200, "{\"errcode\":60020,\"errmsg\":\"not allow to access from your ip\"}"), "ip-not-trusted"), (new FakeReply(200, "<html>"), "not-json"),
            (new FakeReply(200, "[]"), "not-json"), (new FakeReply(200, "{\"errcode\":\"0\"}"), "not-json"), (new FakeReply(503, ""), "http-status"), (new FakeReply(302, "", Header: "Location: http://127.0.0.1/"), "redirected"), (new FakeReply(Drop: true), "broken"),
            (new FakeReply(200, "{\"errcode\":45009,\"errmsg\":\"api freq out of limit\"}"), "throttled"), (new FakeReply(200, new string('x', 200_000)), "not-json"),
        })
        {
            _desk.Fake.Script("wecom-robot", reply);
            Assert.That((await _desk.Test(ChannelIds["robot"])).Failure, Is.EqualTo(failure), reply.ToString());
        }
    }

    private Dictionary<string, Guid> ChannelIds => _desk.Tier.Send(new ListChannels()).GetAwaiter().GetResult().Value.ToDictionary(c => c.Name, c => c.Id);

    [Test]
    public async Task What_the_other_side_says_does_not_bring_a_secret_into_the_log()
    {
        var robot = await _desk.Robot(key: "very-secret-key");
        _desk.Fake.Script("wecom-robot", new FakeReply(200, "{\"errcode\":40058,\"errmsg\":\"you sent very-secret-key\\u0007\"}"));
        Assert.That((await _desk.Test(robot)).Detail, Is.EqualTo("40058 you sent ***"));
    }

    [Test]
    public async Task A_token_is_fetched_once_for_many_and_again_when_it_is_refused()
    {
        foreach (var name in new[] { "anna", "bert" }) await _desk.Person(name);
        await _desk.RuleTo(await _desk.App(), await _desk.App("other"));
        await _desk.Post(NoticeDesk.Part());
        await _desk.UntilOver(4);
        Assert.That(_desk.Fake.WeCom.Fetches, Is.EqualTo(1), "two channels of one application, at the same time");
        _desk.Fake.WeCom.Expire();
        await _desk.Post(NoticeDesk.Part("vault"));
        Assert.That((await _desk.UntilOver(8)).Select(d => (d.State, d.Attempts)), Has.All.EqualTo((DeliveryState.Sent, 1)));
        Assert.That(_desk.Fake.WeCom.Fetches, Is.EqualTo(2));
        // Refused for ever: one more fetch, then an honest end of this attempt.
        _desk.Fake.Script("wecom-app", new FakeReply(200, "{\"errcode\":42001,\"errmsg\":\"access_token expired\"}"));
        _desk.Fake.Script("wecom-app", new FakeReply(200, "{\"errcode\":42001,\"errmsg\":\"access_token expired\"}"));
        var result = await _desk.Test(ChannelIds["app"], (await _desk.Person("dora")) with { Permissions = [NotifyWrite.Code] });
        Assert.That((result.Worked, _desk.Fake.WeCom.Fetches), Is.EqualTo((false, 3)));
    }

    [Test]
    public async Task Mail_is_encrypted_signed_in_and_honest()
    {
        var anna = (await _desk.Person("anna")) with { Permissions = [NotifyWrite.Code] };
        _desk.Mail.Login = "user\npass-word-1";
        Assert.That((await _desk.Test(await _desk.Email("good", ("user", "user"), ("password", "pass-word-1")), anna)).Worked, Is.True);
        Assert.That(string.Join('\n', _desk.Mail.Clear), Does.Contain("STARTTLS").And.Not.Contain("AUTH").And.Not.Contain("MAIL FROM"));
        Assert.That((await _desk.Test(await _desk.Email("wrong", ("user", "user"), ("password", "no")), anna)).Failure, Is.EqualTo("credentials"));
        Assert.That((await _desk.Test(await _desk.Email("unknown", ("certificate", new string('a', 64))), anna)).Failure, Is.EqualTo("tls"), "another certificate than the one that is named");
        Assert.That((await _desk.Test(await _desk.Email("untrusted", ("certificate", "")), anna)).Failure, Is.EqualTo("tls"), "nobody vouches for it");
        Assert.That((await _desk.Test(await _desk.Email("clear", ("security", "None"), ("user", "user"), ("password", "pass-word-1")), anna)).Failure, Is.EqualTo("password-in-clear"));
        _desk.Mail.Login = null;
        _desk.Mail.OffersTls = false;
        Assert.That((await _desk.Test(ChannelIds["good"], anna)).Failure, Is.EqualTo("mail-no-tls"), "a downgrade");
        Assert.That((await _desk.Test(await _desk.Email("plain", ("security", "None")), anna)).Worked, Is.True);
        _desk.Mail.Implicit = true;
        Assert.That((await _desk.Test(await _desk.Email("implicit", ("security", "Implicit")), anna)).Worked, Is.True);
        foreach (var (verb, answer, failure) in new[] { ("RCPT", "550 no such user", "receiver-unknown"), ("MAIL", "553 sender refused", "mail-refused"), ("RCPT", "451 greylisted", "mail-later"), ("MAIL", "drop", "broken"), ("EHLO", "drop", "broken") })
        {
            _desk.Mail.Answers[verb] = answer;
            Assert.That((await _desk.Test(ChannelIds["implicit"], anna)).Failure, Is.EqualTo(failure), answer);
            _desk.Mail.Answers.Clear();
        }
        Assert.That(_desk.Mail.Mails, Has.Count.EqualTo(3));
    }

    [Test]
    public async Task A_secret_goes_in_and_never_out_and_not_to_another_address_either()
    {
        var id = await _desk.Robot(key: "write-only-key");
        using var client = await Juming.Testing.Person.WithToken(_desk.Tier, NotifyRead.Code);
        var listed = await client.GetStringAsync("/api/notify/channels");
        Assert.That(listed, Does.Contain("\"secretsSet\":[\"key\"]").And.Not.Contain("write-only-key"));
        var view = (await _desk.Tier.Send(new ListChannels())).Value.Single();
        SaveChannel Change(string address, string? key = null, Guid? stamp = null) => new()
        {
            Id = id,
            Stamp = stamp ?? view.Stamp,
            Name = "robot",
            Kind = ChannelKind.WeComRobot,
            Settings = new Dictionary<string, string> { ["address"] = address },
            Secrets = key is null ? new Dictionary<string, Secret>() : new Dictionary<string, Secret> { ["key"] = new(key) },
        };
        var moved = await _desk.Tier.Send(Change("https://evil.example"));
        Assert.That((moved.Error!.Code, moved.Error.Field), Is.EqualTo(("notify.field-wrong", "key")));
        Assert.That((await _desk.Tier.Send(Change(view.Settings["address"], stamp: Guid.NewGuid()))).Error!.Code, Is.EqualTo("notify.stale"));
        Assert.That((await _desk.Tier.Send(Change(view.Settings["address"]))).Succeeded, Is.True, "other changes keep it");
        view = (await _desk.Tier.Send(new ListChannels())).Value.Single();
        Assert.That((await _desk.Tier.Send(Change("https://other.example", "entered again"))).Succeeded, Is.True);
        foreach (var (field, value) in new[] { ("address", "ftp://x"), ("address", "https://u:p@x"), ("address", "") })
            Assert.That((await _desk.Tier.Send(new SaveChannel { Name = "x", Kind = ChannelKind.WeComRobot, Settings = new Dictionary<string, string> { [field] = value }, Secrets = new Dictionary<string, Secret> { ["key"] = new("k") } })).Error!.Field, Is.EqualTo(field), value);
        Assert.That((await _desk.Tier.Send(new RemoveChannel(id))).Succeeded, Is.True);
    }

    private string Wire() => string.Join('\n', _desk.Fake.Wire) + string.Join('\n', _desk.Mail.Mails.Select(m => m.Raw + Decoded(m.Raw)));

    private static string Decoded(string raw)
    {
        using var mail = MimeMessage.Load(new MemoryStream(Encoding.UTF8.GetBytes(raw)));
        return mail.Subject + mail.TextBody + mail.HtmlBody;
    }

    private Guid ChannelOf(string name, List<Platform.Notify.Data.DeliveryRow> _) => ChannelIds[name];
}
