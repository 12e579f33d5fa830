using System.Text.RegularExpressions;
using Juming.Platform.Access;
using Juming.Platform.Access.Setup;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using NUnit.Framework;
using OtpNet;
using static Microsoft.Playwright.Assertions;

namespace Juming.Browser.Tests;

/// <summary>From the set-up link to the first verdict: what people do in their first hour.</summary>
[Category("S2")]
public sealed class FirstHourJourney : BrowserTest
{
    private const string Password = "seven quiet herons wade";

    [OneTimeSetUp]
    public Task SendTheDay() => SendDemoDay(500);

    [Test, Order(1)]
    public async Task The_set_up_link_makes_an_administrator_with_a_second_factor()
    {
        var secret = await Site.Services.GetRequiredService<SetupLink>().Make(CancellationToken.None);
        Assert.That(secret, Is.Not.Null);
        var context = await Browser.NewContextAsync(new BrowserNewContextOptions { IgnoreHTTPSErrors = true, Locale = "en" });
        var page = await context.NewPageAsync();
        await page.GotoAsync(new Uri(Site.Address, "/setup#" + secret).ToString());
        await page.Locator("input[name=name]").FillAsync("root.one");
        await page.Locator("input[name=password]").FillAsync(Password);
        await page.Locator("input[name=trial]").CheckAsync();
        await page.Locator("button[type=submit]").ClickAsync();
        var key = await page.GetByTestId("totp-key").InnerTextAsync();
        await page.Locator("input[name=code]").FillAsync(new Totp(Base32Encoding.ToBytes(key)).ComputeTotp());
        await page.Locator("button[type=submit]").ClickAsync();
        await Expect(page.GetByTestId("recovery-codes").Locator("li")).ToHaveCountAsync(10);
        await page.Locator("a.act").ClickAsync();
        await Expect(page.Locator("html[data-ready=interactive] h1")).ToBeVisibleAsync();
        await page.GotoAsync(new Uri(Site.Address, "/account").ToString());
        await Expect(page.Locator("main")).ToContainTextAsync("root.one");
        await Expect(page.GetByTestId("trial")).ToBeVisibleAsync();
    }

    [Test, Order(2)]
    public async Task An_alert_is_judged_with_a_reason()
    {
        var page = await SignedIn("zh-CN");
        await Open(page, "/alerts?span=all");
        await page.Locator(".list tbody tr a").First.ClickAsync();
        var form = page.Locator("aside form").First;
        await form.Locator("input").FillAsync("checked with the owner of the host");
        await form.Locator("button[type=submit]").ClickAsync();
        await Expect(page.Locator("aside")).ToContainTextAsync("checked with the owner of the host");
        NothingComplained();
    }

    [Test, Order(3)]
    public async Task A_source_gets_a_name_and_is_muted()
    {
        var page = await SignedIn("en", "light", 1440, Role.SystemAdmin);
        await Open(page, "/sources");
        var row = page.Locator("tbody tr").First;
        await row.Locator("button").ClickAsync();
        await page.Locator("aside input").First.FillAsync("Core firewall");
        await page.Locator("aside input[type=checkbox]").First.CheckAsync();
        await page.Locator("aside button[type=submit]").ClickAsync();
        await Expect(page.Locator("tbody")).ToContainTextAsync("Core firewall");
        NothingComplained();
    }

    [Test, Order(4)]
    public async Task Language_and_theme_change_and_stay_on_the_page()
    {
        var page = await SignedIn("zh-CN");
        await Open(page, "/alerts?span=all");
        await page.Locator("header a[href^='/culture']").ClickAsync();
        await Expect(page.Locator("html[data-ready=interactive] h1")).ToHaveTextAsync("Alerts");
        await Expect(page).ToHaveURLAsync(new Regex("/alerts\\?span=all"));
        await page.Locator("[data-act=theme]").ClickAsync();
        await Expect(page.Locator("html")).ToHaveAttributeAsync("data-theme", "dark");
        await page.ReloadAsync();
        await Expect(page.Locator("html")).ToHaveAttributeAsync("data-theme", "dark");
        NothingComplained();
    }

    [Test, Order(5)]
    public async Task A_rule_is_switched_off_with_a_reason_that_stays()
    {
        var page = await SignedIn("en", "light", 1440, Role.SecurityAdmin);
        await Open(page, "/rules");
        await page.Locator(".list tbody tr a").First.ClickAsync();
        var form = page.Locator("aside form", new PageLocatorOptions { Has = page.Locator("select") }).First;
        await form.Locator("select").SelectOptionAsync("Disabled");
        await form.Locator("input").FillAsync("covered by the gateway");
        await form.Locator("button[type=submit]").ClickAsync();
        await Expect(page.Locator("aside")).ToContainTextAsync("covered by the gateway");
        await page.ReloadAsync();
        await Expect(page.Locator("aside")).ToContainTextAsync("covered by the gateway");
        NothingComplained();
    }
}
