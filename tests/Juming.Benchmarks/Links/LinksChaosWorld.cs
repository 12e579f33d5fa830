using System.Globalization;
using System.Text.Json;
using Juming.Hosting;

namespace Juming.Benchmarks.Links;

/// <summary>A site, its operator and, unless it is left out, the cloud: processes of the product, joined by tokens through its verbs, each link through a bad network of its own.</summary>
internal sealed class LinksChaosWorld : IAsyncDisposable
{
    private const int FirstIncidents = 240;

    private string _entering = "";

    private LinksChaosWorld(LinksChaosTier site, LinksChaosTier upper, LinksChaosTier? cloud, LinksChaosProxy below, LinksChaosProxy? above) => (Site, Operator, Cloud, Below, Above) = (site, upper, cloud, below, above);

    public LinksChaosTier Site { get; }

    public LinksChaosTier Operator { get; }

    public LinksChaosTier? Cloud { get; }

    /// <summary>Between the site and the operator.</summary>
    public LinksChaosProxy Below { get; }

    /// <summary>Between the operator and the cloud.</summary>
    public LinksChaosProxy? Above { get; }

    public LinksChaosLoad Load { get; private set; } = null!;

    public IEnumerable<LinksChaosTier> Tiers => Cloud is null ? [Operator, Site] : [Cloud, Operator, Site];

    /// <summary>Starts all of it, with the first incidents made and the load not yet begun.</summary>
    /// <param name="program">The program.</param>
    /// <param name="folder">For all that is not data of a tier.</param>
    /// <param name="dataOf">Data folder of a tier.</param>
    /// <param name="withCloud">With a cloud above the operator, and content that comes down.</param>
    public static async Task<LinksChaosWorld> Start(string program, string folder, Func<string, string> dataOf, bool withCloud)
    {
        await File.WriteAllTextAsync(Path.Combine(folder, "rule.yml"), LinksChaosLoad.Rule);
        var (door, top) = (LinksChaosTier.FreePort(), LinksChaosTier.FreePort());
        var (below, above) = (new LinksChaosProxy(() => door), withCloud ? new LinksChaosProxy(() => top) : null);
        var cloud = above is null ? null : new LinksChaosTier(program, "cloud", dataOf("cloud"), Path.Combine(folder, "cloud.log"), Upper(top, above.Port));
        var upper = new LinksChaosTier(program, "operator", dataOf("operator"), Path.Combine(folder, "operator.log"), Upper(door, below.Port));
        var site = new LinksChaosTier(program, "site", dataOf("site"), Path.Combine(folder, "site.log"),
        [
            "Modules:Collection:Udp:0=127.0.0.1:0", "Modules:Collection:Tcp:0=127.0.0.1:0", "Modules:Detection:StarterPack=false", "Modules:Detection:StormAlertsPerMinute=1000000",
            "Modules:Detection:RulePaths:0=" + Path.Combine(folder, "rule.yml"), "Modules:Links:EgressBytesPerHour=100000000", "Modules:Links:EgressLabelBytesPerHour=10000000",
        ]);
        var world = new LinksChaosWorld(site, upper, cloud, below, above);
        try
        {
            await world.Join();
            return world;
        }
        catch
        {
            await world.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        Load?.Dispose();
        foreach (var tier in Tiers) tier.Dispose();
        await Below.DisposeAsync();
        if (Above is not null) await Above.DisposeAsync();
    }

    private static string[] Upper(int port, int seenAt) =>
    [
        string.Create(CultureInfo.InvariantCulture, $"Modules:Links:Listen=127.0.0.1:{port}"), string.Create(CultureInfo.InvariantCulture, $"Modules:Links:PublicUrl=https://127.0.0.1:{seenAt}"), "Modules:Links:LeaseSeconds=6",
    ];

    private async Task Join()
    {
        foreach (var tier in Tiers) tier.Start();
        foreach (var tier in Tiers) await tier.Ready();
        var entering = "";
        if (Cloud is not null)
        {
            await Enrol(Operator, await Cloud.Verb("operator", "token", "Run"), Above!.Port);
            entering = await Cloud.Verb("token", "create", "--name", "run", "--scopes", "threatintel.write");
        }
        await Enrol(Site, await Operator.Verb("site", "token", "hq", "--customer", "Run"), Below.Port);
        if (Cloud is not null)
        {
            var fingerprint = await Fingerprint(Cloud);
            foreach (var tier in new[] { Operator, Site }) await tier.Verb("content", "trust", fingerprint);
        }
        // Summaries of incidents leave at the second level only; that is for the customer to say, on a page. Here by the socket of the verbs.
        var chosen = await AdminChannel.Ask(Site.Data, "ChoosePolicy", JsonSerializer.SerializeToElement(new { level = 2 }), CancellationToken.None);
        if (chosen.Refusal is { } refusal) throw new InvalidOperationException(refusal.Sentence);
        Load = new LinksChaosLoad(Site, await Site.Verb("token", "create", "--name", "run", "--scopes", "collection.send,incidents.read,incidents.write,intel.read"));
        LinksChaosLook.Watch(Operator.Database);
        if (Cloud is not null) LinksChaosLook.Watch(Cloud.Database);
        _entering = entering;
        await Load.Prepare(FirstIncidents);
    }

    /// <summary>Begins the load.</summary>
    public void Begin() => Load.Start(Cloud, _entering);

    private static async Task Enrol(LinksChaosTier lower, string token, int port)
    {
        var file = lower.Data + ".token";
        await File.WriteAllTextAsync(file, token + "\n");
        await lower.Verb("enrol", "--operator", string.Create(CultureInfo.InvariantCulture, $"https://127.0.0.1:{port}"), "--token-file", file);
        File.Delete(file);
    }

    private static async Task<string> Fingerprint(LinksChaosTier cloud)
    {
        for (var tries = 0; tries < 100; tries++)
        {
            using var status = JsonDocument.Parse(await cloud.Verb("content", "status", "--json"));
            if (status.RootElement.GetProperty("fingerprint").GetString() is { } fingerprint) return fingerprint;
            await Task.Delay(200);
        }
        throw new TimeoutException("the cloud has no repository after 20 seconds");
    }
}
