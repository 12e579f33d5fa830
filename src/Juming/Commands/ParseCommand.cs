using System.CommandLine;
using System.IO.Compression;
using System.Text.Json;
using Juming.Site.Collection;

namespace Juming.Commands;

/// <summary><c>juming parse</c>: one normalised event per line, without a site.</summary>
internal static class ParseCommand
{
    public static void AddTo(RootCommand root)
    {
        var file = new Argument<string>("FILE") { Description = "Lines of a log; .gz is unpacked, - is standard input." };
        var format = new Option<string>("--format") { Description = $"One of {string.Join(", ", LineParse.Formats)}.", DefaultValueFactory = _ => "auto" };
        var json = new Option<bool>("--json") { Description = "Print the closing counts as JSON too; events always are." };
        var command = new Command("parse", "Print each line of a file as a normalised event, in JSON.") { file, format, json };
        command.SetAction((line, ct) => Run(line.GetValue(file)!, line.GetValue(format)!, line.GetValue(json), ct));
        root.Subcommands.Add(command);
    }

    private static async Task<int> Run(string path, string format, bool json, CancellationToken ct)
    {
        if (!LineParse.Formats.Contains(format)) throw new WrongUseException($"There is no format '{format}'; there are {string.Join(", ", LineParse.Formats)}.");
        if (path != "-" && !File.Exists(path)) throw new BadInputException($"There is no file '{path}'.");
        try
        {
            await using var file = path == "-" ? Console.OpenStandardInput() : new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 1, FileOptions.SequentialScan);
            await using var input = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? new GZipStream(file, CompressionMode.Decompress) : file;
            await using var output = Console.OpenStandardOutput();
            // A read from a terminal can't be cancelled; it is left to itself, for the program ends.
            var (lines, unparsed) = await LineParse.Run(input, output, format, TimeProvider.System, ct).WaitAsync(ct);
            await Console.Error.WriteLineAsync(json ? JsonSerializer.Serialize(new { lines, unparsed }) : $"{lines} lines, {unparsed} unparsed");
            return Exit.Well;
        }
        catch (InvalidDataException e)
        {
            throw new BadInputException($"'{path}' can't be unpacked: {e.Message}");
        }
        catch (UnauthorizedAccessException e)
        {
            throw new BadInputException(e.Message);
        }
    }
}
