using System.Net.Http.Json;
using System.Text;
using Juming.Platform.Access;
using Juming.Testing;
using Microsoft.Playwright;
using NUnit.Framework;
using static Microsoft.Playwright.Assertions;

namespace Juming.Browser.Tests;

/// <summary>An analyst finds machines in the register, imports what people know of them, and corrects one.</summary>
[Category("S1.2")]
public sealed class AssetsJourney : BrowserTest
{
    [TestCase("zh-CN", "light")]
    [TestCase("en", "dark")]
    public async Task The_analyst_imports_finds_and_changes_assets(string culture, string theme)
    {
        var network = theme == "dark" ? "10.61.0." : "10.60.0.";
        await Site.WithEvents(network);
        var page = await SignedIn(culture, theme, 1440, Role.Analyst);
        await Open(page, "/assets?import=1");
        await page.GetByTestId("file").SetInputFilesAsync(new FilePayload
        {
            Name = "assets.csv",
            MimeType = "text/csv",
            Buffer = Encoding.UTF8.GetBytes($"name,ip,importance,zone,business,owner\nLedger {theme},{network}1,core,data center,ledger,wang\nMail {theme},{network}2,important,office,mail,li\nBad,{network}999,,,,\n"),
        });
        await Expect(page.GetByTestId("preview")).ToBeVisibleAsync();
        await Expect(page.Locator("aside tbody tr")).ToHaveCountAsync(3);
        await Picture(page, $"assets-import-{culture}-{theme}");
        await page.GetByTestId("confirm").ClickAsync();
        await Expect(page.GetByTestId("outcome")).ToBeVisibleAsync();

        await Open(page, "/assets?sort=importance&text=" + theme);
        await page.GetByTestId("asset-Ledger " + theme).Locator("a").ClickAsync();
        await Expect(page.Locator("aside h2")).ToHaveTextAsync("Ledger " + theme);
        await page.GetByTestId("owner").FillAsync("zhao");
        await page.GetByTestId("save-asset").ClickAsync();
        await Expect(page.Locator("aside .good")).ToBeVisibleAsync();
        await Expect(page.GetByTestId("asset-Ledger " + theme)).ToContainTextAsync("zhao");

        await page.GetByTestId("asset-Mail " + theme).Locator("input[type=checkbox]").CheckAsync();
        await page.GetByTestId("bulk").Locator("select").SelectOptionAsync("Core");
        await page.GetByTestId("bulk").Locator("button[type=submit]").ClickAsync();
        await Expect(page.GetByTestId("asset-Mail " + theme)).ToContainTextAsync("◆");
        await Picture(page, $"assets-{culture}-{theme}");
        await page.GetByTestId("enter").ClickAsync();
        await page.GetByTestId("enter-save").ClickAsync();
        await Expect(page.Locator("aside [role=alert]")).ToBeVisibleAsync();
        await page.GetByTestId("enter-host").FillAsync("vault-" + theme);
        await page.GetByTestId("enter-importance").SelectOptionAsync("Core");
        await page.GetByTestId("enter-save").ClickAsync();
        await Expect(page.Locator("aside h2")).ToHaveTextAsync("vault-" + theme);
        await Picture(page, $"assets-entered-{culture}-{theme}");
        await Open(page, "/assets?text=no-such-thing");
        await Expect(page.Locator(".empty")).ToBeVisibleAsync();
        NothingComplained();
    }
}

file static class Events
{
    /// <summary>Sends a few lines that name machines.</summary>
    public static async Task WithEvents(this RunningTier site, string network)
    {
        using var client = await site.WithToken("collection.send");
        var lines = Enumerable.Range(1, 5).Select(i => $$"""{"host.name":"srv-{{network.Replace('.', '-')}}{{i}}","host.ip":"{{network}}{{i}}","user.name":"user{{i}}"}""");
        using var body = new StringContent(string.Join('\n', lines) + "\n", Encoding.UTF8, "application/x-ndjson");
        using var answer = await client.PostAsync("/api/collection/events", body);
        answer.EnsureSuccessStatusCode();
    }
}
