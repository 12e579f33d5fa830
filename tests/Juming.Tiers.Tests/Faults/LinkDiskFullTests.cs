using System.Collections.Concurrent;
using System.Net;
using Google.Protobuf;
using Juming.Contracts.Egress;
using Juming.Platform.Data;
using Juming.Platform.Links;
using Juming.Platform.Links.Data;
using Juming.Platform.Links.Egress.Ledger;
using Juming.Platform.Links.Egress.Policy;
using Juming.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using NUnit.Framework;

namespace Juming.Tiers.Tests.Faults;

/// <summary>A link of which one end has no room left: SQLite needs some even to record that a record may go. It waits, and goes on by itself when there is room.</summary>
[Category("Long")]
internal sealed class LinkDiskFullTests
{
    private const int DiskMegabytes = 96;

    private static readonly Dictionary<string, string?> Quiet = new()
    {
        ["Modules:Collection:Udp:0"] = "127.0.0.1:0",
        ["Modules:Collection:Tcp:0"] = "127.0.0.1:0",
        ["Modules:Events:LeastFreeMegabytes"] = "1",
        ["Modules:Events:DiskPercent"] = "99",
        ["Log:File"] = "false",
        ["Modules:Links:EgressBytesPerHour"] = "100000000",
    };

    private SmallDisk _disk = null!;

    [SetUp]
    public void MakeDisk() => _disk = new SmallDisk(DiskMegabytes);

    [TearDown]
    public void RemoveDisk() => _disk.Dispose();

    [TestCase("operator")]
    [TestCase("site")]
    public async Task A_full_disk_at_one_end_of_a_link_loses_nothing_and_the_link_goes_on_by_itself(string full)
    {
        if (!_disk.IsMounted) Needs.Skip(Needs.Mount, "Mounting a tmpfs is not permitted here.");
        var small = Path.Combine(_disk.Folder, "data");
        await using var upper = await RunningTier.Start("operator", full == "operator" ? small : null, new Dictionary<string, string?>(LinkedTiers.Upper) { ["Modules:Links:LeaseSeconds"] = "3", ["Log:File"] = "false" });
        await using var lower = await RunningTier.Start("site", full == "site" ? small : null, Quiet);
        await LinkedTiers.Join(upper, lower);
        Assert.That((await lower.Send(new ChoosePolicy(2))).Error, Is.Null);
        using var sending = new CancellationTokenSource();
        var (sent, refused) = (new ConcurrentQueue<string>(), new ConcurrentQueue<Exception>());
        var sender = Task.Run(() => Send(lower, sent, refused, sending.Token));
        await Until(async () => await Arrived(upper) >= 50, "the first records arrive");

        await _disk.FillUp();
        var victim = full == "operator" ? upper : lower;
        if (full == "operator") await Until(() => Stands(() => Arrived(upper)), "nothing more is taken where there is no room");
        else await Until(() => Task.FromResult(refused.Count > 20), "a record for which there is no room is refused");
        Assert.Multiple(async () =>
        {
            Assert.That(victim.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.IsCancellationRequested, Is.False);
            using var client = victim.Client();
            Assert.That((await client.GetAsync("/healthz")).StatusCode, Is.EqualTo(HttpStatusCode.OK));
        });

        _disk.Free();
        var (before, taken) = (sent.Count, await Arrived(upper));
        await Until(() => Task.FromResult(sent.Count > before + 20), "the site takes records again");
        await sending.CancelAsync();
        await sender;
        await Until(async () => await Arrived(upper) is var arrived && arrived > taken && arrived == await Last(lower), "all of it is at the operator, without a restart", 60);
        if (full == "operator") Assert.That(refused, Is.Empty, "the site has room");
        else Assert.That(refused.All(DatabaseErrors.IsOutage), Is.True, refused.FirstOrDefault(e => !DatabaseErrors.IsOutage(e))?.ToString());
        var kept = await On(lower, db => db.Log.Where(r => r.Topic == Topics.Reports).Select(r => r.Key).ToListAsync());
        Assert.That(sent.Except(kept), Is.Empty, "what was acknowledged is in the log");
        Assert.That(await On(upper, db => db.Marks.CountAsync(m => m.Topic == Topics.Reports && !m.Ended)), Is.EqualTo(kept.Count), "each arrived once");
        Assert.That(await On(upper, db => db.Missing.CountAsync()), Is.Zero);
        Assert.That(await On(upper, db => db.Inboxes.Where(i => i.Topic == Topics.Reports).Select(i => i.Hash).SingleAsync()), Is.EqualTo(await On(lower, db => db.LogEnds.Where(e => e.Topic == Topics.Reports).Select(e => e.Hash).SingleAsync())));
        var verdict = (await lower.Send(new VerifyEgress())).Value;
        Assert.That((verdict.Intact, verdict.Reason), Is.EqualTo((true, (string?)null)));
    }

    private static async Task Send(RunningTier lower, ConcurrentQueue<string> sent, ConcurrentQueue<Exception> refused, CancellationToken ct)
    {
        var egress = lower.Services.GetRequiredService<IEgress>();
        while (!ct.IsCancellationRequested)
        {
            var id = Guid.CreateVersion7().ToByteArray(bigEndian: true);
            try
            {
                var verdict = await egress.Send(new IncidentSummary { Incident = ByteString.CopyFrom(id), Alerts = 1, Stage = IncidentStage.New }, CancellationToken.None);
                if (verdict.Outcome == EgressOutcome.Sent) sent.Enqueue("2." + Convert.ToHexStringLower(id));
                else refused.Enqueue(new InvalidOperationException(verdict.ToString()));
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                refused.Enqueue(e);
            }
            await Task.Delay(5, CancellationToken.None);
        }
    }

    private static Task<long> Arrived(RunningTier upper) => On(upper, db => db.Inboxes.Where(i => i.Topic == Topics.Reports).SumAsync(i => i.Last));

    private static Task<long> Last(RunningTier lower) => On(lower, db => db.LogEnds.Where(e => e.Topic == Topics.Reports).SumAsync(e => e.Last));

    private static async Task<bool> Stands(Func<Task<long>> number)
    {
        var before = await number();
        await Task.Delay(1500);
        return await number() == before;
    }

    private static async Task<T> On<T>(RunningTier tier, Func<LinksDb, Task<T>> look)
    {
        await using var scope = tier.Services.CreateAsyncScope();
        return await look(scope.ServiceProvider.GetRequiredService<LinksDb>());
    }

    private static Task Until(Func<Task<bool>> holds, string what, int seconds = 30) => Databases.WholeTierTests.Wait(holds, what, seconds);
}
