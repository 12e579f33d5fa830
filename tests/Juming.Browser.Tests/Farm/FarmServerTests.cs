using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Security.Authentication;
using System.Text;
using System.Text.Json;
using Juming.Testing.Farm;
using Juming.Testing.Farm.Captchas;
using NUnit.Framework;

namespace Juming.Browser.Tests.Farm;

/// <summary>The farm's consoles as servers: their own door for tests, their independence of each other, and what needs no browser.</summary>
[TestFixture]
public sealed class FarmServerTests
{
    private static HttpClient Client(FarmConsole? console = null) => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        CookieContainer = new CookieContainer(),
        SslOptions = { RemoteCertificateValidationCallback = (_, _, _, _) => true },
    })
    { BaseAddress = console?.Address, Timeout = TimeSpan.FromSeconds(60) };

    private static string Door(FarmConsole console, string verb) => $"{console.Control}__farm/{console.ControlKey}/{verb}";

    [Test]
    public async Task All_consoles_start_at_once_each_with_a_world_of_its_own()
    {
        var watch = Stopwatch.StartNew();
        await using var farm = await DeviceFarm.Start(seed: 4, hostile: true);
        TestContext.Out.WriteLine($"{farm.Consoles.Count} consoles in {watch.ElapsedMilliseconds} ms");
        Assert.That(watch.Elapsed, Is.LessThan(TimeSpan.FromSeconds(30)), "3 s on a quiet machine");
        Assert.That(DeviceFarm.Names, Has.Count.GreaterThanOrEqualTo(12));
        Assert.That(farm.Consoles.Take(DeviceFarm.Names.Count).Select(c => c.Product), Is.Unique);
        Assert.That(farm.Consoles.SelectMany(c => new[] { c.Address.Port, c.Control.Port }), Is.Unique);
        Assert.That(farm.Consoles.SelectMany(c => c.Accounts).Select(a => a.Password), Is.Unique);
    }

    [Test]
    public void Passwords_and_order_come_from_the_seed()
    {
        Assert.That(DeviceFarm.Make("md5", 5).Accounts, Is.EqualTo(DeviceFarm.Make("md5", 5).Accounts));
        Assert.That(DeviceFarm.Make("md5", 5).Accounts[0].Password, Is.Not.EqualTo(DeviceFarm.Make("md5", 6).Accounts[0].Password));
    }

    [Test]
    public async Task Generated_ids_differ_from_start_to_start_and_after_an_upgrade()
    {
        async Task<string> Page(int seed, int version)
        {
            await using var console = await DeviceFarm.StartOne("frames", seed);
            console.Version = version;
            using var client = Client(console);
            return await client.GetStringAsync("/");
        }

        var first = await Page(1, 1);
        Assert.That(await Page(1, 1), Is.EqualTo(first));
        Assert.That(await Page(2, 1), Is.Not.EqualTo(first));
        Assert.That(await Page(1, 2), Is.Not.EqualTo(first));
    }

    [Test]
    public async Task The_door_opens_to_its_key_only_and_not_on_the_device_port()
    {
        await using var console = await DeviceFarm.StartOne("single", 8);
        using var client = Client();
        Assert.That((await client.GetAsync($"{console.Control}__farm/{new string('0', console.ControlKey.Length)}/truth")).StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
        Assert.That((await client.GetAsync($"{console.Address}__farm/{console.ControlKey}/truth")).StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
        Assert.That((await client.GetAsync(Door(console, "reset"))).StatusCode, Is.EqualTo(HttpStatusCode.BadRequest), "only POST changes something");

        await client.PostAsync(Door(console, "fill?n=30"), null);
        var victim = console.InForce[0];
        Assert.That((await client.PostAsync(Door(console, "drop?address=" + victim), null)).StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That((await client.PostAsync(Door(console, "version?n=2"), null)).StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That((await client.PostAsync(Door(console, "version?n=3"), null)).StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(console.Version, Is.EqualTo(2));
        var truth = await client.GetFromJsonAsync<List<Truth>>(Door(console, "truth"));
        Assert.That(truth!.Select(t => (t.Act, t.Target)), Is.EqualTo(new[] { ("farm-fill", "30"), ("farm-drop", victim) }));
        var state = await client.GetFromJsonAsync<JsonElement>(Door(console, "state"));
        Assert.That(state.GetProperty("inForce").GetArrayLength(), Is.EqualTo(console.InForce.Count));

        await client.PostAsync(Door(console, "reset"), null);
        Assert.That((console.Version, console.TruthLog.Lines.Count, console.InForce.Contains(victim)), Is.EqualTo((1, 0, true)));
    }

    [Test]
    public async Task A_press_from_another_page_or_without_the_token_does_nothing()
    {
        await using var frames = await DeviceFarm.StartOne("frames", 9);
        using var client = Client(frames);
        var page = await client.GetStringAsync("/");
        var names = System.Text.RegularExpressions.Regex.Matches(page, "name=(ext-gen\\d+)").Select(m => m.Groups[1].Value).ToList();
        await client.PostAsync("/cgi/login.cgi", new FormUrlEncodedContent([new(names[0], frames.Accounts[0].User), new(names[1], frames.Accounts[0].Password)]));
        Assert.That((await client.GetAsync("/cgi/main.cgi?Url=block&act=clear")).StatusCode, Is.EqualTo(HttpStatusCode.Forbidden));

        await using var commit = await DeviceFarm.StartOne("commit", 9);
        using var other = Client(commit);
        await other.PostAsync("/login", new FormUrlEncodedContent([new("user", commit.Accounts[0].User), new("password", commit.Accounts[0].Password)]));
        Assert.That((await other.PostAsync("/fw/block", new FormUrlEncodedContent([new("do", "add"), new("ip", "203.0.113.1")]))).StatusCode, Is.EqualTo(HttpStatusCode.Forbidden));
        Assert.That(frames.TruthLog.Mutations.Concat(commit.TruthLog.Mutations), Is.Empty);
    }

    [Test]
    public async Task A_cookie_of_one_console_opens_no_other()
    {
        await using var one = await DeviceFarm.StartOne("commit", 1);
        await using var two = await DeviceFarm.StartOne("commit", 1);
        using var client = Client();
        await client.PostAsync(new Uri(one.Address, "/login"), new FormUrlEncodedContent([new("user", one.Accounts[0].User), new("password", one.Accounts[0].Password)]));
        // Cookies know no ports, so that the second gets the first one's cookie too.
        Assert.That((await client.GetAsync(new Uri(one.Address, "/fw/block"))).StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That((await client.GetAsync(new Uri(two.Address, "/fw/block"))).StatusCode, Is.EqualTo(HttpStatusCode.Redirect));
        Assert.That(two.TruthLog.Lines, Is.Empty);
    }

    [Test]
    public async Task The_slow_one_is_slow_and_answers_one_at_a_time()
    {
        await using var console = await DeviceFarm.StartOne("slow", 1);
        using var client = Client(console);
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(client.GetStringAsync("/login.asp"), client.GetStringAsync("/login.asp"));
        Assert.That(watch.Elapsed, Is.GreaterThan(TimeSpan.FromSeconds(3.9)));
    }

    [Test]
    public async Task A_frozen_device_answers_when_it_is_thawed()
    {
        await using var console = await DeviceFarm.StartOne("md5", 1);
        using var client = Client(console);
        console.Faults.Freeze();
        var asked = client.GetStringAsync("/login.php");
        Assert.That(await Task.WhenAny(asked, Task.Delay(500)), Is.Not.SameAs(asked));
        console.Faults.Thaw();
        Assert.That(await asked, Does.Contain("青杉"));
    }

    [Test]
    public async Task Entries_and_sessions_end_by_the_clock()
    {
        await using var console = await DeviceFarm.StartOne("commit", 2);
        using var client = Client(console);
        await client.PostAsync("/login", new FormUrlEncodedContent([new("user", console.Accounts[0].User), new("password", console.Accounts[0].Password)]));
        console.FillTable(1);
        var page = await client.GetStringAsync("/fw/block");
        var token = System.Text.RegularExpressions.Regex.Match(page, "name=csrf value=(\\w+)").Groups[1].Value;
        await client.PostAsync("/fw/block", new FormUrlEncodedContent([new("csrf", token), new("do", "add"), new("ip", "203.0.113.2"), new("minutes", "30")]));
        Assert.That(console.BlockEntries.Select(e => e.Address), Does.Contain("203.0.113.2"));
        console.Clock = new LaterClock(TimeSpan.FromMinutes(31));
        Assert.That(console.BlockEntries.Select(e => e.Address), Does.Not.Contain("203.0.113.2"));
        Assert.That(console.TruthLog.Of("expire"), Has.Count.EqualTo(1));
        Assert.That((await client.GetAsync("/fw/block")).StatusCode, Is.EqualTo(HttpStatusCode.Redirect), "20 idle minutes end a session");
    }

    [Test]
    public async Task The_old_gateway_speaks_only_what_browsers_refuse()
    {
        await using var console = await DeviceFarm.StartOne("oldtls", 3);
        using var client = Client(console);
        Assert.That(async () => await client.GetAsync("/"), Throws.InstanceOf<HttpRequestException>().With.InnerException.InstanceOf<AuthenticationException>());
        var first = await AskWithOldTls(console.Address.Port);
        Assert.That(first, Does.Contain("固盾").And.Match("Protocol +: TLSv1\\b"));
        Assert.That(Leaf(await AskWithOldTls(console.Address.Port)), Is.EqualTo(Leaf(first)));
        console.ReplaceCertificate();
        Assert.That(Leaf(await AskWithOldTls(console.Address.Port)), Is.Not.EqualTo(Leaf(first)));
    }

    private static string Leaf(string said) => said[said.IndexOf("-----BEGIN", StringComparison.Ordinal)..said.IndexOf("-----END", StringComparison.Ordinal)];

    private static async Task<string> AskWithOldTls(int port)
    {
        using var openssl = Process.Start(new ProcessStartInfo("openssl", ["s_client", "-connect", $"127.0.0.1:{port}", "-tls1", "-cipher", "ALL:@SECLEVEL=0", "-ign_eof"]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, StandardOutputEncoding = Encoding.UTF8 })!;
        await openssl.StandardInput.WriteAsync("GET /por/login.psp HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        await openssl.StandardInput.FlushAsync();
        var said = await openssl.StandardOutput.ReadToEndAsync();
        await openssl.WaitForExitAsync();
        return said;
    }

    [Test]
    public async Task Hostile_pages_are_as_bad_as_they_say()
    {
        using var client = Client();
        await using var redirect = await DeviceFarm.StartOne("h-redirect");
        var at = redirect.Address;
        for (var i = 0; i < 30; i++)
        {
            var answer = await client.GetAsync(at);
            Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.Redirect));
            at = new Uri(at, answer.Headers.Location!);
        }

        await using var download = await DeviceFarm.StartOne("h-download");
        Assert.That((await client.GetAsync(download.Address)).Content.Headers.ContentDisposition!.DispositionType, Is.EqualTo("attachment"));

        await using var huge = await DeviceFarm.StartOne("h-huge");
        using var body = await client.GetStreamAsync(huge.Address);
        var buffer = new byte[1 << 20];
        long total = 0;
        for (int read; (read = await body.ReadAsync(buffer)) > 0;) total += read;
        Assert.That(total, Is.GreaterThanOrEqualTo(200L << 20));

        await using var endless = await DeviceFarm.StartOne("h-endless");
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        Assert.That(async () => await client.GetStringAsync(endless.Address, stop.Token), Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public void Captchas_are_pictures_of_what_they_say()
    {
        var dice = new Random(1);
        for (var i = 0; i < 50; i++)
        {
            var text = TextCaptcha.Draw(dice);
            Assert.That(text.Answer, Has.Length.EqualTo(4).And.EqualTo(text.Text));
            var sum = ArithmeticCaptcha.Draw(dice);
            Assert.That(int.Parse(sum.Answer), Is.InRange(0, 81), sum.Text);
            var slider = SliderCaptcha.Draw(dice);
            Assert.That(slider.X, Is.InRange(slider.PieceSize, slider.Width - slider.PieceSize));
            foreach (var png in new[] { text.Png, sum.Png, slider.Background, slider.Piece }) Assert.That(png.AsSpan(1, 3).SequenceEqual("PNG"u8));
        }
        Assert.That(Enumerable.Range(0, 20).Select(_ => ArithmeticCaptcha.Draw(dice, chinese: true).Text), Is.All.Match("^[零一二三四五六七八九壹贰叁肆伍陆柒捌玖][加减乘][零一二三四五六七八九壹贰叁肆伍陆柒捌玖]等于\\?$"));
    }

    private sealed class LaterClock(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + by;
    }
}
