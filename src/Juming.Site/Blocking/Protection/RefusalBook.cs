using System.Text.Json;
using Juming.Platform.Access;
using Juming.Platform.Notify;
using Juming.Site.Blocking.Data;
using Microsoft.Extensions.DependencyInjection;

namespace Juming.Site.Blocking.Protection;

/// <summary>Nobody's try to block what is protected goes unseen: it may be an attacker who forges addresses to make us cut ourselves off.</summary>
internal sealed class RefusalBook(IServiceScopeFactory scopes, IEnumerable<INotices> notices, TimeProvider clock)
{
    private const int MostTarget = 100;

    /// <summary>Raises the event and the notice; with <paramref name="record"/> the audit entry too, where no command carries the refusal.</summary>
    public async Task Note(string target, string refusal, string? entry, string by, bool record, CancellationToken ct)
    {
        var shown = target.Length <= MostTarget ? target : target[..MostTarget];
        await using var scope = scopes.CreateAsyncScope();
        if (record)
        {
            var arguments = JsonSerializer.Serialize(new { target = shown, entry, by }, JsonSerializerOptions.Web);
            await scope.ServiceProvider.GetRequiredService<IAuditTrail>().Append(new AuditEntry("RefuseBlock", ActorKind.System, "system", by, null, arguments, "blocking." + refusal), ct);
        }
        var db = scope.ServiceProvider.GetRequiredService<BlockingDb>();
        db.Publish(new ProtectedBlockRefused(shown, refusal, entry, by, clock.GetUtcNow()));
        await db.SaveChangesAsync(ct);
        foreach (var post in notices)
            await post.Post(new Notice
            {
                Code = "blocking.protected-refused",
                Weight = NoticeWeight.Urgent,
                Arguments = new Dictionary<string, string> { ["refusal"] = refusal },
                Private = new Dictionary<string, string> { ["target"] = shown, ["entry"] = entry ?? "", ["by"] = by },
                Path = "/protected",
                SameAs = "blocking.protected-refused/" + (entry ?? refusal),
            }, ct);
    }
}
