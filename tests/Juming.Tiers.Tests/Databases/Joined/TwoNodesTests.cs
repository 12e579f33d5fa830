using System.Diagnostics;
using Juming.Operator.Customers.Sites;
using Juming.Platform.Content;
using Juming.Platform.Handlers;
using Juming.Platform.Links;
using Juming.Platform.Links.Join;
using Juming.Platform.Links.Lower;
using Juming.Platform.Links.Upper;
using Juming.Testing;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace Juming.Tiers.Tests.Databases.Joined;

/// <summary>Two nodes of one operator on one PostgreSQL database.</summary>
internal sealed class TwoNodesTests
{
    private readonly List<string> _folders = [];

    [TearDown]
    public void Clean()
    {
        foreach (var folder in _folders) Directory.Delete(folder, true);
        _folders.Clear();
    }

    [Test]
    public async Task Both_are_one_operator_and_what_one_decides_the_other_does_within_a_second()
    {
        var settings = await Settings("operator");
        await using var one = await RunningTier.Start("operator", Folder(), settings);
        await using var two = await RunningTier.Start("operator", Folder(one), settings);
        var (first, second) = (await one.Services.GetRequiredService<Platform.Links.Identity.Authority>().Get(CancellationToken.None), await two.Services.GetRequiredService<Platform.Links.Identity.Authority>().Get(CancellationToken.None));
        Assert.That(second.Upper, Is.EqualTo(first.Upper), "one authority");
        var token = (await one.Send(new MakeSiteToken("Shared", "s1"))).Value;
        await using var site = await RunningTier.Start("site");
        // The token of one node is as good at the other.
        Assert.That((await site.Send(new JoinUpper(AddressOf(two), new Secret(token.Token)))).Error, Is.Null);
        await TwoWaits.Until(() => Task.FromResult(site.Services.GetRequiredService<LinkStatus>().Now.State == LinkState.Connected), "it is connected");
        var view = (await one.Send(new ListSites())).Value.Items.Single();
        Assert.That((view.State, one.Services.GetRequiredService<Connections>().Of(view.Id), two.Services.GetRequiredService<Connections>().Of(view.Id) is not null), Is.EqualTo((SiteState.Connected, (Connections.Connection?)null, true)), "the node that does not hold it knows as well");
        var watch = Stopwatch.StartNew();
        Assert.That((await one.Send(new ShutSiteOut(view.CustomerId, view.Id))).Error, Is.Null);
        await TwoWaits.Until(() => Task.FromResult(two.Services.GetRequiredService<Connections>().Of(view.Id) is null), "it is gone");
        TestContext.Out.WriteLine($"ended at the other node after {watch.ElapsedMilliseconds} ms");
        await TwoWaits.Until(() => Task.FromResult(site.Services.GetRequiredService<LinkStatus>().Now.State != LinkState.Connected), "the site knows");
    }

    [Test]
    public async Task A_site_that_moves_to_another_node_is_let_go_by_the_first()
    {
        var settings = await Settings("operator");
        await using var one = await RunningTier.Start("operator", Folder(), settings);
        await using var two = await RunningTier.Start("operator", Folder(one), settings);
        var token = (await one.Send(new MakeSiteToken("Moving", "s1"))).Value;
        await using var site = await RunningTier.Start("site");
        Assert.That((await site.Send(new JoinUpper(token.Url, new Secret(token.Token)))).Error, Is.Null);
        await TwoWaits.Until(() => Task.FromResult(one.Services.GetRequiredService<Connections>().All.Count == 1), "it is connected");
        var member = (await site.Services.GetRequiredService<Platform.Links.Identity.Membership>().Get(CancellationToken.None))!;
        // As a balancer would send it elsewhere while the first node has not noticed that it went.
        using var channel = UpperChannel.Of(member with { Url = new Uri(AddressOf(two)) }, new Platform.Http.OutboundSettings(), TimeProvider.System);
        using var call = new Contracts.Link.Session.SessionClient(channel.Channel).Open();
        await call.RequestStream.WriteAsync(new Contracts.Link.LowerFrame { Hello = new Contracts.Link.Hello { ProtocolMin = 1, ProtocolMax = 1, BootId = 77 } });
        Assert.That(await call.ResponseStream.MoveNext(CancellationToken.None), Is.True);
        var first = one.Services.GetRequiredService<Connections>();
        await TwoWaits.Until(() => Task.FromResult(first.All.All(c => c.Ended.IsCancellationRequested || c.Fence > call.ResponseStream.Current.Welcome.Fence)), "the first node let go");
    }

