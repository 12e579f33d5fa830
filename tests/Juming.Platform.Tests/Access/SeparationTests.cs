using Juming.Platform.Access;
using Juming.Platform.Access.Data;
using Juming.Platform.Access.Sessions;
using Juming.Platform.Access.Users;
using Juming.Platform.Handlers;
using Juming.Testing;
using MediatR;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace Juming.Platform.Tests.Access;

/// <summary>The three administrators are three people: none becomes another, and none of the three is lost.</summary>
[Category("X7")]
public sealed class SeparationTests
{
    private RunningTier _tier = null!;

    [SetUp]
    public async Task Start() => _tier = await RunningTier.Start("cloud", services: s => s.AddScoped<IRequestHandler<LookAtCustomer, Result<Done>>, LookAtCustomerHandler>());

    [TearDown]
    public async Task Stop() => await _tier.DisposeAsync();

    [TestCase(Role.SecurityAdmin)]
    [TestCase(Role.AuditAdmin)]
    public async Task A_system_administrator_gets_no_link_of_another_kind(Role other)
    {
        var (me, _) = await SignedIn(Role.SystemAdmin);
        var (_, name) = await SignedIn(other);
        Assert.That((await _tier.Send(new ResetUser(name), me)).Error?.Code, Is.EqualTo("access.reset-at-command-line"));
        Assert.That((await _tier.Send(new ResetSecondFactor(name), me)).Error?.Code, Is.EqualTo("access.reset-at-command-line"));
        Assert.That((await _tier.Send(new ListSessions())).Value.Select(s => s.Name), Does.Contain(name), "nothing was touched");
        Assert.That((await _tier.Send(new ResetUser(name))).Succeeded, Is.True, "the command line may");
    }

    [Test]
    public async Task Accounts_of_the_own_kind_and_of_others_are_reset_and_all_administrators_see_it()
    {
        var (me, _) = await SignedIn(Role.SystemAdmin);
        var (_, colleague) = await SignedIn(Role.SystemAdmin);
        var (_, analyst) = await SignedIn(Role.Analyst);
        Assert.That((await _tier.Send(new ResetUser(colleague), me)).Succeeded, Is.True);
        Assert.That((await _tier.Send(new ResetUser(analyst), me)).Succeeded, Is.True);
        foreach (var role in new[] { Role.SystemAdmin, Role.SecurityAdmin, Role.AuditAdmin })
        {
            var seen = (await _tier.Send(new ListResets(), (await SignedIn(role)).Actor)).Value;
            Assert.That(seen.Select(r => (r.Name, r.Actor)), Is.EqualTo(new[] { (analyst, me.Name), (colleague, me.Name) }), role.ToString());
        }
    }

    [Test]
    public async Task In_a_trial_one_person_may_reset_everybody()
    {
        await using (var scope = _tier.Services.CreateAsyncScope())
        {
            var db = scope.ServiceProvider.GetRequiredService<AccessDb>();
            db.Add(new HostState { SetUpAt = TimeProvider.System.GetUtcNow(), Trial = true });
            await db.SaveChangesAsync();
        }
        var (me, _) = await SignedIn(Role.SystemAdmin);
        var (_, auditor) = await SignedIn(Role.AuditAdmin);
        Assert.That((await _tier.Send(new ResetUser(auditor), me)).Succeeded, Is.True);
    }

    [Test]
    public async Task Nobody_changes_their_own_roles_or_scopes()
    {
        var (me, name) = await SignedIn(Role.SecurityAdmin);
        await SignedIn(Role.SecurityAdmin);
        Assert.That((await _tier.Send(new SetRoles(name, ["SystemAdmin"]), me)).Error?.Code, Is.EqualTo("access.own-rights"));
        Assert.That((await _tier.Send(new SetRoles(name.ToUpperInvariant(), ["SecurityAdmin", "Analyst"]), me)).Error?.Code, Is.EqualTo("access.own-rights"));
        Assert.That((await _tier.Send(new SetScopes(name, ["all", "customer:1"]), me)).Error?.Code, Is.EqualTo("access.own-rights"));
    }

    [TestCase(Role.SystemAdmin)]
    [TestCase(Role.SecurityAdmin)]
    [TestCase(Role.AuditAdmin)]
    public async Task The_last_of_each_kind_stays(Role role)
    {
        var (_, name) = await SignedIn(role);
        Assert.Multiple(async () =>
        {
            Assert.That((await _tier.Send(new DisableUser(name, true))).Error?.Code, Is.EqualTo("access.last-administrator"));
            Assert.That((await _tier.Send(new SetRoles(name, ["Viewer"]))).Error?.Code, Is.EqualTo("access.last-administrator"));
            Assert.That((await _tier.Send(new SetScopes(name, ["site:elsewhere"]))).Error?.Code, Is.EqualTo("access.last-administrator"));
        });
        var (_, second) = await SignedIn(role);
        Assert.That((await _tier.Send(new DisableUser(second, true))).Succeeded, Is.True);
        Assert.That((await _tier.Send(new DisableUser(name, true))).Error?.Code, Is.EqualTo("access.last-administrator"), "a shut account is no successor");
    }

