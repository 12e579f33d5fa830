using System.Globalization;
using System.Text.Json;
using Juming.Platform.Data;
using Juming.Site.Approvals;
using Juming.Site.Blocking.Blocks;
using Juming.Site.Blocking.Data;
using Juming.Site.Blocking.Protection;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Juming.Site.Blocking.Wide;

/// <summary>
/// Asks a second person about each wish for a wide range and carries out the answer. Every step finds by its key what an earlier try did,
/// so a crash at any point asks nobody twice and blocks nothing twice.
/// </summary>
internal sealed partial class WideWishes(IServiceScopeFactory scopes, IBlockList list, BlockingSettings settings, TimeProvider clock, ILogger<WideWishes> log) : BackgroundService
{
    private const int MostText = 200;
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private bool _away;

    /// <summary>Looks at every wish that waits: asks, or does what was answered.</summary>
    public async Task Settle(CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<BlockingDb>();
            var waiting = await db.Wide.Where(w => w.State == WideState.Asked).OrderBy(w => w.AskedAt).ToListAsync(ct);
            if (waiting.Count == 0) return;
            var desk = scope.ServiceProvider.GetRequiredService<IApprovalDesk>();
            foreach (var row in waiting)
            {
                if (row.Approval is { } approval) await Follow(row, await desk.Look(approval, ct), ct);
                else row.Approval = await desk.Ask(Question(row), ct);
                await db.SaveChangesAsync(ct);
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Step, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) await Look(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return;
        }
    }

    private async Task Look(CancellationToken ct)
    {
        try
        {
            await Settle(ct);
            _away = false;
        }
        catch (Exception e) when (e is not OperationCanceledException && DatabaseErrors.IsOutage(e))
        {
            if (!_away) LogAway(log, DatabaseErrors.Reason(e));
            _away = true;
        }
    }

    private ApprovalRequest Question(WideRow row)
    {
        var effect = new Dictionary<string, string> { ["target"] = row.Target, ["addresses"] = (TargetReader.Read(row.Target).Ranges[0].Span + 1).ToString("N0", CultureInfo.InvariantCulture), ["devices"] = row.DeviceNames, ["reason"] = row.Reason };
        if (row.Minutes is { } minutes) effect["minutes"] = minutes.ToString(CultureInfo.InvariantCulture);
        return new ApprovalRequest
        {
            Key = "blocking.wide/" + row.Id.ToString("N"),
            Code = "block-wide",
            Effect = effect,
            Inverse = "unblock-ip",
            Incident = row.Incident,
            RequestedBy = row.ById,
            HighRisk = true,
            ExpiresAt = row.AskedAt + TimeSpan.FromMinutes(settings.WideApprovalMinutes),
        };
    }

    private async Task Follow(WideRow row, ApprovalStanding? standing, CancellationToken ct)
    {
        if (standing?.State == ApprovalState.Asked) return;
        (row.DecidedBy, row.EndedAt) = (standing?.By ?? "", standing?.At ?? clock.GetUtcNow());
        row.State = standing?.State switch
        {
            ApprovalState.Approved => WideState.Granted,
            ApprovalState.Rejected => WideState.Refused,
            ApprovalState.Expired => WideState.Expired,
            _ => WideState.Withdrawn,
        };
        if (row.State != WideState.Granted) return;
        var by = $"{row.By}, {row.DecidedBy}";
        var wanted = await list.Want(new BlockWish
        {
            Key = "wide/" + row.Id.ToString("N"),
            Target = row.Target,
            Reason = row.Reason,
            For = row.Minutes is { } minutes ? TimeSpan.FromMinutes(minutes) : null,
            Devices = JsonSerializer.Deserialize<Guid[]>(row.Devices)!,
            Group = row.Group,
            Incident = row.Incident,
            By = by.Length <= MostText ? by : by[..MostText],
            TwoAgreed = true,
        }, ct);
        if (wanted.Succeeded) row.Entry = wanted.Value;
        // What was well when it was asked may be protected by now, or have no device left.
        else (row.State, row.Failure) = (WideState.Failed, BlockDesk.Code(wanted.Error!));
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Wishes for wide ranges can't be looked at: the database does not answer: {Reason}")]
    private static partial void LogAway(ILogger log, string reason);
}
