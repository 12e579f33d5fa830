using System.Text;
using System.Text.Unicode;
using Juming.Site.Assets;
using Juming.Site.Collection.Formats;
using Juming.Site.Collection.Packs;
using Juming.Site.Collection.Pipeline;
using Juming.Site.Collection.Receivers;
using Juming.Site.Detection.Pipeline;
using Juming.Site.Detection.Sigma;
using Juming.Site.Events;
using Juming.Site.Events.Query;
using Juming.Site.Events.Store;

namespace Juming.Benchmarks.Fuzz;

/// <summary>Every reader of what strangers send or write, with what must hold whatever the bytes are.</summary>
internal static class FuzzTargets
{
    private const long Received = 1_795_000_000_000_000;

    public static IEnumerable<FuzzTarget> All()
    {
        yield return new FuzzTarget("line", FuzzSamples.Lines, FuzzSamples.LineTokens, new LineCheck(null).Check);
        foreach (var format in LineNormalizer.Formats.Where(f => f != "plain")) yield return new FuzzTarget("line-" + format, FuzzSamples.Lines, FuzzSamples.LineTokens, new LineCheck(format).Check);
        yield return new FuzzTarget("header", FuzzSamples.Lines, FuzzSamples.LineTokens, Header);
        yield return new FuzzTarget("framing", FuzzSamples.Streams, FuzzSamples.StreamTokens, Framing);
        yield return new FuzzTarget("bulk", FuzzSamples.Bodies, FuzzSamples.StreamTokens, new BulkCheck().Check);
        yield return new FuzzTarget("sigma", FuzzSamples.Rules, FuzzSamples.RuleTokens, Sigma);
        yield return new FuzzTarget("query", FuzzSamples.Queries, FuzzSamples.QueryTokens, Query);
        yield return new FuzzTarget("pack", [.. PackSet.ShippedFiles().Take(6).Select(f => Encoding.UTF8.GetBytes(f.Yaml))], FuzzSamples.PackTokens, Pack);
        yield return new FuzzTarget("address", FuzzSamples.Addresses, FuzzSamples.StreamTokens, Addresses);
    }

    public static void Hold(bool holds, string what)
    {
        if (!holds) throw new InvariantException(what);
    }

    private static void Header(byte[] input)
    {
        var header = SyslogHeader.Read(input, new SourceMemory(), Received);
        foreach (var (at, length) in new[] { (header.HostAt, header.HostLength), (header.AppAt, header.AppLength), (header.PidAt, header.PidLength), (header.DataAt, header.DataLength), (header.Message, input.Length - header.Message) })
            Hold(at >= 0 && length >= 0 && at + length <= input.Length, "a part of the header lies outside the line");
        Hold(header.Priority is >= -1 and <= 191, "the priority is out of range");
    }

    private static void Framing(byte[] input)
    {
        var whole = Messages(input, input.Length);
        var piecewise = Messages(input, 1 + (input.Length / 7));
        Hold(whole.Count == piecewise.Count, "another cut of the stream gives other messages");
        for (var i = 0; i < whole.Count; i++) Hold(whole[i].AsSpan().SequenceEqual(piecewise[i]), "another cut of the stream changes a message");
    }

    private static List<byte[]> Messages(byte[] stream, int step)
    {
        var found = new List<byte[]>();
        int start = 0, end = 0;
        while (end < stream.Length)
        {
            end = Math.Min(stream.Length, end + step);
            while (start < end && SyslogFraming.TryRead(stream.AsSpan(start, end - start), StreamState.Flowing, out var message, out var used, out var rest))
            {
                Hold(rest >= 0, "a message has less than nothing behind it");
                Hold(used > 0 && used <= end - start, "the reader does not get on");
                Hold(message.Length <= used, "a message is longer than what was read");
                found.Add(message.ToArray());
                start += used + rest;
            }
        }
        return found;
    }

