using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Juming.Platform.Access;
using Juming.Site.Approvals;
using Juming.Testing;
using NUnit.Framework;

namespace Juming.Site.Tests.Approvals;

/// <summary>People answer at the console, through the API that its page uses.</summary>
[Category("S3.3")]
internal sealed class AnswerTests
{
    private ApprovalsBench _bench = null!;

    [OneTimeSetUp]
    public async Task Start() => _bench = await ApprovalsBench.Start();

    [OneTimeTearDown]
    public Task Stop() => _bench.DisposeAsync().AsTask();

    [Test]
    public async Task A_yes_approves_and_those_who_wait_are_told_once()
    {
        var id = await _bench.Ask(ApprovalsBench.Request("yes"));
        using var analyst = await _bench.Site.SignIn(Role.Analyst);
        Assert.That(await State(await analyst.PostAsJsonAsync($"/api/approvals/{id}/answer", new { agree = true })), Is.EqualTo("Approved"));
        await ApprovalsBench.Until(() => _bench.Decisions.Any(d => d.Approval == id));
        Assert.That(_bench.Decisions.Single(d => d.Approval == id), Has.Property("Key").EqualTo("yes").And.Property("State").EqualTo(ApprovalState.Approved));
        Assert.That(await Code(await analyst.PostAsJsonAsync($"/api/approvals/{id}/answer", new { agree = false, reason = "no" })), Is.EqualTo("approvals.answered-already"));
        using var other = await _bench.Site.SignIn(Role.SecurityAdmin);
        Assert.That(await Code(await other.PostAsJsonAsync($"/api/approvals/{id}/answer", new { agree = false, reason = "no" })), Is.EqualTo("approvals.over"));
        Assert.That((await _bench.Look(id)).State, Is.EqualTo(ApprovalState.Approved));
    }

    [Test]
    public async Task A_no_needs_its_reason_and_ends_it()
    {
        var id = await _bench.Ask(ApprovalsBench.Request("no"));
        using var analyst = await _bench.Site.SignIn(Role.Analyst);
        Assert.That(await Code(await analyst.PostAsJsonAsync($"/api/approvals/{id}/answer", new { agree = false, reason = "  " })), Is.EqualTo("approvals.reason-needed"));
        Assert.That(await State(await analyst.PostAsJsonAsync($"/api/approvals/{id}/answer", new { agree = false, reason = "our own scanner" })), Is.EqualTo("Rejected"));
        var detail = await analyst.GetFromJsonAsync<JsonElement>($"/api/approvals/{id}");
        Assert.That(detail.GetProperty("reason").GetString(), Is.EqualTo("our own scanner"));
        Assert.That(detail.GetProperty("answers")[0].GetProperty("way").GetString(), Is.EqualTo("console"));
    }

    [Test]
    public async Task Two_keys_want_two_different_people()
    {
        var id = await _bench.Ask(ApprovalsBench.Request("two", keys: 2));
        using var first = await _bench.Site.SignIn(Role.Analyst);
        using var second = await _bench.Site.SignIn(Role.SecurityAdmin);
        Assert.That(await State(await first.PostAsJsonAsync($"/api/approvals/{id}/answer", new { agree = true })), Is.EqualTo("Asked"));
        Assert.That(await Code(await first.PostAsJsonAsync($"/api/approvals/{id}/answer", new { agree = true })), Is.EqualTo("approvals.answered-already"));
        Assert.That(await State(await second.PostAsJsonAsync($"/api/approvals/{id}/answer", new { agree = true })), Is.EqualTo("Approved"));
    }

