using System.Net;
using System.Text.Json;
using Juming.Platform.Access;
using Juming.Platform.Access.Audit;
using Juming.Platform.Access.Passkeys;
using Juming.Platform.Access.Sessions;
using Juming.Platform.Access.SignIn;
using Juming.Platform.Access.Users;
using Juming.Platform.Handlers;
using Juming.Testing;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace Juming.Platform.Tests.Access;

/// <summary>Passkeys: what opens the door, and everything that looks like it and does not.</summary>
[Category("X6")]
public sealed class PasskeyTests
{
    private const string Password = "seven quiet herons wade";

    private readonly List<IDisposable> _owned = [];
    private ShiftedClock _clock = null!;
    private RunningTier _tier = null!;
    private ConsoleOrigin _origin = null!;
    private SoftAuthenticator _wangs = null!;

    [SetUp]
    public async Task Join()
    {
        _clock = new ShiftedClock();
        _tier = await RunningTier.Start("cloud", services: s => s.AddSingleton<TimeProvider>(_clock));
        _origin = new ConsoleOrigin($"https://localhost:{_tier.Address.Port}");
        await Account("root.one", "SystemAdmin");
        await Account("wang", "Analyst");
        _wangs = await AddPasskey("wang");
    }

    [TearDown]
    public async Task Stop()
    {
        foreach (var one in _owned) one.Dispose();
        _owned.Clear();
        await _tier.DisposeAsync();
    }

    [Test]
    public async Task A_passkey_signs_in_without_name_and_code_and_goes_where_the_person_was_going()
    {
        using var browser = new Browser(_tier);
        void AtLocalhost(HttpRequestMessage r) => r.Headers.Host = $"localhost:{_tier.Address.Port}";
        await browser.Open("/sign-in?return=/account", AtLocalhost);
        var form = browser.Text;
        Assert.That(form, Does.Contain("data-passkey=\"/sign-in/passkey\""));
        await browser.Send("/sign-in/passkey/options", [], AtLocalhost);
        using var offer = JsonDocument.Parse(browser.Text);
        await browser.Open("/sign-in?return=/account", AtLocalhost);
        await browser.Send("/sign-in/passkey", [("pending", offer.RootElement.GetProperty("pending").GetString()!), ("credential", _wangs.Prove(offer.RootElement.GetProperty("options").GetString()!))], AtLocalhost);
        Assert.That((browser.Status, browser.Location), Is.EqualTo((HttpStatusCode.Redirect, "/account")), browser.Text);
        Assert.That(browser.Last.Headers.GetValues("Set-Cookie"), Has.Some.StartWith("__Host-juming-cloud=").And.Some.Contain("httponly").IgnoreCase);
        Assert.That((await _tier.Send(new ListMyPasskeys(), await Of("wang"))).Value.Single().LastUsedAt, Is.Not.Null);
        await browser.Open("/sign-in");
        Assert.That(browser.Text, Does.Not.Contain("data-passkey").And.Contain("通行密钥只能"), "an address is no name");
        await browser.Send("/sign-in/passkey/options", [("__RequestVerificationToken", "tampered")], AtLocalhost);
        Assert.That(browser.Text, Does.Contain("problem").And.Not.Contain("challenge"));
    }

    [Test]
    public async Task An_answer_works_once_and_only_for_five_minutes()
    {
        var offer = await SignInOffer();
        var answer = _wangs.Prove(offer.Options);
        Assert.That(await SignIn(offer, answer), Is.Null);
        Assert.That(await SignIn(offer, answer), Is.EqualTo("access.passkey-expired"));
        var late = await SignInOffer();
        _clock.Ahead = TimeSpan.FromMinutes(5);
        Assert.That(await SignIn(late, _wangs.Prove(late.Options)), Is.EqualTo("access.passkey-expired"));
        var other = await SignInOffer();
        Assert.That(await SignIn(await SignInOffer(), _wangs.Prove(other.Options)), Is.EqualTo("access.passkey-refused"), "the answer to another challenge");
    }

    [TestCase("https://localhost.evil.example")]
    [TestCase("https://evil.example")]
    [TestCase("http://localhost")]
    [TestCase("https://localhost:1")]
    public async Task An_answer_that_was_given_to_another_site_is_refused(string origin)
    {
        _wangs.Origin = origin;
        var offer = await SignInOffer();
        Assert.That(await SignIn(offer, _wangs.Prove(offer.Options)), Is.EqualTo("access.passkey-refused"));
    }

