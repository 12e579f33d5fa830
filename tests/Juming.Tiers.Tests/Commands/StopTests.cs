using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using NUnit.Framework;

namespace Juming.Tiers.Tests.Commands;

/// <summary>What a signal does to the program.</summary>
[Category("X10")]
[NonParallelizable]
public sealed class StopTests
{
    private string _folder = "";

    [SetUp]
    public void Make() => _folder = Cli.Folder();

    [TearDown]
    public void Clean() => Directory.Delete(_folder, true);

    [Test]
    public async Task A_stop_waits_for_what_is_under_way_instead_of_cutting_it_off_after_two_seconds()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(120));
        using var process = Cli.Start("--tier", "cloud", "--data", _folder, "--urls", "https://127.0.0.1:0", "--set", "Modules:Links:Listen=none", "--set", "Log:Level=Warning");
        var complaints = process.StandardError.ReadToEndAsync();
        var ready = await process.StandardOutput.ReadLineAsync(limit.Token);
        Assert.That(ready, Does.Contain("is ready at https://127.0.0.1:"));
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", new Uri(ready!.Split(' ')[^1]).Port, limit.Token);
        await using var tls = new SslStream(client.GetStream(), false, (_, _, _, _) => true);
        await tls.AuthenticateAsClientAsync("localhost");
        await tls.WriteAsync(Encoding.ASCII.GetBytes("POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 5000\r\n\r\nname="), limit.Token);
        await Task.Delay(500, limit.Token);
        Cli.Signal(process, "TERM");
        for (var i = 0; i < 4; i++)
        {
            await Task.Delay(1000, limit.Token);
            await tls.WriteAsync(new string('x', 1000).Select(c => (byte)c).ToArray(), limit.Token);
            Assert.That(process.HasExited, Is.False, "the request is under way");
        }
        await tls.WriteAsync(new string('x', 995).Select(c => (byte)c).ToArray(), limit.Token);
        using var reader = new StreamReader(tls);
        Assert.That(await reader.ReadLineAsync(limit.Token), Does.StartWith("HTTP/1.1 "));
        client.Close();
        await process.WaitForExitAsync(limit.Token);
        Assert.That(process.ExitCode, Is.Zero, await complaints);
    }

    [TestCase("parse", "-")]
    [TestCase("replay", "{fifo}", "--tier", "site", "--data", "{data}")]
    public async Task An_interrupted_verb_says_so_and_is_no_success(params string[] line)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(120));
        var fifo = Path.Combine(_folder, "fifo");
        using (var make = System.Diagnostics.Process.Start("mkfifo", [fifo])) await make.WaitForExitAsync(limit.Token);
        await using var open = new FileStream(fifo, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, 0);
        using var process = Cli.Start([.. line.Select(a => a.Replace("{fifo}", fifo, StringComparison.Ordinal).Replace("{data}", Path.Combine(_folder, "site"), StringComparison.Ordinal))]);
        // A signal before the program listens for it ends it as the system does; on a busy machine that takes a while.
        while (!Cli.Catches(process, 2)) await Task.Delay(100, limit.Token);
        // It works on the input once it only waits for more of it.
        TimeSpan before;
        do
        {
            before = process.TotalProcessorTime;
            await Task.Delay(4000, limit.Token);
            process.Refresh();
        }
        while (process.TotalProcessorTime - before > TimeSpan.FromMilliseconds(100));
        Cli.Signal(process, "INT");
        var complaints = await process.StandardError.ReadToEndAsync(limit.Token);
        await process.WaitForExitAsync(limit.Token);
        Assert.That(process.ExitCode, Is.EqualTo(1), complaints);
        Assert.That(complaints, Does.Contain("Interrupted").And.Not.Contain("   at "));
    }
}
