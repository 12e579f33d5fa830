using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Platform.Notify.Calls;
using Juming.Platform.Notify.Channels;
using Juming.Platform.Notify.Channels.Change;
using Juming.Platform.Notify.Mine;
using Juming.Testing;
using NUnit.Framework;

namespace Juming.Platform.Tests.Notify;

/// <summary>What WeCom's calls are opened with, how it is set up, and how a person shows that a WeCom user is theirs.</summary>
[Category("X7")]
[SetUICulture("en")]
public sealed class CallTests
{
    private NoticeDesk _desk = null!;

    [SetUp]
    public async Task Open() => _desk = await NoticeDesk.Open();

    [TearDown]
    public async Task Close() => await _desk.DisposeAsync();

    /// <summary>The first is the sample of the messenger's documentation, the second was made with the openssl program; both have keys whose last letter has bits to spare.</summary>
    [TestCase("QDG6eK", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C", "wx5823bf96d3bd56c7", "5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3", "1409659589", "263014780", "P9nAzCzyDtyTWESHep1vC5X9xho/qYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp+4RPcs8TgAE7OaBO+FZXvnaqQ==", "1616140317555161061")]
    [TestCase("tok-en", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", "ww1234567890abcdef", "48db0f2e29299360e2c1b7caf55eae53c4bc773d", "1764322800", "n0nce", "IG+0eOkLdhYW9kHtuT3HYxfg9T1vpjKRtSwKP+OWn+rDanDMud0m6Hkqbx+tgVAuO+fM7U+iuADVac+f1uAr/Q==", "8461237790")]
    public void Calls_are_opened_as_the_messenger_seals_them(string token, string aes, string corp, string signature, string timestamp, string nonce, string encrypted, string text)
    {
        var envelope = new WeComEnvelope(token, WeComEnvelope.KeyOf(aes)!, corp);
        Assert.That(envelope.IsSigned(signature, timestamp, nonce, encrypted), Is.True);
        Assert.That(envelope.Open(encrypted), Is.EqualTo(text));
        Assert.That(envelope.IsSigned(signature, timestamp, nonce + "0", encrypted), Is.False);
        Assert.That(new WeComEnvelope(token, WeComEnvelope.KeyOf(aes)!, corp + "0").Open(encrypted), Is.Null);
        // Every bit counts: a changed one opens to nothing, or to a text that is not this one.
        var bytes = Convert.FromBase64String(encrypted);
        for (var i = 0; i < bytes.Length; i++)
        {
            byte[] changed = [.. bytes];
            changed[i] ^= 1;
            Assert.That(envelope.IsSigned(signature, timestamp, nonce, Convert.ToBase64String(changed)), Is.False);
            Assert.That(() => envelope.Open(Convert.ToBase64String(changed)), Throws.Nothing);
        }
    }

    [Test]
    public async Task Token_and_key_go_together_are_kept_in_the_vault_and_never_shown()
    {
        (string, string)[] settings = [("address", _desk.Fake.Address.ToString()), ("corp", _desk.Fake.WeCom.Corp), ("agent", "1000002")];
        foreach (var (token, aes) in new[] { ("t", ""), ("", _desk.Fake.WeCom.CallKey), ("t", "short"), ("t", new string('-', 43)), ("t", new string('a', 44)) })
        {
            var refused = await _desk.Tier.Send(new SaveChannel { Name = "cards", Kind = ChannelKind.WeComApp, Settings = settings.ToDictionary(s => s.Item1, s => s.Item2), Secrets = new Dictionary<string, Secret> { ["secret"] = new("s"), ["token"] = new(token), ["aes"] = new(aes) } });
            Assert.That(refused.Error?.Code, Is.EqualTo("notify.field-wrong"), $"{token}/{aes}");
        }
        var (id, path) = await Juming.Testing.FakeMessengers.RunningChannels.MakeCardChannel(_desk.Tier, _desk.Fake);
        using var admin = await _desk.Tier.SignIn(Role.SystemAdmin);
        var shown = await admin.GetStringAsync("/api/notify/channels");
        Assert.That(shown, Does.Contain("https://juming.example" + path).And.Contain("\"calledAt\":null").And.Not.Contain(_desk.Fake.WeCom.CallKey).And.Not.Contain(_desk.Fake.WeCom.CallToken));
        foreach (var file in Directory.GetFiles(_desk.Folder, "*", SearchOption.AllDirectories).Where(f => f.Contains(".db", StringComparison.Ordinal)))
            Assert.That(System.Text.Encoding.Latin1.GetString(await ReadShared(file)), Does.Not.Contain(_desk.Fake.WeCom.CallKey).And.Not.Contain(_desk.Fake.WeCom.CallToken), file);
        Assert.That(id, Is.Not.EqualTo(Guid.Empty));
    }

    [Test]
    public async Task The_test_sends_a_card_whose_button_shows_that_presses_come_back()
    {
        var (id, path) = await Juming.Testing.FakeMessengers.RunningChannels.MakeCardChannel(_desk.Tier, _desk.Fake);
        var anna = await _desk.Person("anna", Role.SystemAdmin);
        Assert.That((await _desk.Test(id, anna)).Worked, Is.True);
        var card = _desk.Fake.Received("wecom-app").Single().Body.GetProperty("template_card");
        using var client = _desk.Tier.Client();
        using (var pressed = await _desk.Fake.WeCom.Press("anna", card.GetProperty("task_id").GetString()!, "test").Post(client, path)) Assert.That((int)pressed.StatusCode, Is.EqualTo(200));
        await NoticeDesk.Until(() => Task.FromResult(_desk.Fake.WeCom.Said.Values.ToList()), said => said.Contains("回调正常"), "the card says that it works");
        Assert.That((await _desk.Tier.Send(new ListChannels())).Value.Single(c => c.Id == id).CalledAt, Is.Not.Null);
    }

    [Test]
    public async Task A_WeCom_user_is_a_persons_own_only_after_the_code_that_came_there()
    {
        await Juming.Testing.FakeMessengers.RunningChannels.MakeCardChannel(_desk.Tier, _desk.Fake);
        var (anna, bert) = (await _desk.Person("anna"), await _desk.Person("bert"));
        Assert.That((await _desk.Tier.Send(new SetMyContact("", "anna", ""), bert)).Error, Is.Null);
        Assert.That((await _desk.Tier.Send(new AskWeComProof(), anna)).Error, Is.Null);
        Assert.That((await _desk.Tier.Send(new AskWeComProof(), anna)).Error?.Code, Is.EqualTo("notify.proof-not-sent"), "one a minute");
        var code = Code();
        Assert.That((await Give(bert, code)).Error?.Code, Is.EqualTo("notify.proof-wrong"), "it was not sent for him");
        foreach (var wrong in new[] { "", "00000000", code + "0", "' or 1=1" }) Assert.That((await Give(anna, wrong)).Error?.Code, Is.EqualTo("notify.proof-wrong").Or.EqualTo("request.invalid"));
        Assert.That((await Give(anna, code)).Error, Is.Null);
        Assert.That((await _desk.Tier.Send(new GetMyContact(), anna)).Value.WeComProven, Is.True);
        Assert.That((await Give(anna, code)).Error?.Code, Is.EqualTo("notify.proof-wrong"), "once");

        Assert.That((await _desk.Tier.Send(new AskWeComProof(), bert)).Error, Is.Null);
        Assert.That((await Give(bert, Code())).Error?.Code, Is.EqualTo("notify.address-taken"), "one user is one account's");
        Assert.That((await _desk.Tier.Send(new SetMyContact("", "bert", ""), anna)).Error, Is.Null);
        Assert.That((await _desk.Tier.Send(new GetMyContact(), anna)).Value.WeComProven, Is.False, "another user has to be shown anew");

        _desk.Clock.Shift += TimeSpan.FromMinutes(2);
        Assert.That((await _desk.Tier.Send(new AskWeComProof(), anna)).Error, Is.Null);
        code = Code();
        for (var i = 0; i < 5; i++) Assert.That((await Give(anna, "12345678" + i)).Error?.Code, Is.EqualTo("notify.proof-wrong"));
        Assert.That((await Give(anna, code)).Error?.Code, Is.EqualTo("notify.proof-wrong"), "five tries, not more");
        _desk.Clock.Shift += TimeSpan.FromMinutes(2);
        Assert.That((await _desk.Tier.Send(new AskWeComProof(), anna)).Error, Is.Null);
        code = Code();
        _desk.Clock.Shift += TimeSpan.FromMinutes(11);
        Assert.That((await Give(anna, code)).Error?.Code, Is.EqualTo("notify.proof-wrong"), "ten minutes");
    }

    private Task<Result<Done>> Give(Actor person, string code) => _desk.Tier.Send(new GiveWeComProof(new Secret(code)), person);

    private string Code() => System.Text.RegularExpressions.Regex.Match(_desk.Fake.Received("wecom-app")[^1].Body.GetProperty("text").GetProperty("content").GetString()!, "[0-9]{8}").Value;

    private static async Task<byte[]> ReadShared(string file)
    {
        await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var copy = new MemoryStream();
        await stream.CopyToAsync(copy);
        return copy.ToArray();
    }
}
