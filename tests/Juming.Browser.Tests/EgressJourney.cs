using Google.Protobuf;
using Juming.Contracts.Egress;
using Juming.Platform.Access;
using Juming.Platform.Links;
using Juming.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using NUnit.Framework;
using static Microsoft.Playwright.Assertions;

namespace Juming.Browser.Tests;

/// <summary>The customer's security administrator reads what left, sees what a level lets out before choosing it, and finds what was refused; the auditor verifies it.</summary>
[Category("X3")]
public sealed class EgressJourney : AxeTest
{
    private RunningTier? _upper;

    [OneTimeTearDown]
    public async Task EndUpper()
    {
        if (_upper is not null) await _upper.DisposeAsync();
    }

    [Test, Order(1)]
    public async Task Before_anything_left_the_pages_say_so()
    {
        var page = await SignedIn("zh-CN", "light", 1440, Role.SecurityAdmin);
        await Open(page, "/egress");
        await Expect(page.Locator(".empty")).ToBeVisibleAsync();
        await Open(page, "/egress?tab=refused");
        await Expect(page.Locator(".empty")).ToBeVisibleAsync();
        NothingComplained();
    }

    [TestCase("zh-CN", "light"), Order(2)]
    [TestCase("en", "dark", Category = "Long")]
    public async Task What_left_is_read_a_level_is_chosen_with_open_eyes_and_the_ledger_is_verified(string culture, string theme)
    {
        await SendSome();
        var page = await SignedIn(culture, theme, 1440, Role.SecurityAdmin);
        await Open(page, "/egress");
        await page.Locator(".list tbody tr", new PageLocatorOptions { HasText = culture == "en" ? "Answer to a bulletin" : "通报处置进度" }).GetByRole(AriaRole.Link).First.ClickAsync();
        await Expect(page.GetByTestId("fields")).ToContainTextAsync("assets_affected");
        await Expect(page.GetByTestId("fields")).ToContainTextAsync(culture == "en" ? "random identity" : "随机标识");
        await Picture(page, $"egress-ledger-{culture}-{theme}");
        Assert.That(await Look(page, "/egress?entry"), Is.Empty);

        await Open(page, "/egress?tab=policy&level=2");
        await Expect(page.GetByTestId("messages")).ToContainTextAsync(culture == "en" ? "Incident summary" : "事件摘要");
        await Picture(page, $"egress-policy-{culture}-{theme}");
        Assert.That(await Look(page, "/egress?tab=policy"), Is.Empty);
        var choose = page.Locator("button.primary", new PageLocatorOptions { HasText = "2" });
        await choose.ClickAsync();
        await Expect(page.Locator("p.success")).ToBeVisibleAsync();
        await Open(page, "/egress?tab=policy&level=1");
        await page.Locator("button.primary", new PageLocatorOptions { HasText = "1" }).ClickAsync();
        await Expect(page.Locator("p.success")).ToBeVisibleAsync();

        await Open(page, "/egress?tab=refused");
        await Expect(page.Locator(".list tbody")).ToContainTextAsync("bulletin");
        await Picture(page, $"egress-refused-{culture}-{theme}");
        Assert.That(await Look(page, "/egress?tab=refused"), Is.Empty);

        var auditor = await SignedIn(culture, theme, 1440, Role.AuditAdmin);
        await Open(auditor, "/egress");
        await auditor.Locator("header.head button.primary").ClickAsync();
        await Expect(auditor.GetByTestId("verdict")).ToHaveClassAsync("success");
        await Open(auditor, "/egress?tab=policy&level=3");
        await Expect(auditor.GetByTestId("messages")).ToBeVisibleAsync();
        Assert.That(await auditor.Locator("main button.primary", new PageLocatorOptions { HasText = "3" }).CountAsync(), Is.Zero, "an auditor looks and chooses nothing");
        NothingComplained();
    }

    private async Task SendSome()
    {
        if (_upper is null)
        {
            _upper = await RunningTier.Start("operator", settings: LinkedTiers.Upper);
            await LinkedTiers.Join(_upper, Site);
        }
        var egress = Site.Services.GetRequiredService<IEgress>();
        var id = ByteString.CopyFrom(Guid.CreateVersion7().ToByteArray(bigEndian: true));
        await egress.Send(new BulletinAnswer { Bulletin = id, Stage = BulletinStage.Done, Finding = BulletinFinding.Affected, AssetsAffected = 12, AssetsFixed = 7, At = 1_795_000_000_000_000 }, CancellationToken.None);
        await egress.Send(new IndicatorSightings { Indicator = id, Hits = 3 }, CancellationToken.None);
        await egress.Send(new BulletinAnswer { Bulletin = ByteString.CopyFromUtf8("host-7") }, CancellationToken.None);
    }
}
