using System.Text.Json;
using Juming.Platform.Access;
using Juming.Platform.Data;
using Juming.Platform.Links.Egress.Ledger;
using Juming.Platform.Notify;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Juming.Platform.Links.Egress;

/// <summary>Tells people of what the gate refused: audited, and to those who look after the links. What the policy holds back is no alarm; it is what was chosen.</summary>
internal sealed partial class EgressWatch(IServiceScopeFactory scopes, INotices notices, ILogger<EgressWatch> log)
{
    /// <summary>Code of the notice.</summary>
    public const string Notice = "links.egress-refused";

    /// <summary>The reason of what the policy holds back.</summary>
    public const string HeldBack = "above-level";

    /// <summary>Tells.</summary>
    public async Task Tell(IReadOnlyList<RefusalRow> refusals, CancellationToken ct)
    {
        foreach (var refusal in refusals.Where(r => r.Reason != HeldBack))
        {
            LogRefused(log, refusal.Message, refusal.Reason, refusal.Field);
            try
            {
                await Tell(refusal, ct);
            }
            catch (Exception e) when (DatabaseErrors.IsOutage(e))
            {
                // The refusal itself is kept; the gate goes on.
                LogUntold(log, e);
            }
        }
    }

    private async Task Tell(RefusalRow refusal, CancellationToken ct)
    {
        var values = new Dictionary<string, string> { ["message"] = refusal.Message, ["reason"] = refusal.Reason, ["field"] = refusal.Field.Length > 0 ? refusal.Field : "-" };
        await using var scope = scopes.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<IAuditTrail>().Append(new AuditEntry("EgressRefused", Actor.System.Kind, Actor.System.Id, Actor.System.Name, null, JsonSerializer.Serialize(values), "links." + refusal.Reason), ct);
        await notices.Post(new Notice { Code = Notice, Weight = NoticeWeight.Urgent, Arguments = values, Path = "/egress?tab=refused", SameAs = $"egress:{refusal.Message}:{refusal.Reason}:{refusal.Field}:{refusal.Hour}" }, ct);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The gate let {Message} not pass: {Reason} ({Field})")]
    private static partial void LogRefused(ILogger log, string message, string reason, string field);

    [LoggerMessage(Level = LogLevel.Error, Message = "A refusal of the gate could not be told")]
    private static partial void LogUntold(ILogger log, Exception error);
}
