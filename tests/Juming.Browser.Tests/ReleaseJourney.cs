using Juming.Platform.Access;
using Juming.Testing;
using Microsoft.Playwright;
using NUnit.Framework;
using static Microsoft.Playwright.Assertions;

namespace Juming.Browser.Tests;

/// <summary>The customer's security administrator releases the attacker's address of an incident by hand, the operator finds it there, and both look at the days of the ledger.</summary>
[Category("X3")]
public sealed class ReleaseJourney : AxeTest
{
    private const string Attacker = "45.155.205.10";

    private RunningTier _customer = null!;

    /// <inheritdoc/>
    protected override string TierName => "operator";

    /// <inheritdoc/>
    protected override IReadOnlyDictionary<string, string?> Settings => LinkedTiers.Upper;

    [OneTimeSetUp]
    public async Task Attack()
    {
        var port = LinkedTiers.FreePort();
        _customer = await RunningTier.Start("site", settings: new Dictionary<string, string?> { ["Modules:Collection:Tcp:0"] = $"127.0.0.1:{port}", ["Modules:Incidents:OpenFrom"] = "Medium" });
        await LinkedTiers.JoinAsSite(Site, _customer, "华东电力", "一号站", 3);
        await LinkedTiers.Guess(port, Attacker);
        await LinkedTiers.AlsoAttack(_customer, "10.9.9.9");
    }

    [OneTimeTearDown]
    public async Task EndCustomer() => await _customer.DisposeAsync();

    [TestCase("zh-CN", "light"), Order(1)]
    [TestCase("en", "dark")]
    public async Task The_attackers_address_is_released_and_found_at_the_operator(string culture, string theme)
    {
        var mine = await PageOf(_customer, culture, theme, Role.SecurityAdmin);
        await Go(mine, "/incidents");
        await mine.Locator(".list tbody tr a").First.ClickAsync(new() { Timeout = 60_000 });
        await mine.GetByTestId("open-page").ClickAsync();
        await mine.GetByTestId("release-up").ClickAsync();
        var dialog = mine.GetByTestId("release-dialog");
        await Expect(mine.GetByTestId("release-10.9.9.9").Locator("input")).ToBeDisabledAsync();
        await Expect(mine.GetByTestId("release-look")).ToBeDisabledAsync();
        await mine.GetByTestId("release-" + Attacker).Locator("input").CheckAsync();
        await mine.GetByTestId("release-figures").CheckAsync();
        await Picture(mine, $"release-choose-{culture}-{theme}");
        Assert.That(await Look(mine, "the choice of what is released", "dialog"), Is.Empty);
        await mine.GetByTestId("release-look").ClickAsync();
        await Expect(mine.GetByTestId("release-fields")).ToContainTextAsync(Attacker);
        await Expect(mine.GetByTestId("release-fields")).Not.ToContainTextAsync("10.9.9.9");
        await Picture(mine, $"release-check-{culture}-{theme}");
        await mine.GetByTestId("release-now").ClickAsync();
        await Expect(mine.Locator("p.success")).ToBeVisibleAsync();
        await Expect(dialog).ToHaveCountAsync(0);

        var page = await SignedIn(culture, theme, 1440, Role.SystemAdmin);
        await Open(page, "/site-incidents");
        await page.GetByTestId("open").First.ClickAsync();
        await Expect(page.GetByTestId("released").First).ToContainTextAsync(Attacker, new() { Timeout = 20_000 });
        await Picture(page, $"site-incident-released-{culture}-{theme}");
        // What looks for faults brings styles of its own, which the page's policy turns away.
        NothingComplained();
        Assert.That(await Look(page, "/site-incidents with its pane"), Is.Empty);
    }

    [TestCase("zh-CN", "light"), Order(2)]
    [TestCase("en", "dark")]
    public async Task Signed_days_are_seen_at_both_ends(string culture, string theme)
    {
        if (culture == "zh-CN") await LinkedTiers.Age(_customer, 3);
        var page = await SignedIn(culture, theme, 1440, Role.SystemAdmin);
        await Open(page, "/sites");
        await page.GetByTestId("site-一号站").GetByRole(AriaRole.Link).ClickAsync();
        await Expect(page.GetByTestId("held").Locator("tbody tr").First).ToContainTextAsync(culture == "en" ? "continues" : "衔接", new() { Timeout = 20_000 });
        await Expect(page.GetByTestId("link-quality")).ToBeVisibleAsync();
        await Picture(page, $"site-held-days-{culture}-{theme}");
        NothingComplained();
        Assert.That(await Look(page, "/sites with signed days"), Is.Empty);
        var mine = await PageOf(_customer, culture, theme, Role.AuditAdmin);
        await Go(mine, "/egress?tab=days");
        await Expect(mine.GetByTestId("days")).ToContainTextAsync(culture == "en" ? "the same" : "一致");
        await Picture(mine, $"egress-days-{culture}-{theme}");
        Assert.That(await Look(mine, "/egress?tab=days"), Is.Empty);
        await Go(mine, "/egress?what=20");
        await mine.Locator(".list tbody tr").GetByRole(AriaRole.Link).First.ClickAsync();
        await Expect(mine.GetByTestId("approver")).ToBeVisibleAsync();
        await Picture(mine, $"egress-released-{culture}-{theme}");
    }

    private async Task Go(IPage page, string path)
    {
        await page.GotoAsync(new Uri(_customer.Address, path).ToString());
        await page.WaitForSelectorAsync("html[data-ready=interactive]", new PageWaitForSelectorOptions { State = WaitForSelectorState.Attached });
    }
}
