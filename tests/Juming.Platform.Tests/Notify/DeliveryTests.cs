using System.Text;
using Juming.Platform.Access;
using Juming.Platform.Access.Audit;
using Juming.Platform.Notify;
using Juming.Platform.Notify.Delivery;
using Juming.Platform.Notify.Log;
using Juming.Platform.Notify.Mine;
using Juming.Platform.Notify.Rules;
using Juming.Testing.FakeMessengers;
using Microsoft.EntityFrameworkCore;
using NUnit.Framework;

namespace Juming.Platform.Tests.Notify;

/// <summary>When messages go: at once, later, together, again, to whom next, and not at all.</summary>
[Category("X7")]
[SetUICulture("en")]
public sealed class DeliveryTests
{
    private NoticeDesk _desk = null!;

    [TearDown]
    public async Task Close() => await _desk.DisposeAsync();

    [Test]
    public async Task No_robot_gets_more_than_eighteen_a_minute_and_the_rest_comes_later_even_over_a_restart()
    {
        _desk = await NoticeDesk.Open(("Modules:Notify:DigestAbove", "100"));
        await _desk.RuleTo(await _desk.Robot());
        for (var i = 0; i < 25; i++) await _desk.Post(NoticeDesk.Part($"part-{i}"));
        await _desk.UntilDeliveries(d => d.Count == 25 && d.Count(x => x.State == DeliveryState.Sent) == 18, "18 sent");
        await _desk.Restart();
        await Task.Delay(2500);
        Assert.That(_desk.Fake.Received("wecom-robot"), Has.Count.EqualTo(18), "the count outlives the process");
        _desk.Clock.Shift = TimeSpan.FromSeconds(70);
        Assert.That((await _desk.UntilOver(25)).Select(d => d.State), Has.All.EqualTo(DeliveryState.Sent));
        Assert.That(_desk.Fake.Received("wecom-robot"), Has.Count.EqualTo(25));
    }

    [Test]
    public async Task Throttled_waits_as_long_as_it_is_told_and_does_not_count_as_a_failure()
    {
        _desk = await NoticeDesk.Open();
        _desk.Fake.WebhookSecret = "s";
        await _desk.RuleTo(await _desk.Webhook("s"));
        _desk.Fake.Script("webhook", new FakeReply(429, "", Header: "Retry-After: 300"));
        await _desk.Post(NoticeDesk.Part());
        var waiting = (await _desk.UntilDeliveries(d => d.Count == 1 && d[0].Failure == "throttled")).Single();
        Assert.That((waiting.State, waiting.Attempts), Is.EqualTo((DeliveryState.Waiting, 0)));
        Assert.That(waiting.DueAt - _desk.Clock.GetUtcNow(), Is.EqualTo(TimeSpan.FromSeconds(300)).Within(TimeSpan.FromSeconds(30)));
        _desk.Clock.Shift = TimeSpan.FromSeconds(310);
        Assert.That((await _desk.UntilOver(1)).Single().State, Is.EqualTo(DeliveryState.Sent));
    }

    [Test]
    public async Task What_fails_is_tried_six_times_more_under_the_same_name_and_then_given_up_until_somebody_says_again()
    {
        _desk = await NoticeDesk.Open();
        _desk.Fake.WebhookSecret = "s";
        await _desk.RuleTo(await _desk.Webhook("s"));
        for (var i = 0; i < 7; i++) _desk.Fake.Script("webhook", i % 2 == 0 ? new FakeReply(Drop: true) : new FakeReply(500, "no"));
        await _desk.Post(NoticeDesk.Part());
        for (var attempt = 1; attempt <= 7; attempt++)
        {
            await _desk.UntilDeliveries(d => d.Count == 1 && d[0].Attempts == attempt && d[0].State != DeliveryState.Sending, $"attempt {attempt}");
            _desk.Clock.Shift += TimeSpan.FromHours(25);
        }
        var dead = (await _desk.UntilOver(1)).Single();
        Assert.That((dead.State, dead.Attempts), Is.EqualTo((DeliveryState.Dead, 7)));
        Assert.That(_desk.Fake.Wire.Select(w => w.Split('\n').Single(l => l.StartsWith("Idempotency-Key", StringComparison.Ordinal))).Distinct().Count(), Is.EqualTo(1));
        Assert.That((await _desk.Tier.Send(new ListDeliveries(null, DeliveryState.Dead))).Value.Items.Single().Failure, Is.EqualTo("broken"));
        Assert.That((await _desk.Tier.Send(new RetryDelivery(dead.Id))).Succeeded, Is.True);
        Assert.That((await _desk.UntilOver(1)).Single().State, Is.EqualTo(DeliveryState.Sent));
        Assert.That((await _desk.Tier.Send(new RetryDelivery(dead.Id))).Error!.Code, Is.EqualTo("notify.not-repeatable"));
    }

