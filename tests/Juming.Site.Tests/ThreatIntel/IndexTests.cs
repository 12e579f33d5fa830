using System.Text;
using Juming.Contracts.Indicators;
using Juming.Site.ThreatIntel.Index;
using NUnit.Framework;

namespace Juming.Site.Tests.ThreatIntel;

/// <summary>The mapped index on real files: what is found, what is not, and what becomes of a file that is not whole.</summary>
[Category("C1.3")]
internal sealed class IndexTests
{
    private string _folder = null!;

    [SetUp]
    public void Make() => _folder = Directory.CreateTempSubdirectory("juming-index-").FullName;

    [TearDown]
    public void Remove() => Directory.Delete(_folder, true);

    private static IndexedIndicator Of(IndicatorKind kind, string value, int confidence = 80, bool exact = false) => new(Guid.CreateVersion7(), new(kind, value), 5, confidence, new DateOnly(2027, 1, 31), exact);

    private static NetRange Read(string text) => NetRange.TryRead(Encoding.ASCII.GetBytes(text), out var range) ? range : throw new ArgumentException(text);

    private static Guid Build(IndicatorShelf shelf, params IEnumerable<IndexedIndicator> indicators)
    {
        using var builder = shelf.Build();
        foreach (var one in indicators) builder.Add(one);
        builder.Finish();
        shelf.Use(builder.Set);
        return builder.Set;
    }

    private static Guid? Find(IndicatorIndex index, IndicatorKind kind, string value)
    {
        var probe = new IndicatorProbe();
        probe.Begin(index);
        probe.Add(kind, Encoding.UTF8.GetBytes(value), 7);
        foreach (var hit in probe.Run())
            if (IndicatorConfirmation.Confirm(index, hit.Mark, Encoding.UTF8.GetBytes(value)) is { } id) return hit.Tag == 7 ? id : Guid.Empty;
        return null;
    }

    [Test]
    public void A_value_is_found_by_the_indicator_that_stands_for_it_and_by_no_other()
    {
        var shelf = new IndicatorShelf(_folder);
        IndexedIndicator address = Of(IndicatorKind.Address, "203.0.113.7"), net = Of(IndicatorKind.Network, "198.51.100.0/24"), inner = Of(IndicatorKind.Network, "198.51.100.128/25"), v6 = Of(IndicatorKind.Network, "2001:db8:5::/48"),
            domain = Of(IndicatorKind.Domain, "evil.com"), exact = Of(IndicatorKind.Domain, "only.example", exact: true), url = Of(IndicatorKind.Url, "http://host.example/a"), query = Of(IndicatorKind.Url, "http://host.example/q?x=1"),
            hash = Of(IndicatorKind.Sha1, "3395856ce81f2b7382dee72602f798b642f14140"), mail = Of(IndicatorKind.Email, "phish@bad.example");
        Build(shelf, address, net, inner, v6, domain, exact, url, query, hash, mail);
        var index = shelf.Current!;
        Assert.Multiple(() =>
        {
            Assert.That(Find(index, IndicatorKind.Address, "::ffff:203.0.113.7"), Is.EqualTo(address.Id));
            Assert.That(Find(index, IndicatorKind.Address, "203.0.113.8"), Is.Null);
            Assert.That(Find(index, IndicatorKind.Address, "198.51.100.127"), Is.EqualTo(net.Id));
            Assert.That(Find(index, IndicatorKind.Address, "198.51.100.128"), Is.EqualTo(inner.Id), "the narrowest counts");
            Assert.That(Find(index, IndicatorKind.Address, "198.51.101.0"), Is.Null);
            Assert.That(Find(index, IndicatorKind.Address, "198.51.99.255"), Is.Null);
            Assert.That(Find(index, IndicatorKind.Address, "2001:db8:5:ffff::1"), Is.EqualTo(v6.Id));
            Assert.That(Find(index, IndicatorKind.Address, "2001:db8:6::"), Is.Null);
            Assert.That(Find(index, IndicatorKind.Domain, "A.b.EVIL.com."), Is.EqualTo(domain.Id));
            Assert.That(Find(index, IndicatorKind.Domain, "evil.com"), Is.EqualTo(domain.Id));
            Assert.That(Find(index, IndicatorKind.Domain, "notevil.com"), Is.Null, "not at a dot");
            Assert.That(Find(index, IndicatorKind.Domain, "evil.com.cn"), Is.Null);
            Assert.That(Find(index, IndicatorKind.Domain, "only.example"), Is.EqualTo(exact.Id));
            Assert.That(Find(index, IndicatorKind.Domain, "sub.only.example"), Is.Null, "an exact one stands for itself alone");
            Assert.That(Find(index, IndicatorKind.Domain, string.Concat(Enumerable.Repeat("a.", 60)) + "evil.com"), Is.EqualTo(domain.Id), "however deep below");
            Assert.That(Find(index, IndicatorKind.Domain, "203.0.113.7"), Is.EqualTo(address.Id), "a host field may hold an address");
            Assert.That(Find(index, IndicatorKind.Url, "https://Host.example:443/x/../a?any=1"), Is.EqualTo(url.Id));
            Assert.That(Find(index, IndicatorKind.Url, "http://host.example/q?x=1"), Is.EqualTo(query.Id));
            Assert.That(Find(index, IndicatorKind.Url, "http://host.example/q?x=2"), Is.Null);
            Assert.That(Find(index, IndicatorKind.Url, "http://cdn.evil.com/anything"), Is.EqualTo(domain.Id), "by its host");
            Assert.That(Find(index, IndicatorKind.Url, "http://198.51.100.3:8080/x"), Is.EqualTo(net.Id), "by its host's network");
            Assert.That(Find(index, IndicatorKind.Md5, "3395856CE81F2B7382DEE72602F798B642F14140"), Is.EqualTo(hash.Id), "length tells the kind");
            Assert.That(Find(index, IndicatorKind.Email, "Phish@BAD.example"), Is.EqualTo(mail.Id));
            foreach (var nothing in new[] { "", "-", "not a value", "\0", new string('a', 5000) })
                foreach (var kind in Enum.GetValues<IndicatorKind>()) Assert.That(Find(index, kind, nothing), Is.Null);
        });
    }

