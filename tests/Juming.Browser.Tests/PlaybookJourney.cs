using System.Text.Json.Nodes;
using Juming.Platform.Access;
using Juming.Testing;
using Microsoft.Playwright;
using NUnit.Framework;
using static Microsoft.Playwright.Assertions;

namespace Juming.Browser.Tests;

/// <summary>A security administrator draws a playbook as an outline and on the canvas, tries it, publishes it and follows its run; every page on the way is open to all.</summary>
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
        await page.GetByTestId("tab-steps").ClickAsync();
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

    [Test]
    public async Task A_flow_is_drawn_on_the_canvas_and_the_outline_follows()
    {
        var page = await SignedIn("zh-CN", "light", 1440, Role.SecurityAdmin);
        var found = new List<string>();
        await Open(page, "/playbooks");
        await page.GetByTestId("new").ClickAsync();
        var canvas = page.GetByTestId("canvas");
        // The script is fetched when it is first needed.
        await Expect(canvas.Locator(".step")).ToHaveCountAsync(2, new() { Timeout = 30_000 });

        // Dropped on the link between start and end, a step stands in between; dropped elsewhere, nothing leads to it.
        await page.GetByTestId("palette-search").FillAsync("等待");
        await Expect(page.GetByTestId("stock").Locator("[data-kind]")).ToHaveCountAsync(1);
        await Drag(page, page.Locator("[data-kind=wait]"), await Middle(canvas.Locator(".x6-edge").First));
        await Expect(canvas.Locator(".x6-edge")).ToHaveCountAsync(2);
        await page.GetByTestId("name").FillAsync(Hostile);
        await page.GetByTestId("input-minutes").FillAsync("0.01");
        await page.GetByTestId("save-step").ClickAsync();
        var rest = canvas.Locator(".x6-node").Filter(new() { HasText = Hostile });
        await Expect(rest).ToHaveCountAsync(1);
        Assert.That(await page.Locator("main img").CountAsync(), Is.Zero);
        await page.GetByTestId("palette-search").FillAsync("");
        var area = (await canvas.Locator("[data-stage]").BoundingBoxAsync())!;
        await Drag(page, page.Locator("[data-kind=look-up]"), (area.X + 140, area.Y + area.Height - 120));
        var look = canvas.Locator(".x6-node").Filter(new() { Has = page.Locator("[data-icon=look]") });
        await Expect(look).ToHaveCountAsync(1);
        await page.GetByTestId("input-address").FillAsync("203.0.113.7");
        await page.GetByTestId("save-step").ClickAsync();
        await Expect(look).ToContainTextAsync("203.0.113.7");

        // A link that the flow allows is drawn, one that makes a circle is refused with the reason.
        await Drag(page, rest.Locator("[data-way=on_failure]"), await Middle(look.Locator(".step")));
        await Expect(canvas.Locator(".x6-edge")).ToHaveCountAsync(3);
        await Expect(look.Locator(".sign")).ToHaveCountAsync(0);
        await Drag(page, look.Locator("[data-way=next]"), await Middle(rest.Locator(".step")));
        await Expect(page.GetByTestId("refused")).ToBeVisibleAsync();
        await Expect(canvas.Locator(".x6-edge")).ToHaveCountAsync(3);
        // Nothing that the page itself does is against its policy; axe puts styles in.
        NothingComplained();
        found.AddRange(await Look(page, "canvas"));
        await Picture(page, "canvas-zh-CN-light");
        await page.EvaluateAsync("document.documentElement.dataset.theme = 'dark'");
        found.AddRange(await Look(page, "canvas in the dark"));
        await Picture(page, "canvas-zh-CN-dark");
        await page.EvaluateAsync("document.documentElement.dataset.theme = 'light'");

        await page.GetByTestId("tab-steps").ClickAsync();
        await Expect(page.GetByTestId("outline").Locator("li.branch").First).ToContainTextAsync("失败");
        await page.GetByTestId("tab-canvas").ClickAsync();
        await rest.ClickAsync();
        await page.Keyboard.PressAsync("Control+z");
        await Expect(canvas.Locator(".x6-edge")).ToHaveCountAsync(2);
        await page.GetByTestId("canvas-redo").ClickAsync();
        await Expect(canvas.Locator(".x6-edge")).ToHaveCountAsync(3);
        // Copied, put in, and taken away again by keys alone.
        await rest.ClickAsync();
        await page.Keyboard.PressAsync("Control+c");
        await page.Keyboard.PressAsync("Control+v");
        await Expect(rest).ToHaveCountAsync(2);
        await canvas.Locator("[data-stage]").FocusAsync();
        await page.Keyboard.PressAsync("Delete");
        await Expect(rest).ToHaveCountAsync(1);

        await page.GetByTestId("tab-publish").ClickAsync();
        await page.GetByTestId("note").FillAsync("first");
        await page.GetByTestId("publish").ClickAsync();
        await Expect(page.GetByTestId("start")).ToBeVisibleAsync();
        await Expect(page.GetByTestId("canvas").Locator(".step")).ToHaveCountAsync(4);
        await page.GetByTestId("tab-canvas").ClickAsync();
        await rest.ClickAsync();
        await page.Locator("[data-kind=notify]").FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(canvas.Locator(".step")).ToHaveCountAsync(5);
        await page.GetByTestId("tab-publish").ClickAsync();
        await Expect(page.GetByTestId("diff")).ToContainTextAsync("通知");
        await Expect(page.GetByTestId("diff")).Not.ToContainTextAsync("step_extensions");
        await Expect(page.GetByTestId("canvas").Locator(".step")).ToHaveCountAsync(4);

        await page.GetByTestId("start").ClickAsync();
        await Expect(page.GetByTestId("state")).ToContainTextAsync("完成", new() { Timeout = 30_000 });
        await Expect(canvas.Locator(".step[data-tone=good]")).ToHaveCountAsync(3);
        await Expect(look.Locator(".sign")).ToHaveCountAsync(0);
        await rest.ClickAsync();
        await Expect(page.GetByTestId("details")).ToContainTextAsync("0.01");
        found.AddRange(await Look(page, "run with its canvas"));
        await Picture(page, "canvas-run-light");
        await page.EvaluateAsync("document.documentElement.dataset.theme = 'dark'");
        await Picture(page, "canvas-run-dark");
        Assert.That(found, Is.Empty, string.Join('\n', found));
    }

    [Test]
    public async Task Two_hundred_steps_are_drawn_where_they_are_looked_at()
    {
        using var client = await Site.WithToken("response.write", "response.read");
        const string start = "start--00000000-0000-4000-8000-000000000000", end = "end--00000000-0000-4000-8000-000000000000", agent = "organization--7e0f3f0a-93a5-4d5c-8b3e-2f1f6a0c5d11";
        string Id(int number) => $"action--00000000-0000-4000-8000-{number:d12}";
        var workflow = new JsonObject { [start] = new JsonObject { ["type"] = "start", ["on_completion"] = Id(1) }, [end] = new JsonObject { ["type"] = "end" } };
        foreach (var n in Enumerable.Range(1, 198))
            workflow[Id(n)] = new JsonObject { ["type"] = "action", ["name"] = $"Step {n}", ["agent"] = agent, ["commands"] = JsonNode.Parse("""[{"type":"x-juming-capability","capability":"wait","args":{"minutes":"1"}}]"""), ["on_completion"] = n < 198 ? Id(n + 1) : end };
        var document = new JsonObject
        {
            ["type"] = "playbook",
            ["spec_version"] = "cacao-2.0",
            ["id"] = $"playbook--{Guid.NewGuid()}",
            ["name"] = "Long",
            ["created_by"] = "identity--7e0f3f0a-93a5-4d5c-8b3e-2f1f6a0c5d10",
            ["created"] = "2026-11-28T00:00:00.000Z",
            ["modified"] = "2026-11-28T00:00:00.000Z",
            ["workflow_start"] = start,
            ["workflow"] = workflow,
            ["agent_definitions"] = new JsonObject { [agent] = new JsonObject { ["type"] = "organization", ["name"] = "Juming" } },
        }.ToJsonString();
        using var answer = await client.PostAsync(new Uri("/api/response/playbooks", UriKind.Relative), new StringContent(document, System.Text.Encoding.UTF8, "application/json"));
        var id = (string)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["id"]!;

        var page = await SignedIn("en", "light", 1440, Role.SecurityAdmin);
        await Open(page, "/playbooks/" + id);
        await Expect(page.GetByTestId("canvas").Locator(".spot")).ToHaveCountAsync(200, new() { Timeout = 30_000 });
        var step = page.GetByTestId("node-" + Id(1));
        await Expect(step).ToBeVisibleAsync();
        Assert.That(await page.Locator("*").CountAsync(), Is.LessThan(1500));
        await step.ClickAsync();
        await Expect(page.GetByTestId("name")).ToHaveValueAsync("Step 1");
        await page.Keyboard.PressAsync("ArrowDown");
        await Expect(page.GetByTestId("name")).ToHaveValueAsync("Step 2");
        NothingComplained();
    }

    private const string Hostile = "<img src=x onerror=alert(1)>";

    private static async Task<(float X, float Y)> Middle(ILocator at)
    {
        var box = (await at.BoundingBoxAsync())!;
        return (box.X + box.Width / 2, box.Y + box.Height / 2);
    }

    private static async Task Drag(IPage page, ILocator from, (float X, float Y) to)
    {
        await from.HoverAsync();
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(to.X - 20, to.Y - 20, new() { Steps = 4 });
        await page.Mouse.MoveAsync(to.X, to.Y, new() { Steps = 2 });
        await page.Mouse.UpAsync();
    }
}
