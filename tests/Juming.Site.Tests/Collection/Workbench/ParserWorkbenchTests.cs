using System.Net.Sockets;
using System.Text;
using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Site.Collection;
using Juming.Site.Collection.Packs;
using Juming.Site.Collection.Workbench;
using Juming.Site.Events;
using Juming.Testing;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace Juming.Site.Tests.Collection.Workbench;

/// <summary>Through the front door of a running site: real syslog socket, real store, real files.</summary>
[Category("S2")]
public sealed class ParserWorkbenchTests
{
    private RunningTier _site = null!;
    private int _port;

    [SetUp]
    public async Task StartSite()
    {
        using (var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp))
        {
            probe.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0));
            _port = ((System.Net.IPEndPoint)probe.LocalEndPoint!).Port;
        }
        _site = await RunningTier.Start(settings: new Dictionary<string, string?> { ["Modules:Collection:Udp:0"] = "127.0.0.1:0", ["Modules:Collection:Tcp:0"] = $"127.0.0.1:{_port}" });
    }

    [TearDown]
    public async Task StopSite() => await _site.DisposeAsync();

    [Test]
    [CancelAfter(180_000)]
    public async Task Unknown_lines_are_listed_sampled_tested_published_and_the_next_line_is_read_until_it_is_withdrawn()
    {
        await SendLines(Enumerable.Range(1, 50).Select(Line));
        var unknown = await Until(async () => (await _site.Send(new ListUnknown())).Value.Items is [{ Unparsed: 50 } one] ? one : null);
        Assert.That((unknown.Stored, unknown.Share), Is.EqualTo((50L, 1d)));

        var sample = (await _site.Send(new SampleUnknown(unknown.SourceId, 20))).Value;
        Assert.That(sample.Lines, Has.Count.EqualTo(20).And.All.StartsWith("ZGATE session"));
        var proposal = (await _site.Send(new DraftPack(sample.Lines, "zgate"))).Value;
        var preview = (await _site.Send(new PreviewPack(proposal.Yaml, sample.Lines, unknown.SourceId))).Value;
        Assert.That(preview.Problems, Is.Empty);
        Assert.That(preview.Lines.Select(l => l.Outcome), Is.All.EqualTo(TrialOutcome.Matched));
        var address = preview.Lines[0].Fields.First(f => f.Name == "source.ip");
        Assert.That(preview.Lines[0].Raw.Substring(address.Start, address.Length), Is.EqualTo(address.Value));

        Assert.That((await _site.Send(new TestPack(proposal.Yaml, unknown.SourceId))).Succeeded, Is.True);
        TestProgress? last = null;
        await foreach (var step in _site.Services.GetRequiredService<PackTestRun>().Run(proposal.Yaml, unknown.SourceId, CancellationToken.None)) last = step;
        Assert.That(last, Is.Not.Null);
        Assert.That((last!.Lines, last.Matched, last.Ended, last.Cut), Is.EqualTo((50L, 50L, true, false)));

        var published = (await _site.Send(new PublishPack("zgate", 1, proposal.Yaml))).Value;
        Assert.That(published.File, Is.EqualTo("zgate.v1.yaml"));
        await SendLines([Line(77)]);
        var read = await Until(() => Find("source.ip:10.9.0.77"));
        Assert.That((read.Fields["jm.parser"], read.Fields["jm.parser_version"], read.Fields["destination.port"]), Is.EqualTo(("zgate", "1", "8443")));
        Assert.That((await _site.Send(new ListUnknown())).Value.Items[0].Unparsed, Is.EqualTo(50), "stored lines keep what they were read as");

        var second = (await _site.Send(new ReadPack("zgate"))).Value.Yaml;
        Assert.That((await _site.Send(new PublishPack("zgate", 1, proposal.Yaml))).Error?.Code, Is.EqualTo("collection.pack-version"));
        Assert.That((await _site.Send(new PublishPack("zgate", 2, second))).Succeeded, Is.True);
        Assert.That((await _site.Send(new WithdrawPack("zgate.v2.yaml"))).Succeeded, Is.True);
        Assert.That(Packs().Single(p => p.Name == "zgate").Definition.Version, Is.EqualTo(1), "the version before is in force again");
        Assert.That((await _site.Send(new WithdrawPack("zgate.v1.yaml"))).Succeeded, Is.True);
        await SendLines([Line(78)]);
        var unread = await Until(() => Find("\"10.9.0.78\""));
        Assert.That(unread.Flags & EventFlags.Unparsed, Is.EqualTo(EventFlags.Unparsed));
        Assert.That((await _site.Send(new RestorePack("zgate.v1.yaml"))).Succeeded, Is.True);
        Assert.That((await _site.Send(new ListPacks())).Value.Packs.Single(p => p.Name == "zgate").Lines24h, Is.EqualTo(1));

        var trail = await AuditOf();
        foreach (var act in new[] { "SampleUnknown", "TestPack", "PublishPack", "WithdrawPack", "RestorePack" }) Assert.That(trail, Does.Contain(act));
        Assert.That(trail, Does.Not.Contain("ZGATE session"), "the trail holds a digest of the pack, not its lines");
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task A_file_in_the_folder_is_in_force_within_seconds_and_a_broken_one_is_shown_with_line_and_reason()
    {
        var folder = Path.Combine(_site.Folder, "packs");
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, "mine.yaml"), "pack: mine\nversion: 4\nwhen: {contains: [MINE-MARK]}\nparse:\n  - {kind: dissect, pattern: 'by {who};'}\nfields: {who: user.name}\n");
        await File.WriteAllTextAsync(Path.Combine(folder, "broken.yaml"), "pack: broken\nwhen: {contains: [x]}\nparse:\n  - {kind: magic}\n");
        var list = await Until(async () => (await _site.Send(new ListPacks())).Value is var all && all.Packs.Any(p => p.Name == "mine") ? all : null);
        Assert.That(list.Packs.Single(p => p.Name == "mine"), Has.Property(nameof(PackView.State)).EqualTo(PackState.InForce).And.Property(nameof(PackView.Version)).EqualTo(4));
        var broken = list.Packs.Single(p => p.File == "broken.yaml");
        Assert.That((broken.State, broken.Line), Is.EqualTo((PackState.Refused, 4)));
        Assert.That(broken.Reason, Does.Contain("unknown kind 'magic'"));
        await SendLines(["MINE-MARK done by lina;"]);
        Assert.That((await Until(() => Find("MINE-MARK"))).Fields["user.name"], Is.EqualTo("lina"));
    }

    [Test]
    public async Task Publishing_needs_a_permission_of_its_own_and_a_sound_pack()
    {
        const string Yaml = "pack: mine\nversion: 1\nwhen: {contains: [MINE-MARK]}\n";
        var analyst = Actor.Nobody with { Kind = ActorKind.Person, Id = "a", Name = "a", Permissions = System.Collections.Frozen.FrozenSet.ToFrozenSet([CollectionRead.Code, CollectionDraft.Code, EventsRead.Code, CollectionWrite.Code]), Scopes = [Scope.All] };
        foreach (var refused in new[] { (await _site.Send(new PublishPack("mine", 1, Yaml), analyst)).Error, (await _site.Send(new WithdrawPack("mine.v1.yaml"), analyst)).Error, (await _site.Send(new RestorePack("mine.v1.yaml"), analyst)).Error })
            Assert.That(refused?.Code, Is.EqualTo(AccessErrors.NotPermitted.Code));
        var blind = analyst with { Permissions = System.Collections.Frozen.FrozenSet.ToFrozenSet([CollectionRead.Code, CollectionDraft.Code]) };
        Assert.That((await _site.Send(new SampleUnknown(1), blind)).Error?.Code, Is.EqualTo(AccessErrors.NotPermitted.Code));
        Assert.That((await _site.Send(new TestPack(Yaml, 1), blind)).Error?.Code, Is.EqualTo(AccessErrors.NotPermitted.Code));

        Assert.That((await _site.Send(new PublishPack("mine", 1, Yaml + "shell: rm\n"))).Error, Has.Property("Code").EqualTo("collection.pack-broken").And.Property("Arguments").ContainKey("line"));
        Assert.That((await _site.Send(new PublishPack("other", 1, Yaml))).Error?.Code, Is.EqualTo("collection.pack-name"));
        foreach (var path in new[] { "../site.db", "/etc/passwd", "withdrawn/x.yaml", "no-such.yaml", "" })
        {
            Assert.That((await _site.Send(new WithdrawPack(path))).Error?.Code, Is.EqualTo("collection.no-such-pack-file"), path);
            Assert.That((await _site.Send(new RestorePack(path))).Error?.Code, Is.EqualTo("collection.no-such-pack-file"), path);
        }
        Assert.That(Directory.Exists(Path.Combine(_site.Folder, "packs")), Is.False, "nothing was written");
    }

    [Test]
    [CancelAfter(240_000)]
    public async Task A_test_on_many_lines_tells_how_far_it_is_and_stops_when_asked()
    {
        const int Many = 12_000;
        await SendLines(Enumerable.Range(1, Many).Select(i => $"ZGATE session {i} opened from 10.9.{i / 250 % 250}.{i % 250} port {i % 60000} to 203.0.113.{i % 250} port 8443 verdict deny"));
        var unknown = await Until(async () => (await _site.Send(new ListUnknown())).Value.Items is [{ Unparsed: Many } one] ? one : null);
        var sample = (await _site.Send(new SampleUnknown(unknown.SourceId))).Value;
        var yaml = (await _site.Send(new DraftPack(sample.Lines, sample.PackName))).Value.Yaml;
        var run = _site.Services.GetRequiredService<PackTestRun>();
        var watch = System.Diagnostics.Stopwatch.StartNew();
        var steps = new List<TestProgress>();
        await foreach (var step in run.Run(yaml, unknown.SourceId, CancellationToken.None)) steps.Add(step);
        TestContext.Out.WriteLine($"{Many} lines in {watch.ElapsedMilliseconds} ms, {steps.Count} steps");
        Assert.That((steps[^1].Lines, steps[^1].Matched, steps[^1].Ended), Is.EqualTo(((long)Many, (long)Many, true)));
        Assert.That(steps, Has.Count.GreaterThan(3));
        Assert.That(steps[^1].Good, Has.Count.EqualTo(10));

        using var stop = new CancellationTokenSource();
        long seen = 0;
        Assert.That(
            async () =>
            {
                await foreach (var step in run.Run(yaml, unknown.SourceId, stop.Token))
                {
                    seen = step.Lines;
                    await stop.CancelAsync();
                }
            },
            Throws.InstanceOf<OperationCanceledException>());
        Assert.That(seen, Is.LessThan(Many));
    }

    private static string Line(int i) => $"ZGATE session {i} opened from 10.9.0.{i} port {40000 + i} to 203.0.113.{i} port 8443 verdict {(i % 3 == 0 ? "deny" : "allow")}";

    private IReadOnlyList<ParserPack> Packs() => _site.Services.GetRequiredService<SitePacks>().InForce.Packs;

    private async Task<EventView?> Find(string query)
    {
        await foreach (var chunk in _site.Services.GetRequiredService<ISearch>().Search(new SearchRequest(query, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200), 1), CancellationToken.None))
            if (chunk.Events.Count > 0) return chunk.Events[0];
        return null;
    }

    private async Task<string> AuditOf()
    {
        using var client = await _site.SignIn(Role.AuditAdmin);
        return await client.GetStringAsync("/api/access/audit?take=200");
    }

    private async Task SendLines(IEnumerable<string> lines)
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", _port);
        await client.GetStream().WriteAsync(Encoding.UTF8.GetBytes(string.Concat(lines.Select(l => l + "\n"))));
    }

    private static async Task<T> Until<T>(Func<Task<T?>> ask) where T : class
    {
        for (var i = 0; i < 400; i++)
        {
            if (await ask() is { } found) return found;
            await Task.Delay(100);
        }
        throw new AssertionException("It did not come in 40 s.");
    }
}
