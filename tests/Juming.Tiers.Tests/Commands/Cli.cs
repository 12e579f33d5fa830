using System.Diagnostics;
using System.Text.Json;
using NUnit.Framework;

namespace Juming.Tiers.Tests.Commands;

/// <summary>The program's own entry, in this process or as one of its own.</summary>
internal sealed record Cli(int Code, string Out, string Error)
{
    public JsonElement Json => JsonDocument.Parse(Out).RootElement;

    /// <summary>Runs a verb here; a host that starts instead of refusing fails the test.</summary>
    public static Cli Run(params string[] line)
    {
        var (console, error, said, complained) = (Console.Out, Console.Error, new StringWriter(), new StringWriter());
        Console.SetOut(TextWriter.Synchronized(said));
        Console.SetError(TextWriter.Synchronized(complained));
        try
        {
            var run = Task.Run(() => (int)typeof(Hosting.TierHost).Assembly.EntryPoint!.Invoke(null, [line])!);
            if (!run.Wait(TimeSpan.FromSeconds(60))) Assert.Fail($"'{string.Join(' ', line)}' does not end: {said}{complained}");
#pragma warning disable RS0030 // It has completed.
            return new Cli(run.Result, said.ToString(), complained.ToString());
#pragma warning restore RS0030
        }
        finally
        {
            Console.SetOut(console);
            Console.SetError(error);
        }
    }

    /// <summary>Starts the program as a process.</summary>
    public static Process Start(params string[] line) =>
        Process.Start(new ProcessStartInfo("dotnet", [typeof(Hosting.TierHost).Assembly.Location, .. line]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;

    /// <summary>Sends a signal to a process.</summary>
    public static void Signal(Process process, string name)
    {
        using var kill = Process.Start("kill", ["-" + name, process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    /// <summary>True when a process has a handler for a signal, by its number.</summary>
    public static bool Catches(Process process, int signal)
    {
        var line = File.ReadLines($"/proc/{process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)}/status").First(l => l.StartsWith("SigCgt:", StringComparison.Ordinal));
        return (Convert.ToUInt64(line[7..].Trim(), 16) >> (signal - 1) & 1) != 0;
    }

    /// <summary>Rights on a file or folder, in octal.</summary>
    public static string ModeOf(string path) => OperatingSystem.IsWindows() ? "600" : Convert.ToString((int)File.GetUnixFileMode(path), 8);

    /// <summary>A folder for a test, gone with it.</summary>
    public static string Folder() => Directory.CreateTempSubdirectory("juming-cli-").FullName;
}
