using System.Text;
using DuckDB.NET.Data;
using Juming.Site.Events;
using Juming.Site.Events.Query;
using Juming.Site.Events.Search;
using Juming.Site.Events.Store;
using NUnit.Framework;

namespace Juming.Site.Tests.Events;

/// <summary>Blocks that are ruled out by what their lines hold: a search finds the same with them and without.</summary>
[Category("S2")]
public sealed class GramsTests
{
    private static readonly string[] Words =
    [
        "jndi:ldap", "Mimikatz", "certutil", "203.0.113.77", "中文日志", "口令错误", "ÄÖÜ straße", "привет", "Σίσυφος", "K\u212Aelvin", "ſharp", "İstanbul", "\0nul\0", "\ue000\ue001", "😀ok", "𐐀deseret",
        "a", "", "  ", "50%_done", "C:\\new\\x", "\"quoted\"", "GET /index.html", "éclair", "１２３", "[a-z]*", "DROP TABLE", "aaaaaaaa",
    ];

    private StoreBench _bench = null!;

    [SetUp]
    public void Open() => _bench = new StoreBench(new EventStoreSettings { SegmentRows = 60_000 });

    [TearDown]
    public void Close() => _bench.Dispose();

    [TestCase(1)]
    [TestCase(2, Category = "Long")]
    [TestCase(3, Category = "Long")]
    public async Task Any_query_finds_the_same_with_blocks_and_without(int seed)
    {
        var random = new Random(seed);
        var lines = await Fill(random);
        foreach (var query in Enumerable.Range(0, 25).Select(_ => Query(random, lines, 3)).Prepend("\"jndi:\"").Append("mimikatz"))
        {
            var with = await Found(query);
            var grams = _bench.Store.Segments.Where(s => s.HasGrams).ToList();
            foreach (var segment in grams) segment.HasGrams = false;
            Assert.That(with, Is.EqualTo(await Found(query)), query);
            foreach (var segment in grams) segment.HasGrams = true;
        }
    }

    [Test]
    public async Task Every_piece_of_every_line_is_found()
    {
        var random = new Random(7);
        var lines = await Fill(random);
        for (var i = 0; i < 40; i++)
        {
            var piece = Piece(random, lines[random.Next(lines.Count)]);
            // The Kelvin sign and the long s fold to ASCII; half of a pair is no character.
            if (piece.Length == 0 || piece.AsSpan().IndexOfAny('\u212A', 'ſ') >= 0 || piece.EnumerateRunes().Contains(Rune.ReplacementChar)) continue;
            if (random.Next(2) == 0) piece = string.Concat(piece.Select(c => char.IsAsciiLetter(c) ? (char)(c ^ 0x20) : c));
            var expected = lines.Count(l => Found(l, piece));
            Assert.That(await _bench.Count(QueryText.Quote(piece)), Is.EqualTo(expected), piece);
        }
    }

    [Test]
    public async Task Rows_are_where_their_blocks_say_and_only_those_without_one_are_searched_in_vain()
    {
        await Fill(new Random(5));
        await Append(Enumerable.Range(0, 41_000).Select(i => i == 30_000 ? "a needle-in-hay here" : $"hay {i} and more of it"));
        var hot = _bench.Store.Segments[^1];
        var candidates = await CandidatesOf(hot, "needle-in-hay");
        var place = candidates.Within(Axis.Event, long.MinValue, long.MaxValue)!;
        using var reader = _bench.Store.Duck.Reader();
        using var command = DuckEventStore.Command(reader.Connection, $"SELECT count(*), count(*) FILTER (contains(raw, 'needle-in-hay')) FROM {place.Source}");
        using var row = command.ExecuteReader();
        row.Read();
        Assert.Multiple(() =>
        {
            Assert.That(row.GetInt64(1), Is.EqualTo(1));
            Assert.That(row.GetInt64(0), Is.LessThanOrEqualTo(2 * Grams.BlockRows));
        });
    }

