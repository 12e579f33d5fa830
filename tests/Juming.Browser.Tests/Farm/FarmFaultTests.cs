using Juming.Testing.Farm;
using Microsoft.Playwright;
using NUnit.Framework;

namespace Juming.Browser.Tests.Farm;

/// <summary>What makes the consoles hard: captchas, other people's sessions, expiry, commits, and the faults that tests can ask for.</summary>
[TestFixture]
[Category("Long")]
public sealed class FarmFaultTests : FarmBrowser
{
    [TestCase("rsa")]
    [TestCase("md5")]
    [TestCase("slider")]
    public async Task A_wrong_captcha_is_told_apart_and_does_not_lock(string name)
    {
        await using var console = await Start(name, seed: 11);
        var page = await NewPage();
        for (var i = 0; i < 6; i++)
        {
            await page.GotoAsync(console.Address.ToString());
            await page.Locator("input[name=user], input[name=username]").FillAsync(console.Accounts[0].User);
            await page.Locator("input[type=password]").FillAsync(console.Accounts[0].Password);
            if (name != "slider") await page.Locator("[name=vcode], [name=code]").FillAsync("-");
            await page.Locator("form button").Last.ClickAsync();
            await page.GetByText(name == "slider" ? "请先完成滑块验证" : "验证码错误").WaitForAsync();
        }
        Assert.That(console.TruthLog.Of("sign-in").Select(t => t.Outcome), Is.All.EqualTo("wrong-captcha"));
        await Walk.Of(console, page).SignIn(console.Accounts[0]);
        Assert.That(console.TruthLog.Of("lock"), Is.Empty);
    }

    [Test]
    public async Task A_slider_that_jumps_is_not_a_hand()
    {
        await using var console = await Start("slider", seed: 12);
        var page = await NewPage();
        await page.GotoAsync(console.Address.ToString());
        await page.WaitForFunctionAsync("() => typeof ims !== 'undefined' && ims");
        var knob = (await page.Locator("#knob").BoundingBoxAsync())!;
        await page.Mouse.MoveAsync(knob.X + 19, knob.Y + 19);
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(knob.X + 19 + float.Parse(console.LastCaptcha!), knob.Y + 19);
        await page.Mouse.UpAsync();
        await page.GetByText("验证失败").WaitForAsync();
        Assert.That(console.TruthLog.Of("captcha").Single().Outcome, Is.EqualTo("not-by-hand"));
    }

    [TestCase(1)]
    [TestCase(2)]
    public async Task Who_comes_second_is_asked_before_the_other_is_thrown_out(int version)
    {
        await using var console = await Start("single", seed: 13, version);
        console.Occupy(console.Accounts[0]);
        var page = await NewPage();
        var walk = Walk.Of(console, page);
        await walk.TypePassword(console.Accounts[0], console.Accounts[0].Password);
        Assert.That(await walk.Refusal(), Does.Match("是否强制登录|已在其他地方登录"));
        await page.Locator("button[type=button]").ClickAsync();
        Assert.That(await walk.IsInside(), Is.False);
        Assert.That(console.TruthLog.Of("kick"), Is.Empty);

        await walk.TypePassword(console.Accounts[0], console.Accounts[0].Password);
        await page.Locator(".ask button").First.ClickAsync();
        await page.Locator(".hd").WaitForAsync();
        Assert.That(console.TruthLog.Of("kick"), Has.Count.EqualTo(1));
        Assert.That(console.SignedIn, Is.EqualTo(new[] { console.Accounts[0].User }));
    }

    [Test]
    public async Task A_session_ends_in_the_middle()
    {
        await using var console = await Start("expiry", seed: 14);
        var page = await NewPage();
        var walk = Walk.Of(console, page);
        await walk.SignIn(console.Accounts[0]);
        console.Faults.SessionPages = 3;
        await walk.OpenList();
        Assert.That(await walk.Add("203.0.113.9", "0", "x"), Does.Contain("会话已过期"));
        Assert.That(console.InForce, Does.Not.Contain("203.0.113.9"));
        Assert.That(console.TruthLog.Of("session-lost"), Has.Count.EqualTo(1));
        Assert.That(console.TruthLog.Mutations, Is.Empty);
    }

