using Juming.Site.Blocking;
using Juming.Site.Response;
using Juming.Site.Response.Actions;
using Juming.Site.Response.Engine;
using Juming.Site.Response.Runs;
using NUnit.Framework;
using static Juming.Site.Tests.Response.ResponseBench;

namespace Juming.Site.Tests.Response;

/// <summary>A host that ends at a named point of a run: what was begun is finished by the next one, once.</summary>
[Category("S3.1")]
internal sealed class CrashTests
{
    private string _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("juming-crash-").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, true);

    private static readonly string Three = Document("a", new
    {
        a = new { type = "action", commands = Do("tally", new { note = "a" }), on_completion = "b" },
        b = new { type = "action", commands = Do("tally", new { note = "b" }), on_completion = "c" },
        c = new { type = "action", commands = Do("tally", new { note = "c" }) },
    });

    [TestCase(IRunPoints.BeforeAct), TestCase(IRunPoints.Acted), TestCase(IRunPoints.Recorded)]
    public async Task Each_effect_comes_once_whatever_the_point_at_which_the_host_ends(string point)
    {
        var tally = new TallyAction();
        var ends = new EndsAt(point, skip: 1);
        string number;
        await using (var first = await ResponseBench.Start(_folder, tally: tally, points: ends))
        {
            number = await first.Begin(await first.Publish(Three));
            await ends.Reached.Task.WaitAsync(TimeSpan.FromSeconds(60));
        }
        await using var second = await ResponseBench.Start(_folder, tally: tally);
        var run = await second.Over(number);
        Assert.That(run.Brief.State, Is.EqualTo(RunState.Succeeded), run.Brief.Failure);
        Assert.That(tally.Effects.Values, Is.EqualTo(new[] { 1, 1, 1 }));
        Assert.That(tally.Done.Order().Distinct(), Is.EqualTo(new[] { "a", "b", "c" }));
    }

    [Test]
    public async Task A_block_that_was_wanted_when_the_host_ended_is_wanted_once()
    {
        var blocks = new FakeBlocks();
        var ends = new EndsAt(IRunPoints.Acted, skip: 0);
        string number;
        await using (var first = await ResponseBench.Start(_folder, points: ends, blocks: blocks))
        {
            number = await first.Begin(await first.Publish(Document("a", new { a = new { type = "action", commands = Do("block-ip", new { target = "203.0.113.5" }) } })));
            await ends.Reached.Task.WaitAsync(TimeSpan.FromSeconds(60));
        }
        await using var second = await ResponseBench.Start(_folder, blocks: blocks);
        var run = await second.Over(number);
        Assert.That((run.Brief.State, blocks.Entries.Count, blocks.Wanted.Distinct().Count()), Is.EqualTo((RunState.Succeeded, 1, 1)));
    }

    [TestCase("POST", RunState.Unsettled, 1), TestCase("GET", RunState.Succeeded, 2)]
    public async Task A_call_that_was_sent_when_the_host_ended_is_sent_again_only_where_it_reads(string method, RunState then, int sent)
    {
        await using var server = new PlainServer();
        var settings = new Dictionary<string, string?> { ["Outbound:AllowedNetworks:0"] = "127.0.0.1/32", ["Modules:Response:MostLooks"] = "1" };
        var ends = new EndsAt(IRunPoints.Acted, skip: 0);
        string number;
        await using (var first = await ResponseBench.Start(_folder, settings, points: ends))
        {
            number = await first.Begin(await first.Publish(Document("a", new { a = new { type = "action", commands = Do("http-call", new { method, url = server.Origin + "/" }) } })));
            await ends.Reached.Task.WaitAsync(TimeSpan.FromSeconds(60));
        }
        await using var second = await ResponseBench.Start(_folder, settings);
        await second.Until(number, r => r.Brief.State == then);
        Assert.That(server.Requests, Has.Count.EqualTo(sent));
    }

    [Test]
    public async Task What_reading_does_not_settle_waits_for_a_person_and_is_never_done_again_blindly()
    {
        var tally = new TallyAction();
        await using var bench = await ResponseBench.Start(_folder, settings: new() { ["Modules:Response:MostLooks"] = "1" }, tally: tally);
        tally.OnAct = _ => ActionOutcome.Unknown("page-changed");
        tally.OnSettle = _ => ActionOutcome.Unknown("page-changed");
        var playbook = await bench.Publish(Document("a", new { a = new { type = "action", commands = Do("tally", new { note = "a" }), on_completion = "b" }, b = new { type = "action", commands = Do("tally", new { note = "b" }) } }));
        var (done, not) = (await bench.Begin(playbook), await bench.Begin(playbook));
        var first = await bench.Until(done, r => r.Brief.State == RunState.Unsettled);
        var second = await bench.Until(not, r => r.Brief.State == RunState.Unsettled);
        Assert.That(tally.Done.Count(), Is.EqualTo(2));
        tally.OnAct = tally.OnSettle = null;
        Assert.That((await bench.Site.Send(new SettleStep(done, first.Steps[0].Id, true))).Error, Is.Null);
        Assert.That((await bench.Site.Send(new SettleStep(not, second.Steps[0].Id, false))).Error, Is.Null);
        await bench.Over(done);
        await bench.Over(not);
        Assert.That(tally.Done.Order(), Is.EqualTo(new[] { "a", "a", "a", "b", "b" }), "only what a person called not done was done again");
        Assert.That((await bench.Read(done)).Steps[0].Evidence["settled-by"], Is.EqualTo("command-line"));
    }

    [Test]
    public async Task A_run_that_waits_for_an_answer_waits_over_a_restart()
    {
        string number;
        Guid asked;
        Site.Approvals.ApprovalRequest request;
        await using (var first = await ResponseBench.Start(_folder))
        {
            number = await first.Begin(await first.Publish(Document("ask", new { ask = new { type = "action", commands = Do("ask-person", new { question = "?" }), on_completion = "after" }, after = new { type = "action", commands = Do("tally", new { note = "after" }) } })));
            await first.Until(number, r => r.Steps.Any(s => s.State == StepState.Waiting));
            asked = first.Approvals.Asked.Single().Key;
            request = first.Approvals.Asked.Single().Value.Request;
        }
        await using var second = await ResponseBench.Start(_folder);
        await Task.Delay(300);
        Assert.That(second.Approvals.Asked, Is.Empty, "nobody is asked twice");
        second.Approvals.Asked[asked] = (request, new(Site.Approvals.ApprovalState.Approved, "approver", "", DateTimeOffset.UnixEpoch));
        await second.Announce(new Site.Approvals.ApprovalDecided(asked, request.Key, Site.Approvals.ApprovalState.Approved, "approver", DateTimeOffset.UnixEpoch));
        Assert.That((await second.Over(number)).Brief.State, Is.EqualTo(RunState.Succeeded));
    }

    /// <summary>Breaks off at a point, as if the process ended there, and at every point after it.</summary>
    private sealed class EndsAt(string at, int skip) : IRunPoints
    {
        private int _left = skip;
        private volatile bool _ended;

        public TaskCompletionSource Reached { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Reach(string point, string key)
        {
            if (!_ended && (point != at || Interlocked.Decrement(ref _left) >= 0)) return;
            _ended = true;
            Reached.TrySetResult();
            throw new InvalidOperationException("The process ended here.");
        }
    }
}
