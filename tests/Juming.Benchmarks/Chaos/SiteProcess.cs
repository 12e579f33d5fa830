using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Juming.Benchmarks.Chaos;

/// <summary>The site as a process of its own that can be killed.</summary>
internal sealed class SiteProcess(string program, string folder) : IDisposable
{
    private Process? _process;

    public string Data { get; } = Path.Combine(folder, "data");

    public string LogFile { get; } = Path.Combine(folder, "input.log");

    public int Port { get; } = FreePort();

    /// <summary>Starts; the task ends when the site says that it is ready, and fails when the process ends before.</summary>
    public Task<TimeSpan> Start()
    {
        var began = Stopwatch.GetTimestamp();
        string[] line =
        [
            "--tier", "site", "--data", Data, "--urls", string.Create(CultureInfo.InvariantCulture, $"https://127.0.0.1:{Port}"), "--set", "Modules:Collection:Udp:0=127.0.0.1:0", "--set", "Modules:Collection:Tcp:0=127.0.0.1:0",
            "--set", "Modules:Collection:Files:0=" + LogFile, "--set", "Modules:Detection:StarterPack=false", "--set", "Modules:Detection:StormAlertsPerMinute=1000000", "--set", "Log:Level=Warning",
            "--set", "Modules:Detection:RulePaths:0=" + Path.Combine(folder, "rule.yml"),
        ];
        var process = _process = Process.Start(Command(line))!;
        var ready = new TaskCompletionSource<TimeSpan>(TaskCreationOptions.RunContinuationsAsynchronously);
        var errors = process.StandardError.ReadToEndAsync();
        _ = Read(process, ready, errors, began, Path.Combine(folder, "site.log"));
        return ready.Task;
    }

    private static async Task Read(Process process, TaskCompletionSource<TimeSpan> ready, Task<string> errors, long began, string log)
    {
        // What the site said, one life after the other: it is what explains a run that was not clean.
        await using var said = new StreamWriter(new FileStream(log, FileMode.Append, FileAccess.Write, FileShare.ReadWrite)) { AutoFlush = true };
        await said.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"--- start of {process.Id}"));
        while (await process.StandardOutput.ReadLineAsync() is { } text)
        {
            await said.WriteLineAsync(text);
            if (text.Contains("is ready at", StringComparison.Ordinal)) ready.TrySetResult(Stopwatch.GetElapsedTime(began));
        }
        ready.TrySetException(new IOException("the site ended before it was ready: " + await errors));
        // Nobody waits for a start that is killed on purpose.
        _ = ready.Task.Exception;
    }

    /// <summary>SIGKILL.</summary>
    public async Task Kill()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>SIGTERM; waits for the end.</summary>
    public async Task Stop(CancellationToken ct)
    {
        using var signal = Process.Start("kill", ["-TERM", _process!.Id.ToString(CultureInfo.InvariantCulture)]);
        await _process.WaitForExitAsync(ct);
    }

    /// <summary>Runs a verb; answers its exit code and standard output.</summary>
    public async Task<(int Code, string Text)> Verb(params string[] line)
    {
        using var process = Process.Start(Command([.. line, "--tier", "site", "--data", Data]))!;
        var errors = process.StandardError.ReadToEndAsync();
        var text = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, process.ExitCode == 0 ? text.Trim() : text + await errors);
    }

    public void Dispose()
    {
        var process = Interlocked.Exchange(ref _process, null);
        if (process is { HasExited: false }) process.Kill();
        process?.Dispose();
    }

    private ProcessStartInfo Command(string[] line) =>
        program.EndsWith(".dll", StringComparison.Ordinal)
            ? new ProcessStartInfo("dotnet", [program, .. line]) { RedirectStandardOutput = true, RedirectStandardError = true }
            : new ProcessStartInfo(program, line) { RedirectStandardOutput = true, RedirectStandardError = true };

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
