using System.Globalization;
using System.Text.Json;
using Juming.Contracts.Indicators;

namespace Juming.Cloud.ThreatIntel.Feeds;

/// <summary>Where a format keeps what: names (or numbers, from 1) of columns, or paths of fields with dots.</summary>
internal sealed record FeedMapping
{
    /// <summary>JSON: path of the list of entries; empty when the whole is one, or lines are.</summary>
    public string Items { get; init; } = "";

    /// <summary>CSV: separator.</summary>
    public string Separator { get; init; } = ",";
    public string Value { get; init; } = "";
    public string Kind { get; init; } = "";
    public string Confidence { get; init; } = "";
    public string Threat { get; init; } = "";
    public string Family { get; init; } = "";

    /// <summary>A text in which techniques of ATT&amp;CK are named, such as tags.</summary>
    public string Techniques { get; init; } = "";
    public string Note { get; init; } = "";
    public string Reference { get; init; } = "";
    public string First { get; init; } = "";
    public string Last { get; init; } = "";
    public string Until { get; init; } = "";

    /// <summary>Kind of all entries, where no field tells it; None to find it out of each.</summary>
    public IndicatorKind AllAre { get; init; }

    /// <summary>The mapping of a source; nothing mapped when there is none.</summary>
    /// <exception cref="FeedFailedException">It is none.</exception>
    public static FeedMapping Read(string json)
    {
        if (string.IsNullOrWhiteSpace(json)) return new();
        try
        {
            return JsonSerializer.Deserialize<FeedMapping>(json, Options) ?? new();
        }
        catch (JsonException e)
        {
            throw new FeedFailedException("mapping", e.Message, e);
        }
    }

    /// <summary>An entry out of named texts.</summary>
    /// <param name="text">The text of a mapped name; null when there is none.</param>
    public FeedItem Item(Func<string, string?> text)
    {
        string? Of(string name) => name.Length == 0 ? null : text(name) is { } found && found.Trim() is { Length: > 0 } trimmed && trimmed is not ("None" or "null") ? trimmed : null;
        return new(Of(Value) ?? "", FeedWords.KindOf(Of(Kind)) is not IndicatorKind.None and var kind ? kind : AllAre)
        {
            Confidence = double.TryParse(Of(Confidence), NumberStyles.Float, CultureInfo.InvariantCulture, out var sure) && sure is >= 0 and <= 100 ? (int)sure : null,
            Threat = FeedWords.ThreatOf(Of(Threat)),
            Family = Of(Family),
            Techniques = Of(Techniques),
            Note = Of(Note),
            Reference = Of(Reference),
            First = FeedWords.InstantOf(Of(First)),
            Last = FeedWords.InstantOf(Of(Last)),
            Until = FeedWords.InstantOf(Of(Until)),
        };
    }

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow, Converters = { new System.Text.Json.Serialization.JsonStringEnumConverter() } };
}
