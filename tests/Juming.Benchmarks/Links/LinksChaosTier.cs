using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Juming.Benchmarks.Links;

/// <summary>A tier as a process of its own, which can be killed, held and started again.</summary>
internal sealed partial class LinksChaosTier(string program, string tier, string data, string log, IReadOnlyList<string> settings) : IDisposable
{
    private const int SigKill = 9;
    private const int SigTerm = 15;
    private const int SigCont = 18;
    private const int SigStop = 19;

    private Process? _process;
    private Task<TimeSpan> _ready = Task.FromResult(TimeSpan.Zero);

    public string Name => tier;

    public string Data => data;

    public string Database => Path.Combine(data, "juming.db");

    public int Port { get; } = FreePort();

    /// <summary>Longest time from the start to "ready", of starts that were let through.</summary>
    public TimeSpan SlowestStart { get; private set; }

    /// <summary>Starts that ended by themselves.</summary>
    public int FailedStarts { get; private set; }

    public void Start()
    {
        var began = Stopwatch.GetTimestamp();
        List<string> line = ["--tier", tier, "--data", data, "--urls", string.Create(CultureInfo.InvariantCulture, $"https://127.0.0.1:{Port}"), "--set", "Log:Level=Warning"];
        foreach (var setting in settings) line.AddRange(["--set", setting]);
        var process = _process = Process.Start(Command(line))!;
        var ready = new TaskCompletionSource<TimeSpan>(TaskCreationOptions.RunContinuationsAsynchronously);
        _ = Read(process, ready, began);
        _ready = ready.Task;
    }

    /// <summary>Waits until it says that it is ready.</summary>
    public async Task Ready()
    {
        try
        {
            var took = await _ready.WaitAsync(TimeSpan.FromMinutes(2));
            if (took > SlowestStart) SlowestStart = took;
        }
        catch (Exception e) when (e is IOException or TimeoutException)
        {
            FailedStarts++;
            Figures.Note($"{tier}: {e.Message}");
            await Kill();
            Start();
            await _ready.WaitAsync(TimeSpan.FromMinutes(2));
        }
    }

    /// <summary>SIGKILL; the power is off for this process.</summary>
    public async Task Kill()
    {
        if (_process is not { } process) return;
        if (!process.HasExited) Signal(process.Id, SigKill);
        await process.WaitForExitAsync();
    }

    /// <summary>Holds the process for a while: it hears, says and counts nothing.</summary>
    public async Task Hold(TimeSpan time)
    {
        if (_process is not { HasExited: false } process) return;
        Signal(process.Id, SigStop);
        await Task.Delay(time);
        Signal(process.Id, SigCont);
    }

    /// <summary>SIGTERM; waits for the end.</summary>
    public async Task Stop()
    {
        if (_process is not { HasExited: false } process) return;
        Signal(process.Id, SigTerm);
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(2));
    }

    /// <summary>Runs a verb of this tier; answers its standard output.</summary>
    public async Task<string> Verb(params string[] line)
    {
        var (code, text) = await Try(line);
        return code == 0 ? text : throw new InvalidOperationException($"'{string.Join(' ', line[..2])}' of {tier}: {text}");
    }

    /// <summary>Runs a verb of this tier; answers its exit code and what it said.</summary>
    public async Task<(int Code, string Text)> Try(params string[] line)
    {
        using var process = Process.Start(Command([.. line, "--tier", tier, "--data", data]))!;
        var errors = process.StandardError.ReadToEndAsync();
        var text = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, process.ExitCode == 0 ? text.Trim() : (text + await errors).Trim());
    }

    public void Dispose()
    {
        if (_process is { HasExited: false } process) Signal(process.Id, SigKill);
        _process?.Dispose();
    }

    public static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    private async Task Read(Process process, TaskCompletionSource<TimeSpan> ready, long began)
    {
        // One life after the other: it is what explains a run that was not clean.
        await using var said = new StreamWriter(new FileStream(log, FileMode.Append, FileAccess.Write, FileShare.ReadWrite)) { AutoFlush = true };
        var errors = process.StandardError.ReadToEndAsync();
        await said.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"--- {TimeProvider.System.GetUtcNow():HH:mm:ss.fff} start of {process.Id}"));
        while (await process.StandardOutput.ReadLineAsync() is { } text)
        {
            await said.WriteLineAsync(text);
            if (text.Contains("is ready at", StringComparison.Ordinal)) ready.TrySetResult(Stopwatch.GetElapsedTime(began));
        }
        var complaint = await errors;
        if (complaint.Length > 0) await said.WriteLineAsync(complaint);
        ready.TrySetException(new IOException("it ended before it was ready: " + complaint));
        // Nobody waits for a start that is killed on purpose.
        _ = ready.Task.Exception;
    }

    private ProcessStartInfo Command(IReadOnlyList<string> line) =>
        program.EndsWith(".dll", StringComparison.Ordinal)
            ? new ProcessStartInfo("dotnet", [program, .. line]) { RedirectStandardOutput = true, RedirectStandardError = true }
            : new ProcessStartInfo(program, line) { RedirectStandardOutput = true, RedirectStandardError = true };

    private static void Signal(int process, int signal) => _ = SendSignal(process, signal);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SendSignal(int process, int signal);
}
