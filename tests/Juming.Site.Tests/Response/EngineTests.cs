using Juming.Site.Approvals;
using Juming.Site.Blocking;
using Juming.Site.Response;
using Juming.Site.Response.Actions;
using Juming.Site.Response.Runs;
using NUnit.Framework;
using static Juming.Site.Tests.Response.ResponseBench;

namespace Juming.Site.Tests.Response;

/// <summary>What a run does: flow, variables, tries, answers, stopping and taking back.</summary>
[Category("S3.1")]
internal sealed class EngineTests
{
    private ResponseBench _bench = null!;

    [SetUp]
    public async Task Start() => _bench = await ResponseBench.Start();

    [TearDown]
    public Task Stop() => _bench.DisposeAsync().AsTask();

    private static object Act(string note, string? next = null, string? failure = null) => failure is null
        ? new { type = "action", commands = Do("tally", new { note }), on_completion = next }
        : new { type = "action", commands = Do("tally", new { note }), on_success = next, on_failure = failure };

    [Test]
    public async Task Steps_run_in_their_order_and_branches_return_to_their_condition()
    {
        var run = await _bench.Run(Document("start", new
        {
            start = new { type = "start", on_completion = "one" },
            one = Act("one", "choose"),
            choose = new { type = "if-condition", condition = "__n__:value > 1", on_true = "yes", on_false = "no", on_completion = "last" },
            yes = Act("yes", "more"),
            more = Act("more"),
            no = Act("no"),
            last = Act("last", "end"),
            end = new { type = "end" },
        }, variables: new { __n__ = new { type = "integer", value = "2" } }));
        Assert.That(run.Brief.State, Is.EqualTo(RunState.Succeeded), run.Brief.Failure);
        Assert.That(_bench.Tally.Done, Is.EqualTo(new[] { "one", "yes", "more", "last" }));
        Assert.That(run.Steps.Single(s => s.Name == "more").Depth, Is.EqualTo(1));
    }

    [Test]
    public async Task A_branch_that_leads_to_the_end_of_the_whole_ends_the_run_and_one_of_its_own_does_not()
    {
        var run = await _bench.Run(Document("choose", new
        {
            choose = new { type = "switch-condition", @switch = "__v__:value", cases = new { a = "own", b = "stop", @default = "own" }, on_completion = "after" },
            own = Act("own", "ownend"),
            ownend = new { type = "end" },
            stop = Act("stop", "end"),
            after = Act("after", "end"),
            end = new { type = "end" },
        }, variables: new { __v__ = new { type = "string", value = "b", external = true } }));
        Assert.That((run.Brief.State, string.Join(' ', _bench.Tally.Done)), Is.EqualTo((RunState.Succeeded, "stop")));
        await _bench.Over(await _bench.Begin(run.Brief.Playbook, inputs: new() { ["__v__"] = "a" }));
        Assert.That(_bench.Tally.Done, Is.EqualTo(new[] { "stop", "own", "after" }));
    }

    [Test]
    public async Task Parallel_waits_for_all_of_its_branches()
    {
        var slow = new TaskCompletionSource();
        _bench.Tally.OnAct = call =>
        {
            if (call.Of("note") == "slow") slow.Task.GetAwaiter().GetResult();
            return null;
        };
        var number = await _bench.Begin(await _bench.Publish(Document("both", new
        {
            both = new { type = "parallel", next_steps = new[] { "slow", "fast" }, on_completion = "after" },
            slow = Act("slow"),
            fast = Act("fast", "faster"),
            faster = Act("faster"),
            after = Act("after"),
        })));
        await _bench.Until(number, r => r.Steps.Any(s => s.Name == "faster" && s.State == StepState.Succeeded));
        Assert.That((await _bench.Read(number)).Steps.Select(s => s.Name), Does.Not.Contain("after"));
        slow.SetResult();
        var run = await _bench.Over(number);
        Assert.That((run.Brief.State, _bench.Tally.Done.Last()), Is.EqualTo((RunState.Succeeded, "after")));
    }

