using System.Diagnostics;
using System.Diagnostics.Tracing;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Juming.Hosting;
using Microsoft.Diagnostics.NETCore.Client;
using Microsoft.Diagnostics.Tracing;
using Microsoft.Diagnostics.Tracing.Parsers;

namespace Juming.Benchmarks.Links;

/// <summary>A tier as a process of its own, whose memory is looked at from outside.</summary>
internal sealed class TierProcess : IDisposable
{
    private readonly Process _process;

    private TierProcess(Process process, string data) => (_process, Data) = (process, data);

    public string Data { get; }

    public int Id => _process.Id;

    public static async Task<TierProcess> Start(string tier, string data, params string[] settings)
    {
        List<string> line = [Path.Combine(AppContext.BaseDirectory, "juming.dll"), "--tier", tier, "--data", data, "--urls", string.Create(CultureInfo.InvariantCulture, $"https://127.0.0.1:{FreePort()}")];
        foreach (var setting in settings.Append("Log:Level=Warning")) line.AddRange(["--set", setting]);
        var process = Process.Start(new ProcessStartInfo("dotnet", line) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync();
        while (await process.StandardOutput.ReadLineAsync() is { } text)
        {
            if (!text.Contains("is ready at", StringComparison.Ordinal)) continue;
            _ = Drain(process.StandardOutput, tier);
            return new TierProcess(process, data);
        }
        throw new IOException($"the {tier} ended before it was ready: {await errors}");
    }

    /// <summary>Asks as the administrator at the command line does.</summary>
    public async Task<JsonElement> Ask(string request, object arguments)
    {
        var answer = await AdminChannel.Ask(Data, request, JsonSerializer.SerializeToElement(arguments), CancellationToken.None);
        return answer.Value ?? throw new InvalidOperationException(answer.Refusal?.Sentence);
    }

    /// <summary>SIGKILL.</summary>
    public async Task Kill()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Processor time so far.</summary>
    public TimeSpan Cpu
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>
    /// The least that the process holds within a time, looked at twice a second: what is above that is garbage that it has not collected yet, and no tool disturbs it meanwhile.
    /// </summary>
    public async Task<Memory> Least(TimeSpan within)
    {
        var (resident, proportional) = (double.MaxValue, double.MaxValue);
        for (var began = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(began) < within; await Task.Delay(500))
            (resident, proportional) = (Math.Min(resident, Kilobytes("Rss")), Math.Min(proportional, Kilobytes("Pss")));
        return new Memory(resident, proportional);
    }

    /// <summary>Kilobytes on the managed heap after full collections; what the first one finalises, the second takes away. The tool that asks for them takes memory of the process.</summary>
    public async Task<double> Managed()
    {
        await Collect();
        await Task.Delay(2_000);
        return await Collect() / 1024.0;
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
    }

    /// <summary>A port below those that the system gives to whoever dials: a host that comes back there must not find a client of its own on it.</summary>
    public static int FreePort()
    {
        while (true)
        {
            var port = Random.Shared.Next(20_000, 32_000);
            using var probe = new TcpListener(IPAddress.Loopback, port);
            try
            {
                probe.Start();
                return port;
            }
            catch (SocketException)
            {
                // Taken; another.
            }
        }
    }

    // What a tier warns of explains a figure that is odd.
    private static async Task Drain(StreamReader from, string tier)
    {
        for (var lines = 0; await from.ReadLineAsync() is { } text; lines++)
            if (lines < 20 && (text.Contains("WRN", StringComparison.Ordinal) || text.Contains("ERR", StringComparison.Ordinal) || text.Contains("FTL", StringComparison.Ordinal))) Figures.Note($"{tier}: {text}");
    }

    /// <summary>One full collection; answers the bytes on the heap after it.</summary>
    private async Task<long> Collect()
    {
        var keywords = (long)(ClrTraceEventParser.Keywords.GC | ClrTraceEventParser.Keywords.GCHeapCollect);
        using var session = await new DiagnosticsClient(_process.Id).StartEventPipeSessionAsync([new EventPipeProvider(ClrTraceEventParser.ProviderName, EventLevel.Informational, keywords)], requestRundown: false, circularBufferMB: 16, CancellationToken.None);
        var bytes = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var source = new EventPipeEventSource(session.EventStream);
        source.Clr.GCHeapStats += stats => bytes.TrySetResult(stats.TotalHeapSize);
        var reading = Task.Run(source.Process);
        var found = await bytes.Task.WaitAsync(TimeSpan.FromMinutes(1));
        await session.StopAsync(CancellationToken.None);
        await reading;
        return found;
    }

    private double Kilobytes(string field) =>
        double.Parse(File.ReadLines($"/proc/{_process.Id}/smaps_rollup").First(l => l.StartsWith(field + ":", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);

    /// <summary>Memory of a process, kilobytes.</summary>
    /// <param name="Resident">In memory, shared pages counted whole.</param>
    /// <param name="Proportional">In memory, shared pages divided among those who share them.</param>
    internal readonly record struct Memory(double Resident, double Proportional);
}
