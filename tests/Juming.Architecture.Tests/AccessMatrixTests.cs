using System.Text;
using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Platform.Modules;
using Juming.Testing;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace Juming.Architecture.Tests;

/// <summary>
/// Who may do what, written down: every request, endpoint and page with its permission and each role's answer in the own and in a foreign scope. The
/// committed table is what people read in review; a new endpoint without a row fails.
/// </summary>
[Category("X7")]
public sealed class AccessMatrixTests
{
    private static readonly Scope Own = new("site", "self");
    private static readonly Scope Foreign = new("site", "other");

    [TestCase("cloud")]
    [TestCase("operator")]
    [TestCase("site")]
    public async Task The_matrix_is_the_committed_one(string tierName)
    {
        await using var tier = await RunningTier.Start(tierName);
        var modules = tier.Services.GetRequiredService<IReadOnlyList<Juming.Platform.Modules.Module>>();
        var types = PlatformServices.TypesOf(modules);
        var map = tier.Services.GetRequiredService<PermissionMap>();
        var lines = new List<string>();
        foreach (var request in types.Where(PlatformServices.IsRequest)) lines.Add($"request {request.Name} | {Rule(request)} | {Answers(request, map)}");
        foreach (var endpoint in tier.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>())
        {
            if (endpoint.RoutePattern.RawText is not { } route || route.StartsWith("/_", StringComparison.Ordinal) || route.StartsWith("_", StringComparison.Ordinal) || route.Contains('.', StringComparison.Ordinal)) continue;
            var methods = endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods is { Count: > 0 } m ? string.Join(',', m) : "ANY";
            lines.Add($"endpoint {methods} {route}");
        }
        foreach (var page in types.Where(t => t.GetCustomAttributes(typeof(RouteAttribute), false).Length > 0))
            foreach (RouteAttribute route in page.GetCustomAttributes(typeof(RouteAttribute), false)) lines.Add($"page {route.Template} | {page.Name}");
        var text = string.Join('\n', lines.Distinct().Order(StringComparer.Ordinal)) + "\n";
        var file = Path.Combine(Folder(), $"access-matrix.{tierName}.txt");
        if (Environment.GetEnvironmentVariable("UPDATE_SNAPSHOTS") == "1") await File.WriteAllTextAsync(file, text, new UTF8Encoding(false));
        Assert.That(text, Is.EqualTo(File.Exists(file) ? (await File.ReadAllTextAsync(file)).ReplaceLineEndings("\n") : ""), $"{file}: run with UPDATE_SNAPSHOTS=1 and read the difference.");
    }

    [Test]
    public void Only_sign_in_and_set_up_are_open_to_anyone()
    {
        var open = Tiers.All.SelectMany(t => PlatformServices.TypesOf(t.Modules)).Where(t => PlatformServices.IsRequest(t) && typeof(IOpenToAnyone).IsAssignableFrom(t)).Select(t => t.Name).Distinct();
        Assert.That(open, Is.EquivalentTo(new[] { "SignIn", "SubmitCode", "OfferPasskeySignIn", "SignInWithPasskey", "OfferEnrolment", "FinishEnrolment", "Join", "SetUpHost" }));
    }

    private static string Rule(Type request) =>
        RequestPolicies.PermissionOf(request) ?? (typeof(IOpenToAnyone).IsAssignableFrom(request) ? "anyone" : "myself");

    /// <summary>For each role: own/foreign scope, y or n; computed from the same actor and policy that the guard decides on.</summary>
    private static string Answers(Type request, PermissionMap map)
    {
        if (typeof(IOpenToAnyone).IsAssignableFrom(request)) return "nobody=y/y";
        var permission = RequestPolicies.PermissionOf(request);
        return string.Join(' ', Enum.GetValues<Role>().Select(role =>
        {
            var actor = new Actor(ActorKind.Person, "x", "x", map.Of([role]), [Own]);
            char May(Scope scope) => actor.Covers(scope) && (permission is null || actor.Holds(permission)) ? 'y' : 'n';
            return $"{role}={May(Own)}/{May(Foreign)}";
        }));
    }

    private static string Folder()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Juming.sln"))) folder = folder.Parent;
        return Path.Combine(folder!.FullName, "tests", "Juming.Architecture.Tests", "Snapshots");
    }
}
