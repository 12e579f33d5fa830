using System.Diagnostics;
using Juming.Operator.Customers.Sites;
using Juming.Platform.Handlers;
using Juming.Platform.Links;
using Juming.Platform.Links.Join;
using Juming.Platform.Links.Lower;
using Juming.Platform.Links.Upper;
using Juming.Testing;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace Juming.Tiers.Tests.Joined;

/// <summary>Two nodes of one operator on one PostgreSQL database.</summary>
internal sealed class TwoNodesTests
{
    private string _keys = "";

    [OneTimeSetUp]
    public void Key()
    {
        _keys = Directory.CreateTempSubdirectory("juming-keys-").FullName;
        File.WriteAllBytes(Path.Combine(_keys, "vault.key"), System.Security.Cryptography.RandomNumberGenerator.GetBytes(32));
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(Path.Combine(_keys, "vault.key"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [OneTimeTearDown]
    public void Clean() => Directory.Delete(_keys, true);

    [Test]
    public async Task Both_are_one_operator_and_what_one_decides_the_other_does_within_a_second()
    {
        var settings = await Databases.TestDatabases.MakeFor("operator", Databases.TestDatabases.Postgres);
        settings["Modules:Links:Listen"] = "127.0.0.1:0";
        settings["Modules:Vault:KeyFile"] = Path.Combine(_keys, "vault.key");
        await using var one = await RunningTier.Start("operator", settings: settings);
        await using var two = await RunningTier.Start("operator", settings: settings);
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
    public async Task Nodes_that_start_at_the_same_moment_have_one_authority()
    {
        var settings = await Databases.TestDatabases.MakeFor("operator", Databases.TestDatabases.Postgres);
        settings["Modules:Vault:KeyFile"] = Path.Combine(_keys, "vault.key");
        await using var one = await RunningTier.Start("operator", settings: settings);
        await using var two = await RunningTier.Start("operator", settings: settings);
        var both = await Task.WhenAll(new[] { one, two }.Select(t => Task.Run(() => t.Services.GetRequiredService<Platform.Links.Identity.Authority>().Get(CancellationToken.None))));
        Assert.That(both[0].Upper, Is.EqualTo(both[1].Upper));
    }

    [Test]
    public async Task A_site_that_moves_to_another_node_is_let_go_by_the_first()
    {
        var settings = await Databases.TestDatabases.MakeFor("operator", Databases.TestDatabases.Postgres);
        settings["Modules:Links:Listen"] = "127.0.0.1:0";
        settings["Modules:Vault:KeyFile"] = Path.Combine(_keys, "vault.key");
        await using var one = await RunningTier.Start("operator", settings: settings);
        await using var two = await RunningTier.Start("operator", settings: settings);
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

    private static string AddressOf(RunningTier tier) => tier.Services.GetRequiredService<LinkListener>().Addresses.Single();
}
