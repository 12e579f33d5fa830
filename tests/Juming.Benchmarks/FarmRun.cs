using System.Globalization;
using Juming.Testing.Farm;

namespace Juming.Benchmarks;

/// <summary>The device farm by hand: starts all consoles, prints how to get in, and runs until it is interrupted.</summary>
internal static class FarmRun
{
    public static async Task<int> Run(string[] args)
    {
        var (seed, ports) = (Option(args, "--seed", 1), Option(args, "--ports", 9100));
        if (seed is null || ports is null)
        {
            await Console.Error.WriteLineAsync("farm-by-hand [--seed N] [--ports FROM], numbers both; 0 takes free ports.");
            return 2;
        }
        var stopped = new TaskCompletionSource();
        Console.CancelKeyPress += (_, stop) =>
        {
            stop.Cancel = true;
            stopped.TrySetResult();
        };
        using var term = System.Runtime.InteropServices.PosixSignalRegistration.Create(System.Runtime.InteropServices.PosixSignal.SIGTERM, signal =>
        {
            signal.Cancel = true;
            stopped.TrySetResult();
        });
        await using var farm = await DeviceFarm.Start(seed.Value, ports.Value, hostile: true);
        foreach (var console in farm.Consoles)
        {
            Console.WriteLine($"{console.Name,-10} {console.Address}  {console.Product}");
            foreach (var account in console.Accounts) Console.WriteLine($"{"",-10} {account.Role,-13} {account.User}  {account.Password}{(account.TotpSeed is { } totp ? $"  TOTP {totp}" : "")}");
            Console.WriteLine($"{"",-10} {console.Special}");
            Console.WriteLine($"{"",-10} truth: {console.Control}__farm/{console.ControlKey}/truth");
        }
        Console.WriteLine("Ctrl+C stops all.");
        await stopped.Task;
        return 0;
    }

    private static int? Option(string[] args, string name, int otherwise)
    {
        var at = Array.IndexOf(args, name);
        if (at < 0) return otherwise;
        return at + 1 < args.Length && int.TryParse(args[at + 1], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
    }
}
