using System.Net;
using System.Net.Http.Json;
using Juming.Platform.Access;
using Juming.Testing;
using Juming.Testing.Farm;
using Microsoft.Playwright;
using NUnit.Framework;
using static Microsoft.Playwright.Assertions;

namespace Juming.Browser.Tests;

/// <summary>A person shows on a console how to block and unblock, proves it, has the recipe rehearsed and tried, and puts it to use; then it blocks another address by itself.</summary>
[Category("S4.1")]
public sealed class RecorderJourney : AxeTest
{
    private const string Target = "203.0.113.240";
    private const string Other = "203.0.113.241";
    private IPage _page = null!;
    private IPage _twin = null!;

    /// <inheritdoc/>
    protected override IReadOnlyDictionary<string, string?> Settings => new Dictionary<string, string?> { ["Modules:Linkage:AllowThisMachine"] = "true" };

    [Test, Category("Long")]
    public async Task A_console_is_shown_once_and_then_driven()
    {
        await using var console = await DeviceFarm.StartOne("commit", 4715);
        using var admin = await Site.SignIn(Role.SecurityAdmin);
        using var entered = await admin.PostAsJsonAsync("/api/linkage/devices", new { name = "出口防火墙", address = console.Address.ToString(), account = console.Accounts[0].User, password = console.Accounts[0].Password, authorisedBy = "王主任", authorisedReference = "授权书 2026-011", vendor = "Iron Wall", model = "FW-500" });
        Assert.That(entered.StatusCode, Is.EqualTo(HttpStatusCode.OK), await entered.Content.ReadAsStringAsync());
        await SignInTwin(console);
        _page = await SignedIn("zh-CN", "light", 1600, Role.SecurityAdmin);
        var found = new List<string>();
        await Open(_page, "/linkage/recorder");
        await _page.GetByTestId("target").FillAsync(Target);
        await Picture(_page, "recorder-start-light");
        found.AddRange(await Look(_page, "/linkage/recorder"));
        await _page.GetByTestId("open").ClickAsync();
        await Expect(_page.Locator("juming-recorder[data-pictures]")).ToBeVisibleAsync(new() { Timeout = 30_000 });

        await Both(_twin.GetByText("访问控制"), 1);
        await Both(_twin.GetByRole(AriaRole.Link, new() { Name = "IP封堵" }), 2);
        await Both(_twin.GetByRole(AriaRole.Button, new() { Name = "新增" }), 3);
        await Both(_twin.GetByLabel("IP地址"), 3);
        await _page.Keyboard.TypeAsync(Target);
        await Both(_twin.GetByLabel("描述"), 4);
        await _page.Keyboard.InsertTextAsync("由人录制");
        await Press(_twin.GetByRole(AriaRole.Button, new() { Name = "保存" }), 6);
        await Press(_twin.GetByRole(AriaRole.Button, new() { Name = "应用" }), 7);
        await Until(() => console.InForce.Contains(Target));
        await Picture(_page, "recorder-live-light");
        found.AddRange(await Look(_page, "/linkage/recorder at work"));

        await _page.GetByTestId("phase-Proof").ClickAsync();
        await _twin.ReloadAsync();
        await _page.GetByTestId("mark").ClickAsync();
        await Expect(_page.Locator("juming-recorder[data-marking=true]")).ToBeVisibleAsync();
        // The console goes back to its list by itself once it is in effect.
        await _page.WaitForTimeoutAsync(1800);
        await Press(_twin.GetByRole(AriaRole.Cell, new() { Name = Target }), 7);
        await Expect(_page.GetByTestId("proof")).ToContainTextAsync("IP地址");
        await _page.GetByTestId("phase-Undo").ClickAsync();
        var row = _twin.Locator("tr", new() { HasText = Target });
        await Both(row.GetByRole(AriaRole.Button, new() { Name = "删除" }), 8);
        await Press(_twin.GetByRole(AriaRole.Button, new() { Name = "确定" }), 9);
        await _twin.ReloadAsync();
        await Press(_twin.GetByRole(AriaRole.Button, new() { Name = "应用" }), 10);
        await Until(() => !console.InForce.Contains(Target));

        await _page.GetByTestId("keep").ClickAsync();
        await Expect(_page.GetByTestId("put-to-use")).ToBeDisabledAsync(new() { Timeout = 20_000 });
        await _page.GetByTestId("rehearse").ClickAsync();
        await Expect(_page.GetByTestId("trial-worked")).ToBeVisibleAsync(new() { Timeout = 30_000 });
        await _page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
        await _page.ReloadAsync();
        await Expect(_page.GetByTestId("put-to-use")).ToBeEnabledAsync();
        await Picture(_page, "recorder-rehearsed-dark");
        found.AddRange(await Look(_page, "/linkage/recorder rehearsed, dark"));
        await _page.GetByTestId("approve").CheckAsync();
        await _page.GetByTestId("round").ClickAsync();
        await Expect(_page.GetByTestId("trial-worked")).ToBeVisibleAsync(new() { Timeout = 60_000 });
        await _page.GetByTestId("put-to-use").ClickAsync();
        await Expect(_page.GetByTestId("in-use")).ToBeVisibleAsync();
        Assert.That(await _page.ContentAsync(), Does.Not.Contain(console.Accounts[0].Password));

        using var analyst = await Site.SignIn(Role.Analyst);
        using var wanted = await analyst.PostAsJsonAsync("/api/blocking", new { target = Other, reason = "journey" });
        Assert.That(wanted.IsSuccessStatusCode, Is.True, await wanted.Content.ReadAsStringAsync());
        await Until(() => console.InForce.Contains(Other));
        Assert.That(console.TruthLog.Of("block").Where(t => t.Outcome == "done").Select(t => t.Target).Distinct(), Is.EquivalentTo(new[] { Target, Other }));
        Assert.That(found, Is.Empty, string.Join('\n', found));
    }

