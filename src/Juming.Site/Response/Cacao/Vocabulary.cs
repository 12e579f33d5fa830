using System.Text.RegularExpressions;

namespace Juming.Site.Response.Cacao;

/// <summary>Names and forms of CACAO 2.0. Vocabularies are open: a word that is not in them is allowed, except where a key says what its value must be.</summary>
internal static partial class Vocabulary
{
    /// <summary>Our extension: triggers and what happens on failure, on playbooks and steps.</summary>
    public const string Extension = "extension-definition--6a1d3c0e-52b7-4c1f-9f0a-2b7e4d9c8f11";

    /// <summary>Type of our own command.</summary>
    public const string CapabilityCommand = "x-juming-capability";

    public static readonly IReadOnlyDictionary<string, StepType> StepTypes = new Dictionary<string, StepType>
    {
        ["start"] = StepType.Start,
        ["end"] = StepType.End,
        ["action"] = StepType.Action,
        ["playbook-action"] = StepType.PlaybookAction,
        ["parallel"] = StepType.Parallel,
        ["if-condition"] = StepType.If,
        ["while-condition"] = StepType.While,
        ["switch-condition"] = StepType.Switch,
    };

    /// <summary>Agent and target types that the standard describes; with one of them before the identity, the object must be of it.</summary>
    public static readonly IReadOnlySet<string> AgentTypes = new HashSet<string> { "group", "individual", "location", "organization", "sector", "http-api", "linux", "net-address", "security-category", "ssh" };

    /// <summary>Those that can't be reached without an address.</summary>
    public static readonly IReadOnlySet<string> AddressedAgents = new HashSet<string> { "http-api", "linux", "net-address", "ssh" };

    public static readonly IReadOnlySet<string> AuthenticationTypes = new HashSet<string> { "http-basic", "oauth2", "user-auth" };

    /// <summary>Commands that carry nothing but encoded content.</summary>
    public static readonly IReadOnlySet<string> EncodedCommands = new HashSet<string> { "elastic", "jupyter", "kestrel", "sigma", "yara" };

    public static readonly IReadOnlySet<string> TriggerKinds = new HashSet<string> { "incident-opened", "incident-escalated", "incident-state", "schedule", "manual" };

    [GeneratedRegex("^[a-z][a-z0-9-]+[a-z0-9]--[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[1-5][0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}$", RegexOptions.CultureInvariant)]
    public static partial Regex Identifier();

    [GeneratedRegex("^[0-9]{4}-(0[1-9]|1[012])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):([0-5][0-9]):([0-5][0-9]|60)(\\.[0-9]{1,9})?Z$", RegexOptions.CultureInvariant)]
    public static partial Regex Instant();

    [GeneratedRegex("^__[a-zA-Z_][a-zA-Z0-9_-]{0,199}__$", RegexOptions.CultureInvariant)]
    public static partial Regex VariableName();

    /// <summary>"__attacker__:value" within a text.</summary>
    [GeneratedRegex("__[a-zA-Z_][a-zA-Z0-9_-]{0,199}?__:value", RegexOptions.CultureInvariant)]
    public static partial Regex Reference();

    /// <summary>The word before the identity: "action" of "action--…".</summary>
    public static string KindOf(string identifier) => identifier.IndexOf("--", StringComparison.Ordinal) is var at and > 0 ? identifier[..at] : "";
}
