using System.Net;
using System.Net.Http.Headers;
using Juming.Platform.Access;
using Juming.Platform.Access.Sessions;
using Juming.Platform.Access.Tokens;
using Juming.Platform.Access.Users;
using Juming.Testing;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace Juming.Platform.Tests.Access;

/// <summary>A token never outlives or outdoes its maker.</summary>
[Category("X7")]
public sealed class TokenOwnerTests
{
    private string _folder = "", _secret = "", _name = "";
    private RunningTier _tier = null!;
    private HttpClient _machine = null!;

    [SetUp]
    public async Task MakeAToken()
    {
        _folder = Directory.CreateTempSubdirectory("juming-token").FullName;
        _tier = await RunningTier.Start("cloud", _folder);
        using var another = await _tier.SignIn(Role.SystemAdmin);
        using var maker = await _tier.SignIn(Role.SystemAdmin);
        var session = (await _tier.Services.GetRequiredService<SessionRegistry>().List(CancellationToken.None))[^1];
        _name = session.Name;
        var me = new Actor(ActorKind.Person, session.UserId.ToString(), session.Name, session.Permissions, session.Scopes) { SessionId = session.Id.ToString() };
        _secret = (await _tier.Send(new CreateToken("mine", ["access.users.read"], 7), me)).Value.Token;
        _machine = Machine();
        Assert.That(await Ask(), Is.EqualTo(HttpStatusCode.OK));
    }

    [TearDown]
    public async Task Stop()
    {
        _machine.Dispose();
        await _tier.DisposeAsync();
        Directory.Delete(_folder, true);
    }

    [Test]
    public async Task It_ends_when_its_maker_is_shut_out_and_does_not_come_back_with_them()
    {
        await _tier.Send(new DisableUser(_name, true));
        Assert.That(await Ask(), Is.EqualTo(HttpStatusCode.Unauthorized));
        await _tier.Send(new DisableUser(_name, false));
        Assert.That(await Ask(), Is.EqualTo(HttpStatusCode.Unauthorized));
        await Restart();
        Assert.That(await Ask(), Is.EqualTo(HttpStatusCode.Unauthorized));
        Assert.That((await _tier.Send(new ListTokens())).Value.Single().Revoked, Is.True);
    }

    [Test]
    public async Task It_ends_when_its_maker_is_reset()
    {
        await _tier.Send(new ResetUser(_name));
        Assert.That(await Ask(), Is.EqualTo(HttpStatusCode.Unauthorized));
    }

    [Test]
    public async Task It_loses_what_its_maker_loses_at_once_and_after_a_restart()
    {
        await _tier.Send(new SetRoles(_name, ["Analyst"]));
        Assert.That(await Ask(), Is.EqualTo(HttpStatusCode.Forbidden));
        await Restart();
        Assert.That(await Ask(), Is.EqualTo(HttpStatusCode.Forbidden));
        await _tier.Send(new SetRoles(_name, ["SystemAdmin"]));
        Assert.That(await Ask(), Is.EqualTo(HttpStatusCode.OK));
        await _tier.Send(new SetScopes(_name, ["customer:7"]));
        Assert.That(await Ask(), Is.EqualTo(HttpStatusCode.NotFound));
    }

    [Test]
    public async Task One_of_the_command_line_stays_and_nobody_takes_it_by_a_name()
    {
        using var machine = await _tier.WithToken("access.users.read");
        await _tier.Send(new DisableUser(_name, true));
        Assert.That((await machine.GetAsync("/api/access/users")).StatusCode, Is.EqualTo(HttpStatusCode.OK));
        // An account may bear the name that such tokens carry as their maker's.
        await _tier.Send(new AddUser("command-line", ["Analyst"]));
        var twin = new Actor(ActorKind.Person, Guid.NewGuid().ToString(), "command-line", System.Collections.Frozen.FrozenSet.ToFrozenSet(["access.tokens.write"]), [Scope.All]);
        Assert.That((await _tier.Send(new ListTokens(), twin)).Value, Is.Empty);
        Assert.That((await _tier.Send(new RevokeToken("test"), twin)).Error?.Code, Is.EqualTo("access.no-such-token"));
    }

    private async Task Restart()
    {
        _machine.Dispose();
        await _tier.DisposeAsync();
        _tier = await RunningTier.Start("cloud", _folder);
        _machine = Machine();
    }

    private HttpClient Machine()
    {
        var client = _tier.Client(followRedirects: false);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", _secret);
        return client;
    }

    private async Task<HttpStatusCode> Ask() => (await _machine.GetAsync("/api/access/users")).StatusCode;
}
