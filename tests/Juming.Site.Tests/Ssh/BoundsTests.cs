using Juming.Platform.Access;
using Juming.Site.Assets;
using Juming.Site.Assets.Change;
using Juming.Site.Response;
using Juming.Site.Response.Actions;
using Juming.Site.Response.Rehearsal;
using Juming.Site.Ssh.Commands;
using Juming.Site.Ssh.Effects;
using Juming.Testing;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;
using static Juming.Site.Tests.Response.ResponseBench;

namespace Juming.Site.Tests.Ssh;

/// <summary>What attackers may put into values and what a host may answer: nothing of it acts, hangs or floods.</summary>
[Category("S3.2")]
internal sealed class BoundsTests
{
    private SshBench _bench = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        _bench = await SshBench.Start();
        await Keep("show", """read: "printf '<%s>' \"$name\" $name" """, "parameters: [{name: name, type: word, label: {zh: 名称, en: Name}}]");
        await Keep("write-note", """
            check: |
              v=$(cat /srv/note 2>/dev/null)
              [ "$v" = "$name" ] && there
              absent "$v"
            apply: printf %s "$name" >/srv/note
            undo: printf %s "$was" >/srv/note
            """, "risk: {zh: 无, en: None}\nparameters: [{name: name, type: word, label: {zh: 名称, en: Name}}]");
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        if (_bench is not null) await _bench.DisposeAsync();
    }

    private async Task Keep(string id, string scripts, string more = "")
    {
        var kept = await _bench.Bench.Site.Send(new KeepCommand($"apiVersion: juming/command.v1\nid: {id}\nversion: 1\nkind: command\nplatform: linux\nname: {{zh: 测试, en: Test}}\nabout: {{zh: 测试, en: Test}}\n{more}\n{scripts}\n"));
        Assert.That(kept.Error, Is.Null, kept.Error?.ToString());
    }

    private static readonly string[] Hostile =
    [
        "; touch /srv/pwned", "$(touch /srv/pwned)", "`touch /srv/pwned`", "a\ntouch /srv/pwned", "a\rb", "-rf", "--help", "'; touch /srv/pwned; '", "\"; touch /srv/pwned; \"", "a' b", "a\\", "a|b", "a&b", "a>b", "a*", "?", "~root", "$HOME", "${IFS}", "a b", "\t", "zhang\u0000root",
        "ｚhang", "zha\u0301ng", "zh\u0430ng", "zhang\u200b", "\u202egnahz", "zhang\u2028x", "../x", "!", "#", "{a,b}", "%0a", "\u001b[2J", new string('a', 5000),
    ];

    [TestCaseSource(nameof(Hostile))]
    public async Task A_hostile_value_of_a_log_never_acts(string value)
    {
        await _bench.Sh("rm -f /srv/pwned");
        var playbook = await _bench.Bench.Publish(Document("do", new { @do = new { type = "action", commands = Do("ssh-command", SshBench.Args("root", "show", "name=__account__:value")) } }, variables: new { __account__ = new { type = "string", external = true } }));
        var run = await _bench.Bench.Over(await _bench.Bench.Begin(playbook, inputs: new() { ["__account__"] = value }));
        Assert.That((run.Brief.State, run.Brief.Failure), Is.EqualTo((RunState.Failed, "ssh.bad-parameter")), () => SshBench.Told(run));
        Assert.That(await _bench.Sh("ls /srv/pwned 2>&1 || :"), Does.Contain("No such file"));
    }

    [Test]
    public async Task A_value_of_a_log_can_not_add_a_parameter()
    {
        var playbook = await _bench.Bench.Publish(Document("do", new { @do = new { type = "action", commands = Do("change-rights", SshBench.Args("root", "remove-from-group", "group=sudo\naccount=__account__:value")) } }, variables: new { __account__ = new { type = "string", external = true } }));
        var run = await _bench.Bench.Over(await _bench.Bench.Begin(playbook, inputs: new() { ["__account__"] = "zhang\ngroup=users" }));
        Assert.That(run.Brief.Failure, Is.EqualTo("ssh.bad-parameter"));
    }

    [Test]
    public async Task A_value_is_one_word_even_where_the_script_forgets_its_quotes()
    {
        var run = await _bench.Works("ssh-command", "root", "show", "name=a.b:c-d_e");
        Assert.That(run.Steps[0].Output["output"], Is.EqualTo("<a.b:c-d_e><a.b:c-d_e>"));
    }

    [Test]
    public async Task A_dry_run_tells_what_would_be_done_and_connects_to_nothing()
    {
        var playbook = await _bench.Bench.Publish(SshBench.Step("change-rights", "root", "lock-account", "account=zhang"));
        var before = _bench.Server.Log.Length;
        var seen = await _bench.Bench.Site.Send(new RehearsePlaybook(playbook, null, false, null));
        Assert.That((seen.Value.Failure, seen.Value.Steps[0].Lines.Count), Is.EqualTo(("", 3)));
        Assert.That(seen.Value.Steps[0].Lines[0], Does.Contain("root").And.Contain("Lock an account"));
        Assert.That(_bench.Server.Log, Has.Length.EqualTo(before));
        var wrong = await _bench.Bench.Publish(SshBench.Step("change-rights", "root", "lock-account", "account=-x"));
        Assert.That((await _bench.Bench.Site.Send(new RehearsePlaybook(wrong, null, false, null))).Value.Failure, Is.EqualTo("ssh.bad-parameter"));
    }

    [Test]
    public async Task A_core_asset_is_changed_only_by_a_run_that_a_person_started()
    {
        await _bench.Add("ledger", "root", key: _bench.Server.RootKey, address: "10.92.4.8");
        Assert.That((await _bench.Bench.Site.Send(new EnterAsset("ledger-db", "10.92.4.8", "") { Importance = AssetImportance.Core })).Error, Is.Null);
        await using var scope = _bench.Bench.Site.Services.CreateAsyncScope();
        var change = scope.ServiceProvider.GetServices<IResponseAction>().Single(a => a.Spec.Code == "change-rights");
        var lookUp = scope.ServiceProvider.GetServices<IResponseAction>().Single(a => a.Spec.Code == "ssh-command");
        ActionCall Call(string template, string inputs, bool automatic) => new()
        {
            Key = "k",
            Run = Guid.NewGuid(),
            RunNumber = "R1",
            Playbook = "p",
            Step = "s",
            By = "p",
            Began = TimeProvider.System.GetUtcNow(),
            Automatic = automatic,
            Inputs = SshBench.Args("ledger", template, inputs),
        };
        Assert.That((await change.Plan(Call("lock-account", "account=zhang", true), CancellationToken.None)).Refusal, Is.EqualTo("core-needs-person"));
        Assert.That((await change.Act(Call("lock-account", "account=zhang", true), CancellationToken.None)).Code, Is.EqualTo("core-needs-person"));
        Assert.That((await change.Plan(Call("lock-account", "account=zhang", false), CancellationToken.None)).Refusal, Is.Null, "a person may");
        Assert.That((await lookUp.Plan(Call("show", "name=a", true), CancellationToken.None)).Refusal, Is.Null, "reading changes nothing");
    }

    [Test]
    public async Task Output_of_any_bytes_is_kept_as_text()
    {
        await Keep("odd-output", """read: "printf 'a\\000b\\377\\376c\\033[31m\\007\\303\\244\\342\\200\\256x\\r\\n'" """);
        var run = await _bench.Works("ssh-command", "root", "odd-output");
        Assert.That(run.Steps[0].Output["output"], Is.EqualTo("a␀b\\xFF\\xFEc␛[31m␇ä\\u202Ex"));
    }

    [Test]
    public async Task A_command_that_writes_without_end_is_cut_off_and_one_that_writes_much_is_cut_short()
    {
        await Keep("much", """read: "yes abcdefghi | head -c 300000" """, "output: 8");
        var run = await _bench.Works("ssh-command", "root", "much");
        Assert.That((await _bench.Bench.Site.Send(new ListEffects { Command = "much" })).Value.Items[0].Output, Has.Length.InRange(8000, 8 * 1024));
        await Keep("endless", "read: \"yes\"", "timeout: 20");
        await _bench.Refused("ssh.too-much-output", "ssh-command", "root", "endless");
        Assert.That(await _bench.Sh("sleep 1; pgrep -x yes || echo none"), Is.EqualTo("none"));
    }

    [Test]
    public async Task A_command_that_hangs_is_ended_on_the_host()
    {
        await Keep("hanging", "read: \"trap '' TERM; sleep 333\"", "timeout: 1");
        await _bench.Refused("ssh.command-timed-out", "ssh-command", "root", "hanging");
        Assert.That(await _bench.Sh("pgrep -f 'slee[p] 333' || echo none"), Is.EqualTo("none"));
    }

    [Test]
    public async Task A_host_can_not_pretend_to_answer_in_what_it_shows()
    {
        await Keep("fooled", """
            check: |
              cat /srv/said
              [ -e /srv/flag ] && there
              absent
            apply: ":"
            """, "risk: {zh: 无, en: None}");
        await _bench.Sh("printf 'there\\njuming-0000 there\\nbegun\\nwas aaaa\\n' >/srv/said; rm -f /srv/flag");
        var run = await _bench.Refused("ssh.not-verified", "ssh-command", "root", "fooled");
        Assert.That(run.Steps[0].Evidence["after"], Does.Contain("juming-0000 there"));
    }

    [Test]
    public async Task Exit_status_proves_nothing_and_a_failed_command_says_what_the_host_said()
    {
        await Keep("failing", """
            check: "[ -e /srv/never ] && there; absent"
            apply: "echo out; echo because >&2; exit 3"
            """, "risk: {zh: 无, en: None}");
        var run = await _bench.Refused("ssh.command-failed", "ssh-command", "root", "failing");
        Assert.That((run.Steps[0].Evidence["exit"], run.Steps[0].Evidence["detail"], run.Steps[0].Evidence["output"]), Is.EqualTo(("3", "because", "out")));
        await Keep("liar", """
            check: "[ -e /srv/never ] && there; absent"
            apply: "exit 0"
            """, "risk: {zh: 无, en: None}");
        await _bench.Refused("ssh.not-verified", "ssh-command", "root", "liar");
        await Keep("unclear", """
            check: "exit 1; there; absent"
            apply: "exit 0"
            """, "risk: {zh: 无, en: None}");
        await _bench.Refused("ssh.check-unclear", "ssh-command", "root", "unclear");
    }

    [Test]
    public async Task An_effect_is_taken_back_by_the_version_that_had_it_and_what_was_is_exact()
    {
        await _bench.Sh("printf 'two\\nlines \\303\\050 \\t$(id)' >/srv/note");
        var was = await _bench.Sh("md5sum /srv/note");
        var run = await _bench.Works("ssh-command", "root", "write-note", "name=new");
        Assert.That((await _bench.Bench.Site.Send(new RetireCommand("write-note"))).Error, Is.Null);
        await _bench.RollBack(run);
        Assert.That(await _bench.Sh("md5sum /srv/note"), Is.EqualTo(was));
    }

    [Test]
    public async Task Each_kind_needs_its_own_permission()
    {
        var analyst = new Actor(ActorKind.Person, "a", "a", System.Collections.Frozen.FrozenSet.ToFrozenSet(["response.write", "response.read", "ssh.run"]), [Scope.All]);
        foreach (var (capability, template, allowed) in new[] { ("ssh-command", "triage", true), ("harden", "password-max-days", false), ("change-rights", "lock-account", false) })
        {
            var playbook = await _bench.Bench.Publish(SshBench.Step(capability, "root", template, template == "lock-account" ? "account=zhang" : ""));
            var started = await _bench.Bench.Site.Send(new Site.Response.Runs.StartRun(playbook, null, null), analyst);
            Assert.That(started.Error?.Code, Is.EqualTo(allowed ? null : "response.action-not-yours"), template);
        }
        Assert.That((await _bench.Bench.Site.Send(new UseRights(new Site.Ssh.CommandOrder("root", "lock-account", Site.Ssh.CommandKind.Command, "k", new Dictionary<string, string> { ["account"] = "zhang" }), CommandAct.Apply), analyst)).Error?.Kind, Is.EqualTo(Platform.Handlers.ErrorKind.Forbidden));
        var trick = await _bench.Bench.Site.Send(new UseCommand(new Site.Ssh.CommandOrder("root", "lock-account", Site.Ssh.CommandKind.Rights, "k2", new Dictionary<string, string> { ["account"] = "zhang" }), CommandAct.Apply), analyst);
        Assert.That(trick.Value.Code, Is.EqualTo("ssh.other-kind"));
    }

    [Test]
    public async Task A_check_on_a_host_changes_nothing()
    {
        var root = (await _bench.Bench.Site.Send(new Site.Ssh.Hosts.ListHosts { Text = "root" })).Value.Items[0].Id;
        var before = await _bench.Sh("md5sum /etc/shadow");
        var told = await _bench.Bench.Site.Send(new TryCommand("lock-account", root, new Dictionary<string, string> { ["account"] = "zhang" }));
        Assert.That((told.Value.Failure, told.Value.There, told.Value.Was), Is.EqualTo(((string?)null, (bool?)false, "open -1")));
        Assert.That(await _bench.Sh("md5sum /etc/shadow"), Is.EqualTo(before));
        Assert.That((await _bench.Bench.Site.Send(new TryCommand("lock-account", root, new Dictionary<string, string>()))).Value.Failure, Is.EqualTo("ssh.bad-parameter"));
        Assert.That((await _bench.Bench.Site.Send(new TryCommand("triage", root, new Dictionary<string, string>()))).Value.Output, Does.Contain("== sessions =="));
    }

    [Test]
    public async Task The_test_button_says_which_hosts_can_be_signed_in_to()
    {
        using var client = await _bench.Bench.Site.SignIn(Role.SecurityAdmin);
        using var probed = await client.PostAsync("/api/response/actions/harden/probe", null);
        Assert.That(await probed.Content.ReadAsStringAsync(), Does.Contain("\"works\":true"));
    }

    [Test]
    public async Task A_site_keeps_its_own_by_version_and_can_not_take_the_name_of_ours()
    {
        Assert.That((await _bench.Bench.Site.Send(new KeepCommand(TemplateReaderTests.Good))).Value, Is.EqualTo("our-own"));
        Assert.That((await _bench.Bench.Site.Send(new KeepCommand(TemplateReaderTests.Good))).Error?.Code, Is.EqualTo("ssh.old-version"));
        Assert.That((await _bench.Bench.Site.Send(new KeepCommand(TemplateReaderTests.Good.Replace("version: 1", "version: 2", StringComparison.Ordinal)))).Error, Is.Null);
        Assert.That((await _bench.Bench.Site.Send(new KeepCommand(TemplateReaderTests.Good.Replace("our-own", "lock-account", StringComparison.Ordinal)))).Error?.Code, Is.EqualTo("ssh.shipped-name"));
        var faulty = (await _bench.Bench.Site.Send(new KeepCommand(TemplateReaderTests.Good + "\nmore: x"))).Error!;
        Assert.That((faulty.Code, faulty.Arguments!["line"]), Is.EqualTo(("ssh.template-faulty", "16")));
        Assert.That((await _bench.Bench.Site.Send(new GetCommand("our-own"))).Value.Row.Version, Is.EqualTo(2));
        Assert.That((await _bench.Bench.Site.Send(new RetireCommand("lock-account"))).Error?.Code, Is.EqualTo("ssh.cannot-retire"));
        Assert.That((await _bench.Bench.Site.Send(new RetireCommand("our-own"))).Error, Is.Null);
        Assert.That((await _bench.Bench.Site.Send(new GetCommand("our-own"))).Error?.Kind, Is.EqualTo(Platform.Handlers.ErrorKind.NotFound));
    }
}
