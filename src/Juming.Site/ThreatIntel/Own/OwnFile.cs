using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Juming.Contracts.Indicators;
using Juming.Platform.Handlers;
using Juming.Platform.Web;
using Juming.Site.ThreatIntel.Sets;

namespace Juming.Site.ThreatIntel.Own;

/// <summary>One entry of a file: the line (or the place in a bundle) it comes from, and either what it says or why it is not taken.</summary>
internal sealed record OwnLine(int Line, string Shown, OwnItem? Item, IndicatorProblem Problem);

/// <summary>What an entry says.</summary>
internal sealed record OwnItem(IndicatorValue Value)
{
    public int? Confidence { get; init; }
    public int? Severity { get; init; }
    public string Threat { get; init; } = "";
    public IReadOnlyList<string> Labels { get; init; } = [];
    public IReadOnlyList<string> Techniques { get; init; } = [];
    public SharingLimit? Tlp { get; init; }
    public string Note { get; init; } = "";
    public DateTimeOffset? Until { get; init; }
}

/// <summary>Reads a file of indicators: a STIX 2.1 bundle, CSV with a line of titles, or one value a line. Bounded; a bad line stays one bad line.</summary>
internal static partial class OwnFile
{
    public const int MostBytes = 10 * 1024 * 1024;
    public const int MostEntries = 20_000;

    private const int Deepest = 24;
    private const int LongestShown = 200;
    private const int LongestNote = 500;

    /// <summary>The entries of a file.</summary>
    public static Result<IReadOnlyList<OwnLine>> Read(byte[] content)
    {
        if (content.Length > MostBytes) return IntelErrors.FileTooLarge.With("most", (MostBytes / 1024 / 1024).ToString(CultureInfo.InvariantCulture));
        var text = CsvReader.Decode(content).Text;
        var begin = text.AsSpan().TrimStart();
        var lines = begin.Length > 0 && begin[0] == '{' ? Bundle(text) : Result<IReadOnlyList<OwnLine>>.Of(Table(text));
        if (lines.Error is not null) return lines;
        if (lines.Value.Count > MostEntries) return IntelErrors.TooManyLines.With("most", MostEntries.ToString(CultureInfo.InvariantCulture));
        return lines.Value.Count > 0 ? lines : IntelErrors.NoFile.With("reason", "-");
    }

    private static List<OwnLine> Table(string text)
    {
        var (lines, titles) = (new List<OwnLine>(), (Dictionary<string, int>?)null);
        foreach (var record in CsvReader.Read(text))
        {
            if (lines.Count > MostEntries) break;
            if (record.Cells is not { } cells)
            {
                lines.Add(new(record.Line, "", null, IndicatorProblem.Unreadable));
                continue;
            }
            if (cells[0].AsSpan().TrimStart().StartsWith("#") || cells[0].AsSpan().TrimStart().StartsWith("//")) continue;
            if (titles is null)
            {
                titles = Titles(cells);
                if (titles.Count > 0) continue;
            }
            Line(record.Line, cells, titles, lines);
        }
        return lines;
    }

