using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Juming.Site.Blocking.Drive;

/// <summary>All devices that block, whichever kind drives them.</summary>
internal sealed partial class DeviceBook(IEnumerable<IBlockExecutor> executors, TimeProvider clock, ILogger<DeviceBook> log)
{
    private const int MostName = 300;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<IBlockExecutor, IReadOnlyList<BlockDevice>> _last = new();

    /// <summary>The devices, by name, each with what drives it. A kind that does not answer has those that it had; they can't block at the moment.</summary>
    public async Task<IReadOnlyList<(BlockDevice Device, IBlockExecutor Executor)>> All(CancellationToken ct)
    {
        var found = new List<(BlockDevice, IBlockExecutor)>();
        foreach (var executor in executors)
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
            try
            {
                var named = await executor.Devices(limit.Token).WaitAsync(Patience, clock, ct);
                _last[executor] = [.. named.Select(d => d.Name.Length <= MostName ? d : d with { Name = d.Name[..MostName] })];
                found.AddRange(_last[executor].Select(d => (d, executor)));
            }
            catch (Exception e) when (e is IOException or HttpRequestException or TimeoutException or System.Data.Common.DbException)
            {
                await limit.CancelAsync();
                LogSilent(log, executor.GetType().Name, e.Message);
                found.AddRange(_last.GetValueOrDefault(executor, []).Select(d => (d with { Unable = "unreachable" }, executor)));
            }
        }
        return [.. found.OrderBy(f => f.Item1.Name, StringComparer.Ordinal).ThenBy(f => f.Item1.Id)];
    }

    /// <summary>What drives a device; null when there is no such device any more.</summary>
    public async Task<IBlockExecutor?> Find(Guid device, CancellationToken ct) => (await All(ct)).FirstOrDefault(d => d.Device.Id == device).Executor;

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Kind} did not name its devices: {Reason}")]
    private static partial void LogSilent(ILogger log, string kind, string reason);
}