    [Test]
    public async Task Both_write_one_audit_trail_that_holds_and_a_change_in_it_is_found()
    {
        var settings = await TestDatabases.MakeFor("operator", TestDatabases.Postgres);
        settings["Database:SeveralNodes"] = "true";
        await using var one = await RunningTier.Start("operator", Folder(), settings);
        await using var two = await RunningTier.Start("operator", Folder(one), settings);
        await Task.WhenAll(Enumerable.Range(0, 30).Select(i => (i % 2 == 0 ? one : two).Send(new Juming.Operator.Customers.Units.AddCustomer("customer " + i))));
        foreach (var node in new[] { one, two })
        {
            var verdict = (await node.Send(new Platform.Access.Audit.VerifyAudit())).Value;
            Assert.That((verdict.Intact, verdict.Entries >= 30), Is.EqualTo((true, true)), verdict.Reason);
        }
        await using (var scope = two.Services.CreateAsyncScope())
            await Microsoft.EntityFrameworkCore.RelationalDatabaseFacadeExtensions.ExecuteSqlRawAsync(scope.ServiceProvider.GetRequiredService<Platform.Events.OutboxDb>().Database, "delete from access_audit where seq = (select max(seq) from access_audit)");
        var cut = (await one.Send(new Platform.Access.Audit.VerifyAudit())).Value;
        Assert.That((cut.Intact, cut.Reason), Is.EqualTo((false, "cut-off")));
    }

    [Test]
    public async Task What_one_node_publishes_the_other_gives_out_as_well()
    {
        var (first, second) = await TwoClouds();
        await using var one = first;
        await using var two = second;
        foreach (var (from, to, name) in new[] { (one, two, "first"), (two, one, "second") })
        {
            var publisher = from.Services.GetRequiredService<IContentPublisher>();
            var part = await publisher.Keep(name, System.Text.Encoding.UTF8.GetBytes(name), CancellationToken.None);
            await publisher.Publish(ContentKinds.Rules, targets => targets[$"rules/{name}"] = new ContentTarget($"rules/{name}", part.Sha256, part.Length), CancellationToken.None);
            await TwoWaits.Until(() => Task.FromResult(to.Services.GetRequiredService<IContent>().Targets.Any(t => t.Path == $"rules/{name}")), $"the other knows the {name}");
            var shelf = to.Services.GetRequiredService<Platform.Links.IBulkShelf>();
            // Either publishes of its own accord as well, its indicators for one.
            await TwoWaits.Until(async () => await HeadOf(to) == await HeadOf(from), "both give out the same");
            await using var content = await shelf.Open(part.Sha256, CancellationToken.None);
            Assert.That(content?.Length, Is.EqualTo(part.Length), "and has it");
        }
        Assert.That(one.Services.GetRequiredService<IContent>().Targets.Select(t => t.Path), Is.SupersetOf(new[] { "rules/first", "rules/second" }), "neither took back what the other did");
    }

    [Test]
    public async Task What_both_sign_in_the_same_moment_is_all_there()
    {
        var (first, second) = await TwoClouds();
        await using var one = first;
        await using var two = second;
        var paths = Enumerable.Range(0, 20).Select(i => $"rules/together-{i}").ToList();
        await Task.WhenAll(paths.Select(async (path, i) =>
        {
            var publisher = (i % 2 == 0 ? one : two).Services.GetRequiredService<IContentPublisher>();
            var part = await publisher.Keep(path, System.Text.Encoding.UTF8.GetBytes(path), CancellationToken.None);
            await publisher.Publish(ContentKinds.Rules, targets => targets[path] = new ContentTarget(path, part.Sha256, part.Length), CancellationToken.None);
        }));
        foreach (var node in new[] { one, two })
            await TwoWaits.Until(() => Task.FromResult(paths.All(p => node.Services.GetRequiredService<IContent>().Targets.Any(t => t.Path == p))), "each knows all that both published");
    }

