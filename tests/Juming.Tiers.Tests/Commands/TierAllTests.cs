using Juming.Testing;
using NUnit.Framework;

namespace Juming.Tiers.Tests.Commands;

/// <summary><c>--tier all</c>: what three hosts can't share must say whose it is.</summary>
[Category("X5")]
[NonParallelizable]
public sealed class TierAllTests
{
    private string _folder = "";

    [SetUp]
    public void Make() => _folder = Cli.Folder();

    [TearDown]
    public void Clean() => Directory.Delete(_folder, true);

    [TestCase("--urls", "https://127.0.0.1:0", "--set site:Web:Urls=https://127.0.0.1:0")]
    [TestCase("--settings", "x.json", "appsettings.Tier1.json")]
    [TestCase("--set", "Web:Urls=https://127.0.0.1:0", "--set site:Web:Urls=https://127.0.0.1:0")]
    [TestCase("--set", "Database:ConnectionString=Host=a", "--set site:Database:ConnectionString=Host=a")]
    [TestCase("--set", "Modules:Links:Listen=127.0.0.1:0", "--set site:Modules:Links:Listen=127.0.0.1:0")]
    [TestCase("--set", "Modules:Collection:Zone=UTC", "--set site:Modules:Collection:Zone=UTC")]
    public void What_would_count_for_all_three_is_refused_with_what_to_write(string option, string value, string write)
    {
        var run = Cli.Run("--tier", "all", "--data", _folder, option, value);
        Assert.That(run.Code, Is.EqualTo(2), run.Error);
        Assert.That(run.Error, Does.Contain(write).And.Not.Contain("   at "));
    }

    [TestCase("JUMING_Database__ConnectionString", "Host=127.0.0.1;Database=x", "JUMING_SITE__Database__ConnectionString")]
    [TestCase("JUMING_Modules__Collection__Zone", "UTC", "JUMING_SITE__Modules__Collection__Zone")]
    public void The_same_goes_for_the_environment(string variable, string value, string write)
    {
        Environment.SetEnvironmentVariable(variable, value);
        try
        {
            var run = Cli.Run("--tier", "all", "--data", _folder);
            Assert.That(run.Code, Is.EqualTo(2));
            Assert.That(run.Error, Does.Contain(write).And.Contain(variable));
        }
        finally
        {
            Environment.SetEnvironmentVariable(variable, null);
        }
    }

    [Test]
    public void Hosts_of_one_process_do_not_differ_in_the_zone_they_show()
    {
        var folder = Cli.Folder();
        var run = Cli.Run("--tier", "all", "--data", folder, "--set", "site:Web:Zone=Asia/Urumqi");
        Directory.Delete(folder, true);
        Assert.That((run.Code, run.Error.Contains("Web:Zone", StringComparison.Ordinal)), Is.EqualTo((2, true)), run.Error);
    }

    [Test]
    public async Task Days_begin_in_the_zone_that_is_set()
    {
        var noon = new DateTimeOffset(2026, 11, 27, 12, 0, 0, TimeSpan.Zero);
        try
        {
            await using (await RunningTier.Start("cloud", settings: new Dictionary<string, string?> { ["Web:Zone"] = "America/Bogota" }))
                Assert.That(Platform.Web.TimeSpanText.Read("now/d", noon), Is.EqualTo(new DateTimeOffset(2026, 11, 27, 5, 0, 0, TimeSpan.Zero)));
            await using (await RunningTier.Start("cloud"))
                Assert.That(Platform.Web.TimeSpanText.Read("now/d", noon), Is.EqualTo(new DateTimeOffset(2026, 11, 26, 16, 0, 0, TimeSpan.Zero)));
        }
        finally
        {
            Platform.Web.SiteZone.Use(Platform.Web.SiteZone.Find(Platform.Web.SiteZone.Default)!);
        }
    }

    [Test]
    public void Two_tiers_in_one_database_are_refused()
    {
        var run = Cli.Run("--tier", "all", "--data", _folder, "--set", "site:Database:ConnectionString=Host=LOCALHOST;Database=x;Username=a", "--set", "cloud:Database:ConnectionString=Database=x;Host=localhost;Username=b");
        Assert.That(run.Code, Is.EqualTo(2));
        Assert.That(run.Error, Does.Contain("cloud and site name the same database"));
    }

    [Test]
    public void A_setting_for_a_tier_that_the_run_has_not_is_refused()
    {
        var run = Cli.Run("--tier", "cloud", "--data", _folder, "--set", "site:Web:Urls=https://127.0.0.1:0");
        Assert.That(run.Code, Is.EqualTo(2));
        Assert.That(run.Error, Does.Contain("site tier"));
    }

    [Test]
    public async Task Each_host_listens_where_its_own_key_says()
    {
        using var process = Cli.Start("--tier", "all", "--data", _folder, "--set", "site:Web:Urls=https://127.0.0.1:0", "--set", "cloud:Web:Urls=https://127.0.0.2:0", "--set", "operator:Web:Urls=https://127.0.0.3:0",
            "--set", "site:Modules:Collection:Udp:0=127.0.0.1:0", "--set", "site:Modules:Collection:Tcp:0=127.0.0.1:0", "--set", "operator:Modules:Links:Listen=127.0.0.1:0", "--set", "cloud:Modules:Links:Listen=127.0.0.1:0", "--set", "Log:Level=Warning");
        var complaints = process.StandardError.ReadToEndAsync();
        var lines = new List<string>();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(120));
        while (lines.Count < 9 && await process.StandardOutput.ReadLineAsync(limit.Token) is { } line) lines.Add(line);
        Cli.Signal(process, "TERM");
        await process.WaitForExitAsync(limit.Token);
        Assert.That(lines, Has.Some.StartsWith("Juming cloud is ready at https://127.0.0.2:").And.Some.StartsWith("Juming operator is ready at https://127.0.0.3:").And.Some.StartsWith("Juming site is ready at https://127.0.0.1:"), await complaints);
        Assert.That(process.ExitCode, Is.Zero);
    }
}
