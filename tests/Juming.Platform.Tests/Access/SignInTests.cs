using System.Net;
using Juming.Platform.Access;
using Juming.Platform.Access.Setup;
using Juming.Platform.Access.Users;
using Juming.Testing;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;
using OtpNet;

namespace Juming.Platform.Tests.Access;

[Category("X6")]
public sealed class SignInTests
{
    private const string Password = "seven quiet herons wade";

    private RunningTier _tier = null!;

    [SetUp]
    public async Task Start() => _tier = await RunningTier.Start("cloud");

    [TearDown]
    public async Task Stop() => await _tier.DisposeAsync();

    [Test]
    public async Task Set_up_makes_the_administrators_enrols_a_factor_and_works_once()
    {
        var secret = await Link();
        using var browser = new Browser(_tier);
        await browser.Submit("/setup", ("link", secret), ("name", "root.one"), ("password", Password), ("security", "sec"), ("audit", "aud"));
        Assert.That(browser.Text, Does.Contain("/join#"), browser.Text);
        await browser.Enrol();
        Assert.That(browser.RecoveryCodes, Has.Count.EqualTo(10));
        using var second = new Browser(_tier);
        await second.Open("/sign-in");
        await second.Send("/setup", [("link", secret), ("name", "thief"), ("password", Password)]);
        Assert.That(second.Status, Is.EqualTo(HttpStatusCode.BadRequest));
        var users = (await _tier.Send(new ListUsers())).Value;
        Assert.Multiple(() =>
        {
            Assert.That(users.Select(u => u.Name), Is.EquivalentTo(new[] { "root.one", "sec", "aud" }));
            Assert.That(users.All(u => u.Roles.Count == 1), Is.True, "nobody holds two of the three");
        });
    }

