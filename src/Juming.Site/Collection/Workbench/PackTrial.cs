using System.Text;
using Juming.Site.Collection.Packs;
using Juming.Site.Collection.Pipeline;
using Juming.Site.Events;

namespace Juming.Site.Collection.Workbench;

/// <summary>What became of one line under a pack that is tried.</summary>
public enum TrialOutcome
{
    /// <summary>The pack read it.</summary>
    Matched,

    /// <summary>The pack's condition does not take it, and nobody else does.</summary>
    NotTaken,

    /// <summary>Another pack or format reads it before.</summary>
    ReadByOther,

    /// <summary>The condition takes it, but no step finds a value.</summary>
    NothingFound,
}

/// <summary>A field that a line gave.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">Its value.</param>
/// <param name="Start">First character in the line, -1 where the value is made and not cut from it.</param>
/// <param name="Length">Characters in the line.</param>
public sealed record TrialField(string Name, string Value, int Start, int Length);

/// <summary>One line that was tried.</summary>
/// <param name="Raw">The line.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="ReadBy">The parser that reads it where it is another.</param>
/// <param name="Fields">What was found, without what the pack sets for every line.</param>
public sealed record TrialLine(string Raw, TrialOutcome Outcome, string? ReadBy, IReadOnlyList<TrialField> Fields);

/// <summary>Reads lines as the site would if a draft were in force.</summary>
internal sealed class PackTrial(ParserPack pack, PackSet among, TimeZoneInfo zone)
{
    private static readonly HashSet<string> OfHeader = new(StringComparer.Ordinal)
    {
        "message", "host.name", "host.ip", "event.created", "event.dataset", "event.module", "event.category", "observer.vendor", "observer.product", "observer.type", "jm.parser", "jm.parser_version",
        "log.syslog.priority", "log.syslog.appname", "log.syslog.procid", "related.ip", "related.user", "related.hosts", "related.hash",
    };

    private readonly LineNormalizer _normalizer = new(among.With(pack));
    private readonly EventBatch _batch = new(1);
    private readonly SourceMemory _memory = new() { Zone = zone };

    /// <summary>Reads one line.</summary>
    /// <param name="line">As it was sent.</param>
    /// <param name="received">When.</param>
    public TrialLine Read(string line, DateTimeOffset received)
    {
        _batch.Clear();
        var micros = (received.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / 10;
        _normalizer.Normalize(_batch, Encoding.UTF8.GetBytes(line), new LineContext { Received = micros, Source = _memory });
        var raw = Encoding.UTF8.GetString(_batch.Raw(0));
        var parser = _batch.Text(0, Field.JmParser);
        if (parser != pack.Name)
        {
            var unread = (_batch.Current.Flags & EventFlags.Unparsed) != 0;
            return new TrialLine(raw, unread ? TrialOutcome.NotTaken : TrialOutcome.ReadByOther, unread ? null : parser ?? _batch.Text(0, Field.EventDataset), []);
        }
        var fields = Fields();
        return new TrialLine(raw, fields.Count == 0 && pack.Definition.Parse.Count > 0 ? TrialOutcome.NothingFound : TrialOutcome.Matched, null, fields);
    }

    private List<TrialField> Fields()
    {
        var found = new List<TrialField>();
        ref readonly var header = ref _batch.Events[0];
        foreach (ref readonly var field in _batch.FieldsOf(0))
        {
            var name = FieldNames.Name(field.Id);
            if (OfHeader.Contains(name) || pack.Definition.Set.ContainsKey(name)) continue;
            var inLine = field.Offset >= header.RawOffset && field.Offset + field.Length <= header.RawOffset + header.RawLength;
            var raw = _batch.Raw(0);
            var start = inLine ? Encoding.UTF8.GetCharCount(raw[..(field.Offset - header.RawOffset)]) : -1;
            var value = Encoding.UTF8.GetString(_batch.Value(field));
            found.Add(new TrialField(name, value, start, inLine ? value.Length : 0));
        }
        if (header.Time != header.Received && Array.Exists(pack.Definition.Fields.Values.ToArray(), f => f.To == "@timestamp")) found.Add(new TrialField("@timestamp", DateTimeOffset.UnixEpoch.AddTicks(header.Time * 10).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture), -1, 0));
        return found;
    }
}
