using System.Globalization;
using System.Text.Json;

namespace Juming.Site.Incidents.Data;

/// <summary>Makes entries of time lines.</summary>
internal static class Entries
{
    /// <summary>Code of an entry that says anew what a comment says.</summary>
    public const string Correction = "comment-corrected";

    /// <summary>An entry of a code with arguments.</summary>
    public static EntryRow Of(Guid incident, DateTimeOffset at, string code, string by, params ReadOnlySpan<(string Name, object Value)> arguments)
    {
        var values = new Dictionary<string, string>(arguments.Length);
        foreach (var (name, value) in arguments) values[name] = Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
        return new EntryRow { IncidentId = incident, At = at, Code = code, By = by, Arguments = JsonSerializer.Serialize(values) };
    }

    /// <summary>An entry with what a person wrote.</summary>
    public static EntryRow Of(Guid incident, DateTimeOffset at, string code, string by, string text) =>
        new() { IncidentId = incident, At = at, Code = code, By = by, Text = text };
}
