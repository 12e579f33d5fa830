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

    /// <summary>Longest span of one alert unless the settings say otherwise, microseconds.</summary>
    public const long Longest = 60 * 60 * 1_000_000L;

    /// <summary>Longest text of a party, bytes.</summary>
    public const int MostText = 256;

    /// <summary>How near matches must be to it to belong to it, microseconds. The key of a finding names its hour, so within that they need not be near.</summary>
    public long Near { get; init; } = Window;

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

    /// <summary>Some time in it was taken from receipt.</summary>
    public bool IsEstimated { get; set; }

    /// <summary>What others were told: when (microseconds since 1970 UTC), how many matches, which result.</summary>
    public long ToldAt { get; set; }
    public long ToldCount { get; set; }
    public AttackResult ToldResult { get; set; }

    /// <summary>Others do not yet know all of it.</summary>
    public bool IsOwed => Count != ToldCount || Result != ToldResult;

    /// <summary>True when matches at these times belong to it: near enough to it, and it does not grow older than an alert may.</summary>
    /// <param name="first">Time of the first match.</param>
    /// <param name="last">Time of the last.</param>
    /// <param name="longest">Longest span of an alert, microseconds.</param>
    public bool Takes(long first, long last, long longest) =>
        last >= First - Near && first <= Last + Near && Math.Max(last, Last) - Math.Min(first, First) <= longest;

    /// <summary>Takes one more event in.</summary>
    public void Add(long at, Guid id, AttackResult result, bool estimated)
    {
        Count++;
        Note(id);
        Span(at, at);
        Worsen(result);
        IsEstimated |= estimated;
    }

    /// <summary>Takes the matches of one batch in.</summary>
    public void Merge(Fold later)
    {
        Count += later.Count;
        for (var i = 0; i < later.EventCount; i++) Note(later.Events[i]);
        Span(later.First, later.Last);
        Worsen(later.Result);
        IsEstimated |= later.IsEstimated;
    }

    /// <summary>Others know all of it.</summary>
    public void Told(long now) => (ToldAt, ToldCount, ToldResult) = (now, Count, Result);

    /// <summary>Events of evidence as they are stored.</summary>
    public string EventList => string.Join(',', Events.Take(EventCount));

    private void Note(Guid id)
    {
        if (EventCount < 4) Events[EventCount++] = id;
        else Events[3] = id;
    }

    private void Worsen(AttackResult result)
    {
        if (result.Rank() > Result.Rank()) Result = result;
    }

    private void Span(long first, long last)
    {
        if (first < First) First = first;
        if (last > Last) Last = last;
    }

    /// <summary>Opens a fold with the event that matched.</summary>
    /// <param name="batch">Batch of the event.</param>
    /// <param name="index">Index of the event.</param>
    /// <param name="rule">The rule.</param>
    /// <param name="parties">Parties of the event.</param>
    /// <param name="key">What equal matches share.</param>
    /// <param name="at">Time that counts, microseconds since 1970 UTC.</param>
    /// <param name="why">What made the rule hold.</param>
    public static Fold Open(EventBatch batch, int index, AlertRule rule, in Parties parties, Guid key, long at, in MatchedParts why)
    {
        ref var header = ref batch.Events[index];
        return new Fold
        {
            Key = key,
            Id = Parties.AlertId(rule, key, header.Id, header.Received),
            First = at,
            Last = at,
            Opening = new NewAlert(rule, header.Received, header.SourceId, new PartyTexts(parties), MatchedText.Of(batch, index, why)) { Subject = Text(parties.Subject) },
        };
    }

    /// <summary>Opens what a storm rolls into one: the matches of a fold without what parts them. Its parties are those of the first match: of an attack that comes late in a storm they are what matters.</summary>
    /// <param name="fold">The fold that would have been one alert too many.</param>
    /// <param name="kind">What is rolled together.</param>
    /// <param name="shared">What they share, as text.</param>
    public static Fold Roll(Fold fold, Rolling kind, string shared)
    {
        var opening = fold.Opening!;
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{opening.Rule.Id}\n{kind}\n{shared.ToLowerInvariant()}"), hash);
        var key = new Guid(hash[..16]);
        var roll = new Fold
        {
            Key = key,
            Id = Parties.AlertId(opening.Rule, key, fold.Events[0], opening.Received),
            First = fold.First,
            Last = fold.Last,
            Sequence = fold.Sequence,
            Opening = opening with { Rolling = kind },
        };
        roll.Merge(fold);
        return roll;
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
        matched[MatchedText.Figure] = figure.ToString(System.Globalization.CultureInfo.InvariantCulture);
        var fold = new Fold
        {
            Key = key,
            Id = Parties.AlertId(rule, key, events.Count > 0 ? events[^1] : Guid.Empty, received),
            First = first,
            Last = last,
            Count = 1,
            Result = result,
            Opening = new NewAlert(rule, received, sourceId, parties, JsonSerializer.Serialize(matched)),
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
            Opening = new NewAlert(rule, at, sourceId, default, arguments) { Code = code },
        };
    }

    internal static string? Text(ReadOnlySpan<byte> value) =>
        value.IsEmpty ? null : Encoding.UTF8.GetString(value.Length > MostText ? value[..MostText] : value);
}

/// <summary>What only the first commit of an alert needs.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Received">Receipt of the first event, microseconds since 1970 UTC.</param>
/// <param name="SourceId">Sender.</param>
/// <param name="Parties">Who does what to whom.</param>
/// <param name="Matched">Matched fields, JSON; the arguments of an alert that no rule made.</param>
internal sealed record NewAlert(AlertRule Rule, long Received, int SourceId, PartyTexts Parties, string Matched)
{
    /// <summary>What the device calls the attack, or null.</summary>
    public string? Subject { get; init; }

    /// <summary>Stable code of an alert that no rule made.</summary>
    public string? Code { get; init; }

    /// <summary>Whether it stands for more than equal matches.</summary>
    public Rolling Rolling { get; init; }

    /// <summary>Whom a storm is counted for: the attacker, or who else is known.</summary>
    public string Who => Parties.Attacker ?? Parties.Victim ?? Parties.Host ?? Parties.Account ?? "";
}

/// <summary>Parties as text, with the fields they were read from.</summary>
internal readonly record struct PartyTexts(string? Attacker, string? Victim, string? Host, string? Account, string? Fields)
{
    /// <summary>Copies the parties out of their batch.</summary>
    public PartyTexts(in Parties parties)
        : this(Fold.Text(parties.Attacker), Fold.Text(parties.Victim), Fold.Text(parties.Host), Fold.Text(parties.Account), parties.Fields.Text) { }
}
