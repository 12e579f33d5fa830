using System.Globalization;
using System.Resources;
using System.Text.RegularExpressions;
using Juming.Platform.Handlers;

namespace Juming.Site.Incidents;

/// <summary>Texts of the module's pages and menu; renders what is stored as code and arguments.</summary>
public static partial class IncidentsTexts
{
    private static readonly ResourceManager Texts = new("Juming.Site.Incidents.IncidentsTexts", typeof(IncidentsTexts).Assembly);

    /// <summary>The text of a key in the reader's language.</summary>
    public static string Of(string key) => Texts.GetString(key, CultureInfo.CurrentUICulture) ?? key;

    /// <summary>The text of a key with its places filled in.</summary>
    public static string Of(string key, params object[] values) => string.Format(CultureInfo.CurrentCulture, Of(key), values);

    /// <summary>A refusal in the reader's language.</summary>
    public static string Of(Error error) => error.Fill(Texts.GetString(error.Code, CultureInfo.CurrentUICulture) ?? Platform.Web.ErrorTexts.Of(error));

    /// <summary>A title in the reader's language.</summary>
    public static string Title(IncidentTitle title)
    {
        if (title.Code == "own") return title.Arguments.GetValueOrDefault("text", "");
        var arguments = title.Arguments.ToDictionary();
        arguments["attack"] = Attack(title.Arguments.GetValueOrDefault("attack", ""));
        arguments["result"] = Of("Result." + title.Arguments.GetValueOrDefault("result", "Unknown"));
        return Fill(Of(title.Code), arguments);
    }

    /// <summary>The name of a technique or tactic; a rule's own title stands for itself.</summary>
    public static string Attack(string attack)
    {
        if (attack.StartsWith('=')) return RuleTitle(attack[1..]);
        return Texts.GetString(attack, CultureInfo.CurrentUICulture) ?? (attack.Length == 0 ? Of("UnknownAttack") : attack);
    }

    /// <summary>The title of a rule; one of the program's own notices is named in the reader's language.</summary>
    public static string RuleTitle(string title) => Texts.GetString("notice." + title, CultureInfo.CurrentUICulture) ?? title;

    /// <summary>Why an alert is where it is, or what an entry of the time line tells.</summary>
    /// <param name="code">Key of the sentence.</param>
    /// <param name="arguments">Values of its places; those that are codes themselves are rendered too.</param>
    public static string Sentence(string code, IReadOnlyDictionary<string, string> arguments)
    {
        var values = arguments.ToDictionary();
        if (values.GetValueOrDefault("because") is { } because) values["because"] = Sentence("because." + because, arguments.Where(a => a.Key != "because").ToDictionary());
        if (values.GetValueOrDefault("tactic") is { } tactic) values["tactic"] = Attack(tactic);
        foreach (var (name, prefix) in Codes)
            if (values.TryGetValue(name, out var value) && Texts.GetString(prefix + value, CultureInfo.CurrentUICulture) is { } text) values[name] = text;
        return Fill(Of(code), values);
    }

    private static readonly (string Name, string Prefix)[] Codes =
        [("from", "State."), ("to", "State."), ("state", "State."), ("severity", "Severity."), ("was", "Severity."), ("verdict", "Verdict."), ("kind", "EvidenceKind."), ("result", "Result.")];

    [GeneratedRegex("\\{([a-z]+)\\}")]
    private static partial Regex Place();

    private static string Fill(string sentence, Dictionary<string, string> arguments)
    {
        // One pass: a value that itself looks like a place stays what it is.
        return Place().Replace(sentence, place => arguments.GetValueOrDefault(place.Groups[1].Value, place.Value));
    }
}
