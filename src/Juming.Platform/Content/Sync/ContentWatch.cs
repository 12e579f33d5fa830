using System.Text.Json;
using Juming.Platform.Access;
using Juming.Platform.Content.Format;
using Juming.Platform.Content.Trust;
using Juming.Platform.Handlers;
using Juming.Platform.Notify;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Juming.Platform.Content.Sync;

/// <summary>Says so when content is not as it must be, or grows old: audited, and told to those who look after it.</summary>
internal sealed partial class ContentWatch(IServiceScopeFactory scopes, INotices notices, TimeProvider clock, ILogger<ContentWatch> log)
{
    /// <summary>Code of the notice about content that was refused.</summary>
    public const string RefusedNotice = "content.refused";

    /// <summary>Code of the notice about content that has expired.</summary>
    public const string StaleNotice = "content.stale";

    // Of these nobody needs to hear: nothing wrong came, nothing is there yet, or the page asks for it.
    private static readonly string[] Quiet = [ContentErrors.Away.Code, ContentErrors.NothingYet.Code, ContentErrors.NoRoot.Code, ContentErrors.NoFile.Code];

    private (string Role, DateTimeOffset At) _told;

    /// <summary>Something was refused.</summary>
    public async Task Refused(Error refusal, string from, CancellationToken ct)
    {
        if (Quiet.Contains(refusal.Code)) return;
        LogRefused(log, from, refusal.ToString());
        await using var scope = scopes.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<IAuditTrail>().AppendOnce(
            new AuditEntry("ContentRefused", ActorKind.PeerTier, from, from, null, JsonSerializer.Serialize(refusal.Arguments ?? System.Collections.Immutable.ImmutableDictionary<string, string>.Empty), refusal.Code), ct);
        await notices.Post(new Notice
        {
            Code = RefusedNotice,
            Weight = NoticeWeight.Urgent,
            Arguments = new Dictionary<string, string> { ["code"] = refusal.Code, ["file"] = refusal.Arguments?.GetValueOrDefault("file") ?? "" },
            Path = "/content",
            SameAs = $"content:{refusal.Code}:{refusal.Arguments?.GetValueOrDefault("file")}",
        }, ct);
    }

    /// <summary>Looks at the times of what is believed.</summary>
    public async Task Look(TrustedMetadata trusted, CancellationToken ct)
    {
        var (at, role) = trusted.NextExpiry();
        if (at > clock.GetUtcNow() || _told == (role, at)) return;
        _told = (role, at);
        await notices.Post(new Notice
        {
            Code = StaleNotice,
            Weight = NoticeWeight.Warning,
            Arguments = new Dictionary<string, string> { ["file"] = role, ["at"] = MetadataText.At(at) },
            Path = "/content",
            SameAs = $"content-stale:{role}:{at:O}",
        }, ct);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Content from {From} is refused: {Reason}")]
    private static partial void LogRefused(ILogger log, string from, string reason);
}