    [Test]
    public async Task One_of_them_dials_the_cloud_and_the_other_follows_when_it_stops()
    {
        await using var cloud = await Juming.Testing.Content.ThreeTiers.StartCloud();
        var settings = await Settings("operator");
        var one = await RunningTier.Start("operator", Folder(), settings);
        await using var gone = one;
        var above = (await cloud.Send(new Juming.Cloud.Operators.Manage.MakeOperatorToken("Relay"))).Value;
        Assert.That((await one.Send(new JoinUpper(above.Url, new Secret(above.Token)))).Error, Is.Null);
        await TwoWaits.Until(() => Task.FromResult(StatusOf(one).State == LinkState.Connected), "the first is connected");
        await using var two = await RunningTier.Start("operator", Folder(one), settings);
        await TwoWaits.Until(() => Task.FromResult(StatusOf(two) is { State: LinkState.Waiting, Problem: "other-node" }), "the second stands by");

        // Whichever of them comes back after its session has ended, the cloud sees no copy: a number from before never comes again.
        var sessions = cloud.Services.GetRequiredService<Connections>();
        for (var turn = 0; turn < 6; turn++)
        {
            var before = sessions.All.Single();
            before.End(Contracts.Link.EndReason.Drained);
            await TwoWaits.Until(() => Task.FromResult(sessions.All.Count == 1 && sessions.All.Single().Fence > before.Fence && new[] { one, two }.Count(n => StatusOf(n).State == LinkState.Connected) == 1), "one of them is connected again");
        }

        await one.DisposeAsync();
        await TwoWaits.Until(() => Task.FromResult(StatusOf(two).State == LinkState.Connected), "the second follows");
        await using var again = await RunningTier.Start("operator", one.Folder, settings);
        await TwoWaits.Until(() => Task.FromResult(StatusOf(again).Problem == "other-node"), "the first stands by when it is back");
        await using (var scope = cloud.Services.CreateAsyncScope())
        {
            var row = scope.ServiceProvider.GetRequiredService<Platform.Links.Data.LinksDb>().Peers.Single();
            Assert.That((row.Flips, row.QuarantinedAt), Is.EqualTo((0, (DateTimeOffset?)null)), "taken for a copy");
        }

        Assert.That((await again.Send(new LeaveUpper())).Error, Is.Null);
        await TwoWaits.Until(() => Task.FromResult(StatusOf(two).State == LinkState.NotJoined && sessions.All.Count == 0), "what one leaves the other does not hold");
    }

    private static async Task<Dictionary<string, string?>> Settings(string tier) => new(await TestDatabases.MakeFor(tier, TestDatabases.Postgres)) { ["Modules:Links:Listen"] = "127.0.0.1:0", ["Database:SeveralNodes"] = "true" };

    private async Task<(RunningTier One, RunningTier Two)> TwoClouds()
    {
        var settings = await Settings("cloud");
        var one = await RunningTier.Start("cloud", Folder(), settings);
        await TwoWaits.Until(async () => await one.Services.GetRequiredService<Platform.Links.IBulkShelf>().Head(CancellationToken.None) is not null, "the first has made its repository");
        return (one, await RunningTier.Start("cloud", Folder(one), settings));
    }

    private static async Task<string> HeadOf(RunningTier node) => Convert.ToHexString((await node.Services.GetRequiredService<Platform.Links.IBulkShelf>().Head(CancellationToken.None))!.Hash);

    private static (LinkState State, string Problem) StatusOf(RunningTier tier) => tier.Services.GetRequiredService<LinkStatus>().Now is var now ? (now.State, now.Problem) : default;

    /// <summary>A data folder; that of a further node has the keys and the content of the first.</summary>
    private string Folder(RunningTier? first = null)
    {
        var folder = Directory.CreateTempSubdirectory("juming-node-").FullName;
        _folders.Insert(0, folder);
        if (first is null) return folder;
        foreach (var shared in new[] { "keys", "content" }) Directory.CreateSymbolicLink(Path.Combine(folder, shared), Directory.CreateDirectory(Path.Combine(first.Folder, shared)).FullName);
        return folder;
    }

    private static string AddressOf(RunningTier tier) => tier.Services.GetRequiredService<LinkListener>().Addresses.Single();
}
