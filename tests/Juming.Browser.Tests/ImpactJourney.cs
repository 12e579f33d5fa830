using System.Net.Http.Json;
using System.Text;
using Juming.Contracts.Vulnerabilities;
using Juming.Platform.Access;
using Juming.Platform.Content;
using Juming.Testing;
using Juming.Testing.Content;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using NUnit.Framework;
using static Microsoft.Playwright.Assertions;

namespace Juming.Browser.Tests;

/// <summary>An analyst imports software, sees which assets vulnerabilities concern and why, decides about one, and sees another end by itself.</summary>
[Category("C1.4")]
public sealed class ImpactJourney : AxeTest
{
    private readonly ShelfOfContent _shelf = new();

    /// <inheritdoc/>
    protected override Task<Action<IServiceCollection>?> Surroundings() => Task.FromResult<Action<IServiceCollection>?>(s => s.AddSingleton<IContent>(_shelf));

    [TestCase("zh-CN", "light")]
    [TestCase("en", "dark")]
    public async Task Software_becomes_impact_with_reasons_and_an_update_ends_it(string culture, string theme)
    {
        var (a, b) = (theme + "-web", theme + "-mail");
        using var client = await Site.WithToken("assets.read", "assets.write");
        foreach (var (name, address) in new[] { (a, theme == "dark" ? "10.66.0.1" : "10.65.0.1"), (b, theme == "dark" ? "10.66.0.2" : "10.65.0.2") })
        {
            using var entered = await client.PostAsJsonAsync("/api/assets", new { name, address, host = "", business = "", zone = "", owner = "li", importance = "Normal" });
            entered.EnsureSuccessStatusCode();
        }
        var page = await SignedIn(culture, theme, 1440, Role.Analyst);
        await Open(page, "/software?import=1");
        await Take(page, $"asset,vendor,product,version\n{a},F5,nginx,1.18.0\n{b},F5,nginx,\n{b},<b>Acme</b>,<img src=x>,1\nnobody,x,y,1\n");
        await Expect(page.Locator("aside tbody tr")).ToHaveCountAsync(4);
        await Picture(page, $"software-import-{culture}-{theme}");
        await page.GetByTestId("confirm").ClickAsync();
        await Expect(page.GetByTestId("outcome")).ToBeVisibleAsync();
        await Open(page, "/software");
        await Expect(page.GetByTestId("software").First).ToBeVisibleAsync();
        await Picture(page, $"software-{culture}-{theme}");

        _shelf.Publish(
            [
                new VulnerabilityEntry("CVE-2031-0001", "Request smuggling lets an attacker read <script>alert(1)</script> other requests.", 98, new DateOnly(2031, 1, 1), [new('a', "f5", "nginx", "*", "0.6.18", false, "1.20.0", true, false)]),
                new VulnerabilityEntry("CVE-2031-0002", "Denial of service.", 55, new DateOnly(2031, 1, 2), [new('a', "f5", "nginx", "1.18.0", "", false, "", false, true)]),
            ],
            [new ExploitEntry("CVE-2031-0001", new DateOnly(2031, 1, 5), new DateOnly(2031, 1, 26), true, 8900)]);
        await using (var scope = Site.Services.CreateAsyncScope())
            foreach (var taker in scope.ServiceProvider.GetServices<IContentTaker>()) await taker.Take(_shelf, CancellationToken.None);
        foreach (var name in new[] { a, b }) await Shown(page, "/impact?cve=CVE-2031-0001", page.GetByTestId("affected").Filter(new LocatorFilterOptions { HasText = name }));
        await Open(page, "/impact");
        await page.GetByTestId("impact-CVE-2031-0001").Locator("a").ClickAsync();
        await Expect(page.Locator("aside")).ToContainTextAsync("1.18.0");
        await Expect(page.GetByTestId("affected").Filter(new LocatorFilterOptions { HasText = a })).ToBeVisibleAsync();
        await Picture(page, $"impact-{culture}-{theme}");
        await page.GetByTestId("not-affected").ClickAsync();
        await Expect(page.Locator("aside [role=alert]")).ToBeVisibleAsync();
        await page.GetByTestId("affected").Filter(new LocatorFilterOptions { HasText = b }).Locator("input[type=checkbox]").CheckAsync();
        await page.GetByTestId("reason").FillAsync("module is not built in <b>here</b>");
        await page.GetByTestId("not-affected").ClickAsync();
        await Expect(page.GetByTestId("affected").Filter(new LocatorFilterOptions { HasText = b })).ToContainTextAsync("module is not built in <b>here</b>");
        await Open(page, "/impact?cve=CVE-2031-0002");
        await page.GetByTestId("reason").FillAsync("later");
        await page.GetByTestId("mute").ClickAsync();
        await Expect(page.GetByTestId("take-back")).ToBeVisibleAsync();
        await Expect(page.GetByTestId("impact-CVE-2031-0002")).ToHaveCountAsync(0);
        await page.GetByTestId("take-back").ClickAsync();
        await Expect(page.GetByTestId("impact-CVE-2031-0002")).ToHaveCountAsync(1);

        await page.GetByTestId("by-asset").ClickAsync();
        await page.GetByTestId("exposure").Filter(new LocatorFilterOptions { HasText = a }).Locator("a").ClickAsync();
        await Expect(page.GetByTestId("finding")).ToHaveCountAsync(2);
        await Picture(page, $"impact-assets-{culture}-{theme}");
        await page.Locator("aside p a.button").ClickAsync();
        await Expect(page.GetByTestId("to-impact")).ToBeVisibleAsync();
        await Picture(page, $"asset-software-{culture}-{theme}");

        // The machine is updated, and the next file says so.
        await Open(page, "/software?import=1");
        await Take(page, $"asset,vendor,product,version\n{a},F5,nginx,1.27.0\n");
        await page.GetByTestId("confirm").ClickAsync();
        await Expect(page.GetByTestId("outcome")).ToBeVisibleAsync();
        await Shown(page, "/impact?state=Remediated&text=2031-0001", page.GetByTestId("impact-CVE-2031-0001"));
        // What looks for faults brings styles of its own, which the page's policy turns away.
        NothingComplained();
        Assert.That(await Look(page, "/impact, remediated"), Is.Empty);
        await Open(page, "/impact?cve=CVE-2031-0002");
        await Expect(page.GetByTestId("affected").First).ToBeVisibleAsync();
        Assert.That(await Look(page, "/impact with its pane"), Is.Empty);
        await Open(page, "/software");
        await Expect(page.GetByTestId("software").First).ToBeVisibleAsync();
        Assert.That(await Look(page, "/software"), Is.Empty);
    }

