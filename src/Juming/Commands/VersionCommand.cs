using System.CommandLine;
using System.Reflection;
using System.Text.Json;

namespace Juming.Commands;

/// <summary><c>juming version</c>.</summary>
internal static class VersionCommand
{
    public static void AddTo(RootCommand root)
    {
        foreach (var builtIn in root.Options.OfType<VersionOption>().ToList()) root.Options.Remove(builtIn);
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var command = new Command("version", "Print the version.") { json };
        command.SetAction(line =>
        {
            var version = typeof(VersionCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
            Console.WriteLine(line.GetValue(json) ? JsonSerializer.Serialize(new { version, runtime = Environment.Version.ToString() }) : $"juming {version}");
            return Exit.Well;
        });
        root.Subcommands.Add(command);
    }
}