    [TestCase("", "")]
    [TestCase("sec", "")]
    [TestCase("  ", "aud")]
    public async Task Set_up_without_all_three_administrators_is_refused_and_may_be_tried_again(string security, string audit)
    {
        var secret = await Link();
        using var browser = new Browser(_tier);
        await browser.Submit("/setup", ("link", secret), ("name", "root.one"), ("password", Password), ("security", security), ("audit", audit));
        Assert.That(browser.Status, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(browser.Text, Does.Contain("请填写全部三位管理员"));
        Assert.That((await _tier.Send(new ListUsers())).Value, Is.Empty);
        Assert.That(browser.Text, Does.Contain("分配角色").And.Contain("查阅并校验").And.Contain("看不到原始日志").And.Not.Contain("data-testid=\"trial\""));
        await browser.Send("/setup", [("security", "sec"), ("audit", "aud"), ("name", "root.one"), ("password", Password)]);
        Assert.That(browser.Text, Does.Contain("/join#"), browser.Text);
    }

    [Test]
    public async Task A_trial_needs_one_person_and_says_so_before_anyone_signs_in()
    {
        using var browser = new Browser(_tier);
        await browser.Submit("/setup", ("link", await Link()), ("name", "root.one"), ("password", Password), ("trial", "true"));
        Assert.That(browser.Location, Is.EqualTo("/enrol"), browser.Text);
        Assert.That((await _tier.Send(new ListUsers())).Value.Single().Roles, Has.Count.EqualTo(4));
        await browser.Open("/sign-in");
        Assert.That(browser.Text, Does.Contain("data-testid=\"trial\""));
    }

    [Test]
    public async Task A_wrong_set_up_token_makes_nothing()
    {
        await Link();
        using var browser = new Browser(_tier);
        await browser.Submit("/setup", ("link", "wrong"), ("name", "thief"), ("password", Password));
        Assert.That(browser.Status, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That((await _tier.Send(new ListUsers())).Value, Is.Empty);
    }

    [Test]
    public async Task A_code_of_the_same_time_step_does_not_work_twice()
    {
        var key = await Account("alice");
        var code = new Totp(key).ComputeTotp(TimeProvider.System.GetUtcNow().UtcDateTime.AddSeconds(30));
        using var first = new Browser(_tier);
        await first.Submit("/sign-in", ("name", "alice"), ("password", Password));
        await first.Submit("/sign-in/code", ("code", code));
        Assert.That(first.Status, Is.EqualTo(HttpStatusCode.Redirect));
        using var replay = new Browser(_tier);
        await replay.Submit("/sign-in", ("name", "alice"), ("password", Password));
        await replay.Submit("/sign-in/code", ("code", code));
        Assert.That(replay.Status, Is.EqualTo(HttpStatusCode.BadRequest));
    }

    [Test]
    public async Task A_recovery_code_works_once()
    {
        using var browser = new Browser(_tier);
        await Account("bob", browser);
        var code = browser.RecoveryCodes[3];
        foreach (var expected in new[] { HttpStatusCode.Redirect, HttpStatusCode.BadRequest })
        {
            using var next = new Browser(_tier);
            await next.Submit("/sign-in", ("name", "bob"), ("password", Password));
            await next.Submit("/sign-in/code", ("code", code.ToUpperInvariant()));
            Assert.That(next.Status, Is.EqualTo(expected));
        }
    }

    [Test]
    public async Task Guessing_is_slowed_down_alike_for_known_and_unknown_names()
    {
        await Account("carol");
        foreach (var name in new[] { "carol", "nobody-here" })
        {
            using var browser = new Browser(_tier);
            await browser.Open("/sign-in");
            var answers = new List<string>();
            for (var i = 0; i < 7; i++)
            {
                await browser.Submit("/sign-in", ("name", name), ("password", "wrong wrong wrong"));
                answers.Add(browser.Text.Contains("不正确", StringComparison.Ordinal) ? "wrong" : browser.Text.Contains("失败次数过多", StringComparison.Ordinal) ? "wait" : browser.Text);
            }
            Assert.That(answers, Is.EqualTo(new[] { "wrong", "wrong", "wrong", "wrong", "wrong", "wait", "wait" }), name);
            // The pause is short at first; the right password must wait as well while it lasts.
            await browser.Send("/sign-in", [("name", name), ("password", Password)]);
            Assert.That(browser.Text, Does.Contain("失败次数过多"), name);
        }
    }

    [TestCase(false, TestName = "Wrong passwords that come at the same time are counted like those that come one by one")]
    [TestCase(true, TestName = "From many addresses as well")]
    public async Task Parallel_guesses(bool manyAddresses)
    {
        await Account("carol");
        var answers = await Task.WhenAll(Enumerable.Range(0, 60).Select(i => Task.Run(() => _tier.Send(
            new Platform.Access.SignIn.SignIn("carol", new Platform.Handlers.Secret("wrong wrong " + i)), Actor.Nobody with { Address = manyAddresses ? $"192.0.2.{i}" : "192.0.2.1" }))));
        Assert.That(answers.Select(a => a.Error?.Code).Distinct(), Is.SubsetOf(new[] { "access.wrong-sign-in", "access.too-many-attempts" }));
        // The fifth begins a pause of two seconds, the sixth one of four: a slow machine may let one more in, never all.
        Assert.That(answers.Count(a => a.Error?.Code == "access.wrong-sign-in"), Is.InRange(5, 7));
    }

    [Test]
    public async Task Wrong_codes_that_come_at_the_same_time_are_counted_too_and_right_passwords_are_not()
    {
        var key = await Account("carol");
        for (var i = 0; i < 8; i++) Assert.That((await Step()).Error, Is.Null, "a right password uses up no attempt");
        var pending = (await Step()).Value.Pending;
        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => Task.Run(() => Submit(pending, "000000"))));
        Assert.That(answers.Count(a => a.Error?.Code == "access.wrong-sign-in"), Is.EqualTo(5));
        await _tier.Send(new UnlockUser("carol"));
        Assert.That((await Submit(pending, new Totp(key).ComputeTotp(TimeProvider.System.GetUtcNow().UtcDateTime.AddSeconds(30)))).Error?.Code, Is.EqualTo("access.sign-in-expired"), "five tries a sign-in");

        Task<Platform.Handlers.Result<Platform.Access.SignIn.SignInStep>> Step() => _tier.Send(new Platform.Access.SignIn.SignIn("carol", new Platform.Handlers.Secret(Password)), Actor.Nobody with { Address = "192.0.2.1" });

        Task<Platform.Handlers.Result<string>> Submit(string step, string code) => _tier.Send(new Platform.Access.SignIn.SubmitCode(new Platform.Handlers.Secret(step), new Platform.Handlers.Secret(code), "test"), Actor.Nobody with { Address = "192.0.2.1" });
    }

    [Test]
    public async Task A_huge_password_and_odd_names_are_refused_quickly()
    {
        await Account("dave");
        using var browser = new Browser(_tier);
        await browser.Submit("/sign-in", ("name", "dave"), ("password", new string('x', 50_000)));
        Assert.That(browser.Status, Is.EqualTo(HttpStatusCode.BadRequest));
        await browser.Submit("/sign-in", ("name", "da\u0000ve\r\nSet-Cookie: a=b"), ("password", "x"));
        Assert.That(browser.Last.Headers.Contains("Set-Cookie") && browser.Last.Headers.GetValues("Set-Cookie").Any(c => c.StartsWith("a=")), Is.False);
        await browser.Open("/sign-in?return=https://evil.example/");
        Assert.That(browser.Text, Does.Not.Contain("evil.example"));
        await browser.Open("/sign-in?return=/%5Cevil.example");
        Assert.That(browser.Text, Does.Not.Contain("evil.example"));
    }

