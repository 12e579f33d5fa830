using Juming.Platform.Handlers;
using Juming.Platform.Web;

namespace Juming.Site.Blocking.Show;

/// <summary>Why something is refused, with the protected entry's kind in the reader's language.</summary>
internal static class ReasonText
{
    public static string Of(Error error) =>
        ErrorTexts.Of(error.Arguments?.GetValueOrDefault("entry") is { Length: > 0 } entry ? error.With("entry", BlockingTexts.Entry(entry)) : error);
}
