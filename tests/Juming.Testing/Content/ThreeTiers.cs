using Juming.Cloud.Operators.Manage;
using Juming.Cloud.ThreatIntel;
using Juming.Cloud.ThreatIntel.Indicators;
using Juming.Operator.Customers.Sites;
using Juming.Platform.Content.Keep;
using Juming.Platform.Content.Root;
using Juming.Platform.Handlers;
using Juming.Platform.Jobs;
using Juming.Platform.Library.Packs;
using Juming.Platform.Links;
using Juming.Platform.Links.Join;
using Juming.Site.ThreatIntel;
using Microsoft.Extensions.DependencyInjection;

namespace Juming.Testing.Content;

/// <summary>A cloud, an operator and a site in this process, each with its own folder and database, joined one to the other over real TLS on loopback.</summary>
public sealed class ThreeTiers : IAsyncDisposable
{
    private ThreeTiers(RunningTier cloud, RunningTier operatorTier, RunningTier site) => (Cloud, Operator, Site) = (cloud, operatorTier, site);

    /// <summary>The cloud.</summary>
    public RunningTier Cloud { get; }

    /// <summary>The operator.</summary>
    public RunningTier Operator { get; }

    /// <summary>The site.</summary>
    public RunningTier Site { get; }

    /// <summary>Starts all three, joined, each trusting the cloud.</summary>
    public static async Task<ThreeTiers> Start(IReadOnlyDictionary<string, string?>? cloudSettings = null, IReadOnlyDictionary<string, string?>? siteSettings = null, IReadOnlyDictionary<string, string?>? operatorSettings = null)
    {
        var cloud = await StartCloud(cloudSettings);
        var fingerprint = await FingerprintOf(cloud);
        var trust = new Dictionary<string, string?> { ["Modules:Content:Root"] = fingerprint };
        var middle = await RunningTier.Start("operator", settings: new Dictionary<string, string?>((operatorSettings ?? new Dictionary<string, string?>()).Concat(trust)) { ["Modules:Links:Listen"] = "127.0.0.1:0" });
        var site = await RunningTier.Start("site", settings: trust.Concat(siteSettings ?? new Dictionary<string, string?>()).ToDictionary(s => s.Key, s => s.Value));
        var tiers = new ThreeTiers(cloud, middle, site);
        await tiers.Join();
        return tiers;
    }

    /// <summary>A cloud of its own.</summary>
    public static Task<RunningTier> StartCloud(IReadOnlyDictionary<string, string?>? settings = null) =>
        RunningTier.Start("cloud", settings: new Dictionary<string, string?>(settings ?? new Dictionary<string, string?>()) { ["Modules:Links:Listen"] = "127.0.0.1:0" });

    /// <summary>Fingerprint of a cloud's first root, once it has one.</summary>
    public static async Task<string> FingerprintOf(RunningTier cloud)
    {
        string? fingerprint = null;
        await Until(async () => (fingerprint = await cloud.Services.GetRequiredService<TrustBook>().Fingerprint(CancellationToken.None)) is not null, "the cloud makes its repository");
        return fingerprint!;
    }

    /// <summary>Joins the operator with the cloud and the site with the operator.</summary>
    public async Task Join()
    {
        await Join(Operator, await Cloud.Send(new MakeOperatorToken("Relay")));
        await Join(Site, await Operator.Send(new MakeSiteToken("Customer", "hq")));
    }

    /// <summary>Enters a value at the cloud.</summary>
    public async Task Enter(string value, Tlp tlp = Tlp.Amber)
    {
        var added = await Cloud.Send(new AddIndicators { Text = value, Threat = ThreatKind.C2, Confidence = 90, Tlp = tlp });
        if (added.Error is { } error) throw new InvalidOperationException(error.ToString());
    }

    /// <summary>Publishes a version of a pack in the cloud's library, to all sites.</summary>
    public async Task Publish(string kind, string name, int version, string title, byte[] content)
    {
        var done = await Cloud.Send(new PublishPack(kind, name, version, title, "", 100, content));
        if (done.Error is { } error) throw new InvalidOperationException(error.ToString());
    }

    /// <summary>Runs a recurring job of a tier now.</summary>
    public static async Task Run(RunningTier tier, string job)
    {
        await using var scope = tier.Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<JobRunner>().Run(job, CancellationToken.None);
    }

    /// <summary>The cloud lets the operator sign its own list until this is disposed of.</summary>
    public async Task<IAsyncDisposable> Delegate()
    {
        var own = (await Operator.Send(new GetOwnKey())).Value;
        var made = await Cloud.Send(new DelegateOperator(own.Id, own.Key));
        if (made.Error is { } error) throw new InvalidOperationException(error.ToString());
        await Until(async () => (await Operator.Send(new GetOwnKey())).Value.IsDelegated, "the delegation came");
        return new Delegation(Cloud, own.Id);
    }

    /// <summary>Whether all that the cloud has published is in force at the site.</summary>
    public bool IsLevel() => HeadOf(Cloud) is { } head && HeadOf(Site) is { } mine && head.AsSpan().SequenceEqual(mine);

    /// <summary>Hash of a tier's head; null for none.</summary>
    public static byte[]? HeadOf(RunningTier tier) => tier.Services.GetRequiredService<TrustBook>().Last?.Head?.Hash;

    /// <summary>The indicators in force at the site.</summary>
    public IIndicatorSet Indicators => Site.Services.GetRequiredService<IIndicatorSet>();

    /// <summary>Waits until it holds.</summary>
    public static async Task Until(Func<Task<bool>> holds, string what, int seconds = 30)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(seconds));
        try
        {
            while (!await holds()) await Task.Delay(25, limit.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            throw new TimeoutException($"Not within {seconds} s: {what}.");
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Site.DisposeAsync();
        await Operator.DisposeAsync();
        await Cloud.DisposeAsync();
    }

    private sealed class Delegation(RunningTier cloud, Guid operatorId) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await cloud.Send(new DelegateOperator(operatorId, ""));
    }

    private static async Task Join(RunningTier lower, Result<Invitation> made)
    {
        var joined = made.Error is null ? await lower.Send(new JoinUpper(made.Value.Url, new Secret(made.Value.Token))) : made.Error;
        if (joined.Error is { } error) throw new InvalidOperationException(error.ToString());
    }
}