    [TestCase("аdmin", TestName = "Cyrillic a")]
    [TestCase("admin\u200b", TestName = "zero width space")]
    [TestCase("ad min", TestName = "space")]
    [TestCase("\u202enimda", TestName = "right to left override")]
    [TestCase("\ud800x", TestName = "half a surrogate")]
    public async Task Names_that_look_like_others_are_refused(string name) =>
        Assert.That((await _tier.Send(new AddUser(name, []))).Error?.Code, Is.EqualTo("access.name-refused"));

    [Test]
    public async Task A_full_width_twin_of_a_name_is_the_same_name()
    {
        await _tier.Send(new AddUser("admin", []));
        Assert.That((await _tier.Send(new AddUser("ＡＤＭＩＮ", []))).Error?.Code, Is.EqualTo("access.name-taken"));
    }

    [TestCase("short", "access.password-length")]
    [TestCase("password1234", "access.password-common")]
    [TestCase("aaaaaaaaaaaaaaaa", "access.password-common")]
    [TestCase("xx erin the great", "access.password-common")]
    [TestCase("P@ssw0rd20240101", "access.password-common")]
    [TestCase("1qaz2wsx3edc4rfv", "access.password-common")]
    [TestCase("poiuytrewq;lkjhg", "access.password-common")]
    [TestCase("Woaizhongguo1949!", "access.password-common")]
    [TestCase("Guanliyuan@2026", "access.password-common")]
    [TestCase("Juming-Firewall-01", "access.password-common")]
    [TestCase("we1c0me-we1c0me", "access.password-common")]
    [TestCase("聚明管理员2026123456", "access.password-common")]
    public async Task A_weak_password_is_refused(string password, string code)
    {
        var link = (await _tier.Send(new AddUser("erin", []))).Value.Link.Split('#')[1];
        var refused = await _tier.Send(new Platform.Access.SignIn.Join(new Platform.Handlers.Secret(link), new Platform.Handlers.Secret(password)));
        Assert.That(refused.Error?.Code, Is.EqualTo(code));
    }

    [TestCase("seven quiet herons wade")]
    [TestCase("red dog under a maple")]
    [TestCase("Vq8!nT2#zLw5")]
    [TestCase("山有木兮木有枝心悦君兮君不知")]
    public async Task A_password_worth_guessing_is_taken(string password)
    {
        var link = (await _tier.Send(new AddUser("erin", []))).Value.Link.Split('#')[1];
        Assert.That((await _tier.Send(new Platform.Access.SignIn.Join(new Platform.Handlers.Secret(link), new Platform.Handlers.Secret(password)))).Succeeded, Is.True);
    }

    [Test]
    public async Task One_person_may_not_hold_two_administrators_roles()
    {
        await _tier.Send(new AddUser("frank", ["SystemAdmin"]));
        Assert.Multiple(async () =>
        {
            Assert.That((await _tier.Send(new AddUser("gina", ["SecurityAdmin", "AuditAdmin"]))).Error?.Code, Is.EqualTo("access.roles-not-separated"));
            Assert.That((await _tier.Send(new SetRoles("frank", ["SystemAdmin", "AuditAdmin"]))).Error?.Code, Is.EqualTo("access.roles-not-separated"));
            Assert.That((await _tier.Send(new SetRoles("frank", ["Viewer"]))).Error?.Code, Is.EqualTo("access.last-administrator"));
            Assert.That((await _tier.Send(new DisableUser("frank", true))).Error?.Code, Is.EqualTo("access.last-administrator"));
        });
    }

    [Test]
    public async Task A_reset_ends_sessions_and_the_old_password_at_once()
    {
        using var browser = new Browser(_tier);
        await Account("henry", browser);
        await browser.Open("/sign-out");
        await _tier.Send(new ResetUser("henry"));
        await browser.Submit("/sign-in", ("name", "henry"), ("password", Password));
        Assert.That(browser.Status, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That((await _tier.Send(new ListSessions())).Value, Is.Empty);
    }

    private async Task<string> Link() => (await _tier.Services.GetRequiredService<SetupLink>().Make(CancellationToken.None))!;

    /// <summary>Makes an account with password and second factor through its one-time link; returns the factor's key.</summary>
    private async Task<byte[]> Account(string name, Browser? browser = null)
    {
        var first = (await _tier.Send(new AddUser("first-admin", ["SystemAdmin"]))).Succeeded;
        Assert.That(first, Is.True);
        var link = (await _tier.Send(new AddUser(name, [nameof(Role.Analyst)]))).Value.Link;
        using var own = browser is null ? new Browser(_tier) : null;
        var used = browser ?? own!;
        await used.Submit("/join", ("link", link.Split('#')[1]), ("password", Password));
        Assert.That(used.Location, Is.EqualTo("/enrol"), used.Text);
        return await used.Enrol();
    }
}
