using Juming.Platform.Access;
using Microsoft.Playwright;
using NUnit.Framework;
using static Microsoft.Playwright.Assertions;

namespace Juming.Browser.Tests;

/// <summary>A security administrator draws a playbook as an outline, tries it, publishes it and follows its run; every page on the way is open to all.</summary>
[Category("S3.1")]
public sealed class PlaybookJourney : AxeTest
{
    [TestCase("zh-CN", "light")]
    [TestCase("en", "dark")]
    public async Task A_playbook_is_drawn_tried_published_and_run(string culture, string theme)
    {
        var page = await SignedIn(culture, theme, 1440, Role.SecurityAdmin);
        var found = new List<string>();
        await Open(page, "/playbooks");
        await Expect(page.Locator("article.card")).ToHaveCountAsync(12);
        found.AddRange(await Look(page, "/playbooks"));
        await Picture(page, $"playbooks-{culture}-{theme}");
        await page.GetByTestId("new").ClickAsync();
        await Expect(page.GetByTestId("outline").Locator("li")).ToHaveCountAsync(2);

        await page.GetByTestId("outline").Locator("[data-testid^=after-]").First.ClickAsync();
        await page.GetByTestId("add-if-condition").ClickAsync();
        await Expect(page.GetByTestId("inspector")).ToBeVisibleAsync();
        await page.GetByTestId("condition").FillAsync("__severity__:value >");
        await page.GetByTestId("save-step").ClickAsync();
        await Expect(page.GetByTestId("problems").Locator(".bad").First).ToBeVisibleAsync();
        await page.GetByTestId("condition").FillAsync("__run__:value != ''");
        await page.GetByTestId("save-step").ClickAsync();
        await Expect(page.GetByTestId("problems").Locator(".bad")).ToHaveCountAsync(0);
        await page.Locator("li.branch button").First.ClickAsync();
        await page.GetByTestId("add-wait").ClickAsync();
        await page.GetByTestId("input-minutes").FillAsync("0.01");
        await page.GetByTestId("name").FillAsync("<b>A short rest</b>");
        await page.GetByTestId("save-step").ClickAsync();
        await Expect(page.GetByTestId("outline")).ToContainTextAsync("<b>A short rest</b>");
        found.AddRange(await Look(page, "/playbooks/{Number}"));
        await Picture(page, $"playbook-{culture}-{theme}");
        await page.GetByTestId("undo").ClickAsync();
        await Expect(page.GetByTestId("outline")).Not.ToContainTextAsync("A short rest");
        await page.GetByTestId("input-minutes").FillAsync("0.01");
        await page.GetByTestId("save-step").ClickAsync();
        await Expect(page.GetByTestId("problems").Locator(".chip.bad")).ToHaveCountAsync(0);

        await page.GetByTestId("tab-settings").ClickAsync();
        await page.GetByTestId("playbook-name").FillAsync("Rest " + culture);
        await page.GetByTestId("add-trigger").ClickAsync();
        found.AddRange(await Look(page, "/playbooks/{Number}?tab=settings"));
        await page.GetByTestId("save-settings").ClickAsync();
        await Expect(page.Locator("h1")).ToHaveTextAsync("Rest " + culture);
        await page.GetByTestId("tab-try").ClickAsync();
        await page.GetByTestId("rehearse").ClickAsync();
        await Expect(page.GetByTestId("rehearsal")).ToContainTextAsync("0.01");
        found.AddRange(await Look(page, "/playbooks/{Number}?tab=try"));
        await page.GetByTestId("tab-publish").ClickAsync();
        await page.GetByTestId("note").FillAsync("first");
        await page.GetByTestId("publish").ClickAsync();
        await Expect(page.GetByTestId("start")).ToBeVisibleAsync();
        found.AddRange(await Look(page, "/playbooks/{Number}?tab=publish"));
        await Picture(page, $"playbook-publish-{culture}-{theme}");

        await page.GetByTestId("start").ClickAsync();
        await Expect(page.GetByTestId("state")).ToContainTextAsync(culture == "en" ? "Done" : "完成", new() { Timeout = 30_000 });
        await page.GetByTestId("step-3").Locator("button").ClickAsync();
        await Expect(page.GetByTestId("details")).ToContainTextAsync("0.01");
        found.AddRange(await Look(page, "/runs/{Number}"));
        await Picture(page, $"run-{culture}-{theme}");
        await Open(page, "/runs");
        await Expect(page.Locator(".list tbody tr").First).ToBeVisibleAsync();
        found.AddRange(await Look(page, "/runs"));
        Assert.That(found, Is.Empty, string.Join('\n', found));
    }
}
