using System.Text.Json;
using Juming.Site.DeviceLinkage.SignIn;

namespace Juming.Site.DeviceLinkage.Recorder;

/// <summary>Reads what the page's script tells of a person's act. It is the page's word: everything is bounded and nothing unknown is kept.</summary>
internal static class StepTold
{
    private const int MostCandidates = 8;
    private const int MostWords = 80;
    private static readonly HashSet<string> Keys = ["role", "name", "label", "text", "placeholder", "near", "id", "field"];
    private static readonly HashSet<string> Ops = ["click", "fill", "select", "check", "press"];

    /// <summary>The text as JSON, or null when it is none.</summary>
    public static JsonElement? Parse(string told)
    {
        try
        {
            using var read = JsonDocument.Parse(told);
            return read.RootElement.ValueKind == JsonValueKind.Object ? read.RootElement.Clone() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The step, or null when it is none that is known.</summary>
    public static RecordedStep? Step(JsonElement told, int number, RecorderPhase phase)
    {
        var op = SignInSkill.Text(told, "t");
        if (!Ops.Contains(op)) return null;
        var candidates = told.TryGetProperty("candidates", out var list) && list.ValueKind == JsonValueKind.Array ? list.EnumerateArray().Take(MostCandidates).Select(Candidate).OfType<RecordedCandidate>().ToList() : [];
        return new RecordedStep
        {
            Number = number,
            Phase = phase,
            Op = op,
            Words = Cut(SignInSkill.Text(told, "name"), MostWords),
            Value = Cut(SignInSkill.Text(told, "value"), 500),
            Means = Cut(SignInSkill.Text(told, "means"), 20),
            Row = SignInSkill.Text(told, "row") is { Length: > 0 } row ? Cut(row, 60) : null,
            Searches = SignInSkill.Flag(told, "search"),
            Candidates = candidates,
            Chosen = Math.Max(0, Best(candidates)),
            Lists = Texts(told, "lists", 10, 400),
            OnList = SignInSkill.Flag(told, "onList"),
            Field = Cut(SignInSkill.Text(told, "number"), 40),
        };
    }

    /// <summary>Texts of an array.</summary>
    public static IReadOnlyList<string> Texts(JsonElement told, string name, int most, int longest) =>
        told.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array ? [.. list.EnumerateArray().Where(t => t.ValueKind == JsonValueKind.String).Take(most).Select(t => Cut(t.GetString()!, longest))] : [];

    public static string Cut(string text, int most) => text.Length > most ? text[..most] : text;

    // They come in the order in which they last: role and words before identities. The first that is clear is taken.
    private static int Best(List<RecordedCandidate> candidates) => candidates.FindIndex(c => c.IsClear) is >= 0 and var clear ? clear : candidates.FindIndex(c => c.IsUsable);

    private static RecordedCandidate? Candidate(JsonElement told)
    {
        if (told.ValueKind != JsonValueKind.Object || !told.TryGetProperty("spec", out var spec) || spec.ValueKind != JsonValueKind.Object || !spec.EnumerateObject().Any()) return null;
        if (!spec.EnumerateObject().All(p => Keys.Contains(p.Name) && Words(p.Value))) return null;
        return new RecordedCandidate(Cut(SignInSkill.Text(told, "by"), 20), spec.Clone(), Number(told, "score"), Number(told, "margin"));
    }

    private static bool Words(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!.Length <= MostWords,
        JsonValueKind.Array => value.GetArrayLength() is > 0 and < 5 && value.EnumerateArray().All(v => v.ValueKind == JsonValueKind.String && v.GetString()!.Length <= MostWords),
        _ => false,
    };

    private static double Number(JsonElement told, string name) => told.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? Math.Clamp(value.GetDouble(), -1, 1) : 0;
}