    [Test]
    public async Task A_loop_goes_round_while_it_holds_and_never_for_ever()
    {
        var loop = new
        {
            loop = new { type = "while-condition", condition = "__count__:value < 3", on_true = "act", on_completion = "end" },
            act = new { type = "action", commands = Do("tally", new { note = "round" }), out_args = new[] { "__count__" } },
            end = new { type = "end" },
        };
        var run = await _bench.Run(Document("loop", loop, variables: new { __count__ = new { type = "integer", value = "0" } }));
        Assert.That((run.Brief.State, _bench.Tally.Done.Count(), run.Variables["__count__"]), Is.EqualTo((RunState.Succeeded, 3, "3")));
        await using var bounded = await ResponseBench.Start(settings: new() { ["Modules:Response:MostSteps"] = "50" });
        var endless = await bounded.Run(Document("loop", new { loop = new { type = "while-condition", condition = "true", on_true = "act" }, act = Act("round") }));
        Assert.That((endless.Brief.State, endless.Brief.Failure), Is.EqualTo((RunState.Failed, "too-many-steps")));
    }

    [Test]
    public async Task A_failure_goes_its_own_way_or_to_the_exception_or_ends_the_run()
    {
        _bench.Tally.OnAct = call => call.Of("note").StartsWith("bad", StringComparison.Ordinal) ? ActionOutcome.Failed("wrong-password") : null;
        var caught = await _bench.Run(Document("bad", new { bad = Act("bad", "never", "rescue"), never = Act("never"), rescue = Act("rescue") }));
        Assert.That((caught.Brief.State, string.Join(' ', _bench.Tally.Done)), Is.EqualTo((RunState.Succeeded, "bad rescue")), "a refused login is not tried again");
        var exception = await _bench.Run(Document("bad", new { bad = Act("bad", "never"), never = Act("never"), oops = Act("oops", "end"), end = new { type = "end" } }, exception: "oops"));
        Assert.That((exception.Brief.State, exception.Brief.Failure, _bench.Tally.Done.Last()), Is.EqualTo((RunState.Failed, "wrong-password", "oops")));
        var inBranch = await _bench.Run(Document("both", new
        {
            both = new { type = "parallel", next_steps = new[] { "bad", "good" }, on_success = "never", on_failure = "rescue" },
            bad = Act("bad"),
            good = Act("good"),
            never = Act("never"),
            rescue = Act("rescue"),
        }));
        Assert.That((inBranch.Brief.State, _bench.Tally.Done.Last()), Is.EqualTo((RunState.Succeeded, "rescue")));
        Assert.That(_bench.Tally.Done, Does.Not.Contain("never"));
    }

    [Test]
    public async Task A_failure_that_may_pass_is_tried_again_and_then_is_one()
    {
        var left = 2;
        _bench.Tally.OnAct = _ => Interlocked.Decrement(ref left) >= 0 ? ActionOutcome.Failed("unreachable", mayPass: true) : null;
        var run = await _bench.Run(Document("a", new { a = Act("a") }));
        Assert.That((run.Brief.State, run.Steps.Single().Attempt, _bench.Tally.Effects.Count), Is.EqualTo((RunState.Succeeded, 5, 1)));
        left = 100;
        var never = await _bench.Run(Document("a", new { a = Act("b") }));
        Assert.That((never.Brief.State, never.Brief.Failure, _bench.Tally.Done.Count(n => n == "b")), Is.EqualTo((RunState.Failed, "unreachable", 4)));
    }

    [Test]
    public async Task Values_of_logs_are_values_and_nothing_else()
    {
        var run = await _bench.Run(Document("choose", new
        {
            choose = new { type = "if-condition", condition = "__evil__:value = 'x'", on_true = "no", on_completion = "say" },
            no = Act("no"),
            say = Act("__evil__:value and __secret__:value"),
        }, variables: new { __evil__ = new { type = "string", external = true }, __secret__ = new { type = "string", value = "s" } }), new() { ["__evil__"] = "__secret__:value' or 1=1" });
        Assert.That(run.Steps.Single(s => s.Action == "tally").Input["note"], Is.EqualTo("__secret__:value' or 1=1 and s"));
    }