    [Test]
    public async Task A_receiver_that_is_gone_ends_the_channel_and_a_wrong_key_the_message()
    {
        _desk = await NoticeDesk.Open();
        await _desk.RuleTo(await _desk.Webhook("s"), await _desk.Robot(key: "wrong"));
        _desk.Fake.Script("webhook", new FakeReply(410, ""));
        await _desk.Post(NoticeDesk.Part());
        Assert.That((await _desk.UntilOver(2)).Select(d => (d.State, d.Failure)), Is.EquivalentTo(new[] { (DeliveryState.Dead, "gone"), (DeliveryState.Dead, "credentials") }));
        var channels = (await _desk.Tier.Send(new Platform.Notify.Channels.Change.ListChannels())).Value;
        Assert.That(channels.Single(c => c.Name == "hook"), Has.Property("Enabled").False.And.Property("StoppedBecause").EqualTo("gone"));
        Assert.That(channels.Single(c => c.Name == "robot").Enabled, Is.True);
    }

    [Test]
    public async Task A_slow_channel_holds_up_nobody_else()
    {
        _desk = await NoticeDesk.Open();
        await _desk.RuleTo(await _desk.Robot(), await _desk.DingTalk(""));
        _desk.Fake.Script("wecom-robot", new FakeReply(DelayMilliseconds: 8000));
        await _desk.Post(NoticeDesk.Part("one"));
        await _desk.UntilDeliveries(d => d.Any(x => x.State == DeliveryState.Sending), "the slow one is on its way");
        await _desk.Post(NoticeDesk.Part("two"));
        await NoticeDesk.Until(() => Task.FromResult(_desk.Fake.Received("dingtalk").Count), n => n == 2);
        Assert.That(_desk.Fake.Received("wecom-robot"), Is.Empty);
        Assert.That((await _desk.UntilOver(4)).Select(d => d.State), Has.All.EqualTo(DeliveryState.Sent));
    }

    [Test]
    public async Task A_restart_in_the_middle_loses_nothing_and_repeats_only_under_the_same_name()
    {
        _desk = await NoticeDesk.Open(("Modules:Notify:DigestAbove", "100"));
        _desk.Fake.WebhookSecret = "s";
        await _desk.RuleTo(await _desk.Webhook("s"));
        var ids = new HashSet<string>();
        for (var round = 0; round < 3; round++)
        {
            for (var i = 0; i < 8; i++)
            {
                // The answer comes late, so that the stop finds a message whose fate nobody knows.
                if (i == 4) _desk.Fake.Script("webhook", new FakeReply(204, null, DelayMilliseconds: 3000));
                var notice = NoticeDesk.Part($"r{round}-{i}");
                await _desk.Post(notice);
                await _desk.Post(notice);
            }
            await _desk.UntilDeliveries(d => d.Any(x => x.State == DeliveryState.Sending) || d.All(x => x.State == DeliveryState.Sent));
            await _desk.Restart();
        }
        var over = await _desk.UntilOver(24);
        Assert.That(over.Select(d => d.State), Has.All.EqualTo(DeliveryState.Sent));
        foreach (var message in _desk.Fake.Received("webhook")) ids.Add(message.Headers["Idempotency-Key"]);
        Assert.That(_desk.Fake.Wire.Select(w => w.Split('\n').Single(l => l.StartsWith("Idempotency-Key", StringComparison.Ordinal))[17..]).Distinct(), Is.EquivalentTo(over.Select(d => d.Id.ToString())));
        Assert.That(_desk.Fake.Wire.Count(), Is.LessThanOrEqualTo(24 + 3), "at most the one that was on its way at each stop");
    }