    [Test]
    public async Task An_analyst_hears_of_an_exploited_vulnerability_and_follows_the_notice()
    {
        using var client = await Site.WithToken("assets.read", "assets.write");
        using var entered = await client.PostAsJsonAsync("/api/assets", new { name = "told-host", address = "10.67.0.1", host = "", business = "", zone = "", owner = "li", importance = "Normal" });
        entered.EnsureSuccessStatusCode();
        using var file = new StringContent("asset,vendor,product,version\ntold-host,Acme,gateway,1.0\n");
        using var imported = await client.PostAsync("/api/assets/software/import", file);
        imported.EnsureSuccessStatusCode();
        var page = await SignedIn("zh-CN", "dark", 1440, Role.Analyst);
        _shelf.Publish(
            [new VulnerabilityEntry("CVE-2031-0009", "Anyone may sign in.", 91, new DateOnly(2031, 2, 1), [new('a', "acme", "gateway", "*", "", false, "2.0", true, false)])],
            [new ExploitEntry("CVE-2031-0009", new DateOnly(2031, 2, 5), null, true, 9000)]);
        await using (var scope = Site.Services.CreateAsyncScope())
            foreach (var taker in scope.ServiceProvider.GetServices<IContentTaker>()) await taker.Take(_shelf, CancellationToken.None);
        var notice = page.GetByTestId("notice").Filter(new LocatorFilterOptions { HasText = "CVE-2031-0009" });
        await Shown(page, "/notifications", notice);
        await Picture(page, "impact-notice-zh-CN-dark");
        await notice.Locator("a").ClickAsync();
        await Expect(page.Locator("aside")).ToContainTextAsync("told-host");
        await Expect(page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("cve=CVE-2031-0009"));
        NothingComplained();
    }

    /// <summary>Imported software is held against vulnerabilities a moment later, not by the import.</summary>
    private async Task Shown(IPage page, string path, ILocator row)
    {
        for (var i = 0; i < 100; i++)
        {
            await Open(page, path);
            if (await row.CountAsync() > 0) return;
            await page.WaitForTimeoutAsync(200);
        }
        await Expect(row).ToBeVisibleAsync();
    }

    private static async Task Take(IPage page, string csv)
    {
        await page.GetByTestId("file").SetInputFilesAsync(new FilePayload { Name = "software.csv", MimeType = "text/csv", Buffer = Encoding.UTF8.GetBytes(csv) });
        await Expect(page.GetByTestId("preview")).ToBeVisibleAsync();
    }
}