    [TestCase("https://192.0.2.7:8443", false)]
    [TestCase("https://[2001:db8::7]:8443", false)]
    [TestCase("http://soc.example", false)]
    [TestCase("", false)]
    [TestCase("https://soc.example:8443", true)]
    [TestCase("https://localhost:8443", true)]
    [TestCase("http://localhost:8080", true)]
    public async Task Passkeys_are_offered_only_where_browsers_give_them(string origin, bool offered)
    {
        var me = await Of("wang");
        var codes = new[]
        {
            (await _tier.Send(new OfferPasskeySignIn(new ConsoleOrigin(origin)), Actor.Nobody)).Error?.Code, (await _tier.Send(new OfferMyPasskey(new ConsoleOrigin(origin)), me)).Error?.Code,
            (await _tier.Send(new OfferPasskeyConfirm(new ConsoleOrigin(origin)), me)).Error?.Code,
        };
        Assert.That(codes, Is.All.EqualTo(offered ? null : "access.passkeys-not-here"));
    }

    [Test]
    public async Task The_authenticator_must_have_seen_its_owner()
    {
        _wangs.Verifies = false;
        var offer = await SignInOffer();
        Assert.That(offer.Options, Does.Contain("\"userVerification\":\"required\""));
        Assert.That(await SignIn(offer, _wangs.Prove(offer.Options)), Is.EqualTo("access.passkey-refused"));
        var me = await Of("wang");
        var add = (await _tier.Send(new OfferMyPasskey(_origin), me)).Value;
        using var careless = new SoftAuthenticator(_origin.Value) { Verifies = false };
        Assert.That((await _tier.Send(new AddMyPasskey("careless", new Secret(add.Pending), new Secret(careless.Create(add.Options))), me)).Error?.Code, Is.EqualTo("access.passkey-refused"));
    }

    [Test]
    public async Task A_passkey_of_one_person_proves_nothing_about_another()
    {
        await Account("zhao", "Analyst");
        var zhaos = await AddPasskey("zhao");
        var (wang, zhao) = (await Of("wang"), await Of("zhao"));

        var confirm = (await _tier.Send(new OfferPasskeyConfirm(_origin), wang)).Value;
        Assert.That((await _tier.Send(new ConfirmWithPasskey(new Secret(confirm.Pending), new Secret(zhaos.Prove(confirm.Options))), wang)).Error?.Code, Is.EqualTo("access.passkey-refused"));
        confirm = (await _tier.Send(new OfferPasskeyConfirm(_origin), wang)).Value;
        Assert.That((await _tier.Send(new ConfirmWithPasskey(new Secret(confirm.Pending), new Secret(_wangs.Prove(confirm.Options))), zhao)).Error?.Code, Is.EqualTo("access.passkey-expired"));
        confirm = (await _tier.Send(new OfferPasskeyConfirm(_origin), wang)).Value;
        Assert.That(await SignIn(confirm, _wangs.Prove(confirm.Options)), Is.EqualTo("access.passkey-expired"), "made for another act");

        // Zhao's key under Wang's account, and Zhao's key under the identity of Wang's passkey.
        var handle = zhaos.UserHandle;
        zhaos.UserHandle = _wangs.UserHandle;
        var offer = await SignInOffer();
        Assert.That(await SignIn(offer, zhaos.Prove(offer.Options)), Is.EqualTo("access.passkey-refused"));
        using var forged = new SoftAuthenticator(_origin.Value) { CredentialId = _wangs.CredentialId, UserHandle = _wangs.UserHandle, Count = 50 };
        offer = await SignInOffer();
        Assert.That(await SignIn(offer, forged.Prove(offer.Options)), Is.EqualTo("access.passkey-refused"));
        zhaos.UserHandle = handle;

        var add = (await _tier.Send(new OfferMyPasskey(_origin), zhao)).Value;
        using var twin = new SoftAuthenticator(_origin.Value) { CredentialId = _wangs.CredentialId };
        Assert.That((await _tier.Send(new AddMyPasskey("twin", new Secret(add.Pending), new Secret(twin.Create(add.Options))), zhao)).Error?.Code, Is.EqualTo("access.passkey-refused"), "the identity is taken");
        var wangsId = (await _tier.Send(new ListMyPasskeys(), wang)).Value.Single().Id;
        Assert.That((await _tier.Send(new RemoveMyPasskey(wangsId), zhao)).Error?.Code, Is.EqualTo("access.no-such-passkey"));
        Assert.That((await _tier.Send(new RenameMyPasskey(wangsId, "mine"), zhao)).Error?.Code, Is.EqualTo("access.no-such-passkey"));
    }