    [Test]
    public async Task A_segment_of_an_older_release_is_searched_whole_and_goes_on_with_blocks()
    {
        await Append(Enumerable.Range(0, 5000).Select(i => $"before {i}"));
        _bench.Close();
        using (var duck = new DuckDBConnection($"Data Source={_bench.Files[0]}"))
        {
            duck.Open();
            using var drop = DuckEventStore.Command(duck, "DROP TABLE grams");
            drop.ExecuteNonQuery();
        }
        _bench.Reopen();
        await Append(Enumerable.Range(0, 5000).Select(i => $"after {i}"));
        using var reader = _bench.Store.Duck.Reader();
        using var count = DuckEventStore.Command(reader.Connection, $"SELECT count(*) FROM {_bench.Store.Segments[0].Alias}.grams WHERE first >= 5000");
        Assert.Multiple(async () =>
        {
            Assert.That(await _bench.Count("before"), Is.EqualTo(5000));
            Assert.That(await _bench.Count("\"after 4999\""), Is.EqualTo(1));
            Assert.That(await _bench.Count("between"), Is.Zero);
            Assert.That(count.ExecuteScalar(), Is.EqualTo(2L));
        });
    }

    [Test]
    public async Task Ids_of_a_batch_count_upwards_and_no_two_starts_give_the_same()
    {
        var ids = new List<Guid>();
        for (var start = 0; start < 3; start++)
        {
            await Append(Enumerable.Range(0, 500).Select(i => $"line {i}"));
            _bench.Reopen();
        }
        await foreach (var batch in _bench.Store.ReadAfter(0, CancellationToken.None))
        {
            Assert.That(batch.Lines.Select(l => Encoding.UTF8.GetString(l.Raw)), Is.EqualTo(Enumerable.Range(0, 500).Select(i => $"line {i}")));
            ids.AddRange(batch.Lines.Select(l => l.Id));
        }
        Assert.Multiple(() =>
        {
            Assert.That(ids.Distinct().Count(), Is.EqualTo(1500));
            Assert.That(ids.Select(i => i.Version).Distinct(), Is.EqualTo(new[] { 7 }));
            Assert.That(ids.Select(i => i.ToString("N")[..24]).Distinct().Count(), Is.EqualTo(3), "the clock stands still, and still each start has its own");
        });
    }

    /// <summary>Groups of all sizes, a rollback, starts in between, and a second segment.</summary>
    private async Task<List<string>> Fill(Random random)
    {
        var lines = new List<string>();
        async Task Add(int count)
        {
            var some = Enumerable.Range(0, count).Select(_ => Line(random)).ToList();
            await Append(some);
            lines.AddRange(some);
        }
        await Add(3000);
        await Add(41_500);
        await Add(1);
        Assert.ThrowsAsync<NullReferenceException>(() => Append(Enumerable.Range(0, 3000).Select(_ => Line(random)), isBad: true));
        await Add(2500);
        _bench.Reopen();
        await Add(700);
        await Add(5000);
        await Add(9000);
        await Add(4200);
        _bench.Reopen();
        await Add(10);
        Assert.That(_bench.Store.Segments, Has.Count.EqualTo(2));
        Assert.That(await _bench.Count(), Is.EqualTo(lines.Count));
        return lines;
    }

    private static string Line(Random random)
    {
        // What is rare must be rare, or no block can be ruled out.
        var line = new StringBuilder(random.Next(50) == 0 ? "" : $"<{random.Next(200)}>host app[{random.Next(70_000)}]: ok");
        if (random.Next(400) == 0) line.Append(' ').Append(Words[random.Next(Words.Length)]).Append(Words[random.Next(Words.Length)]);
        if (random.Next(5000) == 0) line.Append(string.Concat(Enumerable.Repeat(Words[random.Next(Words.Length)] + "x", 2000)));
        return line.ToString();
    }