    [TestCase(1)]
    [TestCase(2)]
    public async Task What_is_saved_and_not_committed_is_not_in_force(int version)
    {
        await using var console = await Start("commit", seed: 15, version);
        var walk = await NewWalk(console);
        await walk.SignIn(console.Accounts[0]);
        await walk.OpenList();
        await walk.Add("203.0.113.10", "0", "x");
        Assert.That(await walk.Row("203.0.113.10"), Does.Contain("未生效"));
        Assert.That(console.InForce, Does.Not.Contain("203.0.113.10"));

        console.Faults.FailNextCommit();
        Assert.That(await walk.Commit(), Does.Contain("失败"));
        Assert.That(console.InForce, Does.Not.Contain("203.0.113.10"));

        Assert.That(await walk.Commit(), Does.Match("应用成功|已提交并生效"));
        Assert.That(await walk.Row("203.0.113.10"), Does.Contain("已生效"));
        Assert.That(console.InForce, Does.Contain("203.0.113.10"));

        await walk.Delete("203.0.113.10");
        Assert.That(await walk.Row("203.0.113.10"), Does.Contain("待删除"));
        Assert.That(console.InForce, Does.Contain("203.0.113.10"), "a deletion too wants its commit");
    }

    [Test]
    public async Task A_connection_cut_after_the_submit_leaves_the_entry_and_no_answer()
    {
        await using var console = await Start("paging", seed: 16);
        var page = await NewPage();
        var walk = Walk.Of(console, page);
        await walk.SignIn(console.Accounts[0]);
        await walk.OpenList();
        console.Faults.CutAfterSubmit();
        await page.Locator(".tool button[type=button]").ClickAsync();
        await page.Locator("[name=ip]").FillAsync("203.0.113.11");
        var failed = new TaskCompletionSource();
        page.RequestFailed += (_, _) => failed.TrySetResult();
        await page.Locator("#nw button.pri").ClickAsync();
        await failed.Task.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.That(console.TruthLog.Mutations.Select(t => (t.Act, t.Outcome)), Is.EqualTo(new[] { ("block", "done") }));
        await Task.Delay(1100);
        await page.GotoAsync(console.Address.ToString());
        Assert.That(await walk.Row("203.0.113.11"), Is.Not.Null);
    }

    [Test]
    public async Task A_forced_change_of_the_password_stands_before_everything()
    {
        await using var console = await Start("oldtls", seed: 17);
        console.Faults.ForcePasswordChange = true;
        var page = await NewPage();
        var walk = Walk.Of(console, page);
        await walk.TypePassword(console.Accounts[0], console.Accounts[0].Password);
        Assert.That(await walk.IsInside(), Is.False);
        Assert.That(await walk.Refusal(), Does.Contain("请修改密码"));
        await page.Locator("[name=fresh]").FillAsync("Fresh-secret-1");
        await page.Locator("[name=again]").FillAsync("Fresh-secret-1");
        await page.Locator("button").ClickAsync();
        await page.Locator(".tr").WaitForAsync();
        Assert.That(console.TruthLog.Of("password-change"), Has.Count.EqualTo(1));
        Assert.That(await LetsIn(console, "Fresh-secret-1"), Is.True);
        Assert.That(await LetsIn(console, console.Accounts[0].Password), Is.False);
    }

    [Test]
    public async Task A_wrong_code_does_not_open_the_second_door()
    {
        await using var console = await Start("totp", seed: 18);
        var page = await NewPage();
        var walk = Walk.Of(console, page);
        await walk.TypePassword(console.Accounts[0], console.Accounts[0].Password);
        await page.Locator("[name=otp]").FillAsync("000000");
        await page.Locator("button").ClickAsync();
        await page.GetByText("动态口令错误").WaitForAsync();
        await page.GotoAsync(new Uri(console.Address, "/c/block").ToString());
        Assert.That(await walk.IsInside(), Is.False, "half a sign-in opens nothing");
        Assert.That(console.TruthLog.Of("sign-in").Select(t => t.Outcome), Is.EqualTo(new[] { "wants-code", "wrong-code" }));
    }

