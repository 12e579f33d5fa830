using Juming.Platform.Http;
using Juming.Platform.Links.Egress;
using Juming.Platform.Links.Keep;
using Juming.Platform.Modules;
using Mono.Cecil;
using Mono.Cecil.Cil;
using NetArchTest.Rules;
using NUnit.Framework;

namespace Juming.Architecture.Tests;

/// <summary>What leaves a host leaves by the gate or past the ledger, and by no third way.</summary>
[Category("X3")]
public sealed class WaysOutTests
{
    private static readonly string[] Connections =
    [
        "System.Net.Sockets.Socket", "System.Net.Sockets.TcpClient", "System.Net.Sockets.UdpClient", "System.Net.Quic.QuicConnection", "System.Net.NetworkInformation.Ping",
        "MailKit.Net.Smtp.SmtpClient", "Renci.SshNet.SshClient", "Renci.SshNet.SftpClient",
    ];

    /// <summary>Who opens connections, and why that is no way out of the network past the ledger.</summary>
    private static readonly string[] Known =
    [
        // Checks where it goes; its two callers enter what they send.
        "Juming.Platform.Http.GuardedConnections", "Juming.Platform.Notify.Channels.Senders.EmailSender",
        // Take in; nothing goes out.
        "Juming.Site.Collection.Receivers.TcpReceiver", "Juming.Site.Collection.Receivers.UdpReceiver",
        // Reach registered devices and hosts inside alone.
        "Juming.Site.DeviceLinkage.Browser.DeviceGate", "Juming.Site.DeviceLinkage.Browser.DeviceOrigin", "Juming.Site.Ssh.Session.HostSession", "Juming.Site.Ssh.Session.SignInHand",
        // The way to the host above; what is said there is the gate's, and the session's own.
        "Juming.Platform.Links.Lower.UpperChannel",
        // A socket in the data folder.
        "Juming.Hosting.AdminChannel", "Juming.Hosting.AdminSocket",
    ];

    [Test]
    public void Nothing_else_opens_a_connection() =>
        Assert.That((Types.InAssemblies(Product()).ShouldNot().HaveDependencyOnAny(Connections).GetResult().FailingTypeNames ?? []).Select(Outer).Distinct(), Is.EquivalentTo(Known));

    [Test]
    public void A_planted_connection_is_found() =>
        Assert.That((Types.InAssembly(typeof(WaysOutTests).Assembly).ShouldNot().HaveDependencyOnAny(Connections).GetResult().FailingTypeNames ?? []).Select(Outer), Does.Contain(typeof(Planted.PlantedConnection).FullName));

    [Test]
    public void Whoever_connects_through_the_guard_enters_what_it_sends_in_the_ledger()
    {
        var users = Types.InAssemblies(Product()).That().HaveDependencyOn(typeof(GuardedConnections).FullName).GetTypes().Select(t => Outer(t.FullName!)).Distinct().ToList();
        var entering = Types.InAssemblies(Product()).That().HaveDependencyOn(typeof(OutboundLedgerCalls).FullName).GetTypes().Select(t => Outer(t.FullName!)).Distinct().ToList();
        Assert.Multiple(() =>
        {
            Assert.That(users.Except([typeof(GuardedConnections).FullName!, typeof(PlatformServices).FullName!]), Is.EquivalentTo(new[] { typeof(GuardedHttp).FullName, "Juming.Platform.Notify.Channels.Senders.EmailSender" }));
            Assert.That(entering.Except([typeof(OutboundLedgerCalls).FullName!]), Is.EquivalentTo(new[] { typeof(GuardedHttp).FullName, "Juming.Platform.Notify.Channels.Senders.EmailSender" }));
        });
    }

    [Test]
    public void Only_the_gate_puts_anything_into_the_outbox_of_the_way_up()
    {
        using var assembly = AssemblyDefinition.ReadAssembly(typeof(GroupWriter).Assembly.Location);
        Assert.Multiple(() =>
        {
            Assert.That(CallersOf(assembly, nameof(DbValues), nameof(DbValues.Put)), Is.EquivalentTo(new[] { nameof(GroupWriter), nameof(DbValues) }));
            Assert.That(CallersOf(assembly, nameof(DbValues), nameof(DbValues.Set)), Is.Empty);
            // Receipts of ledgers' days go down.
            Assert.That(CallersOf(assembly, nameof(Outgoing), nameof(Outgoing.Add)), Is.EquivalentTo(new[] { nameof(GroupWriter), nameof(Outgoing), "TakeHeads" }));
            // Orders go down, to those below.
            Assert.That(CallersOf(assembly, nameof(Outgoing), nameof(Outgoing.Append)), Is.SubsetOf(new[] { "OrderDesk", "LinkDesk" }));
            Assert.That(MakersOf(assembly, "LogRow"), Is.EquivalentTo(new[] { nameof(Outgoing) }));
            Assert.That(MakersOf(assembly, "ValueRow"), Is.EquivalentTo(new[] { nameof(DbValues) }));
            Assert.That(MakersOf(assembly, "LedgerRow"), Is.EquivalentTo(new[] { nameof(GroupWriter), "ExportedForm" }));
        });
    }

    [Test]
    public void Every_tier_has_the_ledger()
    {
        foreach (var tier in Tiers.All) Assert.That(tier.Modules.Select(m => m.Name), Does.Contain("links"), tier.Name);
    }

    private static IEnumerable<System.Reflection.Assembly> Product() => Tiers.All.SelectMany(t => PlatformServices.Assemblies(t.Modules)).Append(typeof(Tiers).Assembly).Distinct();

    private static IEnumerable<string> CallersOf(AssemblyDefinition assembly, string type, string method) => Where(assembly, m => m.DeclaringType.Name == type && m.Name == method);

    /// <summary>Types that make objects of a type; Entity Framework makes them by reflection.</summary>
    private static IEnumerable<string> MakersOf(AssemblyDefinition assembly, string type) => Where(assembly, m => m.Name == ".ctor" && m.DeclaringType.Name == type);

    private static IEnumerable<string> Where(AssemblyDefinition assembly, Func<MethodReference, bool> fits) => assembly.MainModule.GetTypes()
        .Where(t => t.Methods.Where(m => m.HasBody).SelectMany(m => m.Body.Instructions).Any(i => i.OpCode.Code is Code.Call or Code.Callvirt or Code.Newobj or Code.Ldftn && i.Operand is MethodReference called && fits(called)))
        .Select(t => Outermost(t).Name).Distinct();

    private static TypeDefinition Outermost(TypeDefinition type) => type.DeclaringType is { } outer ? Outermost(outer) : type;

    private static string Outer(string name) => name.Split('+', '/')[0];
}
