using System.Text;
using Juming.Contracts.Indicators;

namespace Juming.Site.ThreatIntel.Hunt;

/// <summary>
/// A query of the log search that every event fits which an indicator could be met by: its value as a word where lines hold it as it stands, so that blocks without it are ruled out unread. More
/// fits than is meant; what was found is held against the indicator itself.
/// </summary>
internal sealed class HuntQuery
{
    // The language's own bounds with room to spare.
    private const int MostTerms = 150;
    private const int MostLength = 7000;

    private readonly StringBuilder _text = new();
    private int _terms;

    /// <summary>The query.</summary>
    public string Text => _text.ToString();

    /// <summary>Adds an indicator; false when there is no more room.</summary>
    public bool TryAdd(Hunted hunted)
    {
        var terms = TermsOf(hunted.Kind, hunted.Value);
        var length = terms.Sum(t => t.Length + 4);
        if (_terms + terms.Count > MostTerms || _text.Length + length > MostLength) return false;
        foreach (var term in terms)
        {
            if (_text.Length > 0) _text.Append(" or ");
            _text.Append(term);
        }
        _terms += terms.Count;
        return true;
    }

    private static List<string> TermsOf(IndicatorKind kind, string value) => kind switch
    {
        // Lines may hold it in other letters; the columns hold it in one form.
        IndicatorKind.Address when value.Contains(':', StringComparison.Ordinal) => [$"source.ip:\"{value}\"", $"destination.ip:\"{value}\""],
        IndicatorKind.Network => [$"source.ip:{value}", $"destination.ip:{value}"],
        IndicatorKind.Url => [Word(HostOf(value))],
        _ => [Word(value)],
    };

    private static string HostOf(string url)
    {
        var bytes = Encoding.UTF8.GetBytes(url);
        return Encoding.UTF8.GetString(bytes[UrlForm.HostOf(bytes)]);
    }

    private static string Word(string text) => "\"" + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal) + "\"";
}
