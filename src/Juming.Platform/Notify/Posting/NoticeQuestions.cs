using System.Text.Json;
using Juming.Platform.Notify.Data;
using Juming.Platform.Notify.Delivery;
using Microsoft.EntityFrameworkCore;

namespace Juming.Platform.Notify.Posting;

/// <summary>Writes down how something that was asked ended; the courier brings it to the cards, also to those that leave only now.</summary>
internal sealed class NoticeQuestions(NotifyDb db, Wake wake) : INoticeQuestions
{
    public async Task End(string about, NoticeEnd end, CancellationToken ct)
    {
        var said = JsonSerializer.Serialize(end);
        if (await db.Notices.Where(n => n.About == about && n.Ended == null).ExecuteUpdateAsync(n => n.SetProperty(r => r.Ended, said), ct) > 0) wake.Up();
    }
}
