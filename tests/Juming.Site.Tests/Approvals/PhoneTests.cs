using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Juming.Platform.Access;
using Juming.Site.Approvals;
using Juming.Testing;
using NUnit.Framework;

namespace Juming.Site.Tests.Approvals;

/// <summary>The page behind a one-time link, over real HTTP.</summary>
[Category("S3.3")]
internal sealed class PhoneTests
{
    private ApprovalsBench _bench = null!;

    [OneTimeSetUp]
    public async Task Start() => _bench = await ApprovalsBench.Start();

    [OneTimeTearDown]
    public Task Stop() => _bench.DisposeAsync().AsTask();

    [Test]
    public async Task Looking_never_answers_and_pressing_does_once()
    {
        var person = await _bench.Site.Account(Role.Analyst);
        var id = await _bench.Ask(ApprovalsBench.Request("phone"));
        var path = await _bench.PathOf(id, person.Id);
        using var client = _bench.Site.Client();
        for (var i = 0; i < 3; i++)
        {
            using var looked = await client.GetAsync(path + (i == 2 ? "?answer=agree" : ""));
            Assert.That(looked.StatusCode, Is.EqualTo(HttpStatusCode.OK));
            Assert.That(looked.Headers.GetValues("Referrer-Policy"), Is.EqualTo(new[] { "no-referrer" }));
            Assert.That(looked.Headers.CacheControl!.NoStore, Is.True);
            var page = await looked.Content.ReadAsByteArrayAsync();
            Assert.That(page.Length, Is.LessThan(60 * 1024));
            Assert.That(Encoding.UTF8.GetString(page), Does.Contain("203.0.113.7").And.Not.Contain("<script"));
        }
        Assert.That((await _bench.Look(id)).State, Is.EqualTo(ApprovalState.Asked));
        // A page that is opened after the first press has no form any more: all are opened before.
        var opened = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => _bench.Open(path, "agree")));
        var presses = await Task.WhenAll(opened.Select(press => press()));
        Assert.That(presses.Select(p => p.Status), Has.All.EqualTo(HttpStatusCode.OK), () => string.Concat(presses.Where(p => p.Status != HttpStatusCode.OK).Select(p => p.Page)));
        Assert.That(presses[0].Page, Does.Contain("data-testid=\"outcome\""));
        await ApprovalsBench.Until(() => _bench.Decisions.Any(d => d.Approval == id));
        Assert.That(_bench.Decisions.Count(d => d.Approval == id), Is.EqualTo(1));
        Assert.That((await _bench.Look(id)).By, Is.EqualTo(person.Name));
        using var auditor = await _bench.Site.SignIn(Role.AuditAdmin);
        var trail = await auditor.GetFromJsonAsync<JsonElement>("/api/access/audit?act=AnswerApproval&actor=" + person.Name);
        Assert.That(trail.EnumerateArray().Count(l => l.GetProperty("outcome").GetString() == "done"), Is.EqualTo(1));
        Assert.That(await auditor.GetStringAsync("/api/access/audit?limit=1000"), Does.Not.Contain(path.Split('/')[^1]));
    }

    [Test]
    public async Task High_risk_takes_a_fresh_code_and_each_code_once()
    {
        var person = await _bench.Site.Account(Role.Analyst);
        var id = await _bench.Ask(ApprovalsBench.Request("risk", highRisk: true));
        var path = await _bench.PathOf(id, person.Id);
        Assert.That((await _bench.Press(path, "agree")).Status, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That((await _bench.Press(path, "agree", code: "000000")).Status, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That((await _bench.Look(id)).State, Is.EqualTo(ApprovalState.Asked));
        var code = person.Code;
        Assert.That((await _bench.Press(path, "agree", code: code)).Page, Does.Contain("data-testid=\"outcome\""));
        var next = await _bench.Ask(ApprovalsBench.Request("risk2", highRisk: true));
        Assert.That((await _bench.Press(await _bench.PathOf(next, person.Id), "agree", code: code)).Status, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That((await _bench.Look(next)).State, Is.EqualTo(ApprovalState.Asked));
        Assert.That((await _bench.Press(await _bench.PathOf(next, person.Id), "refuse", reason: "not sure")).Page, Does.Contain("data-testid=\"outcome\""));
    }

    [Test]
    public async Task A_link_opens_only_what_it_was_made_for_and_only_for_those_who_may()
    {
        var person = await _bench.Site.Account(Role.Analyst);
        var disabled = await _bench.Site.Account(Role.Analyst, disabled: true);
        var viewer = await _bench.Site.Account(Role.Viewer);
        var id = await _bench.Ask(ApprovalsBench.Request("mine"));
        await _bench.PathOf(id, person.Id);
        var paths = _bench.Notices.Last(n => n.SameAs == "approval:" + id).OneTimePaths;
        Assert.That(paths.Keys, Does.Contain(person.Id).And.Not.Contain(disabled.Id).And.Not.Contain(viewer.Id));
        Assert.That(paths.Values, Is.Unique);
        using var client = _bench.Site.Client();
        foreach (var wrong in new[] { "/m/approvals/" + new string('a', 32), paths[person.Id] + "a", paths[person.Id][..^1], "/m/approvals/%2e%2e", "/m/approvals/" + new string('x', 5000), "/m/approvals/" + Uri.EscapeDataString("' or 1=1 --") })
            Assert.That((int)(await client.GetAsync(wrong)).StatusCode, Is.EqualTo(404), wrong);
        var late = await _bench.Ask(ApprovalsBench.Request("phone-late", within: TimeSpan.FromSeconds(1)));
        var path = await _bench.PathOf(late, person.Id);
        await ApprovalsBench.Until(() => _bench.Decisions.Any(d => d.Approval == late));
        Assert.That((await client.GetAsync(path)).StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
    }

    [Test]
    public async Task A_form_from_elsewhere_or_without_its_token_is_refused()
    {
        var person = await _bench.Site.Account(Role.Analyst);
        var id = await _bench.Ask(ApprovalsBench.Request("csrf"));
        var path = await _bench.PathOf(id, person.Id);
        using var client = _bench.Site.Client();
        foreach (var origin in new[] { "https://evil.example", "null", null })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new FormUrlEncodedContent(new Dictionary<string, string> { ["answer"] = "agree" }) };
            if (origin is not null) request.Headers.TryAddWithoutValidation("Origin", origin);
            Assert.That((int)(await client.SendAsync(request)).StatusCode, Is.EqualTo(origin == "https://evil.example" ? 403 : 400), origin);
        }
        using var huge = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent("answer=agree&reason=" + new string('x', 1_000_000), Encoding.UTF8, "application/x-www-form-urlencoded") };
        Assert.That((int)(await client.SendAsync(huge)).StatusCode, Is.EqualTo(400));
        Assert.That((await _bench.Look(id)).State, Is.EqualTo(ApprovalState.Asked));
    }

    [Test]
    public async Task Evidence_is_text_and_never_markup()
    {
        var person = await _bench.Site.Account(Role.Analyst);
        var id = await _bench.Ask(ApprovalsBench.Request("markup"));
        using var client = _bench.Site.Client();
        var page = await client.GetStringAsync(await _bench.PathOf(id, person.Id));
        Assert.That(page, Does.Contain("&lt;script&gt;alert(1)&lt;/script&gt;").And.Not.Contain("<script>alert"));
    }
}