    [Test]
    public async Task A_run_waits_for_people_without_being_held_and_goes_on_with_their_answer()
    {
        var document = Document("ask", new
        {
            ask = new { type = "action", commands = Do("ask-person", new { question = "Block __attacker__:value?", evidence = "line 1\nline 2" }), on_success = "yes", on_failure = "no" },
            yes = Act("yes"),
            no = Act("no"),
        }, variables: new { __attacker__ = new { type = "ipv4-addr", value = "203.0.113.7" } });
        var playbook = await _bench.Publish(document);
        var (first, second) = (await _bench.Begin(playbook), await _bench.Begin(playbook));
        await _bench.Until(first, r => r.Brief.State == RunState.Waiting);
        await _bench.Until(second, r => r.Brief.State == RunState.Waiting);
        var asked = _bench.Approvals.Asked.OrderBy(a => a.Key).ToList();
        Assert.That(asked.Select(a => a.Value.Request.Effect["question"]), Is.EqualTo(new[] { "Block 203.0.113.7?", "Block 203.0.113.7?" }));
        Assert.That(asked[0].Value.Request.Evidence, Is.EqualTo(new[] { "line 1", "line 2" }));
        foreach (var (id, state) in asked.Select(a => a.Key).Zip(new[] { ApprovalState.Approved, ApprovalState.Rejected }))
            await _bench.Announce(new ApprovalDecided(id, _bench.Approvals.Answer(id, state).Key, state, "approver", DateTimeOffset.UnixEpoch));
        await _bench.Over(first);
        await _bench.Over(second);
        Assert.That(_bench.Tally.Done.Order(), Is.EqualTo(new[] { "no", "yes" }));
    }

    [Test]
    public async Task A_block_is_done_when_it_was_read_back_and_is_taken_back_with_its_run()
    {
        _bench.Blocks.Becomes = BlockState.Applying;
        var number = await _bench.Begin(await _bench.Publish(Document("block", new
        {
            block = new { type = "action", commands = Do("block-ip", new { target = "203.0.113.9", minutes = "60" }), out_args = new[] { "__entry__" }, on_completion = "say" },
            say = new { type = "action", commands = Do("notify", new { text = "blocked __entry__:value", weight = "urgent" }) },
        }, variables: new { __entry__ = new { type = "uuid" } })));
        await _bench.Until(number, r => r.Steps.Any(s => s.State == StepState.Waiting));
        Assert.That(_bench.Notices.Posted, Is.Empty, "what the device said is not yet proven");
        var entry = _bench.Blocks.Entries.Single();
        _bench.Blocks.Set("203.0.113.9", BlockState.Verified);
        await _bench.Announce(new BlockMoved(entry.Key, entry.Value.Wish.Key, "203.0.113.9", BlockState.Verified, DateTimeOffset.UnixEpoch));
        var run = await _bench.Over(number);
        Assert.That(run.Steps[0].Evidence, Does.ContainKey("fw-1").WithValue("Verified"));
        Assert.That(_bench.Notices.Posted.Single().Private["text"], Is.EqualTo("blocked " + entry.Key));
        Assert.That((await _bench.Site.Send(new RollBackRun(number))).Error, Is.Null);
        await _bench.Until(number, r => r.Brief.State == RunState.RolledBack);
        Assert.That(_bench.Blocks.Entries.Single().Value.State, Is.EqualTo(BlockState.Removed));
        Assert.That((await _bench.Site.Send(new RollBackRun(number))).Error!.Code, Is.EqualTo("response.rolled-back-already"));
    }

    [Test]
    public async Task What_is_protected_is_not_blocked_and_the_run_says_so()
    {
        var run = await _bench.Run(Document("block", new { block = new { type = "action", commands = Do("block-ip", new { target = "10.0.0.1" }) } }));
        Assert.That((run.Brief.State, run.Brief.Failure), Is.EqualTo((RunState.Failed, "blocking.protected")));
    }

    [Test]
    public async Task A_stopped_run_begins_nothing_more_and_asks_nobody_any_more()
    {
        var number = await _bench.Begin(await _bench.Publish(Document("ask", new { ask = new { type = "action", commands = Do("ask-person", new { question = "?" }), on_completion = "after" }, after = Act("after") })));
        await _bench.Until(number, r => r.Brief.State == RunState.Waiting);
        Assert.That((await _bench.Site.Send(new StopRun(number))).Error, Is.Null);
        await _bench.Until(number, r => r.Brief.State == RunState.Stopped);
        Assert.That(() => _bench.Approvals.Asked.Single().Value.Standing.State, Is.EqualTo(ApprovalState.Withdrawn).After(5000, 20));
        Assert.That((await _bench.Site.Send(new StopRun(number))).Error!.Code, Is.EqualTo("response.run-is-over"));
        Assert.That(_bench.Tally.Done, Is.Empty);
    }

