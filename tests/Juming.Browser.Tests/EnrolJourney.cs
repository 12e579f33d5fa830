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

/// <summary>An operator enters a customer and a site, the customer's administrator joins it with the token, and the operator sees it go silent and come back.</summary>
[Category("O1.1")]
public sealed class EnrolJourney : AxeTest
{
    private readonly ShiftedClock _time = new();

    /// <inheritdoc/>
    protected override Task<Action<IServiceCollection>?> Surroundings() => Task.FromResult<Action<IServiceCollection>?>(s => s.AddSingleton<TimeProvider>(_time));

    /// <inheritdoc/>
    protected override string TierName => "operator";

    /// <inheritdoc/>
    protected override IReadOnlyDictionary<string, string?> Settings => new Dictionary<string, string?> { ["Modules:Links:Listen"] = "127.0.0.1:0", ["Modules:Links:LeaseSeconds"] = "3" };

    [Test]
    public async Task A_site_is_enrolled_at_both_ends_goes_silent_and_comes_back()
    {
        var folder = Directory.CreateTempSubdirectory("juming-enrol").FullName;
        var customer = await RunningTier.Start("site", folder);
        try
        {
            var page = await SignedIn("zh-CN", "light", 1440, Role.SystemAdmin);
            await Open(page, "/customers");
            await page.GetByTestId("new").ClickAsync();
            await page.GetByTestId("name").FillAsync("华东电力<b>集团</b>");
            await page.GetByTestId("save").ClickAsync();
            await page.GetByTestId("under-华东电力<b>集团</b>").ClickAsync();
            await page.GetByTestId("name").FillAsync("苏州分公司");
            await page.GetByTestId("save").ClickAsync();
            await page.GetByTestId("unit-苏州分公司").Locator("a").First.ClickAsync();
            await Expect(page.GetByTestId("parent")).ToBeVisibleAsync();
            await Picture(page, "customers-light");
            await Open(page, "/sites?new=1");
            await page.GetByTestId("new-unit").SelectOptionAsync(new SelectOptionValue { Label = "　苏州分公司" });
            await page.GetByTestId("new-name").FillAsync("一号站");
            await page.GetByTestId("save").ClickAsync();
            await page.GetByTestId("invite").ClickAsync();
            var url = await page.GetByTestId("invitation-url").InnerTextAsync();
            var token = await page.GetByTestId("invitation-token").InnerTextAsync();
            await Picture(page, "site-invitation-light");

            var other = await PageOf(customer, "en", "dark", Role.SystemAdmin);
            await other.GotoAsync(new Uri(customer.Address, "/connection").ToString());
            await other.WaitForSelectorAsync("html[data-ready=interactive]", new PageWaitForSelectorOptions { State = WaitForSelectorState.Attached });
            await Picture(other, "connection-join-dark");
            await other.GetByTestId("url").FillAsync(url);
            await other.GetByTestId("token").FillAsync("jm1.wrong");
            await other.GetByTestId("join").ClickAsync();
            await Expect(other.Locator("p.error")).ToContainTextAsync("This is no token");
            await other.GetByTestId("token").FillAsync(token);
            await other.GetByTestId("join").ClickAsync();
            await Expect(other.GetByTestId("state")).ToContainTextAsync("Connected", new() { Timeout = 20_000 });
            await Picture(other, "connection-dark");
            Assert.That(await Look(other, "/connection"), Is.Empty);

            await Expect(page.GetByTestId("peer-state")).ToContainTextAsync("在线", new() { Timeout = 20_000 });
            await Expect(page.GetByTestId("figures")).ToBeVisibleAsync(new() { Timeout = 20_000 });
            await Expect(page.GetByTestId("invitation")).ToHaveCountAsync(0);
            await Picture(page, "sites-light");
            NothingComplained();
            Assert.That(await Look(page, "/sites with its pane"), Is.Empty);
            // Connected, and yet nothing is told of the site for minutes: what is shown is not how it stands.
            await Expect(page.GetByTestId("untold")).ToHaveCountAsync(0);
            _time.Shift = TimeSpan.FromMinutes(5);
            await Expect(page.GetByTestId("untold")).ToHaveCountAsync(2, new() { Timeout = 20_000 });
            await Expect(page.GetByTestId("peer-state")).ToContainTextAsync("在线");
            await Picture(page, "sites-untold-light");
            await Incidents(page, customer);
            await Open(page, "/sites");
            await page.GetByTestId("site-一号站").GetByRole(AriaRole.Link).ClickAsync();
            await Expect(page.GetByTestId("peer-state")).ToContainTextAsync("在线");
            await Expect(page.GetByTestId("no-impact")).ToBeVisibleAsync();
            await using (var scope = customer.Services.CreateAsyncScope())
            {
                var egress = scope.ServiceProvider.GetRequiredService<IEgress>();
                await egress.Send(new ImpactCounts { KnownAt = 1_790_000_000_000_000, OpenCritical = 3, OpenHigh = 5, OpenExploited = 2, AssetsAffected = 40, AssetsExploited = 7 }, CancellationToken.None);
                var named = new ImpactByVulnerability { KnownAt = 1_790_000_000_000_000 };
                named.Cves.AddRange(["CVE-2031-0001", "CVE-2031-0002"]);
                named.CveAssetsAffected.AddRange([7u, 33u]);
                named.CveAssetsRemediated.AddRange([2u, 0u]);
                await egress.Send(named, CancellationToken.None);
            }
            await Expect(page.GetByTestId("impact")).ToContainTextAsync("2 个漏洞，涉及 7 台资产", new() { Timeout = 20_000 });
            await page.GetByTestId("impact-named").Locator("summary").ClickAsync();
            await Expect(page.GetByTestId("impact-named")).ToContainTextAsync("CVE-2031-0002");
            await page.GetByTestId("impact").ScrollIntoViewIfNeededAsync();
            await Picture(page, "sites-impact-light");
            await customer.DisposeAsync();
            // Without a reload: the page looks by itself.
            await Expect(page.GetByTestId("peer-state")).ToContainTextAsync("失联", new() { Timeout = 20_000 });
            await Expect(page.GetByTestId("site-一号站")).ToContainTextAsync("失联");
            await Picture(page, "sites-silent-light");
            customer = await RunningTier.Start("site", folder);
            await Expect(page.GetByTestId("peer-state")).ToContainTextAsync("在线", new() { Timeout = 30_000 });
        }
        finally
        {
            await customer.DisposeAsync();
            Directory.Delete(folder, true);
        }
    }

