using Juming.Platform.Access;
using Juming.Platform.Access.Passkeys;
using Juming.Platform.Access.Sessions;
using Juming.Platform.Access.Users;
using Juming.Platform.Handlers;
using Juming.Platform.Tests.Access;
using Juming.Testing;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace Juming.Tiers.Tests.Databases;

/// <summary>Both databases keep a passkey and its counter over a restart.</summary>
[TestFixture(TestDatabases.Sqlite)]
[TestFixture(TestDatabases.Postgres)]
internal sealed class PasskeyKeepingTests(string database)
{
    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("juming-tiers-").FullName;

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder, true);

    [Test]
    public async Task A_passkey_signs_in_after_a_restart_and_its_counter_is_kept()
    {
        var settings = await TestDatabases.MakeFor("operator", database);
        var origin = new ConsoleOrigin("https://soc.example");
        using var authenticator = new SoftAuthenticator(origin.Value) { Count = 7 };
        await using (var tier = await RunningTier.Start("operator", _folder, settings))
        {
            var link = (await tier.Send(new AddUser("wang", ["SystemAdmin"]))).Value.Link;
            using var browser = new Browser(tier);
            await browser.Submit("/join", ("link", link.Split('#')[1]), ("password", "seven quiet herons wade"));
            await browser.Enrol();
            var session = (await tier.Services.GetRequiredService<SessionRegistry>().List(CancellationToken.None)).Single();
            var me = new Actor(ActorKind.Person, session.UserId.ToString(), session.Name, session.Permissions, [Scope.All]) { SessionId = session.Id.ToString() };
            var offer = (await tier.Send(new OfferMyPasskey(origin), me)).Value;
            Assert.That((await tier.Send(new AddMyPasskey("office", new Secret(offer.Pending), new Secret(authenticator.Create(offer.Options))), me)).Error, Is.Null);
        }
        await using var again = await RunningTier.Start("operator", _folder, settings);
        Assert.That(await SignIn(again, origin, authenticator), Is.Null);
        authenticator.Count = 7;
        Assert.That(await SignIn(again, origin, authenticator), Is.EqualTo("access.passkey-copied"), "an equal count is no newer one");
        Assert.That((await again.Send(new ResetSecondFactor("wang"))).Error, Is.Null);
        Assert.That(await SignIn(again, origin, authenticator), Is.EqualTo("access.passkey-refused"));
    }

    private static async Task<string?> SignIn(RunningTier tier, ConsoleOrigin origin, SoftAuthenticator authenticator)
    {
        var offer = (await tier.Send(new OfferPasskeySignIn(origin), Actor.Nobody)).Value;
        return (await tier.Send(new SignInWithPasskey(new Secret(offer.Pending), new Secret(authenticator.Prove(offer.Options)), "test"), Actor.Nobody)).Error?.Code;
    }
}
