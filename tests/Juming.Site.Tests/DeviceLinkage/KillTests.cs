using System.Diagnostics;
using Juming.Testing.Farm;
using NUnit.Framework;

namespace Juming.Site.Tests.DeviceLinkage;

/// <summary>The process is killed at each named point of a run on a device and started again: the device's own truth shows one effect, and nothing is lost.</summary>
[TestFixture("layer"), TestFixture("commit", Category = "Long")]
[Category("S3.1")]
internal sealed class KillTests(string name)
{
    private string _folder = null!;
    private FarmConsole _console = null!;
    private int _last;

    [OneTimeSetUp]
    public async Task Start()
    {
        _folder = Directory.CreateTempSubdirectory("juming-kill-").FullName;
        _console = await DeviceFarm.StartOne(name);
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        await _console.DisposeAsync();
        Directory.Delete(_folder, true);
    }

    [TestCase("Recipe:begun", Category = "Long")]
    [TestCase("Recipe:acting", Category = "Long")]
    [TestCase("Recipe:pressed")]
    [TestCase("Recipe:read", Category = "Long")]
    [TestCase("Recipe:kept", Category = "Long")]
    [TestCase("Inverse:begun", Category = "Long")]
    [TestCase("Inverse:acting", Category = "Long")]
    [TestCase("Inverse:pressed", Category = "Long")]
    [TestCase("Inverse:read", Category = "Long")]
    [TestCase("Inverse:kept", Category = "Long")]
    public async Task Killed_at(string point)
    {
        var target = $"203.0.113.{++_last}";
        var before = _console.TruthLog.Mutations.Count;
        var (code, told) = await Site(target, point);
        Assert.That(code, Is.EqualTo(137), told);
        Assert.That(told.Contains("removed", StringComparison.Ordinal), Is.False);

        (code, told) = await Site(target, "-");
        Assert.That(code, Is.Zero, told);
        Assert.That(_console.TruthLog.Mutations.Skip(before).Where(m => m.Act != "commit").Select(m => $"{m.Act} {m.Target} {m.Outcome}"), Is.EqualTo(new[] { $"block {target} done", $"unblock {target} done" }));
        Assert.That(_console.InForce, Does.Not.Contain(target));
    }

    private async Task<(int Code, string Told)> Site(string target, string point)
    {
        var account = _console.Accounts[0];
        string[] line = [typeof(KilledSite).Assembly.Location, "linkage-site", _folder, _console.Address.ToString(), account.User, account.Password, target, point];
        using var site = Process.Start(new ProcessStartInfo("dotnet", line) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        try
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(4));
            var told = await Task.WhenAll(site.StandardOutput.ReadToEndAsync(patience.Token), site.StandardError.ReadToEndAsync(patience.Token));
            await site.WaitForExitAsync(patience.Token);
            return (site.ExitCode, string.Concat(told));
        }
        finally
        {
            if (!site.HasExited) site.Kill(entireProcessTree: true);
        }
    }
}