    [Test]
    public async Task A_disabled_account_stays_shut_and_a_reset_one_has_no_passkeys()
    {
        await _tier.Send(new DisableUser("wang", true));
        var offer = await SignInOffer();
        Assert.That(await SignIn(offer, _wangs.Prove(offer.Options)), Is.EqualTo("access.passkey-refused"));
        await _tier.Send(new DisableUser("wang", false));
        offer = await SignInOffer();
        Assert.That(await SignIn(offer, _wangs.Prove(offer.Options)), Is.Null);

        foreach (var reset in new Func<string, Task>[] { n => _tier.Send(new ResetSecondFactor(n)), n => _tier.Send(new ResetUser(n)) })
        {
            var name = "reset." + Guid.NewGuid().ToString("N")[..6];
            await Account(name, "Analyst");
            var passkey = await AddPasskey(name);
            await reset(name);
            offer = await SignInOffer();
            Assert.That(await SignIn(offer, passkey.Prove(offer.Options)), Is.EqualTo("access.passkey-refused"));
        }
    }

    [Test]
    public async Task An_address_that_keeps_failing_must_wait_even_with_a_good_passkey_and_others_need_not()
    {
        using var stranger = new SoftAuthenticator(_origin.Value) { UserHandle = _wangs.UserHandle };
        string? code = null;
        for (var i = 0; i < 30 && code != "access.too-many-attempts"; i++)
        {
            var offer = await SignInOffer();
            code = await SignIn(offer, stranger.Prove(offer.Options));
        }
        var last = await SignInOffer();
        Assert.That(code, Is.EqualTo("access.too-many-attempts"));
        Assert.That(await SignIn(last, _wangs.Prove(last.Options)), Is.EqualTo("access.too-many-attempts"));
        Assert.That(await SignIn(last, _wangs.Prove(last.Options), "192.0.2.9"), Is.Null, "the account itself is not shut");
    }

    [Test]
    public async Task A_counter_that_goes_back_is_refused_and_said_in_the_log()
    {
        _wangs.Count = 40;
        var offer = await SignInOffer();
        Assert.That(await SignIn(offer, _wangs.Prove(offer.Options)), Is.Null);
        _wangs.Count = 12;
        offer = await SignInOffer();
        Assert.That(await SignIn(offer, _wangs.Prove(offer.Options)), Is.EqualTo("access.passkey-copied"));
        _wangs.Count = 41;
        offer = await SignInOffer();
        Assert.That(await SignIn(offer, _wangs.Prove(offer.Options)), Is.Null, "the owner's own goes on");
        Assert.That(Log(), Does.Contain("may have been copied: its counter says 13 after 41"));
    }

    [Test]
    public async Task Adding_and_removing_ask_for_a_fresh_proof_and_a_passkey_is_one()
    {
        await _tier.SetConfirmed(DateTimeOffset.UnixEpoch);
        var me = await Of("wang");
        var id = (await _tier.Send(new ListMyPasskeys(), me)).Value.Single().Id;
        Assert.That((await _tier.Send(new OfferMyPasskey(_origin), me)).Error?.Code, Is.EqualTo("access.confirm-first"));
        Assert.That((await _tier.Send(new AddMyPasskey("x", new Secret(""), new Secret("")), me)).Error?.Code, Is.EqualTo("access.confirm-first"));
        Assert.That((await _tier.Send(new RemoveMyPasskey(id), me)).Error?.Code, Is.EqualTo("access.confirm-first"));
        Assert.That((await _tier.Send(new RenameMyPasskey(id, " blue key "), me)).Succeeded, Is.True);
        var offer = (await _tier.Send(new OfferPasskeyConfirm(_origin), me)).Value;
        Assert.That((await _tier.Send(new ConfirmWithPasskey(new Secret(offer.Pending), new Secret(_wangs.Prove(offer.Options))), me)).Succeeded, Is.True);
        Assert.That((await _tier.Send(new ListMyPasskeys(), me)).Value.Single().Name, Is.EqualTo("blue key"));
        Assert.That((await _tier.Send(new RemoveMyPasskey(id), me)).Succeeded, Is.True);
        var late = await SignInOffer();
        Assert.That(await SignIn(late, _wangs.Prove(late.Options)), Is.EqualTo("access.passkey-refused"));
    }