    [Test]
    public async Task Quiet_hours_hold_back_all_but_the_critical()
    {
        _desk = await NoticeDesk.Open();
        var local = TimeZoneInfo.ConvertTime(_desk.Clock.GetUtcNow(), TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai"));
        // One o'clock at night at the site, whatever the time here.
        _desk.Clock.Shift = TimeSpan.FromHours(25) - local.TimeOfDay;
        await _desk.Rule(new SaveRule { Name = "night", LeastWeight = NoticeWeight.Information, Channels = [await _desk.Robot()], QuietFrom = 22 * 60, QuietTo = (7 * 60) + 30 });
        await _desk.Post(NoticeDesk.Part("quiet"));
        await _desk.Post(NoticeDesk.Part("loud", NoticeWeight.Critical));
        var rows = await _desk.UntilDeliveries(d => d.Count == 2 && d.Any(x => x.State == DeliveryState.Sent));
        await Task.Delay(1500);
        Assert.That(_desk.Fake.Received("wecom-robot").Single().Body.ToString(), Does.Contain("loud"));
        var due = TimeZoneInfo.ConvertTime(rows.Single(d => d.Weight < 3).DueAt, TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai"));
        Assert.That((due.Hour, due.Minute, due - TimeZoneInfo.ConvertTime(_desk.Clock.GetUtcNow(), due.Offset == default ? TimeZoneInfo.Utc : TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai")) < TimeSpan.FromHours(7)), Is.EqualTo((7, 30, true)));
        _desk.Clock.Shift += TimeSpan.FromHours(6.6);
        await _desk.UntilOver(2);
        Assert.That(_desk.Fake.Received("wecom-robot"), Has.Count.EqualTo(2));
    }

    [TestCase("2026-11-28T13:59:00Z", "2026-11-28T13:59:00Z", TestName = "before it begins")]
    [TestCase("2026-11-28T14:00:00Z", "2026-11-28T23:30:00Z", TestName = "at its beginning")]
    [TestCase("2026-11-28T23:29:59Z", "2026-11-28T23:30:00Z", TestName = "a second before its end")]
    [TestCase("2026-11-28T23:30:00Z", "2026-11-28T23:30:00Z", TestName = "at its end")]
    public async Task Quiet_hours_over_midnight_end_in_the_morning(string now, string until)
    {
        _desk = await NoticeDesk.Open();
        var rule = new RuleBody([], [], [], false, [], 22 * 60, (7 * 60) + 30);
        var zone = TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai");
        Assert.That(rule.Out(DateTimeOffset.Parse(now), NoticeWeight.Urgent, zone), Is.EqualTo(DateTimeOffset.Parse(until)));
        Assert.That(rule.Out(DateTimeOffset.Parse(now), NoticeWeight.Critical, zone), Is.EqualTo(DateTimeOffset.Parse(now)));
    }

    [Test]
    public async Task Many_at_once_become_one_summary_and_the_critical_go_alone()
    {
        _desk = await NoticeDesk.Open();
        await _desk.RuleTo(await _desk.Robot());
        _desk.Fake.Script("wecom-robot", new FakeReply(200, "{\"errcode\":45009,\"errmsg\":\"api freq out of limit\"}"));
        for (var i = 0; i < 12; i++) await _desk.Post(NoticeDesk.Part($"p{i}", i < 4 ? NoticeWeight.Urgent : NoticeWeight.Warning));
        await _desk.UntilDeliveries(d => d.Count == 12 && d.Any(x => x.Failure == "throttled"));
        await _desk.Post(NoticeDesk.Part("burning", NoticeWeight.Critical));
        await _desk.UntilDeliveries(d => d.Count == 13);
        _desk.Clock.Shift = TimeSpan.FromMinutes(3);
        var over = await _desk.UntilOver(13);
        var texts = _desk.Fake.Received("wecom-robot").Select(m => m.Body.GetProperty("text").GetProperty("content").GetString()!).ToList();
        var digest = texts.Single(t => t.Contains("分钟通知"));
        Assert.That(texts.Count(t => t.Contains("burning")), Is.EqualTo(1));
        Assert.That(digest, Does.Match(@"过去 \d+ 分钟通知 \d+ 条，其中紧急 \d 条").And.Contain("· ").And.Contain("https://juming.example/notifications"));
        Assert.That(over.Count(d => d.State == DeliveryState.Digested), Is.GreaterThan(4));
        Assert.That(over.Where(d => d.State == DeliveryState.Digested).Select(d => d.Reference).Distinct().Count(), Is.EqualTo(1));
    }

    [Test]
    public async Task The_same_thing_is_told_nobody_twice_within_ten_minutes()
    {
        _desk = await NoticeDesk.Open();
        var anna = await _desk.Person("anna", Role.SystemAdmin);
        await _desk.RuleTo(await _desk.Robot());
        for (var i = 0; i < 5; i++) await _desk.Post(NoticeDesk.Part(same: "disk"));
        await _desk.Post(NoticeDesk.Part(same: "other"));
        await NoticeDesk.Until(() => _desk.InDb(db => db.Notices.CountAsync(n => n.RoutedAt != null)), n => n == 6);
        await _desk.UntilOver(2);
        Assert.That((await _desk.Tier.Send(new ListMyNotices(false), anna)).Value.Total, Is.EqualTo(2), "the console too");
        _desk.Clock.Shift = TimeSpan.FromMinutes(11);
        await _desk.Post(NoticeDesk.Part(same: "disk"));
        await _desk.UntilOver(3);
        Assert.That(_desk.Fake.Received("wecom-robot"), Has.Count.EqualTo(3));
    }

    [Test]
    public async Task Nobody_answers_and_the_next_channel_and_then_the_leader_are_called()
    {
        _desk = await NoticeDesk.Open();
        await _desk.Person("anna");
        var bert = await _desk.Person("bert", Role.Viewer);
        await _desk.Rule(new SaveRule { Name = "call", LeastWeight = NoticeWeight.Urgent, Roles = [Role.Analyst], Channels = [await _desk.App(), await _desk.Robot()], Escalates = true, Leaders = [bert.PersonId!.Value] });
        await _desk.Post(NoticeDesk.Part());
        await NoticeDesk.Until(() => Task.FromResult(_desk.Fake.Received("wecom-app").Count), n => n == 1);
        Assert.That(_desk.Fake.Received("wecom-robot"), Is.Empty);
        _desk.Clock.Shift = TimeSpan.FromMinutes(4.5);
        await Task.Delay(1500);
        Assert.That(_desk.Fake.Received("wecom-robot"), Is.Empty);
        _desk.Clock.Shift = TimeSpan.FromMinutes(5.5);
        await NoticeDesk.Until(() => Task.FromResult(_desk.Fake.Received("wecom-robot").Count), n => n == 1);
        _desk.Clock.Shift = TimeSpan.FromMinutes(15.5);
        await NoticeDesk.Until(() => Task.FromResult(_desk.Fake.Received("wecom-app").Count), n => n == 2);
        Assert.That(_desk.Fake.Received("wecom-app")[1].Body.GetProperty("touser").GetString(), Is.EqualTo("bert"));
    }

    [Test]
    public async Task Who_acknowledges_spares_the_others_and_only_whom_it_concerns_may()
    {
        _desk = await NoticeDesk.Open();
        var anna = await _desk.Person("anna");
        var bert = await _desk.Person("bert");
        var stranger = await _desk.Person("carl", Role.Viewer);
        var notice = NoticeDesk.Part();
        await _desk.Rule(new SaveRule { Name = "call", LeastWeight = NoticeWeight.Urgent, People = [anna.PersonId!.Value, bert.PersonId!.Value], Channels = [await _desk.App(), await _desk.Robot()], Escalates = true, Leaders = [stranger.PersonId!.Value] });
        await _desk.Post(notice);
        await NoticeDesk.Until(() => Task.FromResult(_desk.Fake.Received("wecom-app").Count), n => n == 2);
        Assert.That((await _desk.Tier.Send(new GetBell(), anna)).Value, Is.EqualTo(new Bell(1, 1)));
        Assert.That((await _desk.Tier.Send(new AcknowledgeNotice(notice.Id), stranger)).Error!.Code, Is.EqualTo("notify.no-such-notice"));
        Assert.That((await _desk.Tier.Send(new AcknowledgeNotice(notice.Id), anna)).Succeeded, Is.True);
        Assert.That((await _desk.Tier.Send(new GetBell(), anna)).Value.Unread, Is.Zero);
        Assert.That((await _desk.Tier.Send(new ListMyNotices(true), bert)).Value.Items.Single().AcknowledgedBy, Is.EqualTo("anna"));
        _desk.Clock.Shift = TimeSpan.FromMinutes(20);
        var over = await _desk.UntilOver(4);
        Assert.That(over.Where(d => d.Step > 0).Select(d => d.State), Has.All.EqualTo(DeliveryState.Spared));
        Assert.That(_desk.Fake.Received("wecom-robot"), Is.Empty);
        Assert.That((await _desk.Tier.Send(new ReadNotices([]), bert)).Succeeded, Is.True);
        Assert.That((await _desk.Tier.Send(new GetBell(), bert)).Value.Unread, Is.Zero);
        Assert.That((await _desk.Tier.Send(new GetBell())).Error!.Code, Is.EqualTo("notify.only-people"));
    }

    [Test]
    public async Task A_one_time_link_reaches_its_person_alone_and_is_nowhere_afterwards()
    {
        _desk = await NoticeDesk.Open();
        var anna = await _desk.Person("anna");
        var bert = await _desk.Person("bert");
        await _desk.RuleTo(await _desk.App(), await _desk.Robot(), await _desk.Email());
        await _desk.Post(NoticeDesk.Part(path: "/approvals") with { People = [anna.PersonId!.Value], OneTimePaths = new Dictionary<Guid, string> { [anna.PersonId!.Value] = "/a/anna-7c1f-once", [bert.PersonId!.Value] = "/a/bert-90aa-once" } });
        await _desk.UntilOver(5);
        var cards = _desk.Fake.Received("wecom-app").ToDictionary(m => m.Body.GetProperty("touser").GetString()!, m => m.Body.ToString());
        Assert.That(cards["anna"], Does.Contain("https://juming.example/a/anna-7c1f-once").And.Not.Contain("bert-90aa"));
        Assert.That(cards["bert"], Does.Contain("https://juming.example/a/bert-90aa-once").And.Not.Contain("anna-7c1f"));
        Assert.That(_desk.Mail.Mails.Select(m => (m.To.Single().Split('@')[0], Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(m.Raw)).Contains(m.To.Single().Split('@')[0] + "-", StringComparison.Ordinal))), Is.EquivalentTo(new[] { ("anna", true), ("bert", true) }));
        Assert.That(_desk.Fake.Received("wecom-robot").Single().Body.ToString(), Does.Contain("https://juming.example/approvals").And.Not.Contain("once"));
        await NoticeDesk.Until(() => _desk.InDb(db => db.Paths.CountAsync()), n => n == 0, "paths are forgotten");
        Assert.That((await _desk.Tier.Send(new SearchAudit("once", null, 100))).Value, Is.Empty);
        await _desk.Restart();
        foreach (var file in Directory.EnumerateFiles(_desk.Folder, "*", SearchOption.AllDirectories).Where(f => !f.EndsWith(".sock", StringComparison.Ordinal)))
        {
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var copy = new MemoryStream();
            await stream.CopyToAsync(copy);
            Assert.That(copy.ToArray().AsSpan().IndexOf("7c1f-once"u8), Is.LessThan(0), file);
        }
    }

    [Test]
    public async Task A_person_who_is_asked_is_reached_though_no_rule_says_how()
    {
        _desk = await NoticeDesk.Open();
        var anna = await _desk.Person("anna", language: "en");
        await _desk.App();
        await _desk.Robot();
        await _desk.Post(NoticeDesk.Part() with { People = [anna.PersonId!.Value, Guid.NewGuid()] });
        await _desk.UntilOver(1);
        Assert.That(_desk.Fake.Received("wecom-app").Single().Body.ToString(), Does.Contain("The event store does not work"), "in her language");
    }

    [Test]
    public async Task A_path_that_leads_elsewhere_is_no_path()
    {
        _desk = await NoticeDesk.Open();
        foreach (var path in new[] { "//evil.example", "https://evil.example", "", "/a\\b", "/a\nb" })
            Assert.That(async () => await _desk.Post(NoticeDesk.Part(path: path)), Throws.ArgumentException, path);
    }

    [Test]
    public async Task The_address_for_phones_is_tried_and_told_honestly()
    {
        _desk = await NoticeDesk.Open(("Modules:Notify:PublicUrl", ""));
        Assert.That((await _desk.Tier.Send(new Platform.Notify.Channels.Change.TestPublicUrl())).Value.Failure, Is.EqualTo("public-url-missing"));
        await using var other = await Juming.Testing.RunningTier.Start("cloud", settings: new Dictionary<string, string?> { ["Modules:Notify:PublicUrl"] = _desk.Tier.Address.ToString().TrimEnd('/') });
        Assert.That((await other.Send(new Platform.Notify.Channels.Change.TestPublicUrl())).Value.Failure, Is.EqualTo("tls"), "phones would not trust this certificate");
        await using var lost = await Juming.Testing.RunningTier.Start("cloud", settings: new Dictionary<string, string?> { ["Modules:Notify:PublicUrl"] = "https://127.0.0.1:9" });
        Assert.That((await lost.Send(new Platform.Notify.Channels.Change.TestPublicUrl())).Value.Failure, Is.EqualTo("unreachable"));
    }
}
