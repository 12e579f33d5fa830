using System.Net.Http.Json;
using Juming.Platform.Access;
using Juming.Testing;
using Microsoft.Playwright;
using NUnit.Framework;
using static Microsoft.Playwright.Assertions;

namespace Juming.Browser.Tests;

/// <summary>What playbooks reach for, as people keep it by hand: secrets, watched values, tags, tickets.</summary>
[Category("S3.2")]
public sealed class ActionsJourney : AxeTest
{
    private const string Word = "Tr0ub4dor&3-secret";

    [TestCase("zh-CN", "light")]
    [TestCase("en", "dark")]
    public async Task A_secret_is_kept_replaced_and_removed_and_never_shown(string culture, string theme)
    {
        var page = await SignedIn(culture, theme, 1440, Role.SecurityAdmin);
        var found = new List<string>();
        await Open(page, "/playbooks");
        await page.Locator("nav a[href='/secrets']").ClickAsync();
        // The page before has a button of the same name.
        await page.Locator("a[data-testid=new]").ClickAsync();
        await page.GetByTestId("name").FillAsync("soar-" + theme);
        await page.GetByTestId("origin").FillAsync("https://soar.example.cn:8443/path");
        await page.GetByTestId("value").FillAsync(Word);
        await page.GetByTestId("keep").ClickAsync();
        await Expect(page.Locator("aside [role=alert]")).ToBeVisibleAsync();
        Assert.That(await page.GetByTestId("value").InputValueAsync(), Is.Empty, "what was typed does not stay in the page");
        await page.GetByTestId("origin").FillAsync("https://soar.example.cn:8443");
        await page.GetByTestId("value").FillAsync(Word);
        found.AddRange(await Look(page, "/secrets with its form"));
        await page.GetByTestId("keep").ClickAsync();
        await Expect(page.GetByTestId("said")).ToContainTextAsync("soar-" + theme);
        await page.GetByTestId("secret-soar-" + theme).GetByRole(AriaRole.Link).First.ClickAsync();
        await Expect(page.GetByTestId("use")).Not.ToContainTextAsync("…");
        await page.GetByTestId("value").FillAsync(Word + "2");
        await page.GetByTestId("keep").ClickAsync();
        await Expect(page.Locator(".split > aside")).ToHaveCountAsync(0);
        await page.GetByTestId("secret-soar-" + theme).GetByRole(AriaRole.Link).First.ClickAsync();
        await page.GetByTestId("remove").ClickAsync();
        await page.GetByTestId("typed").FillAsync("soar");
        await Expect(page.GetByTestId("confirm")).ToBeDisabledAsync();
        found.AddRange(await Look(page, "/secrets with its pane"));
        await Picture(page, $"secrets-{culture}-{theme}");
        Assert.That(await page.ContentAsync(), Does.Not.Contain(Word));
        await page.GetByTestId("typed").FillAsync("soar-" + theme);
        await page.GetByTestId("confirm").ClickAsync();
        await Expect(page.GetByTestId("secret-soar-" + theme)).ToHaveCountAsync(0);
        Assert.That(found, Is.Empty, string.Join('\n', found));
    }

