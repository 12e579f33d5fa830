using System.Reflection;
using Juming.Platform.Http;
using Juming.Platform.Modules;
using NetArchTest.Rules;
using NUnit.Framework;

namespace Juming.Architecture.Tests;

/// <summary>Product code calls other machines over HTTP through <see cref="GuardedHttp"/> alone, which checks where the call goes.</summary>
[Category("X7")]
public sealed class OutboundCallsTests
{
    private static readonly string[] WaysOut =
    [
        "System.Net.Http.HttpClient", "System.Net.Http.IHttpClientFactory", "System.Net.Http.HttpClientHandler", "System.Net.Http.SocketsHttpHandler", "System.Net.Http.HttpMessageInvoker",
        "System.Net.WebClient", "System.Net.WebRequest", "System.Net.HttpWebRequest", "System.Net.WebSockets.ClientWebSocket", "System.Net.Mail.SmtpClient",
    ];

    [Test]
    public void Nothing_but_the_guard_and_the_way_up_makes_a_client() =>
        Assert.That(Users([.. Tiers.All.SelectMany(t => PlatformServices.Assemblies(t.Modules)).Append(typeof(Tiers).Assembly).Distinct()]), Is.EquivalentTo(new[] { typeof(GuardedHttp).FullName, "Juming.Platform.Links.Lower.UpperChannel" }));

    [Test]
    public void A_planted_client_is_found() => Assert.That(Users([typeof(OutboundCallsTests).Assembly]), Does.Contain(typeof(Planted.PlantedClient).FullName));

    /// <summary>Their own lambdas and state machines count for the types themselves.</summary>
    private static List<string> Users(IReadOnlyList<Assembly> assemblies) =>
        [.. (Types.InAssemblies(assemblies).ShouldNot().HaveDependencyOnAny(WaysOut).GetResult().FailingTypeNames ?? []).Select(n => n.Split('+', '/')[0]).Distinct()];
}
