using System.Net;
using Juming.Platform.Access;
using Juming.Platform.Data;
using Juming.Site.Blocking;
using Juming.Site.DeviceLinkage.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Juming.Site.DeviceLinkage.Runs;

/// <summary>
/// The consoles' place in the block list, which lives as long as the site and drives devices one after the other: each order has a scope of its own. Tells
/// the list too which addresses the consoles have, for what drives a device must never be blocked on it.
/// </summary>
internal sealed class ConsoleExecutor(IServiceScopeFactory scopes, TimeProvider clock) : BackgroundService, IBlockExecutor, IProtectedSource
{
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(30);

    // Nothing was sent, and the device or the browser had a bad moment: another try later may go well.
    private static readonly HashSet<string> Passing = ["browser-failed", "page-crashed", "page-closed", "page-hung", "never-loads", "took-too-long", "session-expired"];

    private volatile IReadOnlyCollection<KeptAddress> _addresses = [];

    public IReadOnlyCollection<KeptAddress> Addresses => _addresses;

    public Task<IReadOnlyList<BlockDevice>> Devices(CancellationToken ct) => With((consoles, c) => consoles.Devices(c), ct);

    public Task<BlockOutcome> Block(BlockOrder order, CancellationToken ct) => Order((consoles, c) => consoles.Block(order, c), ct);

    public Task<BlockOutcome> Unblock(BlockOrder order, CancellationToken ct) => Order((consoles, c) => consoles.Unblock(order, c), ct);

    public Task<BlockOutcome> Look(BlockOrder order, CancellationToken ct) => Order((consoles, c) => consoles.Look(order, c), ct);

    public Task<BlockSurvey?> Survey(Guid device, IReadOnlyList<string> targets, CancellationToken ct) => With((consoles, c) => consoles.Survey(device, targets, c), ct);

    public string Film(Guid run) => "/linkage/runs/" + run;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Step, clock);
        try
        {
            do
            {
                await Refresh(stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested) { return; }
    }

    private async Task Refresh(CancellationToken ct)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var hosts = await scope.ServiceProvider.GetRequiredService<LinkageDb>().Devices.AsNoTracking().Select(d => d.Address).ToListAsync(ct);
            var found = new HashSet<string>();
            foreach (var host in hosts.Select(a => Uri.TryCreate(a, UriKind.Absolute, out var uri) ? uri.IdnHost : "").Where(h => h.Length > 0)) found.UnionWith(await AddressesOf(host, ct));
            _addresses = [.. found.Select(a => new KeptAddress("management", a))];
        }
        catch (Exception e) when (e is not OperationCanceledException && DatabaseErrors.IsOutage(e))
        {
            // What was known stays protected; the next look comes by itself, and the database's absence is told elsewhere.
            return;
        }
    }

    private static async Task<IEnumerable<string>> AddressesOf(string host, CancellationToken ct)
    {
        if (IPAddress.TryParse(host.Trim('[', ']'), out var address)) return [address.ToString()];
        try
        {
            return (await Dns.GetHostAddressesAsync(host, ct)).Select(a => a.ToString());
        }
        catch (System.Net.Sockets.SocketException)
        {
            // A name that nobody knows at the moment leads to no device either.
            return [];
        }
    }

    private async Task<BlockOutcome> Order(Func<ConsoleBlocks, CancellationToken, Task<BlockOutcome>> order, CancellationToken ct)
    {
        var outcome = await With(order, ct);
        return outcome is { Changed: false, Failure: { } failure } && Passing.Contains(failure) ? outcome with { Failure = "timeout" } : outcome;
    }

    private async Task<T> With<T>(Func<ConsoleBlocks, CancellationToken, Task<T>> act, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CurrentActor>().Actor = Actor.System;
        return await act(scope.ServiceProvider.GetRequiredService<ConsoleBlocks>(), ct);
    }
}
