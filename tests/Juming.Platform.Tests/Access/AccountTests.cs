using System.Security.Claims;
using System.Text;
using Juming.Platform.Access;
using Juming.Platform.Access.Account;
using Juming.Platform.Access.Sessions;
using Juming.Platform.Access.SignIn;
using Juming.Platform.Access.Users;
using Juming.Platform.Handlers;
using Juming.Platform.Web;
using Juming.Testing;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;
using OtpNet;

namespace Juming.Platform.Tests.Access;

/// <summary>What people do with their own account, and what an administrator does for one who is shut out.</summary>
[Category("X6")]
public sealed class AccountTests
{
    private const string Password = "seven quiet herons wade";

    private RunningTier _tier = null!;
    private Browser _browser = null!;
    private byte[] _key = [];

    [SetUp]
    public async Task Join()
    {
        _tier = await RunningTier.Start("cloud");
        var link = (await _tier.Send(new AddUser("wang", ["SystemAdmin"]))).Value.Link;
        _browser = new Browser(_tier);
        await _browser.Submit("/join", ("link", link[(link.IndexOf('#', StringComparison.Ordinal) + 1)..]), ("password", Password));
        _key = await _browser.Enrol();
    }

    [TearDown]
    public async Task Stop()
    {
        _browser.Dispose();
        await _tier.DisposeAsync();
    }

    [Test]
    public async Task A_wrong_present_password_changes_nothing_and_the_right_one_ends_other_sessions()
    {
        var me = await Me();
        using var other = await SignInAgain();
        Assert.That((await _tier.Send(new GetMyAccount(), me)).Value.Sessions, Has.Count.EqualTo(2));
        Assert.That((await _tier.Send(new ChangeMyPassword(new Secret("wrong"), new Secret("nine loud storks sleep")), me)).Error?.Code, Is.EqualTo("access.wrong-password"));
        Assert.That((await _tier.Send(new ChangeMyPassword(new Secret(Password), new Secret("short")), me)).Error?.Code, Is.EqualTo("access.password-length"));
        Assert.That((await _tier.Send(new ChangeMyPassword(new Secret(Password), new Secret("nine loud storks sleep")), me)).Succeeded, Is.True);
        var left = (await _tier.Send(new GetMyAccount(), me)).Value.Sessions;
        Assert.That(left.Select(s => s.IsThis), Is.EqualTo(new[] { true }));
    }

    [Test]
    public async Task A_new_authenticator_holds_only_after_its_first_code()
    {
        var me = await Me();
        var offer = (await _tier.Send(new OfferMyFactor(), me)).Value;
        Assert.That((await _tier.Send(new ReplaceMyFactor(new Secret(offer.Pending), new Secret("000000")), me)).Error?.Code, Is.EqualTo("access.wrong-code"));
        Assert.That((await _tier.Send(new GetMyAccount(), me)).Value.CodesLeft, Is.EqualTo(10), "the old recovery codes hold");
        var codes = await _tier.Send(new ReplaceMyFactor(new Secret(offer.Pending), new Secret(new Totp(Base32Encoding.ToBytes(offer.Key)).ComputeTotp())), me);
        Assert.That(codes.Value, Has.Count.EqualTo(10));
        using var again = new Browser(_tier);
        await again.Submit("/sign-in", ("name", "wang"), ("password", Password));
        await again.Submit("/sign-in/code", ("code", new Totp(_key).ComputeTotp(TimeProvider.System.GetUtcNow().UtcDateTime.AddSeconds(30))));
        Assert.That(again.Status, Is.EqualTo(System.Net.HttpStatusCode.BadRequest), "the old phone opens nothing any more");
    }

    [Test]
    public async Task An_offer_of_one_person_is_worth_nothing_to_another()
    {
        var offer = (await _tier.Send(new OfferMyFactor(), await Me())).Value;
        using var thief = await _tier.SignIn(Role.Viewer);
        var session = (await _tier.Services.GetRequiredService<SessionRegistry>().List(CancellationToken.None)).Single(s => s.Name != "wang");
        var code = new Totp(Base32Encoding.ToBytes(offer.Key)).ComputeTotp();
        Assert.That((await _tier.Send(new ReplaceMyFactor(new Secret(offer.Pending), new Secret(code)), ActorOf(session))).Error?.Code, Is.EqualTo("access.sign-in-expired"));
        Assert.That((await _tier.Send(new RevokeMySessions((await Session()).Id), ActorOf(session))).Error?.Code, Is.EqualTo("access.no-such-session"));
    }

