using Juming.Platform.Access.Audit;
using Juming.Platform.Access.Data;
using Juming.Platform.Access.Sessions;
using Juming.Platform.Access.Tokens;
using Juming.Platform.Data;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Juming.Platform.Access;

/// <summary>Begins the audit chain of a new host, and writes once a minute when sessions and tokens were last used.</summary>
internal sealed partial class AccessUpkeep(IServiceScopeFactory scopes, AuditTrail trail, SessionRegistry sessions, TokenRegistry tokens, TimeProvider clock, ILogger<AccessUpkeep> log) : BackgroundService
{
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await trail.Begin(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMinutes(1), clock);
        try
        {
            await sessions.Load(stoppingToken);
            while (await timer.WaitForNextTickAsync(stoppingToken)) await Flush(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested) { return; }
    }

    private async Task Flush(CancellationToken ct)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<AccessDb>();
            await sessions.Flush(db, ct);
            await tokens.Flush(db, ct);
        }
        catch (Exception e) when (DatabaseErrors.IsOutage(e))
        {
            LogFailed(log, e);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Last use of sessions and tokens could not be written; tried again in a minute")]
    private static partial void LogFailed(ILogger log, Exception error);
}
