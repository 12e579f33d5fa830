using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Juming.Site.Events;

namespace Juming.Site.Detection.Alerts;

/// <summary>Equal matches of one rule: inside one batch while it is matched, then over batches until they no longer come within the window.</summary>
internal sealed class Fold
{
    /// <summary>Matches this close to each other, by event time in microseconds, are one alert.</summary>
    public const long Window = 5 * 60 * 1_000_000L;

    private const int MostText = 256;
    private const int MostFields = 24;
    private const int MostValue = 512;

    public required Guid Key { get; init; }
    public required Guid Id { get; init; }

    /// <summary>What a new alert's row needs; null once it is stored.</summary>
    public NewAlert? Opening { get; set; }
    public long First { get; set; }
    public long Last { get; set; }
    public long Count { get; set; }
    public AttackResult Result { get; set; }

    /// <summary>Batch that changed it last.</summary>
    public long Sequence { get; set; }

    /// <summary>It waits for the next commit.</summary>
    public bool IsDirty { get; set; }

    /// <summary>The first three events and the last.</summary>
    public Guid[] Events { get; } = new Guid[4];
    public int EventCount { get; set; }

    /// <summary>True when a match at this time belongs to it.</summary>
    public bool Takes(long first, long last) => last >= First - Window && first <= Last + Window;

    /// <summary>Takes one more event in.</summary>
    public void Add(long at, Guid id, AttackResult result)
    {
        Count++;
        Note(id);
        Span(at, at);
        if (result > Result) Result = result;
    }

    /// <summary>Takes the matches of one batch in.</summary>
    public void Merge(Fold later)
    {
        Count += later.Count;
        for (var i = 0; i < later.EventCount; i++) Note(later.Events[i]);
        Span(later.First, later.Last);
        if (later.Result > Result) Result = later.Result;
    }

    /// <summary>Events of evidence as they are stored.</summary>
    public string EventList => string.Join(',', Events.Take(EventCount));

    private void Note(Guid id)
    {
        if (EventCount < 4) Events[EventCount++] = id;
        else Events[3] = id;
    }

    private void Span(long first, long last)
    {
        if (first < First) First = first;
        if (last > Last) Last = last;
    }

    /// <summary>Opens a fold with the event that matched.</summary>
    public static Fold Open(EventBatch batch, int index, AlertRule rule, in Parties parties, Guid key, AttackResult result, ReadOnlySpan<ushort> fields)
    {
        ref var header = ref batch.Events[index];
        var fold = new Fold
        {
            Key = key,
            Id = Parties.AlertId(rule, key, header.Id, header.Received),
            First = header.Time,
            Last = header.Time,
            Opening = new NewAlert(rule, header.Received, header.SourceId, Text(parties.Attacker), Text(parties.Victim), Text(parties.Host), Text(parties.Account), Matched(batch, index, fields)),
        };
        fold.Add(header.Time, header.Id, result);
        return fold;
    }

    /// <summary>Opens a fold for what a correlation says; its key is the correlation and its group.</summary>
    /// <param name="rule">The correlation.</param>
    /// <param name="group">Names and values of the group-by fields.</param>
    /// <param name="first">Event time of the first event, microseconds since 1970 UTC.</param>
    /// <param name="last">Event time of the last.</param>
    /// <param name="events">Events in their order.</param>
    /// <param name="figure">What met the condition.</param>
    /// <param name="parties">Parties of the event that completed it, or of the group.</param>
    /// <param name="result">What came of it.</param>
    /// <param name="received">Receipt of the completing event.</param>
    /// <param name="sourceId">Sender of the completing event.</param>
    public static Fold OpenCorrelation(
        AlertRule rule, IReadOnlyList<(string Name, string Value)> group, long first, long last, IReadOnlyList<Guid> events, double figure, PartyTexts parties, AttackResult result, long received, int sourceId)
    {
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(Encoding.UTF8.GetBytes(rule.Id + "\n" + string.Join('\n', group.Select(g => g.Value.ToLowerInvariant()))), hash);
        var key = new Guid(hash[..16]);
        var matched = group.DistinctBy(g => g.Name).ToDictionary(g => g.Name, g => g.Value, StringComparer.Ordinal);
        matched["correlation.figure"] = figure.ToString(System.Globalization.CultureInfo.InvariantCulture);
        var fold = new Fold
        {
            Key = key,
            Id = Parties.AlertId(rule, key, events.Count > 0 ? events[^1] : Guid.Empty, received),
            First = first,
            Last = last,
            Count = 1,
            Result = result,
            Opening = new NewAlert(rule, received, sourceId, parties.Attacker, parties.Victim, parties.Host, parties.Account, JsonSerializer.Serialize(matched)),
        };
        foreach (var id in events) fold.Note(id);
        return fold;
    }

    /// <summary>Opens a fold for an alert that no rule made.</summary>
    public static Fold OpenCode(string code, Severity severity, string arguments, int sourceId, long at)
    {
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{code}\n{sourceId}\n{arguments}"), hash);
        var rule = new AlertRule { Id = code, Title = code, Severity = severity };
        return new Fold
        {
            Key = new Guid(hash[..16]),
            Id = Guid.CreateVersion7(),
            First = at,
            Last = at,
            Count = 1,
            Opening = new NewAlert(rule, at, sourceId, null, null, null, null, arguments, code),
        };
    }

    internal static string? Text(ReadOnlySpan<byte> value) =>
        value.IsEmpty ? null : Encoding.UTF8.GetString(value.Length > MostText ? value[..MostText] : value);

    private static string Matched(EventBatch batch, int index, ReadOnlySpan<ushort> fields)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (ref readonly var field in batch.FieldsOf(index))
        {
            if (values.Count >= MostFields) break;
            if (fields.Length > 0 ? !fields.Contains(field.Id) : field.Id == Field.Message || field.Id == Field.EventOriginal) continue;
            var value = batch.Value(field);
            values.TryAdd(FieldNames.Name(field.Id), Encoding.UTF8.GetString(value.Length > MostValue ? value[..MostValue] : value));
        }
        return JsonSerializer.Serialize(values);
    }
}

/// <summary>What only the first commit of an alert needs.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Received">Receipt of the first event, microseconds since 1970 UTC.</param>
/// <param name="SourceId">Sender.</param>
/// <param name="Attacker">Who attacks.</param>
/// <param name="Victim">Who is attacked.</param>
/// <param name="Host">Host name.</param>
/// <param name="Account">Account.</param>
/// <param name="Matched">Matched fields, JSON; the arguments of an alert that no rule made.</param>
/// <param name="Code">Stable code of an alert that no rule made.</param>
internal sealed record NewAlert(
    AlertRule Rule, long Received, int SourceId, string? Attacker, string? Victim, string? Host, string? Account, string Matched, string? Code = null);

/// <summary>Parties as text.</summary>
internal readonly record struct PartyTexts(string? Attacker, string? Victim, string? Host, string? Account);
