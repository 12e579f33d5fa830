using System.Globalization;
using System.Resources;
using Juming.Platform.Handlers;

namespace Juming.Platform.Resources;

/// <summary>Sentences of refusals in the reader's language; the key is the refusal's code.</summary>
public static class ErrorTexts
{
    private static readonly ResourceManager Texts = new("Juming.Platform.Resources.Errors", typeof(ErrorTexts).Assembly);

    /// <summary>The sentence in the present UI culture with its arguments; English when there is no translation.</summary>
    public static string Of(Error error) => error.Fill(Texts.GetString(error.Code, CultureInfo.CurrentUICulture) ?? error.Sentence);

    /// <summary>True when the code has a sentence of its own in exactly this culture ("" for Chinese).</summary>
    public static bool Has(string code, CultureInfo culture) => Texts.GetResourceSet(culture, true, false)?.GetString(code) is not null;
}