    [Test]
    public async Task Who_may_not_record_is_told_so_and_leaving_the_page_frees_the_device()
    {
        await using var console = await DeviceFarm.StartOne("commit", 4716);
        using var admin = await Site.SignIn(Role.SecurityAdmin);
        using var entered = await admin.PostAsJsonAsync("/api/linkage/devices", new { name = "离开即释放", address = console.Address.ToString(), account = console.Accounts[0].User, password = console.Accounts[0].Password, authorisedBy = "王主任", authorisedReference = "授权书 2026-011" });
        var device = await entered.Content.ReadFromJsonAsync<Guid>();
        var analyst = await SignedIn("en", "dark", 1440, Role.Analyst);
        await Open(analyst, "/linkage/recorder");
        await Expect(analyst.GetByTestId("problem")).ToContainTextAsync("linkage.record");
        await Expect(analyst.GetByTestId("open")).ToHaveCountAsync(0);

        var page = await SignedIn("en", "dark", 1440, Role.SecurityAdmin);
        await Open(page, "/linkage?open=" + device);
        await page.GetByTestId("record").ClickAsync();
        await page.GetByTestId("open").ClickAsync();
        await Expect(page.Locator("juming-recorder[data-pictures]")).ToBeVisibleAsync(new() { Timeout = 30_000 });
        await Picture(page, "recorder-live-dark-en");
        await page.GetByRole(AriaRole.Link, new() { Name = "Recipes" }).First.ClickAsync();
        await Expect(page.Locator("juming-recorder")).ToHaveCountAsync(0);
        using var tested = await admin.PostAsync($"/api/linkage/devices/{device}/test", null);
        Assert.That(await tested.Content.ReadAsStringAsync(), Does.Contain("\"failure\":null"));
        NothingComplained();
    }

    /// <summary>A browser of the test's own on the same console at the same size: it tells where the words stand that the person sees in the picture.</summary>
    private async Task SignInTwin(FarmConsole console)
    {
        var context = await Browser.NewContextAsync(new BrowserNewContextOptions { ViewportSize = new ViewportSize { Width = 1440, Height = 900 }, IgnoreHTTPSErrors = true, Locale = "zh-CN" });
        _twin = await context.NewPageAsync();
        await _twin.GotoAsync(console.Address.ToString());
        await _twin.Locator("input[name=user]").FillAsync(console.Accounts[0].User);
        await _twin.Locator("input[type=password]").FillAsync(console.Accounts[0].Password);
        await _twin.Locator("button").ClickAsync();
        await Expect(_twin.GetByText("访问控制")).ToBeVisibleAsync();
    }

    /// <summary>Presses in the picture where the words stand, and waits for so many recorded steps.</summary>
    private async Task Press(ILocator words, int steps)
    {
        var at = (await words.First.BoundingBoxAsync())!;
        var screen = (await _page.Locator("juming-recorder").BoundingBoxAsync())!;
        var scale = screen.Width / 1440;
        await _page.Mouse.ClickAsync(screen.X + ((at.X + (at.Width / 2)) * scale), screen.Y + ((at.Y + (at.Height / 2)) * scale));
        await Expect(_page.GetByTestId("step")).ToHaveCountAsync(steps, new() { Timeout = 10_000 });
    }

    private async Task Both(ILocator words, int steps)
    {
        await Press(words, steps);
        await words.First.ClickAsync();
    }

    private static async Task Until(Func<bool> holds)
    {
        for (var i = 0; i < 300 && !holds(); i++) await Task.Delay(100);
        Assert.That(holds(), Is.True);
    }
}
