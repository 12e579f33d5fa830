using Juming.Testing.Farm;
using NUnit.Framework;

namespace Juming.Browser.Tests.Farm;

/// <summary>Each console of the farm works as a person would use it, in both versions, and its truth log says what was done.</summary>
[TestFixture]
[Category("Long")]
public sealed class FarmTests : FarmBrowser
{
    private static IEnumerable<TestCaseData> Both() => DeviceFarm.Names.SelectMany(n => new[] { new TestCaseData(n, 1), new TestCaseData(n, 2) });

    private static IEnumerable<string> Names() => DeviceFarm.Names;

    [TestCaseSource(nameof(Both))]
    public async Task A_person_blocks_reads_back_and_unblocks(string name, int version)
    {
        await using var console = await Start(name, seed: 7 + version, version);
        var page = await NewPage();
        var walk = Walk.Of(console, page);
        await page.GotoAsync(console.PlainAddress.ToString());
        await Shoot(page, $"{name}-v{version}-1-login");
        await walk.SignIn(console.Accounts[0]);
        await Shoot(page, $"{name}-v{version}-2-home");
        await walk.OpenList();
        await Shoot(page, $"{name}-v{version}-3-list");

        Assert.That(await walk.Add("203.0.113.77", "60", "juming"), Does.Match("成功|succe|added|完成|OK").IgnoreCase);
        await walk.Commit();
        Assert.That(await walk.Row("203.0.113.77"), Does.Contain("203.0.113.77"));
        await Shoot(page, $"{name}-v{version}-4-blocked");
        Assert.That(console.InForce, Does.Contain("203.0.113.77"));

        await walk.Delete("203.0.113.77");
        await walk.Commit();
        Assert.That(await walk.Row("203.0.113.77"), Is.Null);
        Assert.That(console.InForce, Does.Not.Contain("203.0.113.77"));
        await walk.SignOut();

        var acts = console.TruthLog.Mutations.Where(t => t.Act != "commit").Select(t => $"{t.Account} {t.Act} {t.Target} {t.Outcome}");
        var who = console.Accounts[0].User;
        Assert.That(acts, Is.EqualTo(new[] { $"{who} block 203.0.113.77 done", $"{who} unblock 203.0.113.77 done" }));
        Assert.That(console.TruthLog.Of("sign-in").Count(t => t.Outcome == "done"), Is.EqualTo(1));
    }

    [TestCaseSource(nameof(Both))]
    public async Task The_device_refuses_what_it_does_not_take(string name, int version)
    {
        await using var console = await Start(name, seed: 20 + version, version);
        console.Capacity = console.BlockEntries.Count + 1;
        var walk = await NewWalk(console);
        await walk.SignIn(console.Accounts[0]);
        await walk.OpenList();
        Assert.That(await walk.Add("300.1.2.3", "60", "x"), Does.Match("格式|不合法|正确|无效|invalid|illegal").IgnoreCase);
        await walk.OpenList();
        await walk.Add("198.51.100.4", "60", "x");
        await walk.OpenList();
        Assert.That(await walk.Add("198.51.100.4", "60", "x"), Does.Match("存在|重复|exist|duplicate").IgnoreCase);
        await walk.OpenList();
        Assert.That(await walk.Add("198.51.100.5", "60", "x"), Does.Match("已满|超过最大|上限|full|exceed").IgnoreCase);
        Assert.That(console.TruthLog.Of("block").Select(t => t.Outcome), Is.EqualTo(new[] { "bad-address", "done", "duplicate", "full" }));
    }

    [TestCaseSource(nameof(Names))]
    public async Task Five_wrong_passwords_lock_the_account(string name)
    {
        await using var console = await Start(name, seed: 3);
        var walk = await NewWalk(console);
        for (var i = 0; i < 4; i++)
        {
            await walk.TypePassword(console.Accounts[0], "wrong");
            Assert.That(await walk.Refusal(), Does.Match("密码错误|口令错误|不正确|incorrect|wrong|denied").IgnoreCase);
        }
        await walk.TypePassword(console.Accounts[0], "wrong");
        Assert.That(await walk.Refusal(), Does.Match("锁定|lock").IgnoreCase);
        await walk.TypePassword(console.Accounts[0], console.Accounts[0].Password);
        Assert.That(await walk.IsInside(), Is.False);
        Assert.That(console.TruthLog.Of("lock"), Has.Count.EqualTo(1));
        Assert.That(console.TruthLog.Of("sign-in").Select(t => t.Outcome), Is.EqualTo(new[] { "wrong-password", "wrong-password", "wrong-password", "wrong-password", "locked", "locked" }));
    }

    [TestCaseSource(nameof(Names))]
    public async Task An_account_that_may_only_look_finds_the_button_disabled(string name)
    {
        await using var console = await Start(name, seed: 5);
        var walk = await NewWalk(console);
        await walk.SignIn(console.Accounts[1]);
        await walk.OpenList();
        Assert.That(await walk.CanAdd(), Is.False);
    }
}
