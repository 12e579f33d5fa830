using System.Net;
using System.Net.Sockets;
using Juming.Site.Blocking.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Juming.Site.Blocking.Protection;

/// <summary>Everything that is protected, compiled; made anew when entries change, and once a minute for what the machine and other modules know.</summary>
internal sealed class ProtectedBook(IServiceScopeFactory scopes, OwnAddresses own, TimeProvider clock) : IProtectedAddresses
{
    private static readonly TimeSpan LookUp = TimeSpan.FromSeconds(3);

    // IPv4 beyond /16 and IPv6 beyond /48 hit more bystanders than attackers (response.md §5).
    private static readonly UInt128 MostV4 = (UInt128)1 << 16;
    private static readonly UInt128 AloneV4 = (UInt128)1 << 8;
    private static readonly UInt128 MostV6 = (UInt128)1 << 80;

    // A wide target may touch thousands; one more than a page shows is enough to refuse it.
    private const int MostNamed = 100;

    private readonly SemaphoreSlim _turn = new(1, 1);
    private volatile ProtectedIndex? _index;

    /// <summary>What is protected at present.</summary>
    public async ValueTask<ProtectedIndex> Index(CancellationToken ct) => _index ?? await Reload(ct);

    /// <summary>Reads everything again. One at a time, so that an older reading never takes a newer one's place.</summary>
    public async Task<ProtectedIndex> Reload(CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var rows = await scope.ServiceProvider.GetRequiredService<BlockingDb>().Protected.AsNoTracking().ToListAsync(ct);
            var entered = rows.Select(r => new Protection(r.Kind, TargetReader.Read(r.Range).Ranges[0], r.Until));
            return _index = new ProtectedIndex(SpecialRanges.All.Concat(own.All()).Concat(entered));
        }
        finally
        {
            _turn.Release();
        }
    }

    public async ValueTask<TargetCheck> Check(string target, CancellationToken ct)
    {
        var reading = TargetReader.Read(target);
        if (reading.Name is { } name) return await CheckName(name, ct);
        if (reading.Ranges.Count == 0) return new TargetCheck(null, "unreadable", null);
        var normal = reading.Ranges[0].ToString();
        if (Find(await Index(ct), reading.Ranges) is { Count: > 0 } hits) return new TargetCheck(normal, "protected", hits[0]) { Entries = hits };
        if (reading.Ranges.Count > 1) return new TargetCheck(null, "ambiguous", null);
        var (range, size) = (reading.Ranges[0], reading.Ranges[0].Span);
        if (size >= (range.IsV4 ? MostV4 : MostV6)) return new TargetCheck(normal, "too-wide", null);
        return new TargetCheck(normal, null, null) { Wide = range.IsV4 && size >= AloneV4 };
    }

    /// <summary>A name is never blocked, for its owner moves it where he likes; but one that leads to a protected address is told apart.</summary>
    private async Task<TargetCheck> CheckName(string name, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(LookUp);
        IPAddress[] addresses;
        try
        {
            addresses = await Dns.GetHostAddressesAsync(name, limit.Token);
        }
        catch (Exception e) when (e is SocketException or ArgumentException || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            return new TargetCheck(null, "name", null);
        }
        var hits = Find(await Index(ct), addresses.Select(a => AddressRange.Of(new IPAddress(a.GetAddressBytes()))));
        return new TargetCheck(null, hits.Count == 0 ? "name" : "protected", hits.FirstOrDefault()) { Entries = hits };
    }

    private List<string> Find(ProtectedIndex index, IEnumerable<AddressRange> ranges)
    {
        var now = clock.GetUtcNow();
        return [.. ranges.SelectMany(r => r.Meanings()).SelectMany(r => index.FindAll(r, now)).Select(p => p.Entry).Distinct().Take(MostNamed)];
    }
}
