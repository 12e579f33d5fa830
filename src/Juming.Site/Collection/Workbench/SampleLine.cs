using System.Text;
using Juming.Site.Collection.Formats;
using Juming.Site.Events;

namespace Juming.Site.Collection.Workbench;

/// <summary>A line to learn from, with what the syslog header took of it.</summary>
/// <param name="Raw">The line, cut at <see cref="MostCharacters"/>.</param>
/// <param name="App">Program of the header, or empty.</param>
/// <param name="Message">What follows the header.</param>
internal sealed record SampleLine(string Raw, string App, string Message)
{
    /// <summary>Most lines that are looked at.</summary>
    public const int MostLines = 500;

    /// <summary>Most characters of a line that are looked at; structure shows well before.</summary>
    public const int MostCharacters = 8192;

    private const int MostTotal = 1_500_000;

    /// <summary>Reads headers as the pipeline does.</summary>
    public static IReadOnlyList<SampleLine> Of(IReadOnlyList<string> lines)
    {
        var samples = new List<SampleLine>();
        var total = 0;
        foreach (var line in lines)
        {
            if (samples.Count == MostLines || total > MostTotal) break;
            var raw = line.Length > MostCharacters ? line[..MostCharacters] : line;
            raw = raw.TrimEnd('\r', '\n');
            if (string.IsNullOrWhiteSpace(raw)) continue;
            total += raw.Length;
            var bytes = Encoding.UTF8.GetBytes(raw);
            var header = SyslogHeader.Read(bytes, new SourceMemory(), 1_793_491_200_000_000);
            samples.Add(new SampleLine(raw, Encoding.UTF8.GetString(bytes, header.AppAt, header.AppLength), Encoding.UTF8.GetString(bytes.AsSpan(header.Message))));
        }
        return samples;
    }
}
