using System.Net.Http.Json;
using Juming.Platform.Access;
using Juming.Testing;
using Juming.Testing.Farm;
using Microsoft.Playwright;
using NUnit.Framework;
using static Microsoft.Playwright.Assertions;

namespace Juming.Browser.Tests;

/// <summary>A device that nobody has described is entered, tested, learned in a rehearsal, approved, driven from the block list, and its film looked at.</summary>
[Category("S4.1")]
public sealed class LinkageJourney : AxeTest
{
    /// <inheritdoc/>
    protected override IReadOnlyDictionary<string, string?> Settings => new Dictionary<string, string?> { ["Modules:Linkage:AllowThisMachine"] = "true" };

    [TestCase("zh-CN", "light", "layer", "203.0.113.91")]
    [TestCase("en", "dark", "commit", "203.0.113.92")]
    public async Task A_device_is_entered_learned_approved_and_driven(string culture, string theme, string name, string target)
    {
        await using var console = await DeviceFarm.StartOne(name, 4711);
        var page = await SignedIn(culture, theme, 1440, Role.SecurityAdmin, Role.Analyst);
        var found = new List<string>();
        await Open(page, "/linkage?add=1");
        await page.GetByTestId("save").ClickAsync();
        await Expect(page.Locator("aside [role=alert]")).ToBeVisibleAsync();
        await page.GetByTestId("name").FillAsync(name);
        await page.GetByTestId("address").FillAsync(console.Address.ToString());
        await page.GetByTestId("account").FillAsync(console.Accounts[0].User);
        await page.GetByTestId("password").FillAsync(console.Accounts[0].Password);
        await page.GetByTestId("authorised-by").FillAsync("<b>王主任</b>");
        await page.GetByTestId("authorised-reference").FillAsync("授权书 2026-011");
        await page.GetByTestId("save").ClickAsync();
        await page.GetByTestId("test").ClickAsync();
        await Expect(page.GetByTestId("worked")).ToBeVisibleAsync(new() { Timeout = 60_000 });
        await page.GetByTestId("explore").ClickAsync();
        await Expect(page.GetByTestId("worked").Locator("a[href^='/linkage/recipes']")).ToBeVisibleAsync(new() { Timeout = 60_000 });
        Assert.That(console.TruthLog.Mutations, Is.Empty, "The rehearsal left a trace.");
        await Picture(page, $"linkage-device-{culture}-{theme}");
        Assert.That(await page.ContentAsync(), Does.Not.Contain(console.Accounts[0].Password));
        found.AddRange(await Look(page, "/linkage with its pane"));

        await page.GetByTestId("worked").Locator("a[href^='/linkage/recipes']").ClickAsync();
        await Expect(page.GetByTestId("use")).ToBeVisibleAsync();
        await Picture(page, $"linkage-recipe-{culture}-{theme}");
        found.AddRange(await Look(page, "/linkage/recipes with its pane"));
        await page.GetByTestId("use").ClickAsync();
        await Expect(page.GetByTestId("use")).ToHaveCountAsync(0);

        using var client = await Site.SignIn(Role.Analyst);
        using var wanted = await client.PostAsJsonAsync("/api/blocking", new { target, reason = "journey" });
        Assert.That(wanted.IsSuccessStatusCode, Is.True, await wanted.Content.ReadAsStringAsync());
        for (var i = 0; i < 120 && !console.InForce.Contains(target); i++) await Task.Delay(500);
        Assert.That(console.InForce, Does.Contain(target));

        await Open(page, "/linkage/runs");
        // A device of another case may be wanted by the same block: the film is that of this device.
        await page.Locator(".list tbody tr", new() { HasText = target }).Filter(new() { HasText = name }).Locator("a").First.ClickAsync();
        await Expect(page.GetByTestId("pictures").Locator("img")).ToBeVisibleAsync();
        await page.GetByTestId("pictures").FocusAsync();
        await page.Keyboard.PressAsync("ArrowRight");
        await Picture(page, $"linkage-film-{culture}-{theme}");
        found.AddRange(await Look(page, "/linkage/runs with its pane"));
        if (name == "layer") await Upgraded(console, page, client, found);
        Assert.That(found, Is.Empty, string.Join('\n', found));
    }

    /// <summary>The vendor's upgrade: the block waits, a person compares the pictures and approves, and the next block comes about.</summary>
    private async Task Upgraded(FarmConsole console, IPage page, HttpClient client, List<string> found)
    {
        console.Version = 2;
        using var waits = await client.PostAsJsonAsync("/api/blocking", new { target = "203.0.113.95", reason = "journey" });
        await Open(page, "/linkage");
        for (var i = 0; i < 60 && await page.GetByTestId("suggestions").CountAsync() == 0; i++)
        {
            await Task.Delay(500);
            await page.ReloadAsync();
            await page.WaitForTimeoutAsync(300);
        }
        await page.GetByTestId("suggestions").ClickAsync();
        // Both lists look alike, and the one of devices stays until the other is there.
        await page.WaitForURLAsync("**/linkage/recipes?*");
        await Expect(page.Locator("h1")).Not.ToContainTextAsync("设备");
        await page.Locator(".list tbody tr a").First.ClickAsync();
        var card = page.GetByTestId("suggestion");
        await Expect(card.Locator("img")).ToHaveCountAsync(2);
        await card.ScrollIntoViewIfNeededAsync();
        await Picture(page, "linkage-suggestion-light");
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
        await page.ReloadAsync();
        await Expect(card.Locator("img")).ToHaveCountAsync(2);
        await card.ScrollIntoViewIfNeededAsync();
        await Picture(page, "linkage-suggestion-dark");
        found.AddRange(await Look(page, "/linkage/recipes with a suggestion"));
        Assert.That(console.InForce, Does.Not.Contain("203.0.113.95"));
        await page.GetByTestId("take").ClickAsync();
        await Expect(page.GetByTestId("suggestion")).ToHaveCountAsync(0);
        await Expect(page.GetByTestId("versions").Locator("li")).Not.ToHaveCountAsync(0);
        using var wanted = await client.PostAsJsonAsync("/api/blocking", new { target = "203.0.113.96", reason = "journey" });
        for (var i = 0; i < 60 && !console.InForce.Contains("203.0.113.96"); i++) await Task.Delay(500);
        Assert.That(console.InForce, Does.Contain("203.0.113.96"));
    }
}
