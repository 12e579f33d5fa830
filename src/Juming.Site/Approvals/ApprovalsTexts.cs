using System.Globalization;
using System.Resources;
using Juming.Platform.Handlers;

namespace Juming.Site.Approvals;

/// <summary>Texts of the module's pages and menu.</summary>
public static class ApprovalsTexts
{
    private static readonly ResourceManager Texts = new("Juming.Site.Approvals.ApprovalsTexts", typeof(ApprovalsTexts).Assembly);

    /// <summary>The text of a key in the reader's language.</summary>
    public static string Of(string key) => Texts.GetString(key, CultureInfo.CurrentUICulture) ?? key;

    /// <summary>The text of a key with its places filled in.</summary>
    public static string Of(string key, params object[] values) => string.Format(CultureInfo.CurrentCulture, Of(key), values);

    /// <summary>A refusal in the reader's language.</summary>
    public static string Of(Error error) => error.Fill(Texts.GetString(error.Code, CultureInfo.CurrentUICulture) ?? Platform.Web.ErrorTexts.Of(error));

    /// <summary>What is to be done, as a question's head.</summary>
    public static string Act(string code) => Texts.GetString("Act." + code, CultureInfo.CurrentUICulture) ?? code;

    /// <summary>Name of a value of the effect.</summary>
    public static string Effect(string name) => Texts.GetString("Effect." + name, CultureInfo.CurrentUICulture) ?? name;

    /// <summary>How something is undone; null says that it can't be.</summary>
    public static string Inverse(string? code) => code is null ? Of("NoInverse") : Act(code);

    /// <summary>What would be done to what, in one line.</summary>
    internal static string Title(List.ApprovalBrief approval) => approval.Effect.GetValueOrDefault("question") is { Length: > 0 } question ? question : approval.Effect.GetValueOrDefault("target") is { Length: > 0 } target ? $"{Act(approval.Code)} {target}" : Act(approval.Code);
}
