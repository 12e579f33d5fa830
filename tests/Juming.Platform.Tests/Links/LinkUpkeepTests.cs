using Juming.Platform.Data;
using Juming.Platform.Links;
using Juming.Platform.Links.Data;
using Juming.Platform.Links.Keep;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace Juming.Platform.Tests.Links;

/// <summary>What both ends have had for long goes; the two go on from where they are.</summary>
internal sealed class LinkUpkeepTests
{
    [Test]
    public async Task Old_records_and_marks_go_and_what_comes_after_them_arrives()
    {
        await using var hosts = await TwoHosts.Linked();
        await hosts.Report([.. Enumerable.Range(0, 1_010).Select(i => BitConverter.GetBytes(i))]);
        await TwoHosts.Until(() => OnLower(hosts, db => db.LogEnds.AnyAsync(e => e.Topic == Topics.Reports && e.Acked == 1_010)));
        await Keep(hosts);
        Assert.That(await OnLower(hosts, db => db.Log.CountAsync()), Is.EqualTo(1_010), "nothing is old yet");

        var old = PlainStatements.Micros(TimeProvider.System.GetUtcNow().AddDays(-8));
        await OnLower(hosts, db => db.Log.Where(r => r.Seq <= 900).ExecuteUpdateAsync(s => s.SetProperty(r => r.At, old)));
        await hosts.OnUpper(db => db.Marks.ExecuteUpdateAsync(s => s.SetProperty(m => m.At, TimeProvider.System.GetUtcNow().AddDays(-8))));
        await Keep(hosts);
        Assert.That(await OnLower(hosts, db => db.Log.MinAsync(r => r.Seq)), Is.EqualTo(901));
        Assert.That(await hosts.OnUpper(db => db.Marks.MinAsync(m => m.Seq)), Is.EqualTo(11), "a thousand stay, whatever their age");
        Assert.That(await hosts.OnUpper(db => db.Inboxes.Select(i => i.MarksFrom).SingleAsync()), Is.EqualTo(11));
        await hosts.Report([1]);
        await TwoHosts.Until(() => hosts.OnUpper(db => db.Inboxes.AnyAsync(i => i.Last == 1_011)));
    }

    [Test]
    public async Task What_is_beyond_the_room_goes_and_what_is_not_acknowledged_stays()
    {
        await using var hosts = await TwoHosts.Start();
        var upper = Guid.CreateVersion7();
        var outgoing = hosts.Lower.Services.GetRequiredService<Outgoing>();
        var settings = hosts.Lower.Services.GetRequiredService<LinksSettings>();
        settings.KeepMegabytes = 1;
        for (var i = 0; i < 6; i++) await outgoing.Append(upper, Topics.Reports, [(1, "k", new byte[400 * 1024])], CancellationToken.None);
        await OnLower(hosts, db => db.LogEnds.ExecuteUpdateAsync(s => s.SetProperty(e => e.Acked, 5)));
        await hosts.Lower.Services.GetRequiredService<LinkUpkeep>().Run(CancellationToken.None);
        Assert.That(await OnLower(hosts, db => db.Log.Select(r => r.Seq).OrderBy(s => s).ToListAsync()), Is.EqualTo(new long[] { 4, 5, 6 }), "two of what was acknowledged fit");
    }

    private static async Task Keep(TwoHosts hosts)
    {
        await hosts.Lower.Services.GetRequiredService<LinkUpkeep>().Run(CancellationToken.None);
        await hosts.Upper.Services.GetRequiredService<LinkUpkeep>().Run(CancellationToken.None);
    }

    private static async Task<T> OnLower<T>(TwoHosts hosts, Func<LinksDb, Task<T>> look)
    {
        await using var scope = hosts.Lower.Services.CreateAsyncScope();
        return await look(scope.ServiceProvider.GetRequiredService<LinksDb>());
    }
}
