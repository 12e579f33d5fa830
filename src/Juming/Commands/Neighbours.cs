using System.Text.Json;
using Juming.Hosting;
using Juming.Platform.Modules;

namespace Juming.Commands;

/// <summary>
/// Joins the hosts of one process, each with the one above it, by the same token and over the same connection as three processes on three machines would. It is done once, at
/// the first start: the one who starts all three is the administrator of all three, and the token never leaves the process. Whoever has left stays away.
/// </summary>
internal static class Neighbours
{
    /// <summary>Joins those that have never been joined.</summary>
    /// <param name="apps">Hosts that run, the highest first.</param>
    /// <param name="ct">Ends it.</param>
    public static async Task Join(IReadOnlyList<WebApplication> apps, CancellationToken ct)
    {
        for (var i = 1; i < apps.Count; i++) await Join(apps[i - 1], apps[i], ct);
        if (TierOf(apps[0]) == "cloud" && await Fingerprint(apps[0], ct) is { } fingerprint)
            foreach (var app in apps.Skip(1))
                if ((await Send(app, "DescribeContent", new { }, ct)).Value is { } view && view.GetProperty("fingerprint").GetString() is null) await Send(app, "TrustRoot", new { fingerprint }, ct);
    }

    /// <summary>Of the cloud's root, which it makes within moments of its first start.</summary>
    private static async Task<string?> Fingerprint(WebApplication cloud, CancellationToken ct)
    {
        for (var n = 0; n < 100; n++)
        {
            if ((await Send(cloud, "DescribeContent", new { }, ct)).Value is not { } view) return null;
            if (view.GetProperty("fingerprint").GetString() is { } fingerprint) return fingerprint;
            await Task.Delay(TimeSpan.FromMilliseconds(100), cloud.Services.GetRequiredService<TimeProvider>(), ct);
        }
        return null;
    }

    private static async Task Join(WebApplication upper, WebApplication lower, CancellationToken ct)
    {
        var (above, below) = (TierOf(upper), TierOf(lower));
        if (!Has(upper) || !Has(lower)) return;
        var link = (await Send(lower, "DescribeLink", new { }, ct)).Value;
        if (link is not { } now || now.GetProperty("joinedBefore").GetBoolean()) return;
        var name = Environment.MachineName;
        var invited = below == "site" ? await Send(upper, "MakeSiteToken", new { customer = name, site = name }, ct) : await Send(upper, "MakeOperatorToken", new { name }, ct);
        var joined = invited.Value is { } invitation ? await Send(lower, "JoinUpper", new { url = invitation.GetProperty("url").GetString(), token = invitation.GetProperty("token").GetString() }, ct) : invited;
        if (joined.Refusal is { } refusal) await Console.Error.WriteLineAsync($"Juming {below} did not join {above}: {refusal.Sentence}");
        else await Console.Out.WriteLineAsync($"Juming {below} has joined {above}");
    }

    private static string TierOf(WebApplication app) => app.Services.GetRequiredService<TierDefinition>().Name;

    private static bool Has(WebApplication app) => app.Services.GetRequiredService<IReadOnlyList<Module>>().Any(m => m is Platform.Links.LinksModule);

    private static Task<AdminAnswer> Send(WebApplication app, string request, object arguments, CancellationToken ct) =>
        AdminRequests.Run(app.Services, request, JsonSerializer.SerializeToElement(arguments, AdminRequests.Json), ct);
}
