using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Juming.Platform.Access;
using Juming.Site.Blocking;
using Juming.Testing;
using Juming.Testing.Blocking;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using NUnit.Framework;
using static Microsoft.Playwright.Assertions;

namespace Juming.Browser.Tests;

/// <summary>An analyst blocks an address on a device, sees it read back, lifts it, and is told why a protected one can't be blocked.</summary>
[Category("S3.3")]
public sealed class BlockingJourney : BrowserTest
{
    private BlockingDevice _device = null!;
    private DeviceExecutor _executor = null!;

    /// <inheritdoc/>
    protected override async Task<Action<IServiceCollection>?> Surroundings()
    {
        _device = await BlockingDevice.Start("edge-fw <1>");
        _executor = new DeviceExecutor(_device);
        return s => s.AddSingleton<IBlockExecutor>(_executor);
    }

    [OneTimeSetUp]
    public Task SendTheDay() => SendDemoDay(500);

    [OneTimeTearDown]
    public async Task StopDevice()
    {
        _executor.Dispose();
        await _device.DisposeAsync();
    }

    [TestCase("zh-CN", "light")]
    [TestCase("en", "dark")]
    public async Task An_address_is_blocked_read_back_and_lifted_and_a_protected_one_is_refused(string culture, string theme)
    {
        var target = theme == "dark" ? "203.0.113.8" : "203.0.113.7";
        var page = await SignedIn(culture, theme, 1440, Role.Analyst);
        await Open(page, "/blocks");
        await page.GetByTestId("new").ClickAsync();
        await page.GetByTestId("target").FillAsync("::ffff:" + target);
        await Expect(page.GetByTestId("forecast").Locator("dd").First).ToHaveTextAsync(target);
        await Expect(page.GetByTestId("forecast")).ToContainTextAsync("edge-fw <1>");
        await Expect(page.GetByTestId("forecast").Locator(".good")).ToBeVisibleAsync();
        await page.GetByTestId("reason").FillAsync("brute force <b>ssh</b>");
        await page.GetByTestId("minutes").SelectOptionAsync("1440");
        await Picture(page, $"block-form-{culture}-{theme}");
        await page.GetByTestId("block").ClickAsync();
        await Expect(page.GetByTestId("standing").Locator("[data-state=Verified]")).ToBeVisibleAsync();
        await Expect(page.GetByTestId("block-" + target)).ToContainTextAsync("1/1");
        await Expect(page.GetByTestId("block-" + target)).ToContainTextAsync("brute force <b>ssh</b>");
        Assert.That(_device.List, Does.Contain(target));
        await Picture(page, $"block-verified-{culture}-{theme}");

        await page.GetByTestId("extend").ClickAsync();
        await page.GetByTestId("lift-reason").FillAsync("a customer's office");
        await page.GetByTestId("lift").ClickAsync();
        await Expect(page.GetByTestId("standing").Locator("[data-state=Removed]")).ToBeVisibleAsync();
        Assert.That(_device.List, Does.Not.Contain(target));
        await Open(page, "/blocks?view=over");
        await Expect(page.GetByTestId("block-" + target).Locator("[data-state=Removed]")).ToBeVisibleAsync();

        await Open(page, "/blocks?new=1");
        await page.GetByTestId("target").FillAsync("0x0a000001");
        await Expect(page.GetByTestId("forecast").Locator(".error")).ToContainTextAsync("10.0.0.0/8");
        await page.GetByTestId("reason").FillAsync("a mistake");
        await page.GetByTestId("block").ClickAsync();
        await Expect(page.GetByTestId("refused")).ToContainTextAsync(culture == "en" ? "private address 10.0.0.0/8" : "内网地址 10.0.0.0/8");
        await Picture(page, $"block-refused-{culture}-{theme}");

        var wide = theme == "dark" ? "45.11.0.0/20" : "45.10.0.0/20";
        await Open(page, "/blocks?new=1");
        await page.GetByTestId("target").FillAsync(wide);
        await Expect(page.GetByTestId("block")).ToHaveTextAsync(culture == "en" ? "Ask a second person" : "请另一人同意");
        await page.GetByTestId("reason").FillAsync("a whole <b>network</b>");
        await page.GetByTestId("block").ClickAsync();
        await Expect(page.GetByTestId("wide-" + wide)).ToContainTextAsync("a whole <b>network</b>");
        await Picture(page, $"block-wide-{culture}-{theme}");
        await page.GetByTestId("wide-" + wide).Locator("a").ClickAsync();
        await Expect(page.Locator("aside")).ToContainTextAsync("4,096");
        await Picture(page, $"block-wide-asked-{culture}-{theme}");

        await Open(page, "/blocks?import=1");
        await page.GetByTestId("file").SetInputFilesAsync(new FilePayload { Name = "list.txt", MimeType = "text/plain", Buffer = Encoding.UTF8.GetBytes($"198.51.100.{(theme == "dark" ? 8 : 7)}\n10.0.0.1\n010.1.1.1\nnonsense here\n") });
        await Expect(page.GetByTestId("preview")).ToBeVisibleAsync();
        await Expect(page.Locator("aside td.bad")).ToHaveCountAsync(3);
        await page.GetByTestId("file-reason").FillAsync("morning list");
        await Picture(page, $"block-import-{culture}-{theme}");
        await page.GetByTestId("confirm").ClickAsync();
        await Expect(page.GetByTestId("outcome")).ToBeVisibleAsync();
        await page.SetViewportSizeAsync(390, 844);
        await Open(page, "/blocks");
        await Expect(page.Locator(".list tbody tr").First).ToBeVisibleAsync();
        Assert.That(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"), "nothing is wider than the phone");
        await Picture(page, $"blocks-390-{culture}-{theme}");
        NothingComplained();
    }

    [TestCase("zh-CN", "light")]
    [TestCase("en", "dark")]
    public async Task The_security_administrator_protects_a_range_and_stops_automation(string culture, string theme)
    {
        var range = theme == "dark" ? "192.0.2.128/25" : "192.0.2.0/25";
        var page = await SignedIn(culture, theme, 1440, Role.SecurityAdmin);
        await Open(page, "/protected");
        await page.GetByTestId("new").ClickAsync();
        await page.GetByTestId("range").FillAsync("010.0.0.1");
        await page.GetByTestId("save").ClickAsync();
        await Expect(page.Locator("aside [role=alert]")).ToBeVisibleAsync();
        await page.GetByTestId("range").FillAsync(range);
        await page.GetByTestId("kind").SelectOptionAsync("cdn-origin");
        await page.GetByTestId("note").FillAsync("<i>CDN</i> of the web shop");
        await page.GetByTestId("save").ClickAsync();
        await Expect(page.GetByTestId("protected-" + range)).ToContainTextAsync("<i>CDN</i> of the web shop");
        await page.GetByTestId("protected-" + range).Locator("a").ClickAsync();
        await Expect(page.GetByTestId("unprotect")).ToBeVisibleAsync();
        await Picture(page, $"protected-{culture}-{theme}");
        await page.GetByTestId("unprotect").ClickAsync();
        await Expect(page.GetByTestId("protected-" + range)).ToHaveCountAsync(0);
        await Open(page, "/blocks");
        await page.GetByTestId("pause").ClickAsync();
        await Expect(page.GetByTestId("paused")).ToBeVisibleAsync();
        await Picture(page, $"blocks-paused-{culture}-{theme}");
        await page.GetByTestId("resume").ClickAsync();
        await Expect(page.GetByTestId("pause")).ToBeVisibleAsync();
        NothingComplained();
    }

    [Test]
    public async Task An_incident_leads_to_the_form_with_its_attacker()
    {
        using var client = await Site.SignIn(Role.Analyst);
        JsonElement incident = default;
        for (var i = 0; i < 60 && incident.ValueKind == JsonValueKind.Undefined; i++)
        {
            var rows = await client.GetFromJsonAsync<JsonElement>("/api/incidents?limit=100");
            incident = rows.GetProperty("items").EnumerateArray().FirstOrDefault(r => r.GetProperty("attacker").GetString() is { } a && System.Net.IPAddress.TryParse(a, out _));
            await Task.Delay(500);
        }
        var page = await SignedIn("en", "light", 1440, Role.Analyst);
        await Open(page, "/incidents/" + incident.GetProperty("number").GetString());
        await Picture(page, "incident-block-attacker");
        await page.GetByTestId("block-attacker").ClickAsync();
        await Expect(page.GetByTestId("target")).ToHaveValueAsync(incident.GetProperty("attacker").GetString()!);
        await Expect(page.GetByTestId("reason")).Not.ToHaveValueAsync("");
        NothingComplained();
    }
}
