using System.Diagnostics;
using System.Globalization;
using Juming.Site.Collection.Pipeline;
using Juming.Site.Events;

namespace Juming.Benchmarks.Normalize;

/// <summary>Lines per CPU second of the normaliser alone, one thread, over a file of raw lines that is in memory.</summary>
internal static class NormalizeBench
{
    private const int BatchLines = 4096;

    /// <summary>Arguments: a file, <c>--rounds=N</c> (default 3, the first one warms up).</summary>
    public static int Run(string[] args)
    {
        var path = args.FirstOrDefault(a => !a.StartsWith("--", StringComparison.Ordinal));
        if (path is null) return 2;
        var bytes = File.ReadAllBytes(path);
        var received = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() * 1000;
        var rounds = int.Parse(args.FirstOrDefault(a => a.StartsWith("--rounds=", StringComparison.Ordinal))?[9..] ?? "3", CultureInfo.InvariantCulture);
        var best = 0.0;
        for (var round = 0; round < rounds; round++)
        {
            var allocated = GC.GetAllocatedBytesForCurrentThread();
            var before = Process.GetCurrentProcess().TotalProcessorTime;
            var (lines, unparsed, fields) = Pass(bytes, received);
            var seconds = (Process.GetCurrentProcess().TotalProcessorTime - before).TotalSeconds;
            allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"round {round}: {lines} lines, {unparsed} unparsed, {(double)fields / lines:F1} fields/line, {seconds:F2} CPU s, {lines / seconds:F0} lines/CPU s, {(double)allocated / lines:F0} bytes allocated/line"));
            if (round > 0) best = Math.Max(best, lines / seconds);
        }
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{{\"bench\":\"normalize\",\"metric\":\"lines_per_core_second\",\"value\":{best:F0},\"unit\":\"1/s\"}}"));
        return 0;
    }

    private static (long Lines, long Unparsed, long Fields) Pass(byte[] bytes, long received)
    {
        var normalizer = new LineNormalizer();
        var batch = new EventBatch(BatchLines);
        var context = new LineContext { Received = received, Source = new SourceMemory() };
        long lines = 0, unparsed = 0, fields = 0;
        for (var at = 0; at < bytes.Length;)
        {
            batch.Clear();
            while (batch.Count < BatchLines && at < bytes.Length) normalizer.Normalize(batch, Next(bytes, ref at), context);
            lines += batch.Count;
            fields += batch.FieldCount;
            foreach (ref readonly var header in batch.Events)
                if ((header.Flags & EventFlags.Unparsed) != 0) unparsed++;
        }
        return (lines, unparsed, fields);
    }

    private static ReadOnlySpan<byte> Next(byte[] bytes, ref int at)
    {
        var end = bytes.AsSpan(at).IndexOf((byte)'\n');
        var line = end < 0 ? bytes.AsSpan(at) : bytes.AsSpan(at, end);
        at = end < 0 ? bytes.Length : at + end + 1;
        return line;
    }
}
