using System.Globalization;
using System.Text.Json;
using Juming.Platform.Access;
using Juming.Platform.Notify;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Juming.Platform.Links.Egress.Held;

/// <summary>Tells people that two hosts don't hold the same of a ledger: audited at both ends, and to those who look after the links.</summary>
internal sealed partial class LedgerDoubts(IServiceScopeFactory scopes, INotices notices, ILogger<LedgerDoubts> log)
{
    /// <summary>Code of the notice about a ledger of a host below.</summary>
    public const string Theirs = "links.ledger-doubted";

    /// <summary>Code of the notice about this host's own, as the host above sees it.</summary>
    public const string Ours = "links.own-ledger-doubted";

    /// <summary>Tells.</summary>
    /// <param name="peer">Whose ledger it is; or who says so of this host's own.</param>
    /// <param name="day">Days since 1970.</param>
    /// <param name="state">What is wrong.</param>
    /// <param name="isOurs">It is about this host's own ledger.</param>
    /// <param name="ct">Cancels.</param>
    public async Task Tell(Guid peer, int day, HeldState state, bool isOurs, CancellationToken ct)
    {
        var date = DateTimeOffset.UnixEpoch.AddDays(day).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        LogDoubted(log, date, isOurs ? Guid.Empty : peer, state);
        await using var scope = scopes.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<IAuditTrail>().Append(
            new AuditEntry("LedgerDoubted", ActorKind.PeerTier, peer.ToString(), peer.ToString("N")[^8..], null, JsonSerializer.Serialize(new { day = date, state = state.ToString(), own = isOurs }), "links.ledger-doubted"), ct);
        await notices.Post(new Notice
        {
            Code = isOurs ? Ours : Theirs,
            Weight = state == HeldState.Missing ? NoticeWeight.Urgent : NoticeWeight.Critical,
            Arguments = new Dictionary<string, string> { ["peer"] = peer.ToString("N")[^8..], ["day"] = date, ["state"] = state.ToString() },
            Path = isOurs ? "/egress?tab=days" : null,
            SameAs = $"ledger:{peer:N}:{day}:{state}:{isOurs}",
        }, ct);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Day {Day} of the ledger of {Peer} is doubted: {State}")]
    private static partial void LogDoubted(ILogger log, string day, Guid peer, HeldState state);
}