    [Test]
    public async Task A_failed_step_is_tried_again_by_a_person_and_the_run_goes_on_from_there()
    {
        _bench.Tally.OnAct = call => call.Of("note") == "bad" ? ActionOutcome.Failed("not-verified") : null;
        var run = await _bench.Run(Document("both", new
        {
            both = new { type = "parallel", next_steps = new[] { "bad", "good" }, on_completion = "after" },
            bad = Act("bad"),
            good = Act("good"),
            after = Act("after"),
        }));
        Assert.That(run.Brief.State, Is.EqualTo(RunState.Failed));
        _bench.Tally.OnAct = null;
        var step = run.Steps.Single(s => s.Name == "bad").Id;
        Assert.That((await _bench.Site.Send(new RetryStep(run.Brief.Number, step))).Error, Is.Null);
        var again = await _bench.Until(run.Brief.Number, r => r.Brief.State == RunState.Succeeded);
        Assert.That(again.Steps.Select(s => s.State), Is.All.EqualTo(StepState.Succeeded));
        Assert.That(_bench.Tally.Done.Count(n => n == "good"), Is.EqualTo(1), "what was done is not done again");
    }

    [Test]
    public async Task A_playbook_that_compensates_takes_back_the_last_first()
    {
        _bench.Tally.OnAct = call => call.Of("note") == "bad" ? ActionOutcome.Failed("no") : null;
        var run = await _bench.Run(Document("one", new { one = Act("one", "two"), two = Act("two", "bad"), bad = Act("bad") }, own: new { compensate = true }));
        Assert.That((run.Brief.State, string.Join(' ', _bench.Tally.Calls.Where(c => c.What == "undo").Select(c => c.Key)), _bench.Tally.Effects.Count), Is.EqualTo((RunState.Failed, "two one", 0)));
    }

    [Test]
    public async Task A_playbook_starts_another_and_waits_for_it()
    {
        var id = $"playbook--{Guid.NewGuid()}";
        await _bench.Publish(Document("a", new { a = new { type = "action", commands = Do("tally", new { note = "child __x__:value" }), out_args = new[] { "__count__" } } }, id: id, variables: new { __x__ = new { type = "string", external = true }, __count__ = new { type = "integer" } }));
        var run = await _bench.Run(Document("call", new { call = new { type = "playbook-action", playbook_id = id, in_args = new[] { "__x__" }, out_args = new[] { "__count__" }, on_completion = "after" }, after = Act("after __count__:value") }, variables: new { __x__ = new { type = "string", value = "7" }, __count__ = new { type = "integer" } }));
        Assert.That((run.Brief.State, string.Join('|', _bench.Tally.Done)), Is.EqualTo((RunState.Succeeded, "child 7|after 1")), run.Brief.Failure);
        var itself = $"playbook--{Guid.NewGuid()}";
        var deep = await _bench.Run(Document("call", new { call = new { type = "playbook-action", playbook_id = itself } }, id: itself));
        Assert.That((deep.Brief.State, deep.Brief.Failure), Is.EqualTo((RunState.Failed, "child-failed")));
    }

    [Test]
    public async Task A_step_that_waits_longer_than_its_limit_has_failed()
    {
        _bench.Tally.OnAct = _ => ActionOutcome.Pending("x", null);
        _bench.Tally.OnSettle = _ => ActionOutcome.Pending("x", null);
        var run = await _bench.Run(Document("a", new { a = new { type = "action", commands = Do("tally", new { note = "a" }), timeout = 200 } }));
        Assert.That((run.Brief.State, run.Brief.Failure), Is.EqualTo((RunState.Failed, "timeout")));
    }

    [Test]
    public async Task A_delay_passes_before_a_step()
    {
        var run = await _bench.Run(Document("a", new { a = new { type = "action", delay = 300, commands = Do("tally", new { note = "a" }), on_completion = "b" }, b = new { type = "if-condition", delay = 100, condition = "true", on_true = "c" }, c = Act("c") }));
        Assert.That(run.Brief.State, Is.EqualTo(RunState.Succeeded));
        Assert.That(run.Brief.EndedAt - run.Brief.StartedAt, Is.GreaterThan(TimeSpan.FromMilliseconds(400)));
    }
}
