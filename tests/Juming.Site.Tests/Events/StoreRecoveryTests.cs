using System.Buffers.Binary;
using DuckDB.NET.Data;
using Juming.Site.Events;
using Juming.Site.Events.Store;
using NUnit.Framework;

namespace Juming.Site.Tests.Events;

[Category("S2")]
public sealed class StoreRecoveryTests
{
    private StoreBench _bench = null!;

    [SetUp]
    public void Open() => _bench = new StoreBench(new EventStoreSettings { SegmentRows = 10_000 });

    [TearDown]
    public void Close() => _bench.Dispose();

    [TestCase("zeros")]
    [TestCase("cut")]
    [TestCase("turned bits")]
    public async Task A_broken_segment_is_set_aside_and_said_at_every_start_with_what_it_held(string how)
    {
        await _bench.Append(10_000);
        await _bench.Append(10);
        _bench.Close();
        var bytes = await File.ReadAllBytesAsync(_bench.Files[0]);
        if (how == "turned bits")
            for (var i = 4096; i < bytes.Length; i += 512) bytes[i + 40] ^= 0xff;
        await File.WriteAllBytesAsync(_bench.Files[0], how switch { "zeros" => new byte[8192], "cut" => bytes[..16_384], _ => bytes });
        _bench.Reopen();
        Assert.Multiple(async () =>
        {
            Assert.That(_bench.Store.SetAside, Has.Count.EqualTo(1));
            Assert.That(await _bench.Count(), Is.EqualTo(10));
            Assert.That(_bench.Store.TakeGone().Select(g => (g.What, g.File, g.Rows)), Is.EqualTo(new (string, string, long?)[] { ("set-aside", "00000001.duckdb", 10_000) }));
            Assert.That(await _bench.Append(1), Is.EqualTo(3));
        });
        _bench.Reopen();
        var report = await new StoreReadiness(_bench.Store, _bench.Settings).Look(CancellationToken.None);
        Assert.Multiple(() =>
        {
            Assert.That(report.Level, Is.EqualTo(Juming.Platform.Modules.ReadinessLevel.Warning));
            Assert.That(report.Text, Does.Contain("00000001.duckdb.broken-"));
            Assert.That(_bench.Store.TakeGone(), Is.Empty, "it is booked once");
        });
    }

    [Test]
    public async Task A_segment_that_can_not_be_opened_at_the_moment_stops_the_start_and_stays_where_it_is()
    {
        await _bench.Append(10_000);
        await _bench.Append(10);
        _bench.Close();
        // Not the file is at fault: its log can't be read.
        Directory.CreateDirectory(_bench.Files[0] + ".wal");
        var refusal = Assert.Throws<EventStoreBlockedException>(_bench.Reopen)!;
        Assert.That(refusal.Message, Does.Contain("00000001.duckdb").And.Contain("Nothing was changed"));
        Assert.That(_bench.Files, Has.Length.EqualTo(2));
        Directory.Delete(_bench.Files[0] + ".wal");
        _bench.Reopen();
        Assert.That(await _bench.Count(), Is.EqualTo(10_010));
    }

    [Test]
    public async Task A_segment_that_was_being_made_when_the_program_ended_is_no_loss()
    {
        await _bench.Append(10_000);
        _bench.Close();
        await File.WriteAllBytesAsync(Path.Combine(_bench.Folder, "events", "00000002.duckdb"), []);
        _bench.Reopen();
        Assert.That(_bench.Store.SetAside, Is.Empty);
        await _bench.Append(10);
        Assert.That(await _bench.Count(), Is.EqualTo(10_010));
    }

