using System.Diagnostics;
using NUnit.Framework;

namespace Juming.Tiers.Tests.Databases.Joined;

/// <summary>The program itself: its verbs, and three tiers that join each other.</summary>
[NonParallelizable]
[Category("Long")]
internal sealed class LinkVerbTests
{
    private string _folder = "";

    [SetUp]
    public void Make() => _folder = Commands.Cli.Folder();

    [TearDown]
    public void Clean() => Directory.Delete(_folder, true);

    [Test]
    public async Task With_tier_all_the_three_join_by_themselves_once_and_say_how_they_stand()
    {
        await With("--tier all", async () =>
        {
            var site = Commands.Cli.Run("link", "status", "--tier", "site", "--data", Path.Combine(_folder, "site"), "--json");
            Assert.That(site.Json.GetProperty("above").GetProperty("joinedBefore").GetBoolean(), Is.True);
            await TwoWaits.Until(() => Task.FromResult(Commands.Cli.Run("link", "status", "--tier", "site", "--data", Path.Combine(_folder, "site")) is { Code: 0 } well && well.Out.Contains("Above: Connected", StringComparison.Ordinal)), "the site is connected");
            await TwoWaits.Until(() => Task.FromResult(Commands.Cli.Run("link", "status", "--tier", "operator", "--data", Path.Combine(_folder, "operator")).Out.Contains("Below: 1 connected", StringComparison.Ordinal)), "the operator sees it");
            await TwoWaits.Until(() => Task.FromResult(Commands.Cli.Run("operator", "list", "--data", Path.Combine(_folder, "cloud")).Out.Contains("Connected", StringComparison.OrdinalIgnoreCase)), "and the cloud the operator");
            Assert.That(Commands.Cli.Run("site", "list", "--data", Path.Combine(_folder, "operator")).Out, Does.Contain("connected").And.Contain(Environment.MachineName));
            Assert.That(Commands.Cli.Run("link", "leave", "--tier", "site", "--data", Path.Combine(_folder, "site")).Code, Is.Zero);
        }, 11);
        // Whoever has left stays away: the next start joins nobody.
        await With("--tier all", () =>
        {
            Assert.That(Commands.Cli.Run("link", "status", "--tier", "site", "--data", Path.Combine(_folder, "site")).Out, Does.Contain("NotJoined"));
            return Task.CompletedTask;
        }, 3);
    }

    [Test]
    public void Tokens_are_made_and_taken_by_verbs_of_hosts_that_run_and_of_those_that_do_not()
    {
        var upper = Path.Combine(_folder, "operator");
        using var running = Start("operator", upper, "--set", "Modules:Links:Listen=127.0.0.1:0", "--set", "Web:Urls=https://127.0.0.1:0");
        try
        {
            Wait(running, "is ready at");
            var made = Commands.Cli.Run("site", "token", "One", "--customer", "A customer", "--data", upper, "--json");
            var (token, url) = (made.Json.GetProperty("token").GetString()!, made.Json.GetProperty("url").GetString()!);
            var plain = Commands.Cli.Run("site", "token", "Two", "--customer", "A customer", "--data", upper);
            Assert.That((plain.Out.Trim().StartsWith("jm1.", StringComparison.Ordinal), plain.Out.Trim().Contains('\n', StringComparison.Ordinal)), Is.EqualTo((true, false)), "nothing but the token, so that it can be piped");
            var file = Path.Combine(_folder, "token");
            File.WriteAllText(file, token + "\n");
            var site = Path.Combine(_folder, "site");
            var joined = Commands.Cli.Run("enrol", "--operator", url, "--token-file", file, "--data", site);
            Assert.That((joined.Code, joined.Out.StartsWith("Joined https://127.0.0.1:", StringComparison.Ordinal)), Is.EqualTo((0, true)), joined.Error);
            Assert.That(joined.Out + joined.Error, Does.Not.Contain(token));
            var again = Commands.Cli.Run("enrol", "--operator", url, "--token-file", file, "--data", Path.Combine(_folder, "second"));
            Assert.That((again.Code, again.Error), Is.EqualTo((4, "This token has been used already. If it was not you, tell the operator; ask for a new one.\n")));
            Assert.That(Commands.Cli.Run("enrol", "--operator", url, "--token", "jm1.x", "--data", Path.Combine(_folder, "second")).Code, Is.EqualTo(3));
            Assert.That(Commands.Cli.Run("enrol", "--operator", url, "--token", token, "--token-file", file, "--data", Path.Combine(_folder, "second")).Code, Is.EqualTo(2));
            Assert.That(Commands.Cli.Run("enrol", "--operator", url, "--token-file", Path.Combine(_folder, "nowhere"), "--data", Path.Combine(_folder, "second")).Code, Is.EqualTo(3));
            Assert.That(Commands.Cli.Run("link", "status", "--tier", "site", "--data", site, "--json").Json.GetProperty("above").GetProperty("url").GetString(), Is.EqualTo(url));
            Assert.That(Commands.Cli.Run("link", "leave", "--tier", "site", "--data", site).Code, Is.Zero);
            Assert.That(Commands.Cli.Run("link", "leave", "--tier", "site", "--data", site).Code, Is.EqualTo(4));
        }
        finally
        {
            Commands.Cli.Signal(running, "TERM");
            running.WaitForExit(60_000);
        }
        Assert.That(Commands.Cli.Run("site", "token", "Three", "--customer", "A customer", "--data", upper, "--set", "Modules:Links:Listen=none").Error, Does.Contain("Modules:Links:Listen"));
        Assert.That(Commands.Cli.Run("operator", "token", "--data", Path.Combine(_folder, "cloud")).Code, Is.EqualTo(2), "a name is wanted");
    }

    private async Task With(string what, Func<Task> act, int lines)
    {
        using var process = Commands.Cli.Start("--tier", "all", "--data", _folder, "--set", "site:Web:Urls=https://127.0.0.1:0", "--set", "cloud:Web:Urls=https://127.0.0.1:0", "--set", "operator:Web:Urls=https://127.0.0.1:0",
            "--set", "site:Modules:Collection:Udp:0=127.0.0.1:0", "--set", "site:Modules:Collection:Tcp:0=127.0.0.1:0", "--set", "operator:Modules:Links:Listen=127.0.0.1:0", "--set", "cloud:Modules:Links:Listen=127.0.0.1:0", "--set", "Log:Level=Warning");
        _ = process.StandardError.ReadToEndAsync();
        try
        {
            var said = new List<string>();
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(120));
            while (said.Count < lines && await process.StandardOutput.ReadLineAsync(limit.Token) is { } line) said.Add(line);
            if (lines == 11) Assert.That(said[^2..], Is.EqualTo(new[] { "Juming operator has joined cloud", "Juming site has joined operator" }), what);
            await act();
        }
        finally
        {
            Commands.Cli.Signal(process, "TERM");
            process.WaitForExit(60_000);
        }
    }

    private static Process Start(string tier, string folder, params string[] more)
    {
        var process = Commands.Cli.Start(["--tier", tier, "--data", folder, "--set", "Log:Level=Warning", .. more]);
        _ = process.StandardError.ReadToEndAsync();
        return process;
    }

    private static void Wait(Process process, string words)
    {
        while (process.StandardOutput.ReadLine() is { } line)
            if (line.Contains(words, StringComparison.Ordinal)) return;
        Assert.Fail("It ended.");
    }
}