    [Test]
    public void Every_indicator_of_many_is_found_and_nothing_else_in_24_bytes_each()
    {
        const int Many = 60_000;
        var random = new Random(5);
        var all = Enumerable.Range(0, Many).Select(i => (i % 3) switch
        {
            0 => Of(IndicatorKind.Address, new NetAddress((uint)random.NextInt64(1L << 32), true).ToString()),
            1 => Of(IndicatorKind.Domain, $"x{i}.bad{random.Next(1000)}.top"),
            _ => Of(IndicatorKind.Sha256, Convert.ToHexStringLower(Encoding.ASCII.GetBytes($"{i:D32}"))),
        }).DistinctBy(i => i.Value).ToList();
        var shelf = new IndicatorShelf(_folder);
        Build(shelf, all);
        var index = shelf.Current!;
        Assert.That(index.Count, Is.EqualTo(all.Count));
        Assert.That((index.MappedBytes - IndexLayout.Head) / (double)all.Count, Is.LessThan(24));
        var probe = new IndicatorProbe();
        probe.Begin(index);
        for (var i = 0; i < all.Count; i++) probe.Add(all[i].Value.Kind, Encoding.ASCII.GetBytes(all[i].Value.Value), i);
        var hits = probe.Run().ToArray();
        Assert.That(hits.Select(h => h.Tag), Is.EqualTo(Enumerable.Range(0, all.Count)));
        Assert.That(hits.Select(h => IndicatorConfirmation.Confirm(index, h.Mark, Encoding.ASCII.GetBytes(all[h.Tag].Value.Value))), Is.EqualTo(all.Select(i => (Guid?)i.Id)));
        Assert.That((hits[1].Mark.Kind, hits[1].Mark.Severity, hits[1].Mark.Confidence, hits[1].Mark.LastDay), Is.EqualTo((IndicatorKind.Domain, 5, 80, new DateOnly(2027, 1, 31))));
        probe.Begin(index);
        for (var i = 0; i < Many; i++) probe.Add(IndicatorKind.Domain, Encoding.ASCII.GetBytes($"y{i}.good{random.Next(1000)}.top"), i);
        Assert.That(probe.Run().Length, Is.Zero);
    }