    /// <summary>Places of known titles; empty where the first line is none.</summary>
    private static Dictionary<string, int> Titles(IReadOnlyList<string> cells)
    {
        var places = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < cells.Count; i++) places.TryAdd(cells[i].Trim(), i);
        return places.ContainsKey("value") || places.ContainsKey("indicator") || places.ContainsKey("ioc") ? places : [];
    }

    private static void Line(int line, IReadOnlyList<string> cells, Dictionary<string, int> titles, List<OwnLine> into)
    {
        string Of(params ReadOnlySpan<string> names)
        {
            foreach (var name in names)
                if (titles.TryGetValue(name, out var place) && place < cells.Count) return cells[place].Trim();
            return "";
        }
        var value = titles.Count == 0 ? cells[0].Trim() : Of("value", "indicator", "ioc");
        Add(line, value, IndicatorKind.None, new OwnItem(default)
        {
            Confidence = int.TryParse(Of("confidence"), NumberStyles.None, CultureInfo.InvariantCulture, out var sure) && sure <= 100 ? sure : null,
            Severity = SeverityOf(Of("severity")),
            Threat = Of("threat", "family", "malware"),
            Labels = Words(Of("labels", "tags")),
            Techniques = [.. Words(Of("techniques", "attack")).Where(t => Technique().IsMatch(t))],
            Tlp = TlpOf(Of("tlp")),
            Note = Of("note", "comment", "description"),
            Until = DateTimeOffset.TryParse(Of("until", "valid_until", "expires"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var until) ? until : null,
        }, into);
    }

    private static Result<IReadOnlyList<OwnLine>> Bundle(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = Deepest });
            if (!document.RootElement.TryGetProperty("objects", out var objects) || objects.ValueKind != JsonValueKind.Array) return IntelErrors.NoFile.With("reason", "no STIX bundle");
            var (lines, place) = (new List<OwnLine>(), 0);
            foreach (var one in objects.EnumerateArray())
            {
                place++;
                if (lines.Count > MostEntries) break;
                if (one.ValueKind == JsonValueKind.Object && String(one, "type") == "indicator" && !(one.TryGetProperty("revoked", out var revoked) && revoked.ValueKind == JsonValueKind.True)) Indicator(place, one, lines);
            }
            return Result<IReadOnlyList<OwnLine>>.Of(lines);
        }
        catch (JsonException e)
        {
            return IntelErrors.NoFile.With("reason", $"JSON, line {(e.LineNumber ?? 0) + 1}");
        }
        catch (InvalidOperationException)
        {
            // A text of half surrogates: JSON allows to write it, nothing can read it.
            return IntelErrors.NoFile.With("reason", "JSON");
        }
    }

    private static void Indicator(int place, JsonElement one, List<OwnLine> into)
    {
        var pattern = String(one, "pattern") ?? "";
        if (String(one, "pattern_type") is not (null or "stix") || StixPattern.Read(pattern) is not { } values)
        {
            into.Add(new(place, Shown(pattern.Length > 0 ? pattern : String(one, "id") ?? ""), null, IndicatorProblem.Unreadable));
            return;
        }
        var item = new OwnItem(default)
        {
            Confidence = one.TryGetProperty("confidence", out var sure) && sure.ValueKind == JsonValueKind.Number && sure.TryGetInt32(out var percent) && percent is >= 0 and <= 100 ? percent : null,
            Threat = String(one, "name") ?? "",
            Labels = [.. Strings(one, "labels").Concat(Strings(one, "indicator_types")).Take(IndicatorFacts.MostLabels)],
            Techniques = [.. Elements(one, "external_references").Select(r => String(r, "external_id") ?? "").Where(t => Technique().IsMatch(t)).Take(IndicatorFacts.MostLabels)],
            Note = String(one, "description") ?? "",
            Until = DateTimeOffset.TryParse(String(one, "valid_until"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var until) ? until : null,
        };
        foreach (var (value, kind) in values) Add(place, value, kind, item, into);
    }

    private static void Add(int line, string value, IndicatorKind kind, OwnItem item, List<OwnLine> into)
    {
        var (read, room) = (new List<IndicatorValue>(), new List<IndicatorValue>());
        if (IndicatorReader.Read(value, kind, read) is not IndicatorProblem.None and var problem)
        {
            into.Add(new(line, Shown(value), null, problem));
            return;
        }
        foreach (var one in read)
            into.Add(IndicatorCheck.Of(one, room) is not IndicatorProblem.None and var refused
                ? new(line, Shown(value), null, refused)
                : new(line, Shown(value), item with { Value = one, Threat = Cut(item.Threat, IndicatorFacts.LongestThreat), Note = Cut(item.Note, LongestNote) }, IndicatorProblem.None));
    }

    private static string Shown(string text) => Cut(text, LongestShown);

    private static string Cut(string text, int most)
    {
        var plain = string.Concat(text.Take(most).Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '\uFFFD' : c)).Trim();
        return plain;
    }

    private static IReadOnlyList<string> Words(string text) => [.. text.Split([',', ';', ' ', '|'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(w => Cut(w, 60)).Take(IndicatorFacts.MostLabels)];

    private static int? SeverityOf(string text) => text.ToUpperInvariant() switch { "1" or "LOW" or "低" => 1, "2" or "MEDIUM" or "中" => 2, "3" or "HIGH" or "高" => 3, "4" or "CRITICAL" or "严重" => 4, _ => null };

    private static SharingLimit? TlpOf(string text) => text.ToUpperInvariant().Replace("TLP:", "", StringComparison.Ordinal) switch
    {
        "CLEAR" or "WHITE" => SharingLimit.Clear,
        "GREEN" => SharingLimit.Green,
        "AMBER" => SharingLimit.Amber,
        "AMBER+STRICT" => SharingLimit.AmberStrict,
        "RED" => SharingLimit.Red,
        _ => null,
    };

    private static string? String(JsonElement one, string name) => one.ValueKind == JsonValueKind.Object && one.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static IEnumerable<JsonElement> Elements(JsonElement one, string name) => one.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array ? list.EnumerateArray().Take(100) : [];

    private static IEnumerable<string> Strings(JsonElement one, string name) => Elements(one, name).Where(e => e.ValueKind == JsonValueKind.String).Select(e => Cut(e.GetString()!, 60));

    [GeneratedRegex(@"^T\d{4}(\.\d{3})?$", RegexOptions.CultureInvariant)]
    private static partial Regex Technique();
}