    [Test]
    public async Task A_segment_of_an_older_release_is_searched_with_its_missing_columns_as_nothing()
    {
        await _bench.Append(5);
        Change("ALTER TABLE x.events DROP COLUMN user_name; ALTER TABLE x.events DROP COLUMN source_port; UPDATE x.about SET schema_version = 0; DROP TABLE x.history");
        await _bench.Append(3);
        var found = new List<EventView>();
        await foreach (var chunk in _bench.Search.Search(new SearchRequest("", DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200)), CancellationToken.None)) found.AddRange(chunk.Events);
        Assert.Multiple(async () =>
        {
            Assert.That(_bench.Store.Segments, Has.Count.EqualTo(2), "new events go where all columns are");
            Assert.That(found.Count(e => e.Fields.GetValueOrDefault("user.name") == "alice"), Is.EqualTo(3));
            Assert.That(found, Has.Count.EqualTo(8));
            Assert.That(await _bench.Count("user.name:alice"), Is.EqualTo(3));
            Assert.That(await _bench.Count("not user.name:alice and not source.port:>5"), Is.EqualTo(5));
            Assert.That(await _bench.Search.Facet(new SearchRequest("", DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200)), "user.name", 5, CancellationToken.None), Is.EqualTo(new[] { new FacetValue("alice", 3) }));
            Assert.That((await _bench.Search.Get(found.First(e => e.Fields.Count == 0 || !e.Fields.ContainsKey("user.name")).Id, CancellationToken.None))!.Raw, Does.StartWith("line"));
            Assert.That(await _bench.Received(), Is.EqualTo(8));
        });
    }

    [Test]
    public async Task A_segment_of_a_newer_release_stops_the_start_with_a_sentence()
    {
        await _bench.Append(5);
        _bench.Close();
        var refusal = Assert.Throws<EventStoreBlockedException>(() => Change($"UPDATE x.about SET schema_version = {Columns.Version + 1}"))!;
        Assert.That(refusal.Message, Does.Contain("newer release"));
        Assert.That(_bench.Files, Has.Length.EqualTo(1));
    }

    [TestCase("before_header")]
    [TestCase("after_free_list_write")]
    public async Task A_checkpoint_that_fails_loses_nothing_and_the_next_append_goes_on(string where)
    {
        await _bench.Append(9_000);
        await _bench.Append(1_000);
        _bench.Store.Duck.Execute($"SET debug_checkpoint_abort = '{where}'");
        // The segment is full: this one wants to begin another, and the checkpoint before it fails.
        Assert.That(await _bench.Append(10), Is.EqualTo(3));
        if (_bench.Store.Duck.Works()) _bench.Store.Duck.Execute("SET debug_checkpoint_abort = 'none'");
        Assert.That(await _bench.Append(10), Is.EqualTo(4));
        Assert.That(await _bench.Count(), Is.EqualTo(10_020));
        _bench.Reopen();
        Assert.Multiple(async () =>
        {
            Assert.That(await _bench.Count(), Is.EqualTo(10_020));
            Assert.That(await _bench.Received(), Is.EqualTo(10_020));
            Assert.That(_bench.Store.SetAside, Is.Empty);
        });
    }

    [Test]
    public async Task A_batch_that_can_not_be_stored_takes_no_other_along_and_ids_count_in_the_end()
    {
        var appends = Enumerable.Range(0, 60).Select(b => Task.Run(async () =>
        {
            var commit = new BatchCommit();
            if (b % 20 == 7) commit.Ledger.Add(new LedgerDelta(7, 0, null!, 1, 1));
            try
            {
                await _bench.Append(50, $"batch{b}", commit: commit);
                return true;
            }
            catch (NullReferenceException)
            {
                return false;
            }
        }));
        Assert.That((await Task.WhenAll(appends)).Count(ok => !ok), Is.EqualTo(3));
        var ids = new HashSet<Guid>();
        await foreach (var batch in _bench.Store.ReadAfter(0, CancellationToken.None))
        {
            var first = Number(batch.Lines[0]);
            // A second attempt gave all of a batch new ids, and none was left from the first.
            Assert.That(batch.Lines.Select(l => Number(l) - first), Is.EqualTo(batch.Lines.Select(l => l.Line - 1L)));
            ids.UnionWith(batch.Lines.Select(l => l.Id));
        }
        Assert.That(ids, Has.Count.EqualTo(57 * 50));
        static long Number(StoredLine line) => BinaryPrimitives.ReadInt64BigEndian(line.Id.ToByteArray(bigEndian: true).AsSpan(8));
    }

    [Test]
    public async Task Whoever_reads_is_sent_away_when_storing_needs_it_and_the_instance_can_be_begun_anew()
    {
        await _bench.Append(100);
        using var reader = _bench.Store.Duck.Reader();
        var endless = Task.Run(() =>
        {
            using var command = reader.Connection.CreateCommand();
            command.CommandText = "SELECT count(*) FROM range(1000000) a, range(1000000) b WHERE a.range + b.range = 3";
            try
            {
                command.ExecuteScalar();
                return false;
            }
            catch (OperationCanceledException)
            {
                return true;
            }
            finally
            {
                reader.Dispose();
            }
        });
        await Task.Delay(200);
        Assert.That(await _bench.Store.Duck.BeginAnew(TimeProvider.System), Is.True);
        Assert.That(await endless, Is.True);
        // Nothing is attached now, as after a fault: the next append mends it.
        Assert.That(await _bench.Append(5), Is.EqualTo(2));
        Assert.That(await _bench.Count(), Is.EqualTo(105));
    }

    private void Change(string sql)
    {
        _bench.Close();
        using (var connection = new DuckDBConnection("Data Source=:memory:"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = $"ATTACH '{_bench.Files[0]}' AS x; {sql}; DETACH x";
            command.ExecuteNonQuery();
        }
        _bench.Reopen();
    }
}