    [TestCase("", "access.passkey-name")]
    [TestCase("   ", "access.passkey-name")]
    [TestCase("a\nb", "access.passkey-name")]
    [TestCase("a name that is longer than anybody would want to read in a table of a page", "access.passkey-name")]
    public async Task Unusable_names_are_refused(string name, string code) =>
        Assert.That((await _tier.Send(new AddMyPasskey(name, new Secret(""), new Secret("")), await Of("wang"))).Error?.Code, Is.EqualTo(code));

    [TestCase("")]
    [TestCase("null")]
    [TestCase("[]")]
    [TestCase("{\"id\":\"\",\"response\":{}}")]
    [TestCase("{\"id\":\"AA\",\"type\":\"public-key\",\"clientExtensionResults\":{},\"response\":{\"clientDataJSON\":\"e30\",\"authenticatorData\":\"AA\",\"signature\":\"AA\",\"userHandle\":\"\\n\\n\"}}")]
    public async Task Nonsense_is_refused(string answer) => Assert.That(await SignIn(await SignInOffer(), answer), Is.EqualTo("access.passkey-refused"));

    [Test]
    public async Task An_account_has_ten_at_most_and_the_audit_names_who_signed_in_and_holds_no_key()
    {
        for (var i = 1; i < 10; i++) await AddPasskey("wang");
        Assert.That((await _tier.Send(new OfferMyPasskey(_origin), await Of("wang"))).Error?.Code, Is.EqualTo("access.too-many-passkeys"));
        var offer = await SignInOffer();
        await SignIn(offer, _wangs.Prove(offer.Options));
        var lines = (await _tier.Send(new SearchAudit(null, null, 100))).Value;
        Assert.That(lines.First(l => l.Action == "SignInWithPasskey").ActorName, Is.EqualTo("wang"));
        Assert.That(lines.Where(l => l.Action.Contains("Passkey")).Select(l => l.Arguments), Has.None.Contains(offer.Pending).And.None.Contains("public-key").And.Some.Contains("key of wang"));
    }

    private async Task<PasskeyOffer> SignInOffer() => (await _tier.Send(new OfferPasskeySignIn(_origin), Actor.Nobody)).Value;

    private async Task<string?> SignIn(PasskeyOffer offer, string answer, string address = "192.0.2.8") =>
        (await _tier.Send(new SignInWithPasskey(new Secret(offer.Pending), new Secret(answer), "test"), Actor.Nobody with { Address = address })).Error?.Code;

    private async Task Account(string name, string role)
    {
        var link = (await _tier.Send(new AddUser(name, [role]))).Value.Link;
        var browser = new Browser(_tier);
        _owned.Add(browser);
        await browser.Submit("/join", ("link", link.Split('#')[1]), ("password", Password));
        await browser.Enrol();
    }

    private async Task<SoftAuthenticator> AddPasskey(string name)
    {
        var me = await Of(name);
        var offer = (await _tier.Send(new OfferMyPasskey(_origin), me)).Value;
        var made = new SoftAuthenticator(_origin.Value);
        _owned.Add(made);
        var answer = await _tier.Send(new AddMyPasskey("key of " + name, new Secret(offer.Pending), new Secret(made.Create(offer.Options))), me);
        Assert.That(answer.Error, Is.Null);
        return made;
    }

    private async Task<Actor> Of(string name)
    {
        var session = (await _tier.Services.GetRequiredService<SessionRegistry>().List(CancellationToken.None)).First(s => s.Name == name);
        return new Actor(ActorKind.Person, session.UserId.ToString(), session.Name, session.Permissions, [Scope.All]) { SessionId = session.Id.ToString(), Address = "192.0.2.8" };
    }

    private string Log() => string.Concat(Directory.EnumerateFiles(_tier.Folder, "*", SearchOption.AllDirectories).Where(f => f.Contains("log", StringComparison.OrdinalIgnoreCase) && !f.Contains(".db", StringComparison.Ordinal)).Select(Read));

    private static string Read(string file)
    {
        using var reader = new StreamReader(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return reader.ReadToEnd();
    }

    private sealed class ShiftedClock : TimeProvider
    {
        public TimeSpan Ahead { get; set; }

        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Ahead;
    }
}
