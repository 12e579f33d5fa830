using Juming.Platform.Handlers;
using Juming.Site.Approvals.Answer;
using Juming.Site.Approvals.List;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Juming.Site.Approvals.Phone;

/// <summary>The page that a person's link opens: static, without script. GET only shows; the form's POST answers.</summary>
internal static class PhonePages
{
    private const int MostForm = 16 * 1024;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("{link}", Show);
        routes.MapPost("{link}", Submit);
    }

    private static async Task<IResult> Show(HttpContext http, Sender sender, string link, CancellationToken ct)
    {
        var opened = await sender.Send(new OpenLink(new Secret(link)), ct);
        return Page(http, opened.Succeeded ? opened.Value : null, opened.Error, null);
    }

    private static async Task<IResult> Submit(HttpContext http, Sender sender, string link, CancellationToken ct)
    {
        if (await Form(http, ct) is not { } form || form["answer"] is not [("agree" or "refuse") and { } choice]) return await Again(http, sender, link, Platform.Access.AccessErrors.FormExpired, null, ct);
        var reason = form["reason"].ToString();
        var answered = await sender.Send(new AnswerByLink(new Secret(link), choice == "agree", reason, new Secret(form["code"].ToString().Trim())), ct);
        // Twice pressed is answered once; who pressed sees how it stands, not an error.
        if (answered.Error is { } error && error.Code != ApprovalErrors.AnsweredAlready.Code) return await Again(http, sender, link, error, reason, ct);
        return Results.Redirect(http.Request.Path, permanent: false, preserveMethod: false);
    }

    private static async Task<IResult> Again(HttpContext http, Sender sender, string link, Error problem, string? reason, CancellationToken ct)
    {
        var opened = await sender.Send(new OpenLink(new Secret(link)), ct);
        return Page(http, opened.Succeeded ? opened.Value : null, opened.Error ?? problem, reason);
    }

    private static IResult Page(HttpContext http, ApprovalDetail? approval, Error? problem, string? reason)
    {
        var tokens = http.RequestServices.GetRequiredService<IAntiforgery>().GetAndStoreTokens(http);
        // The antiforgery service allows caching by the browser; an approval must be fetched anew each time.
        http.Response.Headers.CacheControl = "no-store";
        var status = approval is null ? StatusCodes.Status404NotFound : problem is null ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest;
        return new RazorComponentResult<PhonePage>(new { View = new PhoneView { Approval = approval, Problem = problem, Reason = reason, FormField = tokens.FormFieldName, FormToken = tokens.RequestToken ?? "" } }) { StatusCode = status, PreventStreamingRendering = true };
    }

    private static async Task<IFormCollection?> Form(HttpContext http, CancellationToken ct) =>
        http.Request.HasFormContentType && http.Request.ContentLength < MostForm && await http.RequestServices.GetRequiredService<IAntiforgery>().IsRequestValidAsync(http) ? await http.Request.ReadFormAsync(ct) : null;
}
