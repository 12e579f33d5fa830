using System.Text;
using Juming.Platform.Modules;
using Juming.Site.Events;
using Juming.Site.Events.Query;
using Juming.Site.Events.Search;
using Juming.Site.Events.Store;
using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;

namespace Juming.Site.Tests.Events;

/// <summary>Fields with several values, addresses of both families, hostile values, and clocks that are wrong.</summary>
[Category("S2")]
public sealed class ValueTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 20, 0, 0, 0, TimeSpan.Zero);
    private static readonly ushort HostIp = FieldNames.Intern("host.ip");
    private static readonly ushort Zone = FieldNames.Intern("vendor.zone");

    private string _folder = "";
    private DuckEventStore _store = null!;
    private DuckSearch _search = null!;

    [SetUp]
    public void Open()
    {
        _folder = Directory.CreateTempSubdirectory("juming-values").FullName;
        Reopen();
    }

    [TearDown]
    public void Remove()
    {
        _store.Dispose();
        Directory.Delete(_folder, true);
    }

    [TestCase("source.ip:10.0.0.2", 1)]
    [TestCase("source.ip:10.0.0.0/8", 1)]
    [TestCase("source.ip:192.168.7.9/24", 1)]
    [TestCase("source.ip:192.168.7.*", 1)]
    [TestCase("source.ip:\"192.168.7.7\"", 1)]
    [TestCase("not source.ip:192.168.7.7", 4)]
    [TestCase("user.name:ROOT", 1)]
    [TestCase("user.name:al*", 1)]
    [TestCase("user.name:ali", 0)]
    [TestCase("destination.port:443", 1)]
    [TestCase("destination.port:[400 TO 500]", 1)]
    [TestCase("destination.port>=8000", 1)]
    [TestCase("destination.port:https", 1)]
    [TestCase("destination.port:*", 2)]
    [TestCase("vendor.zone:dmz", 1)]
    [TestCase("vendor.zone:d?z", 1)]
    [TestCase("vendor.zone:[6 TO 8]", 1)]
    [TestCase("source.ip:192.168.7.7 and user.name:root", 1)]
    [TestCase("user.name:root and user.name:alice", 1)]
    [TestCase("source.ip:172.16.0.1 or source.ip:192.168.7.7", 1)]
    [TestCase("not (user.name:root or destination.port:443)", 4)]
    [TestCase("source.ip:10.9.9.9", 0)]
    public async Task Any_value_of_a_field_with_several_is_found(string query, int count)
    {
        await Append(batch =>
        {
            Event(batch, "first");
            foreach (var address in new[] { "10.0.0.2", "192.168.7.7" }) batch.Add(Field.SourceIp, Encoding.ASCII.GetBytes(address));
            foreach (var user in new[] { "alice", "Root" }) batch.Add(Field.UserName, Encoding.ASCII.GetBytes(user));
            foreach (var port in new[] { 80L, 443, 8443 }) batch.Add(Field.DestinationPort, port);
            foreach (var zone in new[] { "trust", "dmz", "7" }) batch.Add(Zone, Encoding.ASCII.GetBytes(zone));
            Event(batch, "second");
            batch.Add(Field.DestinationPort, "https"u8);
            for (var i = 0; i < 3; i++) Event(batch, "other " + i);
        });
        var expected = query == "destination.port:*" ? 2 : count;
        Assert.That(await Count(query), Is.EqualTo(expected));
        Reopen();
        Assert.That(await Count(query), Is.EqualTo(expected), "after a restart");
    }

    [Test]
    public async Task The_values_of_a_field_come_one_by_one_and_only_segments_that_need_it_are_asked_twice()
    {
        await Append(batch =>
        {
            Event(batch, "one");
            batch.Add(Field.UserName, "with\nbreak"u8);
            batch.Add(Zone, "a"u8);
        });
        Assert.That(_store.Segments[^1].Beside, Is.Zero, "A second value would make every search of the segment look twice.");
        await Append(batch =>
        {
            Event(batch, "two");
            batch.Add(Field.UserName, "a"u8);
            batch.Add(Field.UserName, "b\nc"u8);
        });
        var (one, two) = (await Only("\"one\""), await Only("\"two\""));
        Assert.Multiple(() =>
        {
            Assert.That(_store.Segments[^1].Beside, Is.Not.Zero);
            Assert.That(one.Several, Is.Empty);
            Assert.That(two.Several["user.name"], Is.EqualTo(new[] { "a", "b\nc" }));
            Assert.That(two.Flags, Is.EqualTo(EventFlags.None), "The store's own marks are no flags of the event.");
        });
    }

    [TestCase("source.ip:10.0.0.5/8", 2)]
    [TestCase("source.ip:10.0.0.0/8", 2)]
    [TestCase("source.ip:0.0.0.0/0", 2)]
    [TestCase("source.ip:10.1.2.3/32", 1)]
    [TestCase("source.ip:10.1.2.3", 1)]
    [TestCase("source.ip:2001:db8::/32", 2)]
    [TestCase("source.ip:2001:DB8:0:0:ffff::1/33", 2)]
    [TestCase("source.ip:2001:db8:8000::/33", 0)]
    [TestCase("source.ip:::/0", 3)]
    [TestCase("source.ip:::ffff:10.0.0.0/104", 2)]
    [TestCase("source.ip:10.0.0.9", 1)]
    [TestCase("host.ip:fe80::/10", 1)]
    [TestCase("host.ip:10.0.0.0/8", 1)]
    [TestCase("host.ip:192.168.0.0/16", 0)]
    [TestCase("url.path:/10/8", 1)]
    [TestCase("url.path:1.2.3/4", 0)]
    public async Task Ranges_of_addresses_hold_both_families(string query, int count)
    {
        await Append(batch =>
        {
            foreach (var address in new[] { "10.1.2.3", "::ffff:10.0.0.9", "2001:db8::1", "2001:0DB8:0:0:0:0:0:2", "not-an-address:" })
            {
                Event(batch, address);
                batch.Add(Field.SourceIp, Encoding.ASCII.GetBytes(address));
            }
            Event(batch, "host");
            foreach (var address in new[] { "10.3.3.3", "fe80::1%eth0", "fe80::2" }) batch.Add(HostIp, Encoding.ASCII.GetBytes(address));
            batch.Add(Field.UrlPath, "/10/8"u8);
        });
        Assert.That(await Count(query), Is.EqualTo(count));
    }

    [TestCase("source.ip:10.0.0.0/33", 10, 11)]
    [TestCase("x and source.ip:10.0.0/8", 16, 8)]
    [TestCase("source.ip:2001:db8::/129", 10, 14)]
    [TestCase("source.ip:10.0.0.0/", 10, 9)]
    [TestCase("source.ip:10.0.0.0/255.0.0.0", 10, 18)]
    [TestCase("any.field:10.0.0.0/99", 10, 11)]
    public void A_range_that_is_none_is_refused_at_its_place(string query, int position, int length)
    {
        var refusal = Assert.Throws<QueryException>(() => QueryParser.Parse(query))!;
        Assert.That((refusal.Code, refusal.Position, refusal.Length), Is.EqualTo(("query.cidr", position, length)));
    }

    /// <summary>Every value is stored, shown, turned into a term, and the term finds it and only what equals it; its opposite finds all others.</summary>
    [Test]
    public async Task Filter_in_and_out_hold_for_any_value()
    {
        var values = Hostile().ToList();
        ushort[] fields = [Field.UserName, Zone, FieldNames.Intern("odd name: (x) \"y\\z"), FieldNames.Intern("7days"), FieldNames.Intern("名称")];
        await Append(batch =>
        {
            for (var i = 0; i < values.Count; i++)
            {
                Event(batch, $"value {i};");
                foreach (var field in fields) batch.Add(field, Encoding.UTF8.GetBytes(values[i]));
                // Once more, beside another: the same value must be found as a second one.
                Event(batch, $"second {i};");
                foreach (var field in fields)
                {
                    batch.Add(field, "first"u8);
                    batch.Add(field, Encoding.UTF8.GetBytes(values[i]));
                }
            }
        });
        var all = await Count("");
        for (var i = 0; i < values.Count; i++)
        {
            var seen = await Only($"\"value {i};\"");
            foreach (var field in fields)
            {
                var name = FieldNames.Name(field);
                var term = QueryText.Is(name, seen.Fields[name]);
                Assert.That((term.Length < 4000, term.IndexOfAny(['\n', '\0', '\u202e'])), Is.EqualTo((true, -1)), "A query bar and an address carry it.");
                var equal = await Count(term);
                Assert.That(await Count($"\"value {i};\" {term}"), Is.EqualTo(1), $"{name} value {i}: {term}");
                Assert.That(await Count($"\"second {i};\" {term}"), Is.EqualTo(1), $"{name} second value {i}: {term}");
                Assert.That(await Count($"\"value {i};\" not {term}"), Is.Zero, $"{name} value {i}: not {term}");
                Assert.That(await Count($"not {term}"), Is.EqualTo(all - equal), $"{name} value {i}: not {term}");
                Assert.That(equal, Is.LessThanOrEqualTo(8), $"{name} value {i} finds strangers: {term}");
            }
        }
    }

    [Test]
    public async Task A_quotation_ends_at_its_own_kind()
    {
        await Append(batch => Event(batch, "said “hello” and \"bye\""));
        Assert.Multiple(async () =>
        {
            Assert.That(await Count("\"said “hello” and\""), Is.EqualTo(1));
            Assert.That(await Count("“and \"bye\"”"), Is.EqualTo(1));
            Assert.That(Assert.Throws<QueryException>(() => QueryParser.Parse("“open\""))!.Code, Is.EqualTo("query.quote-open"));
            Assert.That(((QueryNode.Words)QueryParser.Parse("\"C:\\new\\u{41}\\u{zz}\"")).Text, Is.EqualTo("C:\\newA\\u{zz}"));
        });
    }

    [TestCase("", "a", "a")]
    [TestCase("x y", "a", "x y and a")]
    [TestCase("x or y", "a", "(x or y) and a")]
    [TestCase("(x or y)", "a", "(x or y) and a")]
    [TestCase("(broken", "a", "((broken) and a")]
    public void A_condition_is_added_without_changing_the_others(string query, string term, string expected) => Assert.That(QueryText.With(query, term), Is.EqualTo(expected));

    [TestCase("a", "")]
    [TestCase("a and b", "a")]
    [TestCase("a b:\"c d\" not e:f", "a b:\"c d\"")]
    [TestCase("(a and b) && (c or d)", "(a and b)")]
    [TestCase("a or b and c", "a or b")]
    [TestCase("a or b", "")]
    [TestCase("(a and b)", "")]
    [TestCase("a and (", "")]
    public void Only_the_last_condition_is_taken_away(string query, string expected) => Assert.That(QueryText.WithoutLast(query), Is.EqualTo(expected));

    [Test]
    public async Task Events_of_wrong_clocks_are_counted_and_found_by_receipt()
    {
        await Append(batch =>
        {
            for (var i = 0; i < 10; i++) Event(batch, "right " + i, Start.AddMinutes(i), Start.AddMinutes(i));
            for (var i = 0; i < 7; i++) Event(batch, "wrong " + i, new DateTimeOffset(1999, 1, 1, 0, i, 0, TimeSpan.Zero), Start.AddMinutes(i));
            Event(batch, "long ago", new DateTimeOffset(1999, 1, 1, 0, 0, 0, TimeSpan.Zero), Start.AddDays(-9));
        });
        var span = new SearchRequest("", Start.AddMinutes(-1), Start.AddHours(1));
        var received = new List<EventView>();
        string? cursor = null;
        do
        {
            await foreach (var chunk in _search.Search(span with { ByReceipt = true, Limit = 4, Cursor = cursor }, CancellationToken.None))
            {
                received.AddRange(chunk.Events);
                cursor = chunk.Cursor;
            }
        }
        while (cursor is not null);
        var steps = await _search.Histogram(span with { ByReceipt = true }, 10, CancellationToken.None);
        var facet = await _search.Facet(span with { ByReceipt = true, Query = "wrong" }, "log.level", 5, CancellationToken.None);
        Assert.Multiple(async () =>
        {
            Assert.That(await _search.DatedElsewhere(span, CancellationToken.None), Is.EqualTo(7));
            Assert.That(await _search.DatedElsewhere(span with { Query = "\"wrong 3\"" }, CancellationToken.None), Is.EqualTo(1));
            Assert.That(received, Has.Count.EqualTo(17));
            Assert.That(received.Select(e => e.Id).Distinct().Count(), Is.EqualTo(17));
            Assert.That(received.Select(e => e.Received), Is.Ordered.Descending);
            Assert.That(steps.Sum(s => s.Count), Is.EqualTo(17));
            Assert.That(facet.Sum(f => f.Count), Is.EqualTo(7));
        });
    }

    [Test]
    public async Task Severities_are_told_apart_over_time()
    {
        await Append(batch =>
        {
            foreach (var (severity, minute) in new[] { (4, 0), (4, 0), (0, 0), (9, 30), (-3, 30), (99, 59) })
            {
                Event(batch, "s", Start.AddMinutes(minute), Start);
                if (severity != 99) batch.Add(Field.EventSeverity, severity);
            }
        });
        var steps = await _search.HistogramBySeverity(new SearchRequest("", Start, Start.AddHours(1)), 2, CancellationToken.None);
        Assert.That(steps.Select(s => string.Join(' ', s.Counts)), Is.EqualTo(new[] { "1 0 0 0 2 0", "1 0 0 0 1 1" }));
    }

    private static IEnumerable<string> Hostile()
    {
        yield return "plain";
        yield return "“curly” ‘quotes’";
        yield return "”";
        yield return "\"";
        yield return "\\";
        yield return "C:\\new\\users\\\"x\"\\";
        yield return "a*b?c%d_e";
        yield return "*";
        yield return "line\nfeed\r\n\ttab";
        yield return "nul\0in\0side";
        yield return "\0";
        yield return "\u202eevil\u2066turned\u2069";
        yield return "zero\u200bwidth\ufeff";
        yield return "10.0.0.0/8";
        yield return "[1 TO 9]";
        yield return ">=5";
        yield return "#0000000000000000000000000000000000000000000000000000000000000000";
        yield return "' OR 1=1 --";
        yield return "a=b\u0001=c";
        yield return "İstanbul ẞ K ſ ΣΑΣ \U00010400 😀";
        yield return "\u3000 blank\u00a0 ";
        yield return "and or not (x)：（y）";
        yield return "\\u{41}";
        yield return "\ue000\ue001\0";
        yield return new string('x', 400);
        yield return new string('\u202e', 400);
        yield return new string('长', 65_536 / 3);
        yield return new string('"', 5_000) + new string('\\', 5_000);
        var random = new Random(7);
        string[] pieces = ["\"", "\\", "“", "”", "*", "?", "\n", "\0", "\u202e", "\u001e", " ", ":", "(", ")", "a", "É", "口", "\\u{", "}", "%", "'", "😀"];
        for (var i = 0; i < 25; i++) yield return string.Concat(Enumerable.Range(0, random.Next(1, 30)).Select(_ => pieces[random.Next(pieces.Length)]));
    }

    private void Reopen()
    {
        _store?.Dispose();
        _store = new DuckEventStore(new TierContext(Tiers.Site, _folder), new EventStoreSettings(), TimeProvider.System, NullLogger<DuckEventStore>.Instance);
        _search = new DuckSearch(_store);
    }

    private async Task Append(Action<EventBatch> fill)
    {
        var batch = new EventBatch(10_000);
        fill(batch);
        await _store.Append(batch, new BatchCommit(), CancellationToken.None);
    }

    private static void Event(EventBatch batch, string raw) => Event(batch, raw, Start, Start);

    private static void Event(EventBatch batch, string raw, DateTimeOffset time, DateTimeOffset received)
    {
        batch.Begin(Encoding.UTF8.GetBytes(raw), Micros(received), 3, 1);
        batch.Current.Time = Micros(time);
        batch.Add(Field.LogLevel, "x"u8);
    }

    private async Task<long> Count(string query) =>
        (await _search.Histogram(new SearchRequest(query, Start.AddYears(-100), Start.AddYears(1)), 1, CancellationToken.None)).Sum(s => s.Count);

    private async Task<EventView> Only(string query)
    {
        var found = new List<EventView>();
        await foreach (var chunk in _search.Search(new SearchRequest(query, Start.AddDays(-1), Start.AddDays(1)), CancellationToken.None)) found.AddRange(chunk.Events);
        return found.Single();
    }

    private static long Micros(DateTimeOffset at) => (at.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / 10;
}
