using System.Text;

namespace Juming.Cloud.ThreatIntel.Feeds;

/// <summary>Lines of a stream, none longer than is taken: the rest of a longer one is passed over.</summary>
internal static class FeedLines
{
    private const int Longest = 16 * 1024;

    public static IEnumerable<string> Read(Stream content)
    {
        using var reader = new StreamReader(content, Encoding.UTF8, true, 1 << 16, leaveOpen: true);
        var (line, buffer) = (new StringBuilder(), new char[1 << 14]);
        while (reader.Read(buffer) is var count and > 0)
        {
            var part = 0;
            for (var i = 0; i < count; i++)
            {
                if (buffer[i] is not ('\n' or '\r')) continue;
                Append(line, buffer.AsSpan(part, i - part));
                if (line.Length > 0) yield return line.ToString();
                line.Clear();
                part = i + 1;
            }
            Append(line, buffer.AsSpan(part, count - part));
        }
        if (line.Length > 0) yield return line.ToString();
    }

    private static void Append(StringBuilder line, ReadOnlySpan<char> part) => line.Append(part[..Math.Min(part.Length, Longest - line.Length)]);
}