    [Test]
    public void Networks_answer_as_a_plain_walk_over_them_does()
    {
        var random = new Random(6);
        var networks = Enumerable.Range(0, 400).Select(_ => new NetRange(new((uint)random.NextInt64(1L << 32), true), random.Next(8, 32)))
            .Concat([Read("255.255.255.0/24"), Read("255.0.0.0/9"), Read("0.0.0.0/8"), Read("0.0.0.0/16")])
            .Select(n => Read($"{n.First}/{n.Length}")).DistinctBy(n => n).ToList();
        var shelf = new IndicatorShelf(_folder);
        Build(shelf, networks.Select(n => Of(IndicatorKind.Network, n.ToString())));
        var edges = networks.SelectMany(n => new[] { n.First.Bits, n.Last.Bits, n.First.Bits - 1, n.Last.Bits + 1 }).Where(b => b <= uint.MaxValue).Concat(Enumerable.Range(0, 5000).Select(_ => (UInt128)(uint)random.NextInt64(1L << 32)));
        foreach (var bits in edges)
        {
            var address = new NetAddress(bits, true);
            var narrowest = networks.Where(n => n.Contains(address)).OrderByDescending(n => n.Length).Select(n => (NetRange?)n).FirstOrDefault();
            var mark = shelf.Current!.FindNetwork(address);
            Assert.That(mark.IsNone, Is.EqualTo(narrowest is null), address.ToString());
            if (narrowest is { } one) Assert.That(networks[(int)mark.Record], Is.EqualTo(one));
        }
    }

    [Test]
    public void A_set_is_swapped_while_it_is_asked_and_taken_back()
    {
        var shelf = new IndicatorShelf(_folder);
        Assert.That((shelf.Current, shelf.RollBack()), Is.EqualTo(((IndicatorIndex?)null, false)));
        IndexedIndicator one = Of(IndicatorKind.Domain, "one.example"), two = Of(IndicatorKind.Domain, "two.example");
        var first = Build(shelf, one);
        var held = shelf.Current!;
        var second = Build(shelf, two);
        Assert.That(Find(held, IndicatorKind.Domain, "one.example"), Is.EqualTo(one.Id), "who holds the old one goes on");
        Assert.That(Find(shelf.Current!, IndicatorKind.Domain, "one.example"), Is.Null);
        Assert.That(new IndicatorShelf(_folder).Current!.Set, Is.EqualTo(second), "after a restart");
        Assert.That(shelf.RollBack() && shelf.Current!.Set == first && !shelf.CanRollBack);
        Assert.That(new IndicatorShelf(_folder).Current!.Set, Is.EqualTo(first));
        for (var i = 0; i < 4; i++) Build(shelf, two);
        Assert.That(Directory.GetFiles(_folder, "*.index"), Has.Length.EqualTo(2), "one in use and one to go back to");
    }

