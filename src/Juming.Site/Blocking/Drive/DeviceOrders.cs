using System.Collections.Frozen;
using Juming.Platform.Notify;
using Juming.Site.Blocking.Data;
using Microsoft.Extensions.Logging;

namespace Juming.Site.Blocking.Drive;

/// <summary>Gives orders to devices, with a limit of time. What goes wrong is an outcome: nobody knows, until the device is read.</summary>
internal sealed partial class DeviceOrders(DeviceBook devices, BlockingSettings settings, IEnumerable<INotices> notices, ILogger<DeviceOrders> log)
{
    /// <summary>Failure of a device whose page has changed until a person has approved the repair of its recipe.</summary>
    public const string WaitsForApproval = "healing-waits";

    private const string BrokeOff = "broke-off";

    // Nothing else is tried again by itself: a wrong password, tried twice more, locks the account (response.md §4).
    private static readonly FrozenSet<string> Passing = FrozenSet.Create("unreachable", "timeout", "busy", BrokeOff);

    public static bool MayPass(string? failure) => failure is null || Passing.Contains(failure);

    public Task<BlockOutcome> Block(EntryRow entry, OnDeviceRow row, CancellationToken ct) => Give(row, (e, c) => e.Block(Order(entry, row, "block"), c), ct);

    public Task<BlockOutcome> Unblock(EntryRow entry, OnDeviceRow row, CancellationToken ct) => Give(row, (e, c) => e.Unblock(Order(entry, row, "unblock"), c), ct);

    public Task<BlockOutcome> Look(EntryRow entry, OnDeviceRow row, CancellationToken ct) => Give(row, (e, c) => e.Look(Order(entry, row, "look"), c), ct);

    /// <summary>One reading of a device's list for many targets; null where there is none, and each is looked at by itself.</summary>
    public async Task<BlockSurvey?> Survey(Guid device, IReadOnlyList<string> targets, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(TimeSpan.FromSeconds(settings.OrderSeconds));
        try
        {
            return await devices.Find(device, limit.Token) is { } executor ? await executor.Survey(device, targets, limit.Token).WaitAsync(limit.Token) : null;
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // A job runner: what one reading could not tell, single ones may.
            LogBroke(log, e, device.ToString());
            return null;
        }
    }

    /// <summary>Tells people that a device needs one of them.</summary>
    public async Task CallPerson(EntryRow entry, OnDeviceRow row, CancellationToken ct)
    {
        foreach (var post in notices)
            await post.Post(new Notice
            {
                Code = "blocking.device-needs-person",
                Weight = row.State == BlockState.RemoveFailed ? NoticeWeight.Urgent : NoticeWeight.Warning,
                Arguments = new Dictionary<string, string> { ["state"] = row.State.ToString(), ["failure"] = row.Failure ?? "" },
                Private = new Dictionary<string, string> { ["target"] = entry.Target, ["device"] = row.Device },
                Path = "/blocks?view=all&open=" + entry.Id,
                SameAs = $"blocking.device-needs-person/{entry.Id}/{row.DeviceId}/{row.State}",
            }, ct);
    }

    // No minutes: the list itself takes the block away and reads that it is gone, so that it can be extended, and a device's wrong clock does no harm.
    private static BlockOrder Order(EntryRow entry, OnDeviceRow row, string what) =>
        new(row.DeviceId, $"{what}/{entry.Id:N}/{row.DeviceId:N}/{row.Effect}", entry.Target, null, "juming " + entry.Id.ToString("N")[..12]);

    private async Task<BlockOutcome> Give(OnDeviceRow row, Func<IBlockExecutor, CancellationToken, Task<BlockOutcome>> order, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(TimeSpan.FromSeconds(settings.OrderSeconds));
        try
        {
            if (await devices.Find(row.DeviceId, limit.Token) is not { } executor) return Nothing(false, "no-such-device");
            // Whoever does not hear the cancellation is left behind; the device's next reading tells what it did.
            return Fitting(await order(executor, limit.Token).WaitAsync(limit.Token));
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return Nothing(null, "timeout");
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // A job runner: an executor's error concerns its own order alone, whatever it is.
            LogBroke(log, e, row.Device);
            return Nothing(null, BrokeOff);
        }
    }

    // What comes from a device may be of any length; these columns are not.
    private static BlockOutcome Fitting(BlockOutcome outcome) => outcome with { Failure = Cut(outcome.Failure, 100), Reference = Cut(outcome.Reference, 300) };

    private static string? Cut(string? text, int most) => text is not null && text.Length > most ? text[..most] : text;

    private static BlockOutcome Nothing(bool? changed, string failure) => new(BlockReading.Unknown, changed, failure, new Dictionary<string, string>(), null);

    [LoggerMessage(Level = LogLevel.Error, Message = "An order to {Device} broke off; its list will be read")]
    private static partial void LogBroke(ILogger log, Exception e, string device);
}
