using System.Globalization;
using System.Resources;
using System.Text.RegularExpressions;
using Juming.Platform.Handlers;
using Juming.Site.Response.Actions;
using Juming.Site.Response.Cacao;

namespace Juming.Site.Response;

/// <summary>Texts of the module's pages and menu; renders what is stored as code and arguments.</summary>
public static partial class ResponseTexts
{
    private static readonly ResourceManager Texts = new("Juming.Site.Response.ResponseTexts", typeof(ResponseTexts).Assembly);

    /// <summary>The text of a key in the reader's language.</summary>
    public static string Of(string key) => Texts.GetString(key, CultureInfo.CurrentUICulture) ?? key;

    /// <summary>The text of a key with its places filled in.</summary>
    public static string Of(string key, params object[] values) => string.Format(CultureInfo.CurrentCulture, Of(key), values);

    /// <summary>A refusal in the reader's language.</summary>
    public static string Of(Error error) => error.Fill(Texts.GetString(error.Code, CultureInfo.CurrentUICulture) ?? Platform.Web.ErrorTexts.Of(error));

    /// <summary>What stands before codes of channels.</summary>
    internal const string ChannelCode = "channel.";

    /// <summary>The text of a code that may be another module's: the code itself where nobody has words for it.</summary>
    public static string Code(string code) => code.Length == 0 ? "" : code.StartsWith(ChannelCode, StringComparison.Ordinal) ? Platform.Notify.NotifyTexts.FailureOf(code[ChannelCode.Length..]) : Texts.GetString("code." + code, CultureInfo.CurrentUICulture) ?? Platform.Web.ErrorTexts.Of(new Error(ErrorKind.Conflict, code, code));

    /// <summary>Why something is wrong with a playbook.</summary>
    internal static string Problem(PlaybookProblem problem)
    {
        var values = problem.Arguments.ToDictionary();
        if (values.GetValueOrDefault("reason") is { } reason && problem.Code == "expression") values["reason"] = Of("expression." + reason);
        return Fill(Of("problem." + problem.Code), values);
    }

    /// <summary>What an action would do.</summary>
    internal static string Line(PlanLine line)
    {
        var values = line.Arguments.ToDictionary();
        foreach (var name in new[] { "refusal", "reason" })
            if (values.TryGetValue(name, out var code)) values[name] = Code(code);
        return Fill(Of(line.Code), values);
    }

    /// <summary>Name of an action; the code where there is none.</summary>
    internal static string Action(string code) => Texts.GetString("action." + code, CultureInfo.CurrentUICulture) ?? code;

    /// <summary>Name of an input.</summary>
    internal static string Input(string name) => Texts.GetString("input." + name, CultureInfo.CurrentUICulture) ?? name;

    [GeneratedRegex("\\{([a-z]+)\\}")]
    private static partial Regex Place();

    // One pass: a value that itself looks like a place stays what it is.
    private static string Fill(string sentence, Dictionary<string, string> arguments) => Place().Replace(sentence, place => arguments.GetValueOrDefault(place.Groups[1].Value, place.Value));
}