    [Test]
    public async Task Readers_go_on_while_sets_come_and_go()
    {
        var shelf = new IndicatorShelf(_folder);
        var one = Of(IndicatorKind.Domain, "one.example");
        Build(shelf, one);
        using var stop = new CancellationTokenSource();
        var begun = Enumerable.Range(0, 3).Select(_ => new TaskCompletionSource()).ToArray();
        var readers = begun.Select(b => Task.Run(() =>
        {
            var looked = 0;
            for (; !stop.IsCancellationRequested; looked++)
            {
                if (Find(shelf.Current!, IndicatorKind.Domain, "a.one.example") != one.Id) throw new InvalidOperationException("It was not found.");
                b.TrySetResult();
            }
            return looked;
        })).ToArray();
        for (var i = 0; i < 12; i++)
        {
            Build(shelf, one);
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        await Task.WhenAny(Task.WhenAll(begun.Select(b => b.Task)), Task.WhenAny(readers));
        await stop.CancelAsync();
        Assert.That(await Task.WhenAll(readers), Has.All.GreaterThan(0));
    }

    [TestCase("index")]
    [TestCase("values")]
    public void A_file_that_is_cut_or_changed_is_refused_and_the_one_before_is_used(string kind)
    {
        var shelf = new IndicatorShelf(_folder);
        var first = Build(shelf, Of(IndicatorKind.Domain, "one.example"));
        var second = Build(shelf, Enumerable.Range(0, 500).Select(i => Of(IndicatorKind.Domain, $"d{i}.example")));
        var file = Path.Combine(_folder, $"{second:N}.{kind}");
        var whole = File.ReadAllBytes(file);
        var random = new Random(7);
        for (var i = 0; i < 60; i++)
        {
            var bytes = whole.ToArray();
            if (i % 3 == 0) bytes = bytes[..random.Next(bytes.Length)];
            else if (i % 3 == 1) bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
            else bytes = [.. bytes, .. new byte[random.Next(1, 100)]];
            File.WriteAllBytes(file, bytes);
            var again = new IndicatorShelf(_folder);
            Assert.That(again.Current?.Set, Is.EqualTo(first), $"round {i}");
            Assert.That(again.Refused, Does.Contain("can't be used"));
        }
        File.Delete(file);
        Assert.That(new IndicatorShelf(_folder).Current?.Set, Is.EqualTo(first));
        File.WriteAllBytes(file, whole);
        var mended = new IndicatorShelf(_folder);
        Assert.That((mended.Current?.Set, mended.Refused, mended.CanRollBack), Is.EqualTo(((Guid?)second, (string?)null, true)));
    }

    [Test]
    public void Files_of_two_sets_are_not_taken_for_one_and_a_broken_set_does_not_take_over()
    {
        var shelf = new IndicatorShelf(_folder);
        var first = Build(shelf, Of(IndicatorKind.Domain, "one.example"));
        var second = Build(shelf, Of(IndicatorKind.Domain, "two.example"));
        File.WriteAllBytes(Path.Combine(_folder, $"{second:N}.values"), File.ReadAllBytes(Path.Combine(_folder, $"{first:N}.values")));
        Assert.That(new IndicatorShelf(_folder).Refused, Does.Contain("belongs to another index"));
        using var builder = shelf.Build();
        builder.Add(Of(IndicatorKind.Domain, "three.example"));
        Assert.That(() => shelf.Use(builder.Set), Throws.InstanceOf<IndicatorFileException>(), "it was never finished");
        Assert.That(shelf.Current!.Set, Is.EqualTo(second));
    }

    [TestCase(IndicatorKind.Domain, "a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q")]
    [TestCase(IndicatorKind.Address, "1.2.3")]
    [TestCase(IndicatorKind.Network, "x")]
    [TestCase(IndicatorKind.Sha256, "44d88612fea8a8f36de82e1278abb02f")]
    [TestCase(IndicatorKind.None, "x")]
    public void What_is_not_in_its_normal_form_is_not_taken_in(IndicatorKind kind, string value)
    {
        using var builder = new IndicatorShelf(_folder).Build();
        Assert.That(() => builder.Add(Of(kind, value)), Throws.ArgumentException);
    }

    [Test]
    public void The_surest_of_what_comes_twice_stays_and_an_empty_set_answers()
    {
        var shelf = new IndicatorShelf(_folder);
        Build(shelf);
        Assert.That(Find(shelf.Current!, IndicatorKind.Address, "203.0.113.7"), Is.Null);
        var (weak, strong) = (Of(IndicatorKind.Address, "203.0.113.7", 10), Of(IndicatorKind.Address, "203.0.113.7", 90));
        using var builder = shelf.Build();
        foreach (var one in new[] { weak, strong, weak }) builder.Add(one);
        builder.Finish();
        shelf.Use(builder.Set);
        Assert.That((Find(shelf.Current!, IndicatorKind.Address, "203.0.113.7"), builder.Repeated), Is.EqualTo(((Guid?)strong.Id, 2)));
    }
}
