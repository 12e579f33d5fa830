using System.Net;
using Juming.Platform.Access;
using Juming.Platform.Access.Tokens;
using Juming.Platform.Access.Users;
using Juming.Testing;
using NUnit.Framework;

namespace Juming.Platform.Tests.Access;

[Category("X7")]
public sealed class WebSecurityTests
{
    private RunningTier _tier = null!;

    [SetUp]
    public async Task Start() => _tier = await RunningTier.Start("cloud");

    [TearDown]
    public async Task Stop() => await _tier.DisposeAsync();

    [Test]
    public async Task Every_answer_carries_the_strict_headers()
    {
        using var browser = new Browser(_tier);
        await browser.Open("/setup");
        var policy = browser.Last.Headers.GetValues("Content-Security-Policy").Single();
        Assert.Multiple(() =>
        {
            Assert.That(policy, Does.Contain("frame-ancestors 'none'").And.Contain("object-src 'none'").And.Match("script-src 'self' 'nonce-[^']+'"));
            Assert.That(policy, Does.Not.Contain("script-src 'self' 'unsafe-inline'").And.Not.Contain("unsafe-eval"));
            Assert.That(browser.Last.Headers.GetValues("X-Content-Type-Options"), Is.EqualTo(new[] { "nosniff" }));
            Assert.That(browser.Last.Headers.GetValues("Referrer-Policy"), Is.EqualTo(new[] { "same-origin" }), "no-referrer would make Chromium send forms with the origin null");
            Assert.That(browser.Last.Headers.Contains("Strict-Transport-Security"), Is.False, "loopback");
        });
    }

    [Test]
    public async Task A_foreign_host_name_is_refused()
    {
        using var browser = new Browser(_tier);
        await browser.Open("/setup", r => r.Headers.Host = "evil.example");
        Assert.That(browser.Status, Is.EqualTo(HttpStatusCode.MisdirectedRequest));
        Assert.That(browser.Text, Does.Contain("Modules:Access:AllowedHosts").And.Not.Contain("evil.example"));
        Assert.That(browser.Last.Content.Headers.ContentType!.ToString(), Is.EqualTo("text/plain; charset=utf-8"));
    }

    [Test]
    public async Task A_form_from_another_site_or_without_its_token_is_refused()
    {
        using var browser = new Browser(_tier);
        await browser.Open("/setup");
        await browser.Send("/setup", [("name", "x1")], r => r.Headers.Add("Origin", "https://evil.example"));
        Assert.That(browser.Status, Is.EqualTo(HttpStatusCode.Forbidden));
        await browser.Open("/setup");
        await browser.Send("/setup", [("name", "x1"), ("__RequestVerificationToken", "tampered")]);
        Assert.That(browser.Status, Is.EqualTo(HttpStatusCode.BadRequest));
    }

    [Test]
    public async Task A_socket_of_another_site_is_refused_and_a_circuit_needs_a_session()
    {
        using var browser = new Browser(_tier);
        await browser.Open("/_blazor?id=x", r => { r.Headers.Add("Origin", "https://evil.example"); r.Headers.Add("Connection", "Upgrade"); r.Headers.Add("Upgrade", "websocket"); });
        Assert.That(browser.Status, Is.EqualTo(HttpStatusCode.Forbidden));
        await browser.Open("/_blazor?id=x");
        Assert.That(browser.Status, Is.EqualTo(HttpStatusCode.Unauthorized));
    }

    [Test]
    public async Task A_session_works_until_it_is_revoked_and_a_changed_cookie_does_not()
    {
        using var admin = await _tier.SignIn(Role.SystemAdmin);
        Assert.That((await admin.GetAsync("/api/access/users")).StatusCode, Is.EqualTo(HttpStatusCode.OK));
        var cookie = admin.DefaultRequestHeaders.GetValues("Cookie").First();
        using var thief = _tier.Client(followRedirects: false);
        thief.DefaultRequestHeaders.Add("Cookie", cookie[..^2] + (cookie[^2] == 'A' ? "BA" : "AA"));
        Assert.That((await thief.GetAsync("/api/access/users")).StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized));
        var name = (await _tier.Send(new ListSessions())).Value.Single().Name;
        await _tier.Send(new RevokeSessions(name, null));
        Assert.That((await admin.GetAsync("/api/access/users")).StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized));
    }

    [Test]
    public async Task A_role_that_is_taken_away_is_gone_in_the_open_session()
    {
        using var person = await _tier.SignIn(Role.AuditAdmin);
        var name = (await _tier.Send(new ListSessions())).Value.Single().Name;
        await _tier.Send(new AddUser("another", ["AuditAdmin"]));
        Assert.That((await person.GetAsync("/api/access/audit")).StatusCode, Is.EqualTo(HttpStatusCode.OK));
        await _tier.Send(new SetRoles(name, ["Viewer"]));
        Assert.That((await person.GetAsync("/api/access/audit")).StatusCode, Is.EqualTo(HttpStatusCode.Forbidden));
    }

    [Test]
    public async Task A_token_holds_its_scopes_only_and_ends_when_revoked()
    {
        using var machine = await _tier.WithToken("access.users.read");
        Assert.That((await machine.GetAsync("/api/access/users")).StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That((await machine.GetAsync("/api/access/audit")).StatusCode, Is.EqualTo(HttpStatusCode.Forbidden));
        await _tier.Send(new RevokeToken("test"));
        Assert.That((await machine.GetAsync("/api/access/users")).StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized));
        Assert.That((await _tier.Send(new CreateToken("x", ["no.such"], 1))).Error?.Code, Is.EqualTo("access.scope-not-yours"));
        Assert.That((await _tier.Send(new RevokeToken("test"))).Error?.Code, Is.EqualTo("access.no-such-token"));
    }

    [Test]
    public async Task Nobody_makes_a_token_with_rights_of_others()
    {
        using var analyst = await _tier.SignIn(Role.Analyst);
        var name = (await _tier.Send(new ListSessions())).Value.Single();
        var actor = new Actor(ActorKind.Person, name.Id.ToString(), name.Name, System.Collections.Frozen.FrozenSet.ToFrozenSet(["access.tokens.write"]), [Scope.All]) { SessionId = name.Id.ToString() };
        Assert.That((await _tier.Send(new CreateToken("x", ["access.users.write"], 1), actor)).Error?.Code, Is.EqualTo("access.scope-not-yours"));
        Assert.That((await _tier.Send(new CreateToken("x", ["access.tokens.write"], 1), actor with { SessionId = null })).Error?.Code, Is.EqualTo("access.confirm-first"));
    }
}