    [TestCase(Role.SystemAdmin)]
    [TestCase(Role.SecurityAdmin)]
    public async Task Two_last_administrators_who_shut_each_other_out_at_the_same_moment_leave_one(Role role)
    {
        var before = new List<string>();
        for (var round = 0; round < 5; round++)
        {
            var (one, first) = await SignedIn(role);
            var (other, second) = await SignedIn(role);
            foreach (var name in before) await _tier.Send(new DisableUser(name, true));
            before = [first, second];
            using var start = new Barrier(2);
            // One takes the other's account, the other takes the first one's roles: different commands that must see each other.
            var shut = Task.Run(() =>
            {
                start.SignalAndWait();
                return role == Role.SystemAdmin ? _tier.Send(new DisableUser(second, true), one) : _tier.Send(new SetRoles(second, ["Viewer"]), one);
            });
            var back = Task.Run(() =>
            {
                start.SignalAndWait();
                return role == Role.SystemAdmin ? _tier.Send(new DisableUser(first, true), other) : _tier.Send(new SetRoles(first, ["Viewer"]), other);
            });
            var done = await Task.WhenAll(shut, back);
            Assert.That(done.Count(d => d.Succeeded), Is.EqualTo(1), $"round {round}");
            // Who was shut out before asking has no session any more that could confirm anything.
            Assert.That(done.Single(d => !d.Succeeded).Error!.Code, Is.AnyOf("access.last-administrator", "access.confirm-first"));
        }
    }

    [Test]
    public async Task A_person_of_another_scope_is_refused_by_the_guard()
    {
        using var client = await _tier.SignIn(Role.SystemAdmin);
        var name = (await _tier.Send(new ListSessions())).Value.Single().Name;
        await SignedIn(Role.SystemAdmin);
        Assert.That((await client.GetAsync("/api/access/users")).StatusCode, Is.EqualTo(System.Net.HttpStatusCode.OK));
        Assert.That((await _tier.Send(new SetScopes(name, ["customer:42", "site:elsewhere"]))).Succeeded, Is.True);
        using var refused = await client.GetAsync("/api/access/users");
        Assert.That(refused.StatusCode, Is.EqualTo(System.Net.HttpStatusCode.NotFound), "at once, in the open session");
        Assert.That(await refused.Content.ReadAsStringAsync(), Does.Contain("access.outside-your-scope"));
        Assert.That((await _tier.Send(new SetScopes(name, ["cloud:self"]))).Succeeded, Is.True);
        Assert.That((await client.GetAsync("/api/access/users")).StatusCode, Is.EqualTo(System.Net.HttpStatusCode.OK));
    }

    [Test]
    public async Task A_request_about_a_customer_is_for_those_whose_scope_has_it()
    {
        var (_, name) = await SignedIn(Role.SystemAdmin);
        await SignedIn(Role.SystemAdmin);
        Assert.That((await _tier.Send(new LookAtCustomer("42"), await Again())).Succeeded, Is.True, "everywhere, so here too");
        await _tier.Send(new SetScopes(name, ["customer:42"]));
        Assert.That((await _tier.Send(new LookAtCustomer("42"), await Again())).Succeeded, Is.True);
        Assert.That((await _tier.Send(new LookAtCustomer("43"), await Again())).Error?.Code, Is.EqualTo("access.outside-your-scope"));
        Assert.That((await _tier.Send(new LookAtCustomer("4"), await Again())).Error?.Code, Is.EqualTo("access.outside-your-scope"));

        async Task<Actor> Again() => ActorOf((await Sessions()).Single(s => s.Name == name));
    }

    [TestCase("everything")]
    [TestCase("customer:")]
    [TestCase("customer:a,b")]
    [TestCase("all,customer:1")]
    [TestCase("moon:1")]
    public async Task What_is_no_scope_is_refused(string scope)
    {
        var (_, name) = await SignedIn(Role.Viewer);
        Assert.That((await _tier.Send(new SetScopes(name, [scope]))).Error?.Code, Is.EqualTo("access.no-such-scope"));
        Assert.That((await _tier.Send(new SetScopes(name, []))).Error?.Code, Is.EqualTo("access.no-such-scope"));
    }

    private async Task<(Actor Actor, string Name)> SignedIn(Role role)
    {
        var before = (await Sessions()).Select(s => s.Id).ToHashSet();
        using var client = await _tier.SignIn(role);
        var session = (await Sessions()).Single(s => !before.Contains(s.Id));
        return (ActorOf(session), session.Name);
    }

    private static Actor ActorOf(Session session) => new(ActorKind.Person, session.UserId.ToString(), session.Name, session.Permissions, session.Scopes) { SessionId = session.Id.ToString(), Address = "127.0.0.1" };

    private Task<IReadOnlyList<Session>> Sessions() => _tier.Services.GetRequiredService<SessionRegistry>().List(CancellationToken.None);

    private sealed record LookAtCustomer(string Id) : IQuery<Done>, INeeds<UsersRead>, IInScope
    {
        public Scope Scope => new("customer", Id);
    }

    private sealed class LookAtCustomerHandler : IQueryHandler<LookAtCustomer, Done>
    {
        public Task<Result<Done>> Handle(LookAtCustomer request, CancellationToken cancellationToken) => Task.FromResult<Result<Done>>(Done.Value);
    }
}
