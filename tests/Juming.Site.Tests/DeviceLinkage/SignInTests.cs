using Juming.Platform.Handlers;
using Juming.Site.DeviceLinkage.Data;
using Juming.Site.DeviceLinkage.Register;
using Juming.Site.DeviceLinkage.Runs;
using Juming.Site.DeviceLinkage.SignIn;
using Juming.Testing;
using Juming.Testing.DeviceLinkage;
using Juming.Testing.Farm;
using NUnit.Framework;

namespace Juming.Site.Tests.DeviceLinkage;

/// <summary>Sign-ins that must stop: an account is never put at risk, a person never put out, a password never typed for somebody else.</summary>
[TestFixture]
internal sealed class SignInTests
{
    private LinkedSite _site = null!;

    [OneTimeSetUp]
    public async Task Start() => _site = await LinkedSite.Start();

    [OneTimeTearDown]
    public async Task Stop() => await _site.DisposeAsync();

    [Test]
    public async Task A_wrong_password_is_sent_once_and_never_again_until_a_person_enters_another()
    {
        await using var console = await DeviceFarm.StartOne("layer");
        var device = await _site.Add(console, password: "not-the-password");
        var first = await _site.Test(device);
        Assert.That(first.Failure, Is.EqualTo("wrong-password"), () => _site.Film(first.Run));
        for (var i = 0; i < 3; i++) Assert.That((await _site.Test(device)).Failure, Is.EqualTo("wrong-password"));
        Assert.That(console.TruthLog.Of("sign-in"), Has.Count.EqualTo(1));
        Assert.That((await _site.Tier.Send(new GetDevice(device))).Value.State, Is.EqualTo(DeviceState.WrongPassword));

        Assert.That((await _site.Tier.Send(new ChangeDevice(device) { Password = new Secret(console.Accounts[0].Password) })).Error, Is.Null);
        Assert.That((await _site.Test(device)).Failure, Is.Null);
        Assert.That((await _site.Tier.Send(new GetDevice(device))).Value.State, Is.EqualTo(DeviceState.Ready));
    }

