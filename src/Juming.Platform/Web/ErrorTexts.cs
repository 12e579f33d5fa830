using System.Globalization;
using System.Resources;
using Juming.Platform.Handlers;

namespace Juming.Platform.Web;

/// <summary>Refusals in the reader's language; the code is the key, English is in the code itself.</summary>
public static class ErrorTexts
{
    private static readonly ResourceManager Texts = new("Juming.Platform.Resources.Errors", typeof(ErrorTexts).Assembly);

    /// <summary>The sentence of a refusal.</summary>
    public static string Of(Error error) => error.Fill(Texts.GetString(error.Code, CultureInfo.CurrentUICulture) ?? error.Sentence);
}
