using Juming.Platform.Links.Egress.Ledger;
using NUnit.Framework;

namespace Juming.Platform.Tests.Notify;

/// <summary>What notices tell the world outside stands in the ledger of what left, before it leaves.</summary>
[Category("X3")]
public sealed class LedgerTests
{
    private readonly Dictionary<long, string> _texts = [];
    private NoticeDesk _desk = null!;

    [TearDown]
    public async Task Close() => await _desk.DisposeAsync();

    [Test]
    public async Task A_robot_a_webhook_and_a_mail_stand_in_the_ledger_with_what_they_said()
    {
        _desk = await NoticeDesk.Open();
        _texts.Clear();
        _desk.Fake.WebhookSecret = "s3cret-of-the-hook";
        await _desk.Person("anna");
        await _desk.RuleTo(await _desk.Robot(), await _desk.Webhook("s3cret-of-the-hook"), await _desk.Email());
        await _desk.Post(NoticeDesk.Part("event-store"));
        await _desk.UntilOver(3);
        var lines = (await _desk.Tier.Send(new ListLedger(null, null, 0, null, null, null, 200))).Value.Items;
        foreach (var line in lines) _texts[line.Seq] = (await Open(line.Seq)).Text ?? "";
        var calls = lines.Where(l => l.Kind == EgressKind.Call).ToList();
        var mail = await Open(lines.Single(l => l.Kind == EgressKind.Mail).Seq);
        var hook = await Open(calls.Single(c => _texts[c.Seq].Contains("evt_", StringComparison.Ordinal)).Seq);
        var everything = string.Join('\n', lines.Select(l => l.About + _texts[l.Seq]));
        Assert.Multiple(() =>
        {
            Assert.That(calls, Has.Count.EqualTo(2));
            Assert.That(lines.Select(l => (l.Sender, l.Place)).Distinct(), Is.EqualTo(new[] { ("notify", EgressPlace.Inside) }));
            Assert.That(calls.Select(l => l.Destination).Distinct().Single(), Is.EqualTo(_desk.Fake.Address.Authority));
            Assert.That(hook.State, Is.EqualTo(ContentState.Exact));
            Assert.That(hook.Text, Is.EqualTo(_desk.Fake.Received("webhook").Single().Body.ToString()));
            Assert.That(mail.Fields.Select(f => f.Name), Is.EqualTo(new[] { "From", "To", "Subject" }));
            Assert.That(mail.Text, Does.Contain("华东医院"));
            Assert.That(everything, Does.Not.Contain(_desk.Fake.WeCom.RobotKey).And.Not.Contain("s3cret-of-the-hook"), "keys are no content");
        });
        Assert.That((await _desk.Tier.Send(new VerifyEgress())).Value.Intact, Is.True);
    }

    [Test]
    public async Task A_one_time_link_is_covered_in_the_ledger_and_the_hash_is_that_of_the_whole()
    {
        _desk = await NoticeDesk.Open();
        var anna = await _desk.Person("anna");
        await _desk.RuleTo(await _desk.App(), await _desk.Email());
        await _desk.Post(NoticeDesk.Part(path: "/approvals") with { People = [anna.PersonId!.Value], OneTimePaths = new Dictionary<Guid, string> { [anna.PersonId!.Value] = "/m/approvals/7c1f-once" } });
        await _desk.UntilOver(2);
        var lines = (await _desk.Tier.Send(new ListLedger(null, null, 0, null, null, null, 200))).Value.Items;
        foreach (var line in lines) _texts[line.Seq] = (await Open(line.Seq)).Text ?? "";
        var mail = await Open(lines.Single(l => l.Kind == EgressKind.Mail).Seq);
        var card = await Open(lines.First(l => l.Kind == EgressKind.Call && _texts[l.Seq].Contains("touser", StringComparison.Ordinal)).Seq);
        Assert.Multiple(async () =>
        {
            Assert.That((mail.State, card.State), Is.EqualTo((ContentState.Masked, ContentState.Masked)));
            Assert.That(mail.Text + card.Text, Does.Contain("/m/approvals/***").And.Not.Contain("7c1f"));
            Assert.That((await _desk.Tier.Send(new VerifyEgress())).Value.Intact, Is.True);
        });
    }

    private async Task<LedgerEntry> Open(long seq) => (await _desk.Tier.Send(new OpenLedgerEntry(seq))).Value;
}
