using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Juming.Testing.Demo;

namespace Juming.Benchmarks;

/// <summary>Feeds a running site: a day of logs compressed into minutes, then ordinary traffic until it is stopped.</summary>
internal static class DemoRun
{
    public static async Task<int> Run(string[] args)
    {
        var port = int.Parse(Value(args, "--port") ?? "5514", CultureInfo.InvariantCulture);
        var minutes = double.Parse(Value(args, "--minutes") ?? "1.5", CultureInfo.InvariantCulture);
        using var stop = new CancellationTokenSource();
        Console.CancelKeyPress += (_, e) =>
        {
            e.Cancel = true;
            stop.Cancel();
        };
        var target = new IPEndPoint(IPAddress.Loopback, port);
        if (!await Reachable(target, stop.Token)) return 1;
        var day = new DemoDay(20260101, TimeProvider.System.GetUtcNow());
        var lines = day.Lines();
        using var sender = new DemoSender(target);
        try
        {
            await Console.Error.WriteLineAsync($"Sending a day of {lines.Count} lines with {lines.Select(l => l.Attack).Where(a => a is not null).Distinct().Count()} planted attacks over {minutes} minutes.");
            await sender.Send(lines, TimeSpan.FromMinutes(minutes), null, stop.Token);
            await Console.Error.WriteLineAsync("The day is sent.");
            while (!args.Contains("--once") && !stop.IsCancellationRequested)
            {
                foreach (var line in day.Now(TimeProvider.System.GetUtcNow(), 20)) await sender.Send(line, stop.Token);
                await Task.Delay(1000, stop.Token);
            }
        }
        catch (OperationCanceledException) { return 0; }
        catch (SocketException e)
        {
            await Console.Error.WriteLineAsync($"The site does not take logs any more: {e.Message}");
            return 1;
        }
        return 0;
    }

    private static async Task<bool> Reachable(IPEndPoint target, CancellationToken ct)
    {
        for (var i = 0; i < 120 && !ct.IsCancellationRequested; i++)
        {
            try
            {
                using var probe = new TcpClient();
                await probe.ConnectAsync(target, ct);
                return true;
            }
            catch (SocketException)
            {
                await Task.Delay(500, ct);
            }
        }
        await Console.Error.WriteLineAsync($"Nothing listens at {target}.");
        return false;
    }

    private static string? Value(string[] args, string name)
    {
        var at = Array.IndexOf(args, name);
        return at >= 0 && at + 1 < args.Length ? args[at + 1] : null;
    }
}
