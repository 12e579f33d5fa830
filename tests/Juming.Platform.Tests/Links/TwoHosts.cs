using Juming.Platform.Handlers;
using Juming.Platform.Links;
using Juming.Platform.Links.Data;
using Juming.Platform.Links.Join;
using Juming.Platform.Links.Keep;
using Juming.Platform.Links.Lower;
using Juming.Platform.Links.Upper;
using Juming.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Juming.Platform.Tests.Links;

/// <summary>An operator and a site in this process, linked over real TLS on loopback.</summary>
internal sealed class TwoHosts : IAsyncDisposable
{
    private TwoHosts(RunningTier upper, RunningTier lower, Guid peer) => (Upper, Lower, Peer) = (upper, lower, peer);

    public RunningTier Upper { get; }
    public RunningTier Lower { get; }

    /// <summary>Who the site is at the operator.</summary>
    public Guid Peer { get; }

    public static async Task<TwoHosts> Start() => new(
        await StartUpper(), await StartLower(), Guid.CreateVersion7());

    public static Task<RunningTier> StartLower() =>
        RunningTier.Start("site", settings: new Dictionary<string, string?> { ["Modules:Collection:Udp"] = "", ["Modules:Collection:Tcp"] = "" });

    public static Task<RunningTier> StartUpper(string? folder = null, string listen = "127.0.0.1:0") =>
        RunningTier.Start("operator", folder, new Dictionary<string, string?> { ["Modules:Links:Listen"] = listen });

    public async Task<Invitation> Invite()
    {
        await using var scope = Upper.Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<ILinkDesk>().Invite(Peer, CancellationToken.None) ?? throw new InvalidOperationException("No invitation.");
    }

    public Task<Result<Joined>> Join(Invitation invitation) => Lower.Send(new JoinUpper(invitation.Url, new Secret(invitation.Token)));

    /// <summary>Joined and connected.</summary>
    public static async Task<TwoHosts> Linked()
    {
        var hosts = await Start();
        var joined = await hosts.Join(await hosts.Invite());
        if (joined.Error is { } error) throw new InvalidOperationException(error.ToString());
        await Until(() => Task.FromResult(hosts.Lower.Services.GetRequiredService<LinkStatus>().Now.State == LinkState.Connected));
        return hosts;
    }

    public async Task<PeerStanding> Standing()
    {
        await using var scope = Upper.Services.CreateAsyncScope();
        return (await scope.ServiceProvider.GetRequiredService<ILinkDesk>().Standing([Peer], CancellationToken.None))[Peer];
    }

    public async Task<Guid> UpperId() => (await Upper.Services.GetRequiredService<Platform.Links.Identity.Authority>().Get(CancellationToken.None)).Upper;

    public async Task Report(params byte[][] payloads)
    {
        await Lower.Services.GetRequiredService<Outgoing>().Append(await UpperId(), Topics.Reports, [.. payloads.Select((p, i) => (1, "k" + i, p))], CancellationToken.None);
        Lower.Services.GetRequiredService<UpperWake>().Bell.Ring();
    }

    public async Task SetValue(string key, byte[] payload)
    {
        await new DbValues(Lower.Services.GetRequiredService<IServiceScopeFactory>(), await UpperId(), Topics.State).Set(key, 1, payload, 0, CancellationToken.None);
        Lower.Services.GetRequiredService<UpperWake>().Bell.Ring();
    }

    public async Task<T> OnUpper<T>(Func<LinksDb, Task<T>> look)
    {
        await using var scope = Upper.Services.CreateAsyncScope();
        return await look(scope.ServiceProvider.GetRequiredService<LinksDb>());
    }

    public static async Task Until(Func<Task<bool>> holds, int seconds = 30)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(seconds));
        while (!await holds()) await Task.Delay(50, limit.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await Lower.DisposeAsync();
        await Upper.DisposeAsync();
    }
}
