using System.Buffers;
using System.IO.Pipelines;
using Juming.Site.Collection.Formats;
using Juming.Site.Collection.Pipeline;
using Juming.Site.Events;

namespace Juming.Site.Collection;

/// <summary>Normalises lines without a site: what <c>juming parse</c> prints is what the pipeline would store.</summary>
public static class LineParse
{
    // One more than the normaliser's limit, so that it sees that the line was longer and says so.
    private const int MostLine = (64 * 1024) + 1;
    private const int FlushBytes = 64 * 1024;

    /// <summary>Names that a format may have.</summary>
    public static IReadOnlyList<string> Formats { get; } = ["auto", .. LineNormalizer.Formats];

    /// <summary>Writes one JSON object a line; empty lines are passed over and counted in the numbering. A line longer than 64 KiB is cut and tagged.</summary>
    /// <param name="input">Lines, each ended by a line feed.</param>
    /// <param name="output">Where the objects go.</param>
    /// <param name="format">One of <see cref="Formats"/>.</param>
    /// <param name="clock">Receipt of the lines; completes years and zones that a line lacks.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>Lines read, and those that no format knew.</returns>
    /// <exception cref="ArgumentException">The format is not one of <see cref="Formats"/>.</exception>
    public static async Task<(long Lines, long Unparsed)> Run(Stream input, Stream output, string format, TimeProvider clock, CancellationToken ct)
    {
        if (!Formats.Contains(format)) throw new ArgumentException($"There is no format '{format}'; there are {string.Join(", ", Formats)}.", nameof(format));
        var writer = new Writer(format == "auto" ? null : format, clock);
        var reader = PipeReader.Create(input, new StreamPipeReaderOptions(bufferSize: FlushBytes));
        var skipping = false;
        while (true)
        {
            var read = await reader.ReadAsync(ct);
            var rest = read.Buffer;
            while (rest.PositionOf((byte)'\n') is { } end)
            {
                writer.Next(rest.Slice(0, end), skipping);
                skipping = false;
                rest = rest.Slice(rest.GetPosition(1, end));
            }
            if (rest.Length > MostLine || (read.IsCompleted && rest.Length > 0))
            {
                writer.Next(rest, skipping);
                skipping = true;
                rest = rest.Slice(rest.End);
            }
            reader.AdvanceTo(rest.Start, rest.End);
            if (writer.Json.Written.Length > FlushBytes || read.IsCompleted)
            {
                await output.WriteAsync(writer.Json.Written, ct);
                writer.Json.Clear();
            }
            if (read.IsCompleted) return (writer.Lines, writer.Unparsed);
        }
    }

    private sealed class Writer(string? format, TimeProvider clock)
    {
        private readonly LineNormalizer _normalizer = new();
        private readonly EventBatch _batch = new(1);
        private readonly SourceMemory _memory = new();
        private readonly byte[] _line = new byte[MostLine];
        private int _number;

        public NormalizedJson Json { get; } = new();

        public long Lines { get; private set; }

        public long Unparsed { get; private set; }

        /// <param name="text">A line, or a piece of one that is too long.</param>
        /// <param name="goesOn">The piece continues a line whose head is written already.</param>
        public void Next(ReadOnlySequence<byte> text, bool goesOn)
        {
            if (goesOn) return;
            _number++;
            var length = (int)Math.Min(text.Length, MostLine);
            text.Slice(0, length).CopyTo(_line);
            var line = _line.AsSpan(0, length);
            if (line is [.., (byte)'\r']) line = line[..^1];
            if (line.IsEmpty) return;
            _batch.Clear();
            _normalizer.Normalize(_batch, line, new LineContext { Received = clock.GetUtcNow().ToUnixTimeMilliseconds() * 1000, Line = _number, Source = _memory, Format = format });
            Lines++;
            if ((_batch.Current.Flags & EventFlags.Unparsed) != 0) Unparsed++;
            Json.Write(_batch, 0);
        }
    }
}
