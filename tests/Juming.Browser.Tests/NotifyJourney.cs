using Juming.Platform.Access;
using Juming.Platform.Notify;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;
using static Microsoft.Playwright.Assertions;

namespace Juming.Browser.Tests;

/// <summary>An administrator sets up a channel and a rule and is told honestly that it does not work yet; a notice rings the bell and is seen to.</summary>
[Category("X6")]
public sealed class NotifyJourney : AxeTest
{
    protected override string TierName => "operator";

    protected override IReadOnlyDictionary<string, string?> Settings => new Dictionary<string, string?> { ["Modules:Notify:PublicUrl"] = "https://juming-operator.security.corp.example:8442" };

    [TestCase("zh-CN", "light")]
    [TestCase("en", "dark")]
    public async Task A_channel_is_set_up_and_tested_and_the_bell_rings(string culture, string theme)
    {
        var page = await SignedIn(culture, theme, 1440, Role.SystemAdmin);
        var (channel, rule) = ("channel-" + theme, "rule-" + theme);
        await Open(page, "/notify?open=new");
        await page.GetByTestId("kind").SelectOptionAsync("WeComRobot");
        await page.GetByTestId("name").FillAsync(channel);
        await page.GetByTestId("field-address").FillAsync("https://10.1.2.3");
        await page.GetByTestId("save").ClickAsync();
        await Expect(page.Locator("aside [role=alert]")).ToBeVisibleAsync();
        await page.GetByTestId("field-key").FillAsync("robot-key");
        await page.GetByTestId("save").ClickAsync();
        var row = page.GetByTestId("channel-" + channel);
        await Expect(row).ToBeVisibleAsync();
        await row.GetByRole(Microsoft.Playwright.AriaRole.Button).ClickAsync();
        await Expect(page.GetByTestId("test-result")).ToContainTextAsync("Outbound:AllowedNetworks");
        await row.GetByRole(Microsoft.Playwright.AriaRole.Link).First.ClickAsync();
        await Expect(page.GetByTestId("field-key")).ToHaveValueAsync("");
        await Picture(page, $"notify-channels-{culture}-{theme}");

        await Open(page, "/notify?open=new");
        await page.GetByTestId("kind").SelectOptionAsync("WeComApp");
        await page.GetByTestId("name").FillAsync("cards-" + theme);
        foreach (var (field, value) in new[] { ("corp", "corp-1"), ("agent", "1000002"), ("secret", "s"), ("token", "t") }) await page.GetByTestId("field-" + field).FillAsync(value);
        await page.GetByTestId("save").ClickAsync();
        await Expect(page.Locator("aside [role=alert]")).ToContainTextAsync("EncodingAESKey");
        await page.GetByTestId("field-aes").FillAsync("jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C");
        await page.GetByTestId("save").ClickAsync();
        await page.GetByTestId("channel-cards-" + theme).GetByRole(Microsoft.Playwright.AriaRole.Link).First.ClickAsync();
        await Expect(page.GetByTestId("call-address")).ToContainTextAsync("https://juming-operator.security.corp.example:8442/calls/notify/wecom/");
        await Expect(page.GetByTestId("called-at")).ToBeVisibleAsync();
        await Expect(page.GetByTestId("field-aes")).ToHaveValueAsync("");
        await page.GetByTestId("called-at").ScrollIntoViewIfNeededAsync();
        await Picture(page, $"notify-wecom-{culture}-{theme}");

        await Open(page, "/notify?tab=rules&open=new");
        await page.GetByTestId("name").FillAsync(rule);
        await page.GetByTestId("role-SystemAdmin").CheckAsync();
        await page.GetByTestId("channel-0").SelectOptionAsync(new Microsoft.Playwright.SelectOptionValue { Label = channel });
        await page.GetByTestId("save").ClickAsync();
        await Expect(page.Locator(".list tbody")).ToContainTextAsync(rule);
        await Picture(page, $"notify-rules-{culture}-{theme}");

        await Site.Services.GetRequiredService<INotices>().Post(new Notice { Code = "notify.part-bad", Weight = NoticeWeight.Urgent, Arguments = new Dictionary<string, string> { ["part"] = "<b>" + theme }, Private = new Dictionary<string, string> { ["detail"] = "10.20.30.12" }, Path = "/audit" }, CancellationToken.None);
        await Expect(page.GetByTestId("bell")).ToContainTextAsync("1", new() { Timeout = 30_000 });
        await page.GetByTestId("bell").ClickAsync();
        var notice = page.GetByTestId("notice").First;
        await Expect(notice).ToContainTextAsync("10.20.30.12");
        await Expect(notice).ToContainTextAsync("＜b＞" + theme);
        await Picture(page, $"notifications-{culture}-{theme}");
        await notice.GetByRole(Microsoft.Playwright.AriaRole.Button).First.ClickAsync();
        await Expect(notice.Locator(".good")).ToBeVisibleAsync();
        await Expect(page.GetByTestId("bell").Locator(".count")).ToHaveCountAsync(0, new() { Timeout = 30_000 });

        await Open(page, "/notifications?contact=1");
        await page.Locator("aside input[maxlength='64']").FillAsync("anna");
        await page.GetByTestId("save-contact").ClickAsync();
        await page.GetByTestId("ask-proof").ClickAsync();
        await Expect(page.GetByRole(Microsoft.Playwright.AriaRole.Alert)).ToBeVisibleAsync();
        await Picture(page, $"notifications-contact-{culture}-{theme}");

        await Open(page, "/notify?tab=deliveries");
        await Expect(page.Locator(".list tbody tr").First).ToContainTextAsync(channel);
        await Picture(page, $"notify-deliveries-{culture}-{theme}");
        NothingComplained();
        // Last: axe itself writes styles that the page's policy complains of.
        Assert.That(await Look(page, "delivery log"), Is.Empty);
        await Open(page, "/notifications?contact=1");
        await Settled(page);
        Assert.That(await Look(page, "my notices"), Is.Empty);
    }
}