    /// <summary>Summaries come up once the customer's security administrator lets them out, and the operator's page shows them by itself.</summary>
    private async Task Incidents(IPage page, RunningTier customer)
    {
        await Open(page, "/site-incidents");
        await Expect(page.Locator("p.empty")).ToContainTextAsync("2 级");
        var security = await PageOf(customer, "zh-CN", "light", Role.SecurityAdmin);
        await security.GotoAsync(new Uri(customer.Address, "/egress?tab=policy&level=2").ToString());
        await security.WaitForSelectorAsync("html[data-ready=interactive]", new PageWaitForSelectorOptions { State = WaitForSelectorState.Attached });
        await security.Locator("button.primary", new PageLocatorOptions { HasText = "2" }).ClickAsync();
        await Expect(security.Locator("p.success")).ToBeVisibleAsync();
        var gate = customer.Services.GetRequiredService<IEgress>();
        foreach (var (severity, stage, attack) in new[] { (5u, IncidentStage.New, "T1486"), (4u, IncidentStage.Contained, "T1110"), (2u, IncidentStage.Judged, "") })
        {
            var told = await gate.Send(new IncidentSummary
            {
                Incident = ByteString.CopyFrom(Guid.CreateVersion7().ToByteArray(bigEndian: true)),
                Severity = severity,
                Priority = 6 - severity,
                Stage = stage,
                Attack = attack,
                Alerts = 12,
                DetectedAt = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() * 1000,
            }, CancellationToken.None);
            Assert.That(told.Outcome, Is.EqualTo(EgressOutcome.Sent), $"{told.Reason} {told.Field}");
        }
        await Expect(page.Locator("tbody tr")).ToHaveCountAsync(3, new() { Timeout = 20_000 });
        await Expect(page.Locator("tbody")).ToContainTextAsync("T1486");
        await Picture(page, "site-incidents-light");
        Assert.That(await Look(page, "/site-incidents"), Is.Empty);
        await page.GetByTestId("severity").SelectOptionAsync("4");
        await Expect(page.Locator("tbody tr")).ToHaveCountAsync(2);
    }

    [Test]
    public async Task Sites_are_found_filtered_and_shown_in_the_dark_in_English()
    {
        var page = await SignedIn("en", "dark", 1440, Role.SystemAdmin);
        await Open(page, "/sites?new=1");
        await page.GetByTestId("new-unit").SelectOptionAsync(new SelectOptionValue { Label = "(a new customer)" });
        await page.GetByTestId("new-customer").FillAsync("Northern Rail");
        await page.GetByTestId("new-name").FillAsync("Depot 7");
        await page.GetByTestId("save").ClickAsync();
        await Expect(page.GetByTestId("site-Depot 7")).ToContainTextAsync("No token yet");
        await Picture(page, "sites-dark");
        Assert.That(await Look(page, "/sites in the dark"), Is.Empty);
        await Open(page, "/sites?text=rail&state=Silent");
        await Expect(page.Locator("p.empty")).ToContainTextAsync("No site fits");
        await Open(page, "/customers");
        await Picture(page, "customers-dark");
        Assert.That(await Look(page, "/customers in the dark"), Is.Empty);
        await Open(page, "/site-incidents");
        await Picture(page, "site-incidents-dark");
        Assert.That(await Look(page, "/site-incidents in the dark"), Is.Empty);
    }
}