    [Test]
    public async Task Whoever_asked_can_not_agree_and_neither_can_viewers_and_tokens()
    {
        var account = await _bench.Site.Account(Role.Analyst);
        var id = await _bench.Ask(ApprovalsBench.Request("own", by: account.Name));
        await ApprovalsBench.Until(() => _bench.Notices.Any(n => n.SameAs == "approval:" + id));
        Assert.That(_bench.Notices.Last(n => n.SameAs == "approval:" + id).People, Does.Not.Contain(account.Id));
        var me = new Actor(ActorKind.Person, account.Id.ToString(), account.Name, System.Collections.Frozen.FrozenSet.ToFrozenSet([ApprovalsAnswer.Code]), [Scope.All]);
        var taken = await _bench.Site.Send(new Juming.Site.Approvals.Answer.AnswerApproval(id, true, "", new Juming.Platform.Handlers.Secret("")), me);
        Assert.That(taken.Error?.Code, Is.EqualTo("approvals.own-request"));
        using var viewer = await _bench.Site.SignIn(Role.Viewer);
        Assert.That((await viewer.GetAsync($"/api/approvals/{id}")).StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That((await viewer.PostAsJsonAsync($"/api/approvals/{id}/answer", new { agree = true })).StatusCode, Is.EqualTo(HttpStatusCode.Forbidden));
        using var token = await _bench.Site.WithToken(ApprovalsAnswer.Code);
        Assert.That(await Code(await token.PostAsJsonAsync($"/api/approvals/{id}/answer", new { agree = true })), Is.EqualTo("approvals.people-only"));
        Assert.That((await _bench.Look(id)).State, Is.EqualTo(ApprovalState.Asked));
    }

    [Test]
    public async Task Silence_refuses_and_the_same_effect_is_asked_about_once()
    {
        var id = await _bench.Ask(ApprovalsBench.Request("late", within: TimeSpan.FromSeconds(1)));
        Assert.That(await _bench.Ask(ApprovalsBench.Request("late")), Is.EqualTo(id));
        await ApprovalsBench.Until(() => _bench.Decisions.Any(d => d.Approval == id));
        Assert.That(_bench.Decisions.Single(d => d.Approval == id).State, Is.EqualTo(ApprovalState.Expired));
        using var analyst = await _bench.Site.SignIn(Role.Analyst);
        Assert.That(await Code(await analyst.PostAsJsonAsync($"/api/approvals/{id}/answer", new { agree = true })), Is.EqualTo("approvals.over"));
        var taken = await _bench.Ask(ApprovalsBench.Request("back"));
        await _bench.Withdraw(taken);
        Assert.That((await _bench.Look(taken)).State, Is.EqualTo(ApprovalState.Withdrawn));
    }

    [Test]
    public async Task Of_many_answers_at_once_each_person_counts_once_and_one_decides()
    {
        var id = await _bench.Ask(ApprovalsBench.Request("race", keys: 2));
        var clients = new List<HttpClient>();
        for (var i = 0; i < 4; i++) clients.Add(await _bench.Site.SignIn(Role.Analyst));
        var codes = await Task.WhenAll(clients.SelectMany(c => Enumerable.Repeat(c, 4)).Select(async c =>
        {
            using var answer = await c.PostAsJsonAsync($"/api/approvals/{id}/answer", new { agree = true });
            return answer.IsSuccessStatusCode;
        }));
        clients.ForEach(c => c.Dispose());
        Assert.That(codes.Count(c => c), Is.EqualTo(2));
        Assert.That((await _bench.Look(id)).By.Split(", "), Has.Length.EqualTo(2).And.Unique);
        await ApprovalsBench.Until(() => _bench.Decisions.Any(d => d.Approval == id));
        Assert.That(_bench.Decisions.Count(d => d.Approval == id), Is.EqualTo(1));
    }

    [Test]
    public async Task The_list_pages_searches_and_refuses_nonsense()
    {
        for (var i = 0; i < 3; i++) await _bench.Ask(ApprovalsBench.Request("list" + i) with { Effect = new Dictionary<string, string> { ["target"] = $"198.51.100.{i}" } });
        using var viewer = await _bench.Site.SignIn(Role.Viewer);
        var page = await viewer.GetFromJsonAsync<JsonElement>("/api/approvals?text=198.51.100.&limit=2");
        Assert.That(page.GetProperty("total").GetInt32(), Is.EqualTo(3));
        Assert.That(page.GetProperty("items").GetArrayLength(), Is.EqualTo(2));
        Assert.That((await viewer.GetFromJsonAsync<JsonElement>("/api/approvals?text=" + Uri.EscapeDataString("%' or 1=1 --"))).GetProperty("total").GetInt32(), Is.Zero);
        Assert.That((await viewer.GetAsync("/api/approvals?view=drop")).StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That((await viewer.GetAsync("/api/approvals/" + Guid.NewGuid())).StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
    }

    [Test]
    public void An_effect_that_could_not_be_shown_whole_is_not_asked_about() =>
        Assert.That(async () => await _bench.Ask(ApprovalsBench.Request("large") with { Effect = new Dictionary<string, string> { ["target"] = new('x', 5000) } }), Throws.ArgumentException);

    private static async Task<string?> State(HttpResponseMessage answer) => (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("state").GetString();

    private static async Task<string?> Code(HttpResponseMessage answer) => (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString();
}