    private static void Sigma(byte[] input)
    {
        var loader = new SigmaLoader();
        loader.AddText("fuzz.yml", Encoding.UTF8.GetString(input));
        var set = RuleSet.Compile(loader.Loaded());
        Hold(set.Rules.Count <= SigmaLoader.MaxDocuments, "more rules than documents are allowed");
    }

    private static void Query(byte[] input)
    {
        try
        {
            var sql = QuerySql.Of(QueryParser.Parse(Encoding.UTF8.GetString(input)));
            Hold(sql.Condition.Length < 200_000, "the condition grows out of bounds");
        }
        catch (QueryException e)
        {
            Hold(e.Position >= 0 && e.Length >= 0 && e.Message.Length < 20_000, "the refusal points outside the query");
        }
    }

    private static void Pack(byte[] input)
    {
        var (packs, problems) = ParserPack.LoadAll(Encoding.UTF8.GetString(input));
        Hold(packs.Count > 0 || problems.Count > 0, "neither a pack nor a reason");
        foreach (var pack in packs.Take(3))
        {
            var normalizer = new LineNormalizer(PackSet.Empty.With([pack]));
            foreach (var line in FuzzSamples.Lines.Take(12)) LineCheck.Read(normalizer, line, null);
        }
    }

    private static void Addresses(byte[] input)
    {
        Address.TryParseV4(input, out _);
        Own.Contains(input);
        Span<byte> dotted = stackalloc byte[64];
        if (AddressText.TryHex(input, dotted, out var length)) Hold(length is > 6 and <= 45, "an address of that length does not exist");
        try
        {
            _ = new Networks([Encoding.UTF8.GetString(input)]);
        }
        catch (Platform.Modules.SettingsException)
        {
            return;
        }
    }

    private static readonly Networks Own = new([]);
}

/// <summary>An invariant does not hold.</summary>
internal sealed class InvariantException(string what) : Exception(what);

/// <summary>Normalises one line and looks at what came out.</summary>
internal sealed class LineCheck(string? format)
{
    private readonly LineNormalizer _normalizer = new();

    public void Check(byte[] input) => Read(_normalizer, input, format);

    public static void Read(LineNormalizer normalizer, byte[] input, string? format)
    {
        var batch = new EventBatch(1);
        normalizer.Normalize(batch, input, new LineContext { Received = 1_795_000_000_000_000, SourceId = 1, Source = new SourceMemory { Zone = TimeZoneInfo.Utc }, Format = format });
        FuzzTargets.Hold(batch.Count == 1, "not one event");
        FuzzTargets.Hold(batch.FieldCount <= EventBatch.MaxFieldsPerEvent, "too many fields");
        FuzzTargets.Hold(batch.ArenaLength <= (input.Length * 16) + 131_072, "the event grows out of bounds");
        FuzzTargets.Hold(Utf8.IsValid(batch.Raw(0)), "the raw line is no text");
        foreach (ref readonly var field in batch.FieldsOf(0)) FuzzTargets.Hold(field.Offset >= 0 && field.Length > 0 && field.Offset + field.Length <= batch.ArenaLength, "a value lies outside the event");
        var bare = input.AsSpan().StartsWith("\uFEFF"u8) ? input.AsSpan(3) : input;
        if (input.Length > 64 * 1024) FuzzTargets.Hold((batch.Events[0].Flags & EventFlags.Truncated) != 0, "a cut line is not marked");
        else if (Utf8.IsValid(bare)) FuzzTargets.Hold(batch.Raw(0).SequenceEqual(bare), "the raw line is not kept");
        else FuzzTargets.Hold((batch.Events[0].Flags & (EventFlags.Gb18030 | EventFlags.LossyText | EventFlags.Truncated)) != 0, "a decoded line is not marked");
        FuzzTargets.Hold(batch.Events[0].Time is > -62_135_596_800_000_000 and < 253_402_300_800_000_000, "a time that no calendar has");
    }
}