    [Test]
    public async Task The_English_console_has_a_Chinese_skin()
    {
        await using var console = await Start("english", seed: 19);
        var page = await NewPage();
        await page.GotoAsync(console.Address.ToString());
        await page.Locator("select").SelectOptionAsync("zh");
        await page.Locator("[name=user]").FillAsync(console.Accounts[0].User);
        await page.Locator("[name=password]").FillAsync(console.Accounts[0].Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "登录" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "策略" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "黑名单" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "新增" }).WaitForAsync();
        await Shoot(page, "english-zh");
    }

    [Test]
    public async Task Fake_success_is_said_and_nothing_is_done()
    {
        await using var console = await Start("h-fake", seed: 21);
        var page = await NewPage();
        await page.GotoAsync(console.Address.ToString());
        await page.Locator("[name=user]").FillAsync(console.Accounts[0].User);
        await page.Locator("[name=password]").FillAsync(console.Accounts[0].Password);
        await page.Locator("button").ClickAsync();
        await page.GetByText("IP黑名单").ClickAsync();
        await page.Locator("summary").ClickAsync();
        await page.Locator("[name=ip]").FillAsync("203.0.113.12");
        await page.Locator("button[value=add]").ClickAsync();
        await page.GetByText("添加成功").WaitForAsync();
        Assert.That(console.InForce, Does.Not.Contain("203.0.113.12"));
        Assert.That(console.TruthLog.Of("block").Single().Outcome, Is.EqualTo("faked"));
    }

    [Test]
    public async Task A_password_that_is_sent_elsewhere_is_on_record()
    {
        await using var console = await Start("h-elsewhere", seed: 22);
        var page = await NewPage();
        await page.GotoAsync(console.Address.ToString());
        await page.Locator("[name=user]").FillAsync("victim");
        await page.Locator("[name=password]").FillAsync("x");
        await page.Locator("button").ClickAsync();
        await page.GetByText("登录成功").WaitForAsync();
        Assert.That(console.TruthLog.Of("password-elsewhere"), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task The_name_of_a_hostile_device_runs_as_script_in_its_own_page()
    {
        await using var console = await Start("h-script", seed: 23);
        var page = await NewPage();
        await page.GotoAsync(console.Address.ToString());
        Assert.That(await page.EvaluateAsync<int>("window.owned"), Is.EqualTo(1));
    }

    [Test]
    public async Task Popups_come_in_storms()
    {
        await using var console = await Start("h-popups", seed: 24);
        var page = await NewPage();
        await page.GotoAsync(console.Address.ToString());
        await page.Mouse.ClickAsync(5, 5);
        for (var i = 0; i < 50 && page.Context.Pages.Count < 5; i++) await Task.Delay(100);
        Assert.That(page.Context.Pages, Has.Count.GreaterThanOrEqualTo(5));
    }

    [Test]
    public async Task Alerts_come_one_after_the_other()
    {
        await using var console = await Start("h-alerts", seed: 25);
        var page = await NewPage();
        var alerts = 0;
        page.Dialog += (_, dialog) =>
        {
            if (Interlocked.Increment(ref alerts) < 5) _ = dialog.AcceptAsync();
        };
        _ = page.GotoAsync(console.Address.ToString(), new() { WaitUntil = WaitUntilState.Commit });
        for (var i = 0; i < 100 && Volatile.Read(ref alerts) < 5; i++) await Task.Delay(50);
        Assert.That(alerts, Is.EqualTo(5));
    }

    private async Task<bool> LetsIn(FarmConsole console, string password)
    {
        var walk = await NewWalk(console);
        await walk.TypePassword(console.Accounts[0], password);
        return await walk.IsInside();
    }
}
