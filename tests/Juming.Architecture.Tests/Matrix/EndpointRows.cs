using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Juming.Platform.Access;
using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.StaticAssets;
using NUnit.Framework;

namespace Juming.Architecture.Tests.Matrix;

/// <summary>Calls every endpoint that the running application has, as everyone, with bodies that do nothing.</summary>
internal static partial class EndpointRows
{
    /// <summary>One row an endpoint and method: who is let in. For people own/other site.</summary>
    public static async Task<List<string>> Of(IEnumerable<Endpoint> endpoints, Callers callers, List<string> openDoors)
    {
        var rows = new List<string>();
        foreach (var endpoint in endpoints.OfType<RouteEndpoint>().Where(e => e.Metadata.GetMetadata<StaticAssetDescriptor>() is null && e.Metadata.GetMetadata<ComponentTypeMetadata>() is null))
            foreach (var method in endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods is { Count: > 0 } named ? named : ["GET"])
                rows.Add(await Row(method, "/" + endpoint.RoutePattern.RawText!.TrimStart('/'), callers, openDoors));
        return rows;
    }

    private static async Task<string> Row(string method, string route, Callers callers, List<string> openDoors)
    {
        var isApi = route.StartsWith("/api/", StringComparison.Ordinal);
        Task<bool> Admits(Caller caller) => EndpointRows.Admits(caller, method, route);
        bool nobody = await Admits(callers.Nobody), powerless = await Admits(callers.Powerless), elsewhere = await Admits(callers.AllPowersElsewhere);
        var row = new StringBuilder($"endpoint {method} {route} | nobody={Letter(nobody)}");
        foreach (var (here, twin) in callers.People)
        {
            row.Append(CultureInfo.InvariantCulture, $" {here.Name}={Letter(await Admits(here))}");
            // The sign-in forms allow a few posts a minute and know no scope.
            if (!isApi) continue;
            var far = await Admits(twin);
            elsewhere |= far;
            row.Append('/').Append(Letter(far));
        }
        row.Append(CultureInfo.InvariantCulture, $" token-without-scopes={Letter(powerless)}");
        if (!isApi) return row.ToString();
        var enough = new List<string>();
        foreach (var token in callers.Tokens)
            if (await Admits(token)) enough.Add(token.Name);
        row.Append(" token-with=").Append(enough.Count == callers.Tokens.Count ? "any" : enough.Count == 0 ? "none" : string.Join(',', enough));
        if (nobody || powerless || elsewhere) openDoors.Add($"{method} {route}: {(nobody ? "nobody" : powerless ? "a token without scopes" : "somebody of another site")} is let in");
        return row.ToString();
    }

    /// <summary>True when the caller came past authentication, permission and scope, however the call ended then.</summary>
    private static async Task<bool> Admits(Caller caller, string method, string route)
    {
        // The from, to and field are there for endpoints that demand them, the name for the choice of language.
        var path = Parameters().Replace(route, p => p.Groups["name"].Value == "documentName" ? "v1" : p.Groups["type"].Value switch { ":guid" => Guid.NewGuid().ToString(), ":long" or ":int" => "1", _ => "none-such" }) + "?from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z&field=source.ip&name=en";
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (method is not ("GET" or "HEAD"))
        {
            request.Content = new StringContent("{}", Encoding.UTF8, "application/json");
            // Too long to be taken, so that the bulk intake stores nothing either.
            request.Headers.Add("Idempotency-Key", new string('k', 1000));
        }
        using var answer = await caller.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        var text = answer.IsSuccessStatusCode ? "" : await answer.Content.ReadAsStringAsync();
        Assert.That(answer.StatusCode, Is.Not.EqualTo(HttpStatusCode.InternalServerError).And.Not.EqualTo(HttpStatusCode.TooManyRequests), $"{method} {path} as {caller.Name}: {text}");
        return answer.StatusCode is not (HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden) && !text.Contains(AccessErrors.OutsideYourScope.Code, StringComparison.Ordinal);
    }

    internal static char Letter(bool isAdmitted) => isAdmitted ? 'y' : 'n';

    [GeneratedRegex(@"\{\**(?<name>[A-Za-z]+)(?<type>:[a-z]+)?\??\}")]
    private static partial Regex Parameters();
}