    [TestCase("zh-CN", "light")]
    [TestCase("en", "dark")]
    public async Task A_value_is_watched_marked_in_the_logs_and_watched_no_longer_and_an_asset_bears_a_tag(string culture, string theme)
    {
        var address = theme == "dark" ? "10.71.0.2" : "10.70.0.2";
        using (var client = await Site.WithToken("collection.send", "assets.write"))
        {
            using var body = new StringContent($$"""{"source.ip":"{{address}}","user.name":"u-{{theme}}","message":"seen {{theme}}"}""" + "\n", System.Text.Encoding.UTF8, "application/x-ndjson");
            (await client.PostAsync("/api/collection/events", body)).EnsureSuccessStatusCode();
            (await client.PostAsJsonAsync("/api/assets", new { address = theme == "dark" ? "10.71.9.9" : "10.70.9.9", host = "", name = "tagged-" + theme })).EnsureSuccessStatusCode();
        }
        var page = await SignedIn(culture, theme, 1440, Role.Analyst);
        var found = new List<string>();
        await Open(page, "/watch?new=1");
        await page.GetByTestId("value").FillAsync("0.0.0.0/0");
        await page.GetByTestId("reason").FillAsync("<b>scans</b> us");
        await page.GetByTestId("save").ClickAsync();
        await Expect(page.Locator("aside [role=alert]")).ToBeVisibleAsync();
        await page.GetByTestId("value").FillAsync(address);
        await page.GetByTestId("save").ClickAsync();
        await page.GetByTestId("watch-" + address).GetByRole(AriaRole.Link).First.ClickAsync();
        await Expect(page.GetByTestId("end")).ToBeVisibleAsync();
        await Expect(page.Locator("aside")).ToContainTextAsync("<b>scans</b> us");
        found.AddRange(await Look(page, "/watch with its pane"));
        await Picture(page, $"watch-{culture}-{theme}");
        await Open(page, "/logs?from=now-7d&q=" + Uri.EscapeDataString("source.ip:" + address));
        await page.Locator("tbody tr button.link").First.ClickAsync();
        await Expect(page.Locator("aside").GetByTestId("watched")).ToBeVisibleAsync();
        await Expect(page.Locator("tbody").GetByTestId("watched")).ToBeVisibleAsync();
        found.AddRange(await Look(page, "/logs with a mark"));
        await Picture(page, $"watch-marked-{culture}-{theme}");
        await page.Locator("aside").GetByTestId("watched").ClickAsync();
        await page.GetByTestId("watch-" + address).GetByRole(AriaRole.Link).First.ClickAsync();
        await page.GetByTestId("end").ClickAsync();
        await Expect(page.GetByTestId("watch-" + address)).ToHaveCountAsync(0);

        await Open(page, "/assets?text=tagged-" + theme);
        await page.GetByTestId("asset-tagged-" + theme).GetByRole(AriaRole.Link).First.ClickAsync();
        await page.GetByTestId("new-tags").FillAsync("DMZ, honeypot-" + theme);
        await page.GetByTestId("add-tags").ClickAsync();
        await Expect(page.GetByTestId("tags")).ToContainTextAsync("honeypot-" + theme);
        await Expect(page.GetByTestId("asset-tagged-" + theme)).ToContainTextAsync("dmz");
        await page.GetByTestId("tags").GetByRole(AriaRole.Button).First.ClickAsync();
        await Expect(page.GetByTestId("tags")).Not.ToContainTextAsync("dmz");
        found.AddRange(await Look(page, "/assets with tags"));
        await Picture(page, $"assets-tags-{culture}-{theme}");
        await page.GetByTestId("tags").GetByRole(AriaRole.Link).First.ClickAsync();
        await Expect(page.Locator(".list tbody tr")).ToHaveCountAsync(1);
        Assert.That(found, Is.Empty, string.Join('\n', found));
    }

    [TestCase("zh-CN", "light")]
    [TestCase("en", "dark")]
    public async Task A_ticket_is_opened_begun_noted_and_done(string culture, string theme)
    {
        var page = await SignedIn(culture, theme, 1440, Role.Analyst);
        var found = new List<string>();
        await Open(page, "/tickets?new=1");
        await page.GetByTestId("save").ClickAsync();
        await Expect(page.Locator("aside [role=alert]")).ToBeVisibleAsync();
        await page.GetByTestId("title").FillAsync("Patch <i>srv</i> " + theme);
        await page.GetByTestId("details").FillAsync("one\ntwo");
        await page.GetByTestId("save").ClickAsync();
        await page.GetByTestId("to-Started").ClickAsync();
        await page.GetByTestId("note").FillAsync("took it <script>alert(1)</script>");
        await page.GetByTestId("write").ClickAsync();
        await Expect(page.GetByTestId("story")).ToContainTextAsync("took it <script>");
        found.AddRange(await Look(page, "/tickets with its pane"));
        await Picture(page, $"tickets-{culture}-{theme}");
        await page.GetByTestId("to-Done").ClickAsync();
        await Expect(page.GetByTestId("to-Open")).ToBeVisibleAsync();
        await page.GetByTestId("view").SelectOptionAsync("Closed");
        await Expect(page.Locator(".list tbody")).ToContainTextAsync("Patch <i>srv</i> " + theme);
        Assert.That(found, Is.Empty, string.Join('\n', found));
    }
}
