using System.Net.Sockets;
using System.Text;
using Juming.Platform.Modules;
using Juming.Site.Collection.Pipeline;
using Juming.Site.Collection.Receivers;
using Juming.Site.Events;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace Juming.Site.Tests.Collection;

/// <summary>Through real sockets: what was sent is stored or accounted for, whatever the sender and the stop do.</summary>
[Category("S2")]
[CancelAfter(120_000)]
public sealed class ReceiversTests
{
    [Test]
    public async Task Every_datagram_of_several_senders_is_stored_as_it_was_sent()
    {
        await using var bench = await CollectionBench.Start(change: s => (s.Udp, s.Tcp) = (["127.0.0.1:0"], []));
        var sent = new List<string>();
        using var one = new UdpClient();
        using var two = new UdpClient();
        for (var i = 0; i < 400; i++)
        {
            sent.Add($"<13>datagram number {i} {new string('x', i)}");
            await (i % 2 == 0 ? one : two).SendAsync(Encoding.UTF8.GetBytes(sent[^1]), bench.At("udp"));
        }
        Assert.That(await bench.Stored(400), Is.EqualTo(400));
        Assert.That(await bench.Lines(), Is.EquivalentTo(sent));
    }

    [Test]
    public async Task Lines_that_were_received_before_a_stop_are_stored_by_it()
    {
        using var folder = new TestFolder();
        await using (var bench = await CollectionBench.Start(folder.Path, s => s.GatherMilliseconds = 5000))
        {
            using var client = await bench.Connect();
            await client.GetStream().WriteAsync(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 100).Select(i => $"<13>line {i}\n")) + "<13>the last has no end"));
            Assert.That(await bench.Until(() => bench.Book.Balances.Values.Sum(b => b.Received) >= 100), Is.True);
            Assert.That(bench.Book.StoredLines, Is.Zero, "they wait for more");
        }
        await using var again = await CollectionBench.Start(folder.Path);
        var ledger = await again.Ledger();
        Assert.Multiple(() =>
        {
            Assert.That((ledger.Received, ledger.Stored), Is.EqualTo((101L, 101L)));
            Assert.That(ledger.Dropped, Is.Empty);
        });
    }

    [Test]
    public async Task A_stop_while_the_queue_is_full_loses_nothing_that_was_received()
    {
        using var folder = new TestFolder();
        var slow = new Slow();
        long received;
        var bench = await CollectionBench.Start(folder.Path, s => (s.Workers, s.QueueBatches) = (1, 4), s => s.AddSingleton<ILineNormalizer>(slow));
        using (var client = await bench.Connect())
        {
            _ = client.GetStream().WriteAsync(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 80_000).Select(i => $"<13>line {i}\n")))).AsTask();
            // Three batches are taken on, the next one waits for a place, full.
            Assert.That(await bench.Until(() => bench.Book.Balances.Values.Sum(b => b.Received) >= 4 * RawBatch.MostLines), Is.True);
            await Task.Delay(500);
            received = bench.Book.Balances.Values.Sum(b => b.Received);
            var stop = bench.DisposeAsync();
            await Task.Delay(500);
            slow.Go.Set();
            await stop;
        }
        await using var again = await CollectionBench.Start(folder.Path);
        var ledger = await again.Ledger();
        Assert.Multiple(() =>
        {
            Assert.That(ledger.Dropped, Is.Empty);
            Assert.That(ledger.Received, Is.GreaterThanOrEqualTo(received));
            Assert.That(ledger.Stored, Is.EqualTo(ledger.Received));
        });
    }

    [Test]
    public async Task A_message_that_a_reset_cut_is_stored()
    {
        await using var bench = await CollectionBench.Start();
        var client = await bench.Connect();
        await client.GetStream().WriteAsync("<13>whole\n<13>half of a mess"u8.ToArray());
        Assert.That(await bench.Stored(1), Is.EqualTo(1));
        client.LingerState = new LingerOption(true, 0);
        client.Dispose();
        Assert.That(await bench.Stored(2), Is.EqualTo(2));
        Assert.That(await bench.Lines(), Is.EquivalentTo(new[] { "<13>whole", "<13>half of a mess" }));
    }

    [Test]
    public async Task A_count_that_lies_swallows_no_message()
    {
        await using var bench = await CollectionBench.Start();
        await bench.Send("200 <13>one\n<13>two\n<13>three\n");
        Assert.That(await bench.Stored(3), Is.EqualTo(3));
        Assert.That(await bench.Lines(), Is.EquivalentTo(new[] { "200 <13>one", "<13>two", "<13>three" }));
    }

    [Test]
    public async Task A_counted_frame_beyond_the_longest_is_cut_and_booked_and_the_next_ones_are_read()
    {
        await using var bench = await CollectionBench.Start();
        var huge = "<13>" + new string('h', 1_500_000);
        await bench.Send($"8 <13>fore{huge.Length} {huge}9 <13>after");
        Assert.That(await bench.Stored(3), Is.EqualTo(3));
        var lines = await bench.Lines();
        Assert.That(lines, Does.Contain("<13>fore").And.Contain("<13>after"));
        var ledger = await bench.Ledger();
        Assert.Multiple(() =>
        {
            Assert.That(ledger.Dropped, Is.EqualTo(new Dictionary<string, long> { [LedgerReasons.Framing] = 1 }));
            Assert.That((ledger.Received, ledger.Imbalance), Is.EqualTo((4L, 0L)));
        });
    }

    [Test]
    public async Task A_counted_stream_that_lost_its_framing_is_closed_and_what_it_sent_is_accounted_for()
    {
        await using var bench = await CollectionBench.Start();
        using var client = await bench.Connect();
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.UTF8.GetBytes("8 <13>good20 <13>short" + new string('z', 200_000)));
        Assert.That(await bench.Stored(2), Is.EqualTo(2));
        Assert.That(await Closed(stream), Is.True);
        var ledger = await bench.Ledger();
        Assert.That((ledger.Received, ledger.Stored, ledger.Dropped.GetValueOrDefault(LedgerReasons.Framing), ledger.Imbalance), Is.EqualTo((3L, 2L, 1L, 0L)));
    }

    [Test]
    public async Task A_line_without_an_end_is_cut_and_booked_and_the_next_line_is_read()
    {
        await using var bench = await CollectionBench.Start();
        await bench.Send("<13>" + new string('l', 900_000) + "\n<13>next\n");
        Assert.That(await bench.Stored(2), Is.EqualTo(2));
        var ledger = await bench.Ledger();
        Assert.That((ledger.Stored, ledger.Dropped.GetValueOrDefault(LedgerReasons.Framing), ledger.Imbalance), Is.EqualTo((2L, 1L, 0L)));
    }

    [Test]
    public async Task One_address_gets_its_share_of_connections_and_a_refusal_is_counted()
    {
        await using var bench = await CollectionBench.Start(change: s => s.MaxConnectionsPerAddress = 2);
        using var one = await bench.Connect();
        using var two = await bench.Connect();
        await bench.Until(() => bench.Site.Services.GetRequiredService<TcpReceiver>().Connections == 2);
        using var three = await bench.Connect();
        Assert.That(await Closed(three.GetStream()), Is.True);
        Assert.That(await bench.Metrics(), Does.Contain("juming_collection_refused_connections_total{reason=\"address\"} 1"));
        one.Dispose();
        Assert.That(await bench.Until(() => bench.Site.Services.GetRequiredService<TcpReceiver>().Connections == 1), Is.True);
        using var four = await bench.Connect();
        await four.GetStream().WriteAsync("<13>there is room again\n"u8.ToArray());
        Assert.That(await bench.Stored(1), Is.EqualTo(1));
    }

    [Test]
    public void A_unix_socket_takes_no_place_where_a_file_lies()
    {
        using var folder = new TestFolder();
        File.WriteAllText(folder.File("eve.json"), "{}");
        Assert.That(async () => await CollectionBench.Start(change: s => s.UnixSockets = [folder.File("eve.json")]), Throws.TypeOf<SettingsException>());
        Assert.That(File.ReadAllText(folder.File("eve.json")), Is.EqualTo("{}"));
    }

    [Test]
    public async Task A_unix_socket_that_an_earlier_run_left_is_replaced()
    {
        using var folder = new TestFolder();
        var path = folder.File("eve.sock");
        using (var old = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)) old.Bind(new UnixDomainSocketEndPoint(path));
        if (!File.Exists(path))
        {
            // The runtime removes the path of a socket it closes; a killed program leaves it.
            using var made = System.Diagnostics.Process.Start("python3", ["-c", "import socket,sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])", path]);
            await made.WaitForExitAsync();
        }
        await using var bench = await CollectionBench.Start(change: s => s.UnixSockets = [path]);
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path));
        await socket.SendAsync("{\"event_type\":\"dns\"}\n"u8.ToArray());
        Assert.That(await bench.Stored(1), Is.EqualTo(1));
    }

    private sealed class Slow : ILineNormalizer
    {
        private readonly LineNormalizer _real = new();

        public ManualResetEventSlim Go { get; } = new();

        public void Normalize(EventBatch batch, ReadOnlySpan<byte> line, in LineContext context)
        {
            Go.WaitHandle.WaitOne();
            _real.Normalize(batch, line, context);
        }
    }

    private static async Task<bool> Closed(NetworkStream stream)
    {
        try
        {
            using var most = new CancellationTokenSource(TimeSpan.FromSeconds(20));
            return await stream.ReadAsync(new byte[1], most.Token) == 0;
        }
        catch (IOException)
        {
            return true;
        }
    }
}
