using System.Text.RegularExpressions;

namespace Juming.Site.Detection.Sigma;

/// <summary>
/// A rule's regular expression. It is read at once, so that a wrong one is refused with its rule; the engine that runs it is built at its first look,
/// because its tables take half a megabyte each and most expressions stand behind literals that are never seen.
/// </summary>
internal sealed class SigmaRegex
{
    private readonly Regex _read;
    private readonly Lazy<Regex> _engine;

    /// <summary>Reads an expression.</summary>
    /// <exception cref="ArgumentException">It is no regular expression; the message says where.</exception>
    public SigmaRegex(string text, RegexOptions options)
    {
        _read = new Regex(text, options, RegexLimits.Timeout);
        _engine = new Lazy<Regex>(Build);
    }

    /// <summary>Its options, as the rule asks for them.</summary>
    public RegexOptions Options => _read.Options;

    /// <summary>Whether it occurs in a text.</summary>
    /// <exception cref="RegexMatchTimeoutException">The look took too long.</exception>
    public bool IsMatch(ReadOnlySpan<char> text) => _engine.Value.IsMatch(text);

    /// <summary>The expression itself.</summary>
    public override string ToString() => _read.ToString();

    private Regex Build()
    {
        try
        {
            return new Regex(_read.ToString(), _read.Options | RegexOptions.NonBacktracking, RegexLimits.LinearTimeout);
        }
        catch (NotSupportedException)
        {
            // Look-around and back-references need the backtracking engine: it runs under a time limit, and the rule is cut off when it meets that often.
            return _read;
        }
    }
}
