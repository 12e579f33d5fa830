using Juming.Platform.Access;
using Juming.Testing;
using Microsoft.Playwright;
using NUnit.Framework;
using static Microsoft.Playwright.Assertions;

namespace Juming.Browser.Tests;

/// <summary>The cloud publishes a playbook and exports it on a stick; a site off the network compares the fingerprint, imports it, looks at what it changes and agrees.</summary>
[Category("C4.1")]
public sealed class ContentJourney : AxeTest
{
    /// <inheritdoc/>
    protected override string TierName => "cloud";

    [Test]
    public async Task A_playbook_goes_from_the_library_to_a_site_on_a_stick_and_waits_for_consent()
    {
        var folder = Directory.CreateTempSubdirectory("juming-stick").FullName;
        await using var customer = await RunningTier.Start("site");
        try
        {
            var file = Path.Combine(folder, "playbook.json");
            File.Copy(Path.Combine(Root(), "src", "Juming.Site", "Response", "Ready", "port-scan.json"), file);
            var page = await SignedIn("zh-CN", "light", 1440, Role.SystemAdmin, Role.SecurityAdmin);
            await Open(page, "/library?new=1");
            await page.GetByTestId("kind").SelectOptionAsync("playbooks");
            await page.GetByTestId("name").FillAsync("port-scan");
            await page.GetByTestId("title").FillAsync("端口扫描处置<b>剧本</b>");
            await page.GetByTestId("stage").SelectOptionAsync("100");
            await page.GetByTestId("file").SetInputFilesAsync(file);
            await Expect(page.GetByTestId("save")).ToBeEnabledAsync();
            await page.GetByTestId("save").ClickAsync();
            await Expect(page.GetByTestId("said")).ToBeVisibleAsync();
            await page.GetByTestId("pack-port-scan-1").Locator("a").ClickAsync();
            await Expect(page.GetByTestId("withdraw")).ToBeVisibleAsync();
            await Picture(page, "library-light");

            await Open(page, "/content");
            var fingerprint = await page.GetByTestId("fingerprint").InnerTextAsync();
            await Expect(page.GetByTestId("root-key")).ToBeVisibleAsync();
            await Picture(page, "content-cloud-light");
            var download = await page.RunAndWaitForDownloadAsync(() => page.GetByTestId("export").ClickAsync());
            var stick = Path.Combine(folder, "juming-content.bundle");
            await download.SaveAsAsync(stick);
            // What looks for faults brings styles of its own, which the page's policy turns away.
            NothingComplained();
            Assert.That(await Look(page, "/content of the cloud"), Is.Empty);
            await Open(page, "/library?open=playbooks/port-scan/1");
            await Expect(page.GetByTestId("withdraw")).ToBeVisibleAsync();
            Assert.That(await Look(page, "/library with its pane"), Is.Empty);

            var other = await PageOf(customer, "en", "dark", Role.SystemAdmin, Role.SecurityAdmin);
            await Go(other, customer, "/content");
            await other.GetByTestId("bundle").SetInputFilesAsync(file);
            await Expect(other.Locator("p.error")).ToContainTextAsync("no bundle of content");
            await other.GetByTestId("bundle").SetInputFilesAsync(stick);
            await Expect(other.GetByTestId("offered")).ToHaveTextAsync(fingerprint);
            await Picture(other, "content-offered-dark");
            await other.GetByTestId("trust").FillAsync(fingerprint);
            await other.GetByTestId("trust").PressAsync("Enter");
            await Expect(other.GetByTestId("fingerprint")).ToHaveTextAsync(fingerprint);
            await other.GetByTestId("bundle").SetInputFilesAsync(stick);
            await Expect(other.GetByTestId("said")).ToHaveTextAsync("Imported.");
            await Picture(other, "content-site-dark");
            Assert.That(await Look(other, "/content of the site"), Is.Empty);

            await Go(other, customer, "/deliveries");
            await Expect(other.GetByTestId("pack-port-scan-1")).ToContainTextAsync("Waits for consent", new() { Timeout = 20_000 });
            await other.GetByTestId("pack-port-scan-1").Locator("a").ClickAsync();
            await Expect(other.GetByTestId("changes")).ToBeVisibleAsync();
            await Picture(other, "deliveries-waiting-dark");
            await other.GetByTestId("reason").FillAsync("looked at every step");
            await other.GetByTestId("agree").ClickAsync();
            await Expect(other.GetByTestId("shown-state")).ToContainTextAsync("In force", new() { Timeout = 20_000 });
            Assert.That(await Look(other, "/deliveries with its pane"), Is.Empty);
        }
        finally
        {
            Directory.Delete(folder, true);
        }
    }

    private static async Task Go(IPage page, RunningTier tier, string path)
    {
        await page.GotoAsync(new Uri(tier.Address, path).ToString());
        await page.WaitForSelectorAsync("html[data-ready=interactive]", new PageWaitForSelectorOptions { State = WaitForSelectorState.Attached });
    }
}