    [Test]
    public async Task A_reset_factor_ends_sessions_and_asks_for_a_new_one_after_the_same_password()
    {
        Assert.That((await _tier.Send(new ResetSecondFactor("wang"))).Succeeded, Is.True);
        Assert.That(await _tier.Services.GetRequiredService<SessionRegistry>().List(CancellationToken.None), Is.Empty);
        using var again = new Browser(_tier);
        await again.Submit("/sign-in", ("name", "wang"), ("password", Password));
        Assert.That(again.Location, Is.EqualTo("/enrol"));
    }

    [Test]
    public async Task An_unlocked_account_may_try_again_at_once()
    {
        using var forgetful = new Browser(_tier);
        for (var i = 0; i < 6; i++) await forgetful.Submit("/sign-in", ("name", "wang"), ("password", "wrong one"));
        Assert.That((await _tier.Send(new ListUsers())).Value.Single().LockedSeconds, Is.Positive);
        await _tier.Send(new UnlockUser("wang"));
        Assert.That((await _tier.Send(new ListUsers())).Value.Single().LockedSeconds, Is.Zero);
    }

    [Test]
    public async Task What_a_page_asks_by_itself_keeps_no_session_alive()
    {
        var session = await Session();
        await using var tab = _tier.Services.CreateAsyncScope();
        var circuit = (ServerAuthenticationStateProvider)tab.ServiceProvider.GetRequiredService<AuthenticationStateProvider>();
        circuit.SetAuthenticationState(Task.FromResult(new AuthenticationState(new ClaimsPrincipal(new ClaimsIdentity([new Claim(SessionAuthentication.SessionClaim, session.Id.ToString())], "test")))));
        var sender = tab.ServiceProvider.GetRequiredService<Sender>();
        var longAgo = session.LastSeenAt = TimeProvider.System.GetUtcNow().AddMinutes(-29);
        Assert.That((await sender.Poll(new GetMyAccount())).Succeeded, Is.True);
        Assert.That(session.LastSeenAt, Is.EqualTo(longAgo), "nobody need have been there");
        Assert.That((await sender.Send(new GetMyAccount())).Succeeded, Is.True);
        Assert.That(session.LastSeenAt, Is.GreaterThan(longAgo), "a person was");
        session.LastSeenAt = TimeProvider.System.GetUtcNow().AddMinutes(-31);
        Assert.That((await sender.Poll(new GetMyAccount())).Error?.Code, Is.EqualTo("access.not-signed-in"));
    }

    [TestCase("=1+1", "\"'=1+1\"")]
    [TestCase("  @SUM(A1)", "\"'  @SUM(A1)\"")]
    [TestCase("\t=1", "\"'\t=1\"")]
    [TestCase("\uFF1D1", "\"'\uFF1D1\"")]
    [TestCase("a \"b\", c", "\"a \"\"b\"\", c\"")]
    [TestCase(null, "\"\"")]
    public void No_cell_is_a_formula(string? value, string expected) => Assert.That(new StringBuilder().AppendCell(value).ToString(), Is.EqualTo(expected));

    private async Task<Session> Session() => (await _tier.Services.GetRequiredService<SessionRegistry>().List(CancellationToken.None)).First(s => s.Name == "wang");

    private async Task<Actor> Me() => ActorOf(await Session());

    private static Actor ActorOf(Session session) => new(ActorKind.Person, session.UserId.ToString(), session.Name, session.Permissions, [Scope.All]) { SessionId = session.Id.ToString(), Address = "127.0.0.1" };

    private async Task<Browser> SignInAgain()
    {
        var browser = new Browser(_tier);
        await browser.Submit("/sign-in", ("name", "wang"), ("password", Password));
        await browser.Submit("/sign-in/code", ("code", new Totp(_key).ComputeTotp(TimeProvider.System.GetUtcNow().UtcDateTime.AddSeconds(30))));
        return browser;
    }
}
