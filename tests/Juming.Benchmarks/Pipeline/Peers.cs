using System.Diagnostics;
using System.Globalization;

namespace Juming.Benchmarks.Pipeline;

/// <summary>A receiver that the kit's sender feeds over TCP and that writes one JSON line an event into a file.</summary>
/// <param name="Name">What figures call it.</param>
/// <param name="Port">Port on loopback.</param>
/// <param name="Start">Starts it.</param>
internal sealed record Receiver(string Name, int Port, Func<string, Process?> Start);

/// <summary>The programs that are measured beside Juming.</summary>
internal static class Peers
{
    /// <summary>rsyslog with mmnormalize and mmjsonparse, from an unpacked package since it conflicts with syslog-ng.</summary>
    public static Receiver? Rsyslog()
    {
        var tree = Path.Combine(Workload.Folder, "rsyslog");
        if (!Workload.Install("liblognorm5", "libestr0", "libfastjson4")) return null;
        if (!File.Exists(Path.Combine(tree, "usr/sbin/rsyslogd")) && Workload.Run("sh", ["-c", $"apt-get download rsyslog && dpkg -x rsyslog_*.deb '{tree}'"]).Code != 0) return null;
        return new("rsyslog", 15514, output =>
        {
            var run = Configure("rsyslog.conf", 15514, output);
            File.Copy(Path.Combine(Workload.Kit, "rules.rb"), Path.Combine(run, "rules.rb"), true);
            var modules = Directory.GetDirectories(tree, "rsyslog", SearchOption.AllDirectories).First(d => Directory.GetFiles(d, "imptcp.so").Length == 1);
            return Launch(Path.Combine(tree, "usr/sbin/rsyslogd"), ["-M", modules, "-n", "-f", Path.Combine(run, "rsyslog.conf"), "-i", Path.Combine(run, "rsyslog.pid")]);
        });
    }

    /// <summary>syslog-ng with its json, key=value, csv, apache and pattern parsers.</summary>
    public static Receiver? SyslogNg()
    {
        if (!Workload.Install("syslog-ng-core", "syslog-ng-mod-extra")) return null;
        return new("syslog-ng", 15515, output =>
        {
            var run = Configure("syslog-ng.conf", 15515, output);
            File.Copy(Path.Combine(Workload.Kit, "patterndb.xml"), Path.Combine(run, "patterndb.xml"), true);
            return Launch("syslog-ng", ["-F", "--no-caps", "-f", Path.Combine(run, "syslog-ng.conf"), "-R", Path.Combine(run, "ng.persist"), "-p", Path.Combine(run, "ng.pid"), "-c", Path.Combine(run, "ng.ctl")]);
        });
    }

    /// <summary>This program's receiver and normaliser with a writer of JSON lines in the place of the event store.</summary>
    public static Receiver Juming() => new("juming", 15516, output =>
        Launch("dotnet", [Path.Combine(AppContext.BaseDirectory, "Juming.Benchmarks.dll"), "collect", "15516", output]));

    /// <summary>Feeds a receiver and says how many lines per processor second it took, and how many lines it lost.</summary>
    public static async Task<(double PerCoreSecond, long Lost)> Feed(Receiver receiver, int lines)
    {
        var output = Path.Combine(Workload.Folder, "run", receiver.Name + ".ndjson");
        Directory.CreateDirectory(Path.GetDirectoryName(output)!);
        File.Delete(output);
        using var process = receiver.Start(output) ?? throw new InvalidOperationException($"{receiver.Name} did not start.");
        try
        {
            await Listening(receiver.Port);
            // A daemon is warm when it is measured: 50,000 lines go ahead.
            Send(receiver.Port, 50_000, output, process.Id);
            var before = process.TotalProcessorTime;
            Send(receiver.Port, lines, output, process.Id);
            process.Refresh();
            var cpu = (process.TotalProcessorTime - before).TotalSeconds;
            var written = File.ReadLines(output).LongCount();
            return (lines / cpu, lines + 50_000 - written);
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync();
            File.Delete(output);
        }
    }

    /// <summary>Lines per processor second of sec with its ten rules, from the raw file.</summary>
    public static double? Sec(int lines)
    {
        if (!Workload.Install("sec")) return null;
        var input = Workload.Mix;
        if (lines < Workload.Lines)
        {
            input = Path.Combine(Workload.Folder, "head.log");
            File.WriteAllLines(input, File.ReadLines(Workload.Mix, System.Text.Encoding.Latin1).Take(lines), System.Text.Encoding.Latin1);
        }
        var run = Workload.Run("sec", ["--conf=" + Path.Combine(Workload.Kit, "sec.conf"), "--input=" + input, "--notail", "--quoting"]);
        return run.CpuSeconds > 0 ? lines / run.CpuSeconds : null;
    }

    /// <summary>Waits until something listens on a loopback port.</summary>
    public static async Task Listening(int port)
    {
        for (var i = 0; i < 300; i++)
        {
            try
            {
                using var probe = new System.Net.Sockets.TcpClient();
                await probe.ConnectAsync("127.0.0.1", port);
                return;
            }
            catch (System.Net.Sockets.SocketException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100));
            }
        }
        throw new InvalidOperationException($"Nothing listens on port {port}.");
    }

    private static void Send(int port, int lines, string output, int pid) =>
        Workload.Run(Workload.Sender, ["-m", "tcp", "-p", Text(port), "-f", Workload.Mix, "-n", Text(lines), "-c", "4", "-w", output, "-P", Text(pid), "-t", "2000"]);

    private static string Configure(string name, int port, string output)
    {
        var run = Directory.CreateDirectory(Path.Combine(Workload.Folder, "run")).FullName;
        var text = File.ReadAllText(Path.Combine(Workload.Kit, name)).Replace("@RUN@", run, StringComparison.Ordinal).Replace("@PORT@", Text(port), StringComparison.Ordinal).Replace("@OUT@", output, StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(run, name), text);
        return run;
    }

    private static Process? Launch(string program, IReadOnlyList<string> arguments)
    {
        var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true });
        process?.BeginErrorReadLine();
        process?.BeginOutputReadLine();
        return process;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
