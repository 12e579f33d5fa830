using System.Collections.Concurrent;
using Juming.Platform.Access;
using Juming.Platform.Notify;
using Juming.Site.Approvals;
using Juming.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using NUnit.Framework;
using static Microsoft.Playwright.Assertions;

namespace Juming.Browser.Tests;

/// <summary>Something waits for a yes: one person gives it at the console, another on the phone, without signing in.</summary>
[Category("S3.3")]
public sealed class ApprovalJourney : AxeTest, INotices
{
    private readonly ConcurrentQueue<Notice> _notices = new();

    /// <inheritdoc/>
    public Task Post(Notice notice, CancellationToken ct)
    {
        _notices.Enqueue(notice);
        return Task.CompletedTask;
    }

    [TestCase("zh-CN", "light")]
    [TestCase("en", "dark")]
    public async Task An_analyst_looks_and_approves(string culture, string theme)
    {
        var id = await Ask("console-" + theme);
        var page = await SignedIn(culture, theme, 1440, Role.Analyst);
        await Open(page, "/approvals");
        await page.GetByTestId("approval-" + id).Locator("a").ClickAsync();
        var pane = page.Locator("aside");
        await Expect(pane).ToContainTextAsync("FW-A, FW-B");
        await Expect(pane).ToContainTextAsync("<b>curl</b>");
        await Picture(page, $"approvals-{culture}-{theme}");
        // What comes after is axe's own: it writes styles into the page.
        NothingComplained();
        Assert.That(await Look(page, "approvals"), Is.Empty);
        await page.GetByTestId("refuse").ClickAsync();
        await Expect(pane.GetByRole(AriaRole.Alert)).ToBeVisibleAsync();
        await page.GetByTestId("agree").ClickAsync();
        await Expect(page.Locator(".notice")).ToBeVisibleAsync();
        await Expect(page.GetByTestId("agree")).ToHaveCountAsync(0);
        await Expect(page.GetByTestId("approval-" + id)).ToHaveCountAsync(0);
        Assert.That(await StateOf(id), Is.EqualTo(ApprovalState.Approved));
    }

    [TestCase("zh-CN", "light")]
    [TestCase("en", "dark")]
    public async Task Someone_on_the_way_answers_on_the_phone(string culture, string theme)
    {
        var person = await Site.Account(Role.SecurityAdmin);
        var id = await Ask("phone-" + theme, highRisk: true);
        for (var i = 0; i < 200 && _notices.All(n => n.SameAs != "approval:" + id); i++) await Task.Delay(100);
        var path = _notices.Last(n => n.SameAs == "approval:" + id).OneTimePaths[person.Id];
        await using var context = await Browser.NewContextAsync(new BrowserNewContextOptions { IgnoreHTTPSErrors = true, ViewportSize = new ViewportSize { Width = 390, Height = 844 }, Locale = culture, ColorScheme = theme == "dark" ? ColorScheme.Dark : ColorScheme.Light });
        var page = await context.NewPageAsync();
        await page.GotoAsync(new Uri(Site.Address, path).ToString());
        await Expect(page.Locator("h1")).ToContainTextAsync("203.0.113.7");
        await Picture(page, $"phone-approval-{culture}-{theme}");
        Assert.That(await Look(page, "phone approval"), Is.Empty);
        Assert.That(await page.EvaluateAsync<int>("() => document.documentElement.scrollWidth - innerWidth"), Is.LessThanOrEqualTo(0));
        await page.Locator("button.yes").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Alert)).ToBeVisibleAsync();
        Assert.That(await StateOf(id), Is.EqualTo(ApprovalState.Asked));
        await page.Locator("#code").FillAsync(person.Code);
        await page.Locator("button.yes").ClickAsync();
        await Expect(page.GetByTestId("outcome")).ToBeVisibleAsync();
        Assert.That(await StateOf(id), Is.EqualTo(ApprovalState.Approved));
        await page.ReloadAsync();
        await Expect(page.GetByTestId("outcome")).ToBeVisibleAsync();
        await Expect(page.Locator("button.yes")).ToHaveCountAsync(0);
    }

    /// <inheritdoc/>
    protected override Task<Action<IServiceCollection>?> Surroundings() => Task.FromResult<Action<IServiceCollection>?>(services => services.AddSingleton<INotices>(this));

    private async Task<Guid> Ask(string key, bool highRisk = false)
    {
        await using var scope = Site.Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<IApprovalDesk>().Ask(new ApprovalRequest
        {
            Key = key,
            Code = "block-ip",
            Effect = new Dictionary<string, string> { ["target"] = "203.0.113.7", ["devices"] = "FW-A, FW-B", ["minutes"] = "1440" },
            Evidence = ["WAF: 12 × <b>curl</b> /shell.jsp", "SSH: 240 failed passwords in 3 minutes"],
            Inverse = "unblock-ip",
            HighRisk = highRisk,
            ExpiresAt = TimeProvider.System.GetUtcNow() + TimeSpan.FromMinutes(15),
        }, CancellationToken.None);
    }

    private async Task<ApprovalState> StateOf(Guid id)
    {
        await using var scope = Site.Services.CreateAsyncScope();
        return (await scope.ServiceProvider.GetRequiredService<IApprovalDesk>().Look(id, CancellationToken.None))!.State;
    }
}
