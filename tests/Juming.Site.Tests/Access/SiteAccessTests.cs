using System.Net;
using System.Net.Http.Json;
using Juming.Platform.Access;
using Juming.Site.Events.Find;
using Juming.Testing;
using NUnit.Framework;

namespace Juming.Site.Tests.Access;

/// <summary>Where access meets the site's own ways in: the bulk intake and the looks at raw events.</summary>
[Category("X7")]
public sealed class SiteAccessTests
{
    private RunningTier _site = null!;
    private HttpClient _auditor = null!;

    [SetUp]
    public async Task Start()
    {
        _site = await RunningTier.Start("site", settings: new Dictionary<string, string?> { ["Modules:Collection:Udp:0"] = "127.0.0.1:0", ["Modules:Collection:Tcp:0"] = "127.0.0.1:0" });
        _auditor = await _site.SignIn(Role.AuditAdmin);
    }

    [TearDown]
    public async Task Stop()
    {
        _auditor.Dispose();
        await _site.DisposeAsync();
    }

    [Test]
    public async Task Two_tokens_with_one_name_do_not_share_idempotency_keys()
    {
        using var one = await _site.WithToken("collection.send");
        using var other = await _site.WithToken("collection.send");
        Assert.That(await Post(one, "first of one"), Is.EqualTo((HttpStatusCode.OK, 1, false)));
        Assert.That(await Post(other, "first of the other"), Is.EqualTo((HttpStatusCode.OK, 1, false)), "a stranger's key is not mine");
        Assert.That(await Post(one, "first of one"), Is.EqualTo((HttpStatusCode.OK, 1, true)));
    }

    [Test]
    public async Task The_guard_gives_leave_to_send()
    {
        using var reader = await _site.WithToken("events.read");
        Assert.That((await Post(reader, "x")).Status, Is.EqualTo(HttpStatusCode.Forbidden));
        using var stranger = _site.Client(followRedirects: false);
        Assert.That((await Post(stranger, "x")).Status, Is.EqualTo(HttpStatusCode.Unauthorized));
        using var analyst = await _site.SignIn(Role.Analyst);
        Assert.That((await Post(analyst, "x")).Status, Is.EqualTo(HttpStatusCode.Forbidden));
    }

    [Test]
    public async Task Counts_and_frequent_values_are_part_of_the_search_in_the_audit()
    {
        var (from, to) = (DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddDays(1));
        await _site.Send(new BeginSearch("user.name:root", from, to));
        await _site.Send(new SummariseEvents("user.name:root", from, to, ["user.name"]));
        Assert.That(await Looks(), Is.EqualTo(new[] { "done root" }), "one entry a search");
        await _site.Send(new SummariseEvents("user.name:admin", from, to, ["user.name"]));
        await _site.Send(new SummariseEvents("user.name:admin", from, to, ["source.ip"]));
        Assert.That(await Looks(), Is.EqualTo(new[] { "done admin", "done root" }), "values without a search before them leave one too");
        var other = new Actor(ActorKind.Person, Guid.NewGuid().ToString(), "other", System.Collections.Frozen.FrozenSet.ToFrozenSet(["events.read"]), [Scope.All]);
        await _site.Send(new SummariseEvents("user.name:admin", from, to, ["user.name"]), other);
        await _site.Send(new SummariseEvents("user.name:admin", from, to, ["user.name"]), other with { Permissions = System.Collections.Frozen.FrozenSet<string>.Empty });
        Assert.That(await Looks(), Is.EqualTo(new[] { "access.not-permitted admin", "done admin", "done admin", "done root" }), "somebody else's search is not mine");
    }

    private async Task<IEnumerable<string>> Looks() =>
        (await _auditor.GetFromJsonAsync<Line[]>("/api/access/audit?act=BeginSearch"))!.Select(l => l.Outcome + (l.Arguments.Contains("admin", StringComparison.Ordinal) ? " admin" : " root"));

    private static async Task<(HttpStatusCode Status, int Accepted, bool Repeated)> Post(HttpClient client, string line)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/collection/events") { Content = new StringContent(line + "\n") };
        request.Headers.Add("Idempotency-Key", "batch-1");
        using var answer = await client.SendAsync(request);
        if (answer.StatusCode != HttpStatusCode.OK) return (answer.StatusCode, 0, false);
        var body = (await answer.Content.ReadFromJsonAsync<Answer>())!;
        return (answer.StatusCode, body.Accepted, body.Repeated);
    }

    private sealed record Line(string Outcome, string Arguments);

    private sealed record Answer(int Accepted, bool Repeated);
}