    private async Task Append(IEnumerable<string> lines, bool isBad = false)
    {
        var batch = new EventBatch(4096);
        foreach (var line in lines)
        {
            batch.Begin(Encoding.UTF8.GetBytes(line), StoreBench.Micros(_bench.Clock.At), 7, batch.Count + 1);
            batch.Current.Time += batch.Count * 1000L;
            batch.Add(Field.UserName, batch.Count % 3 == 0 ? "root"u8 : "alice"u8);
            if (batch.Count % 5 == 0) batch.Add(Field.UserName, "second"u8);
        }
        _bench.Clock.At += TimeSpan.FromSeconds(20);
        var commit = new BatchCommit();
        // A mark without a value fails when the rows are with DuckDB already.
        if (isBad) commit.Marks.Add(("bad", null!, null));
        await _bench.Store.Append(batch, commit, CancellationToken.None);
    }

    private static string Query(Random random, List<string> lines, int depth)
    {
        if (depth > 0 && random.Next(3) == 0) return $"({Query(random, lines, depth - 1)} {(random.Next(2) == 0 ? "and" : "or")} {Query(random, lines, depth - 1)})";
        if (depth > 0 && random.Next(8) == 0) return $"not {Query(random, lines, depth - 1)}";
        switch (random.Next(6))
        {
            case 0:
                return random.Next(2) == 0 ? "user.name:root" : "user.name:second";
            case 1:
                return QueryText.Quote(Words[random.Next(Words.Length)]);
            case 2:
                var word = new string([.. Words[random.Next(Words.Length)].Where(c => char.IsLetterOrDigit(c) || c == '.')]);
                return word.Length < 3 ? "host" : word.Insert(random.Next(1, word.Length), random.Next(2) == 0 ? "*" : "?").Remove(0, random.Next(2));
            case 3:
                return QueryText.Quote(Piece(random, lines[random.Next(lines.Count)]) + (random.Next(3) == 0 ? "x" : ""));
            case 4:
                return QueryText.Quote("nowhere" + random.Next(10));
            default:
                var rare = lines[random.Next(lines.Count)];
                for (var i = 0; i < 200 && rare.Length < 40; i++) rare = lines[random.Next(lines.Count)];
                return QueryText.Quote(Piece(random, rare).ToUpperInvariant());
        }
    }

    private static string Piece(Random random, string line)
    {
        if (line.Length == 0) return "";
        var first = random.Next(line.Length);
        return line.Substring(first, Math.Min(random.Next(1, 14), line.Length - first));
    }

    private static bool Found(string line, string piece) =>
        piece.Any(c => char.IsLetter(c) && char.ToLowerInvariant(c) != char.ToUpperInvariant(c)) ? line.Contains(piece, StringComparison.OrdinalIgnoreCase) : line.Contains(piece, StringComparison.Ordinal);

    private async Task<Candidates> CandidatesOf(Segment segment, string query)
    {
        var candidates = new Candidates(segment);
        using var reader = _bench.Store.Duck.Reader();
        using var command = DuckEventStore.Command(reader.Connection, Candidates.Statement(segment, QuerySql.Of(QueryParser.Parse(query)))!);
        using var rows = await command.ExecuteReaderAsync();
        while (rows.Read()) candidates.Add(rows);
        candidates.End();
        return candidates;
    }

    /// <summary>What every kind of search gives: a count, a top list, and the newest events.</summary>
    private async Task<(int Count, string Users, string Newest)> Found(string query)
    {
        var ids = new List<Guid>();
        await foreach (var chunk in _bench.Search.Search(All(query, 300), CancellationToken.None)) ids.AddRange(chunk.Events.Select(e => e.Id));
        var users = await _bench.Search.Facet(All(query), "user.name", 20, CancellationToken.None);
        return (await _bench.Count(query), string.Join(' ', users), string.Join(' ', ids));
    }

    private static SearchRequest All(string query, int limit = 100) => new(query, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200), limit);
}
