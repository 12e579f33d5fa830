using System.Text;
using Juming.Architecture.Tests.Matrix;
using Juming.Architecture.Tests.Planted.Open;
using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Platform.Modules;
using Juming.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace Juming.Architecture.Tests;

/// <summary>
/// Who may do what, as the running tier answers it: every endpoint called and every page opened as each role, at the own and at another site. The
/// committed table is what people read in review; a new endpoint or page without a row fails, and one that lets in who must not fails whatever the table says.
/// </summary>
[Category("X7")]
public sealed class AccessMatrixTests
{
    [TestCase("cloud")]
    [TestCase("operator")]
    [TestCase("site")]
    public async Task The_matrix_is_the_committed_one_and_no_door_is_open(string tierName)
    {
        var (rows, openDoors) = await Look(tierName, null);
        var text = string.Join('\n', rows) + "\n";
        var file = Path.Combine(Folder(), $"access-matrix.{tierName}.txt");
        if (Environment.GetEnvironmentVariable("UPDATE_SNAPSHOTS") == "1") await File.WriteAllTextAsync(file, text, new UTF8Encoding(false));
        Assert.Multiple(() =>
        {
            Assert.That(openDoors, Is.Empty);
            Assert.That(text, Is.EqualTo(Committed(tierName)), $"{file}: run with UPDATE_SNAPSHOTS=1 and read the difference.");
        });
    }

    [Test]
    public async Task A_planted_endpoint_without_a_guard_is_found_and_has_no_row()
    {
        var (rows, openDoors) = await Look("cloud", new OpenModule());
        Assert.That(openDoors, Is.EqualTo(new[] { "GET /api/planted/open: a token without scopes is let in" }));
        Assert.That(rows.Except(Committed("cloud").Split('\n')).Single(), Does.StartWith("endpoint GET /api/planted/open | nobody=n Viewer=y/y"));
    }

    [Test]
    public void Only_sign_in_set_up_one_time_links_and_signed_calls_are_open_to_anyone()
    {
        var open = Tiers.All.SelectMany(t => PlatformServices.TypesOf(t.Modules)).Where(t => PlatformServices.IsRequest(t) && typeof(IOpenToAnyone).IsAssignableFrom(t)).Select(t => t.Name).Distinct();
        Assert.That(open, Is.EquivalentTo(new[] { "SignIn", "SubmitCode", "OfferPasskeySignIn", "SignInWithPasskey", "OfferEnrolment", "FinishEnrolment", "Join", "SetUpHost", "OpenLink", "AnswerByLink", "OpenCall", "TakePress" }));
    }

    private static async Task<(List<string> Rows, List<string> OpenDoors)> Look(string tierName, Module? planted)
    {
        var elsewhere = new Elsewhere();
        var settings = tierName == "site" ? new Dictionary<string, string?> { ["Modules:Collection:Udp:0"] = "127.0.0.1:0", ["Modules:Collection:Tcp:0"] = "127.0.0.1:0" } : null;
        await using var tier = await RunningTier.Start(tierName, settings: settings, services: elsewhere.AddTo, planted: planted);
        using var callers = await Callers.At(tier, elsewhere);
        IReadOnlyList<Endpoint> endpoints = tier.Services.GetRequiredService<EndpointDataSource>().Endpoints;
        var types = PlatformServices.TypesOf(tier.Services.GetRequiredService<IReadOnlyList<Module>>());
        var map = tier.Services.GetRequiredService<PermissionMap>();
        var openDoors = new List<string>();
        var rows = types.Where(PlatformServices.IsRequest).Select(r => $"request {r.Name} | {Rule(r, map)}").ToList();
        rows.AddRange(await EndpointRows.Of(endpoints, callers, openDoors));
        rows.AddRange(await PageRows.Of(tier, endpoints, callers, openDoors));
        return ([.. rows.Distinct().Order(StringComparer.Ordinal)], openDoors);
    }

    /// <summary>What the guard goes by; the requests of pages and verbs have no endpoint to be called by.</summary>
    private static string Rule(Type request, PermissionMap map)
    {
        if (RequestPolicies.PermissionOf(request) is not { } permission) return typeof(IOpenToAnyone).IsAssignableFrom(request) ? "anyone" : "myself";
        return $"{permission} | {string.Join(' ', Enum.GetValues<Role>().Where(r => map.Of([r]).Contains(permission)))}";
    }

    private static string Committed(string tierName) =>
        File.Exists(Path.Combine(Folder(), $"access-matrix.{tierName}.txt")) ? File.ReadAllText(Path.Combine(Folder(), $"access-matrix.{tierName}.txt")).ReplaceLineEndings("\n") : "";

    private static string Folder()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Juming.sln"))) folder = folder.Parent;
        return Path.Combine(folder!.FullName, "tests", "Juming.Architecture.Tests", "Snapshots");
    }
}
