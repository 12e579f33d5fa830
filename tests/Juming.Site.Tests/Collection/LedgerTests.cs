using System.Net;
using System.Net.Sockets;
using Juming.Platform.Modules;
using Juming.Site.Collection.ListSources;
using Juming.Site.Collection.Pipeline;
using Juming.Site.Collection.Receivers;
using Juming.Site.Events;
using Juming.Testing;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace Juming.Site.Tests.Collection;

/// <summary>Received = stored + dropped + in flight, and the sides are counted by different hands.</summary>
[Category("S2")]
[CancelAfter(120_000)]
public sealed class LedgerTests
{
    [Test]
    public async Task Lines_in_flight_at_a_kill_are_booked_as_lost_in_crash()
    {
        using var folder = new TestFolder();
        int id;
        await using (var first = await CollectionBench.Start(folder.Path))
        {
            await first.Send("<13>one\n<13>two\n");
            Assert.That(await first.Stored(2), Is.EqualTo(2));
            id = (await first.Site.Send(new ListSources())).Value.Items.Single().Id;
        }
        // What a kill leaves: the receiver's count ran ahead of the store, and seven receipts were durable with a commit of others.
        using (var counts = new InFlightCounts(System.IO.Path.Combine(folder.Path, "collection", "received.counts"))) counts.Add(id, 12);
        await using (var second = await CollectionBench.Start(folder.Path, s => s.Tcp = []))
        {
            var ledger = await second.Ledger();
            Assert.That((ledger.Received, ledger.Stored, ledger.Dropped.GetValueOrDefault(LedgerReasons.LostInCrash), ledger.Imbalance), Is.EqualTo((14L, 2L, 12L, 0L)));
            second.Book.Correct(id, TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() / 60, LedgerReasons.Received, 7);
            await second.Ledger();
        }
        await using var third = await CollectionBench.Start(folder.Path, s => s.Tcp = []);
        var last = await third.Ledger();
        Assert.That((last.Received, last.Dropped.GetValueOrDefault(LedgerReasons.LostInCrash), last.Imbalance), Is.EqualTo((21L, 19L, 0L)));
        Assert.That(await third.Metrics(), Does.Contain("reason=\"lost-in-crash\"} 7"));
    }

    [Test]
    public async Task Counts_that_are_committed_without_lines_leave_no_gap_for_those_who_match()
    {
        var seen = new Sequences();
        await using var bench = await CollectionBench.Start(services: s => s.AddSingleton<IBatchMatcher>(seen));
        await bench.Send("<13>one\n");
        Assert.That(await bench.Stored(1), Is.EqualTo(1));
        bench.Book.Missed(0, TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() / 60, LedgerReasons.KernelUdp, 5, 0);
        await bench.Site.Services.GetRequiredService<IngestPipeline>().BookWaiting();
        await bench.Send("<13>two\n");
        Assert.That(await bench.Stored(2), Is.EqualTo(2));
        var last = bench.Site.Services.GetRequiredService<IEventStore>().LastSequence;
        Assert.That(await bench.Until(() => seen.Count == last), Is.True, $"{seen.Count} of {last} batches were handed to the matchers");
    }

    private sealed class Sequences : IBatchMatcher
    {
        private readonly System.Collections.Concurrent.ConcurrentDictionary<long, bool> _seen = new();

        public int Count => _seen.Count;

        public void Match(EventBatch batch) => _seen[batch.Sequence] = true;
    }

    [Test]
    public async Task A_line_that_vanishes_between_receiver_and_store_is_shouted_about()
    {
        await using var bench = await CollectionBench.Start(services: s => s.AddSingleton<ILineNormalizer, Swallowing>());
        await bench.Send("<13>one\n<13>swallow me\n<13>three\n");
        Assert.That(await bench.Stored(2), Is.EqualTo(2));
        Assert.That(await bench.Until(() => bench.Book.Balances.Values.Sum(b => b.InFlight) == 0), Is.True);
        var source = (await bench.Ledger()).Sources.Single();
        Assert.That((source.Received, source.Stored, source.InFlight, source.Imbalance), Is.EqualTo((3L, 2L, 0L, 1L)));
        Assert.That(await bench.Metrics(), Does.Contain("juming_collection_imbalance_lines 1").And.Contain("juming_collection_received_total 3"));
        var report = await bench.Site.Services.GetServices<IReadiness>().Single(r => r.Name == "ledger").Look(CancellationToken.None);
        Assert.That((report.Level, report.Text), Is.EqualTo((ReadinessLevel.Warning, "The ledger does not balance for 1 senders: 127.0.0.1 1 lines.")));
    }

    [Test]
    public void Datagrams_that_the_kernel_dropped_are_booked_once_although_two_sockets_share_the_port()
    {
        if (!OperatingSystem.IsLinux()) Assert.Ignore("The kernel's counts are Linux's.");
        using var folder = new TestFolder();
        using var counts = new InFlightCounts(folder.File("received.counts"));
        using var four = Bound(AddressFamily.InterNetwork, IPAddress.Loopback, 0);
        using var six = Bound(AddressFamily.InterNetworkV6, IPAddress.IPv6Loopback, ((IPEndPoint)four.LocalEndPoint!).Port);
        var book = new LedgerBook();
        var drops = new[] { four, six }.Select(s => new KernelDrops((int)s.Handle)).ToList();
        foreach (var one in drops) one.Count(book, counts, 60_000_000);
        using var sender = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        for (var i = 0; i < 500; i++) sender.SendTo(new byte[1000], four.LocalEndPoint!);
        foreach (var one in drops) one.Count(book, counts, 120_000_000);
        var kept = 0;
        while (four.Available > 0) kept += four.Receive(new byte[1000]) > 0 ? 1 : 0;
        Assert.Multiple(() =>
        {
            Assert.That(kept, Is.LessThan(500));
            Assert.That(book.Totals.GetValueOrDefault(LedgerReasons.KernelUdp), Is.EqualTo(500 - kept));
            Assert.That((counts[0], book.Imbalance), Is.EqualTo((500L - kept, 0L)));
        });
    }

    [Test]
    public async Task Lines_given_back_to_a_sender_with_a_copy_do_not_count_as_received_and_the_ledger_stays_even()
    {
        await using var bench = await CollectionBench.Start(services: s => s.AddSingleton<ILineNormalizer, Failing>());
        using var client = await bench.Site.WithToken("collection.send");
        using var body = new StringContent("{\"a\":1}\n{\"a\":2}\n");
        Assert.That(async () => (await client.PostAsync("/api/collection/events", body)).IsSuccessStatusCode, Is.False);
        var ledger = await bench.Ledger();
        Assert.That((ledger.Received, ledger.Stored, ledger.Dropped.Count, ledger.Imbalance), Is.EqualTo((0L, 0L, 0, 0L)));
        Assert.That(await bench.Metrics(), Does.Contain("juming_collection_given_back_lines_total 2"));
    }

    private static Socket Bound(AddressFamily family, IPAddress address, int port)
    {
        var socket = new Socket(family, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = 4096 };
        socket.Bind(new IPEndPoint(address, port));
        return socket;
    }

    private sealed class Swallowing : ILineNormalizer
    {
        private readonly LineNormalizer _real = new();

        public void Normalize(EventBatch batch, ReadOnlySpan<byte> line, in LineContext context)
        {
            if (line.IndexOf("swallow"u8) < 0) _real.Normalize(batch, line, context);
        }
    }

    private sealed class Failing : ILineNormalizer
    {
        public void Normalize(EventBatch batch, ReadOnlySpan<byte> line, in LineContext context) => throw new InvalidOperationException("A fault.");
    }
}
