using System.Globalization;
using System.Net;
using System.Security.Claims;
using System.Text;
using Juming.Platform.Access;
using Juming.Platform.Access.Sessions;
using Juming.Platform.Modules;
using Juming.Platform.Resources;
using Juming.Testing;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.AspNetCore.Components.Routing;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NUnit.Framework;

namespace Juming.Architecture.Tests.Matrix;

/// <summary>
/// Opens every page as everyone. The answer to HTTP is an empty frame that the page fills over its circuit, so what HTTP can tell is whether one must sign
/// in; what a role sees is told by the page itself, rendered here with that role's session.
/// </summary>
internal static class PageRows
{
    /// <summary>One row a page: whether its content or its refusal comes, for each role at the own/another site.</summary>
    public static async Task<List<string>> Of(RunningTier tier, IEnumerable<Endpoint> endpoints, Callers callers, List<string> openDoors)
    {
        var rows = new List<string>();
        var menu = tier.Services.GetRequiredService<IReadOnlyList<Module>>().SelectMany(m => m.Menu).ToLookup(i => i.Href, i => i.Permission);
        var rights = tier.Services.GetRequiredService<PermissionMap>();
        foreach (var endpoint in endpoints.OfType<RouteEndpoint>())
        {
            if (endpoint.Metadata.GetMetadata<ComponentTypeMetadata>()?.Type is not { } page) continue;
            var route = "/" + endpoint.RoutePattern.RawText!.TrimStart('/');
            var path = route.Replace("{Number}", "INC-2026-0001", StringComparison.Ordinal);
            var permission = menu[route].FirstOrDefault();
            var row = new StringBuilder($"page {route} | {page.Name}{(permission is null ? "" : " in the menu with " + permission)} | nobody={await ByHttp(callers.Nobody, path)} token={await ByHttp(callers.AllPowersElsewhere, path)}");
            foreach (var (here, twin) in callers.People)
            {
                bool own = await Shows(tier, page, path, here), far = await Shows(tier, page, path, twin);
                row.Append(CultureInfo.InvariantCulture, $" {here.Name}={EndpointRows.Letter(own)}/{EndpointRows.Letter(far)}");
                Assert.That(await ByHttp(here, path), Is.EqualTo("frame"), $"{path} as {here.Name}");
                if (permission is null) continue;
                var may = rights.Of([Enum.Parse<Role>(here.Name)]).Contains(permission);
                if (own != may) openDoors.Add($"page {route}: the menu names {permission}, but {here.Name} {(own ? "is shown its content" : "is refused")}");
                if (far) openDoors.Add($"page {route}: a {here.Name} of another site is shown its content");
            }
            rows.Add(row.ToString());
        }
        return rows;
    }

    private static async Task<string> ByHttp(Caller caller, string path)
    {
        using var answer = await caller.Http.GetAsync(path);
        if (answer.StatusCode == HttpStatusCode.Redirect && answer.Headers.Location!.OriginalString.StartsWith("/sign-in?return=", StringComparison.Ordinal)) return "sign-in";
        return answer.IsSuccessStatusCode || answer.StatusCode == HttpStatusCode.NotFound ? "frame" : ((int)answer.StatusCode).ToString(CultureInfo.InvariantCulture);
    }

    private static async Task<bool> Shows(RunningTier tier, Type page, string path, Caller caller)
    {
        await using var scope = tier.Services.CreateAsyncScope();
        var services = scope.ServiceProvider;
        ((IHostEnvironmentNavigationManager)services.GetRequiredService<NavigationManager>()).Initialize(tier.Address.ToString(), new Uri(tier.Address, path).ToString());
        var claims = new ClaimsIdentity([new Claim(SessionAuthentication.SessionClaim, caller.Session!.Id.ToString()), new Claim(ClaimTypes.Name, caller.Session.Name)], "test");
        ((IHostEnvironmentAuthenticationStateProvider)services.GetRequiredService<AuthenticationStateProvider>()).SetAuthenticationState(Task.FromResult(new AuthenticationState(new ClaimsPrincipal(claims))));
        await using var renderer = new HtmlRenderer(services, services.GetRequiredService<ILoggerFactory>());
        var parameters = path.Contains("INC-", StringComparison.Ordinal) ? new Dictionary<string, object?> { ["Number"] = "INC-2026-0001" } : [];
        var html = await renderer.Dispatcher.InvokeAsync(async () => (await renderer.RenderComponentAsync(page, ParameterView.FromDictionary(parameters))).ToHtmlString());
        var text = WebUtility.HtmlDecode(html);
        return !text.Contains(SentenceOf(AccessErrors.NotPermitted), StringComparison.Ordinal) && !text.Contains(SentenceOf(AccessErrors.OutsideYourScope), StringComparison.Ordinal);
    }

    /// <summary>The sentence up to its first argument.</summary>
    private static string SentenceOf(Platform.Handlers.Error error) => Juming.Platform.Web.ErrorTexts.Of(error).Split('{')[0];
}