    [Test]
    public async Task A_person_who_is_signed_in_is_not_put_out()
    {
        await using var console = await DeviceFarm.StartOne("single");
        console.Occupy(console.Accounts[0]);
        var device = await _site.Add(console);
        var verdict = await _site.Test(device);
        Assert.That(verdict.Failure, Is.EqualTo("session-taken"), () => _site.Film(verdict.Run));
        Assert.That(console.TruthLog.Of("kick"), Is.Empty);
        Assert.That(console.SignedIn, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task A_picture_that_comes_after_its_page_is_waited_for()
    {
        await using var console = await DeviceFarm.StartOne("md5");
        console.Faults.PictureDelay = TimeSpan.FromSeconds(2);
        var device = await _site.Add(console);
        var verdict = await _site.Test(device);
        Assert.That(verdict.Failure, Is.Null, () => _site.Film(verdict.Run));
        Assert.That(console.TruthLog.Of("sign-in"), Has.Count.GreaterThan(0));
    }

    [Test]
    public async Task A_forced_change_of_the_password_is_left_to_a_person()
    {
        await using var console = await DeviceFarm.StartOne("frames");
        console.Faults.ForcePasswordChange = true;
        var device = await _site.Add(console);
        var verdict = await _site.Test(device);
        Assert.That(verdict.Failure, Is.EqualTo("password-change"), () => _site.Film(verdict.Run));
        Assert.That((await _site.Tier.Send(new GetDevice(device))).Value.Unable, Is.EqualTo("needs-person"));
    }

    [Test]
    public async Task Another_certificate_stops_everything_before_a_page_is_opened()
    {
        await using var console = await DeviceFarm.StartOne("layer");
        var device = await _site.Add(console);
        Assert.That((await _site.Test(device)).Failure, Is.Null);
        var pin = (await _site.Tier.Send(new GetDevice(device))).Value.Pin;
        Assert.That(pin, Has.Length.EqualTo(64));
        console.ReplaceCertificate();
        Assert.That((await _site.Test(device)).Failure, Is.EqualTo("certificate-changed"));
        Assert.That(console.TruthLog.Of("sign-in"), Has.Count.EqualTo(1));

        Assert.That((await _site.Tier.Send(new ChangeDevice(device) { AcceptCertificate = true })).Error, Is.Null);
        Assert.That((await _site.Test(device)).Failure, Is.Null);
        Assert.That((await _site.Tier.Send(new GetDevice(device))).Value.Pin, Is.Not.EqualTo(pin).And.Length.EqualTo(64));
    }

    [Test]
    public async Task No_secret_stands_in_what_is_told_or_kept()
    {
        await using var console = await DeviceFarm.StartOne("totp");
        var device = await _site.Add(console);
        var verdict = await _site.Test(device);
        Assert.That(verdict.Failure, Is.Null, () => _site.Film(verdict.Run));
        var account = console.Accounts[0];
        using var client = await _site.Tier.WithToken("linkage.read");
        foreach (var path in new[] { "/api/linkage/devices", $"/api/linkage/devices/{device}", $"/api/linkage/runs/{verdict.Run}", "/api/linkage/runs" })
            Assert.That(await client.GetStringAsync(path), Does.Not.Contain(account.Password).And.Not.Contain(account.TotpSeed!), path);
        foreach (var file in Directory.EnumerateFiles(_site.Tier.Folder, "*.db*"))
        {
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var copy = new MemoryStream();
            await stream.CopyToAsync(copy);
            Assert.That(System.Text.Encoding.Latin1.GetString(copy.ToArray()), Does.Not.Contain(account.Password).And.Not.Contain(account.TotpSeed!), file);
        }
    }

    [Test]
    public async Task Nothing_is_entered_without_its_owners_word_and_this_machine_only_where_it_is_allowed()
    {
        await using var strict = await LinkedSite.Start(new Dictionary<string, string?> { ["Modules:Linkage:AllowThisMachine"] = "false" });
        var unauthorised = await strict.Tier.Send(new AddDevice("a", "https://192.0.2.1", "admin", new Secret("x"), "", ""));
        Assert.That(unauthorised.Error?.Code, Is.EqualTo("linkage.not-authorised"));
        foreach (var address in new[] { "https://127.0.0.1:8443", "http://localhost", "https://[::1]:8443", "https://[::ffff:127.0.0.1]", "http://0.0.0.0", "http://169.254.169.254", "https://2130706433/", "http://127.1/" })
        {
            var refused = await strict.Tier.Send(new AddDevice("a", address, "admin", new Secret("x"), "b", "c"));
            Assert.That(refused.Error?.Code, Is.EqualTo("linkage.this-machine"), address);
        }
        foreach (var address in new[] { "file:///etc/passwd", "javascript:alert(1)", "https://user:pw@192.0.2.1", "https://" })
            Assert.That((await strict.Tier.Send(new AddDevice("a", address, "admin", new Secret("x"), "b", "c"))).Error?.Code, Is.EqualTo("linkage.not-an-address"), address);
    }

    [TestCase("用户名或密码错误!", "wrong-password")]
    [TestCase("密码错误，还有2次机会，否则账号将被锁定", "wrong-password")]
    [TestCase("用户名、密码或验证码错误", "wrong-password")]
    [TestCase("账号已锁定,请10分钟后再试", "locked")]
    [TestCase("验证码错误", "captcha-wrong")]
    [TestCase("该用户已在其他地方登录，是否强制登录？", "session-taken")]
    [TestCase("初始密码必须修改后才能使用系统", null)]
    [TestCase("Invalid username or password", "wrong-password")]
    [TestCase("Account locked", "locked")]
    [TestCase("欢迎使用", null)]
    public void Words_of_a_console_are_told_apart(string text, string? code) => Assert.That(SignInWords.Judge(text), Is.EqualTo(code));

    [TestCase("3+5=?", 8)]
    [TestCase("叁加伍等于", 8)]
    [TestCase("12 × 3 =", 36)]
    [TestCase("9-4=", 5)]
    public void A_sum_in_words_is_solved(string text, int sum) => Assert.That(CaptchaSolver.Sum(text), Is.EqualTo(sum));
}
