using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Juming.Site.Assets;
using Juming.Site.Detection;
using Juming.Site.Incidents;

namespace Juming.Site.Response;

/// <summary>Variables that every run has, filled in from the incident it is about; a playbook need not declare them.</summary>
internal static class RunVariables
{
    public const string Incident = "__incident__";
    public const string Attacker = "__attacker__";

    /// <summary>How often the loop that was looked at last has gone round.</summary>
    public const string Round = "__round__";

    /// <summary>Names and types.</summary>
    public static readonly IReadOnlyDictionary<string, string> Known = new Dictionary<string, string>
    {
        [Incident] = "uuid",
        ["__incident_number__"] = "string",
        ["__severity__"] = "integer",
        ["__priority__"] = "integer",
        ["__state__"] = "string",
        ["__attack__"] = "string",
        [Attacker] = "string",
        ["__attackers__"] = "list",
        ["__victim__"] = "string",
        ["__victims__"] = "list",
        ["__host__"] = "string",
        ["__hosts__"] = "list",
        ["__account__"] = "string",
        ["__accounts__"] = "list",
        ["__tactics__"] = "list",
        ["__techniques__"] = "list",
        ["__rules__"] = "list",
        ["__alerts__"] = "integer",
        ["__succeeded__"] = "bool",
        ["__attacker_is_internal__"] = "bool",
        [Round] = "integer",
        ["__run__"] = "string",
        ["__cause__"] = "string",
    };

    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Values of an incident. They come from logs: attacker-controlled.</summary>
    public static Dictionary<string, string> Of(IncidentFacts facts, IAssetDirectory? assets)
    {
        var brief = facts.Brief;
        var attacker = brief.Attacker ?? facts.Attackers.FirstOrDefault() ?? "";
        return new Dictionary<string, string>
        {
            [Incident] = brief.Id.ToString(),
            ["__incident_number__"] = brief.Number,
            ["__severity__"] = ((int)brief.Severity).ToString(CultureInfo.InvariantCulture),
            ["__priority__"] = ((int)brief.Priority).ToString(CultureInfo.InvariantCulture),
            ["__state__"] = brief.State.ToString(),
            ["__attack__"] = brief.Title.Arguments.GetValueOrDefault("attack", ""),
            [Attacker] = attacker,
            ["__attackers__"] = List(facts.Attackers),
            ["__victim__"] = facts.Victims.FirstOrDefault() ?? brief.Target ?? "",
            ["__victims__"] = List(facts.Victims),
            ["__host__"] = facts.Hosts.FirstOrDefault() ?? "",
            ["__hosts__"] = List(facts.Hosts),
            ["__account__"] = facts.Accounts.FirstOrDefault() ?? "",
            ["__accounts__"] = List(facts.Accounts),
            ["__tactics__"] = List(brief.Tactics),
            ["__techniques__"] = List(facts.Techniques),
            ["__rules__"] = List(facts.Rules),
            ["__alerts__"] = brief.Alerts.ToString(CultureInfo.InvariantCulture),
            ["__succeeded__"] = brief.Result is AttackResult.Succeeded or AttackResult.Compromised ? "true" : "false",
            ["__attacker_is_internal__"] = attacker.Length > 0 && assets?.IsInternal(attacker) == true ? "true" : "false",
        };
    }

    private static string List(IReadOnlyList<string> items) => JsonSerializer.Serialize(items, Readable);
}
