using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Platform.Notify;
using Juming.Site.Blocking.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Blocking.Limits;

/// <summary>Pauses automation when people take back too much of what it did.</summary>
internal sealed class CircuitBreaker(BlockingDb db, Sender sender, IEnumerable<INotices> notices, BlockingSettings settings, TimeProvider clock)
{
    /// <summary>A block was lifted; counts those of automation within the hour since it last went on.</summary>
    public async Task NoteLift(CancellationToken ct)
    {
        var brake = await db.Brakes.AsNoTracking().FirstOrDefaultAsync(ct);
        if (brake is { Paused: true }) return;
        var since = clock.GetUtcNow().AddHours(-1);
        if (brake is not null && brake.At > since) since = brake.At;
        var lifts = await db.Entries.CountAsync(e => e.Automatic && e.LiftedAt != null && e.LiftedAt > since, ct);
        if (lifts <= settings.MostLiftsPerHour) return;
        await sender.SendAs(Actor.System, new PauseAutomation(PauseCause.Breaker), ct);
        foreach (var post in notices)
            await post.Post(new Notice
            {
                Code = "blocking.breaker-opened",
                Weight = NoticeWeight.Critical,
                Arguments = new Dictionary<string, string> { ["count"] = lifts.ToString(System.Globalization.CultureInfo.InvariantCulture) },
                Path = "/blocks",
                SameAs = "blocking.breaker-opened",
            }, ct);
    }
}
