using System.Text.Json;
using Juming.Hosting;
using Juming.Platform.Access;
using Juming.Platform.Access.Audit;
using Juming.Platform.Access.Users;
using Juming.Testing;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace Juming.Platform.Tests.Access;

[Category("X7")]
public sealed class AuditTests
{
    private string _folder = "";

    [SetUp]
    public async Task Write()
    {
        _folder = Directory.CreateTempSubdirectory("juming-audit").FullName;
        await using var tier = await RunningTier.Start("cloud", _folder, RunningTier.SignsNothing);
        await Task.WhenAll(Enumerable.Range(0, 30).Select(i => tier.Send(new AddUser($"user-{i}", []))));
        Assert.That((await tier.Send(new VerifyAudit())).Value, Has.Property("Intact").True.And.Property("Entries").EqualTo(30));
    }

    [TearDown]
    public void Delete() => Directory.Delete(_folder, true);

    [TestCase("update access_audit set outcome = 'done!' where seq = 7", 7, "edited", TestName = "an edit")]
    [TestCase("delete from access_audit where seq = 7", 7, "missing", TestName = "a deletion")]
    [TestCase("delete from access_audit where seq > 20", 21, "cut-off", TestName = "a truncation")]
    [TestCase("delete from access_audit", 1, "cut-off", TestName = "an emptied table")]
    [TestCase("insert into access_audit select 31, at, action, actor_kind, actor_id, actor_name, address, arguments, outcome, hash from access_audit where seq = 30", 31, "edited", TestName = "an insertion")]
    [TestCase("update access_audit set seq = seq + 100 where seq > 10", 11, "missing", TestName = "a gap")]
    public async Task A_change_behind_the_programs_back_is_found(string sql, long at, string reason)
    {
        await Execute(sql);
        await using var tier = await RunningTier.Start("cloud", _folder, RunningTier.SignsNothing);
        var verdict = (await tier.Send(new VerifyAudit())).Value;
        Assert.That((verdict.Intact, verdict.At, verdict.Reason), Is.EqualTo((false, (long?)at, reason)));
    }

    [Test]
    public async Task A_properly_chained_entry_that_the_program_did_not_write_is_found()
    {
        await using (var tier = await RunningTier.Start("cloud", _folder, RunningTier.SignsNothing))
        {
            var head = File.ReadAllBytes(Head);
            await tier.Send(new AddUser("later", []));
            await File.WriteAllBytesAsync(Head, head);
            Assert.That((await tier.Send(new VerifyAudit())).Value.Reason, Is.EqualTo("added"));
        }
    }

    [Test]
    public async Task A_missing_head_file_is_told()
    {
        File.Delete(Head);
        await using var tier = await RunningTier.Start("cloud", _folder, RunningTier.SignsNothing);
        Assert.That((await tier.Send(new VerifyAudit())).Value.Reason, Is.EqualTo("no-head"));
    }

    [TestCase("delete from access_audit where seq > 20", 21, "cut-off", TestName = "a truncation is not made good by what is written after it")]
    [TestCase("delete from access_audit", 1, "cut-off", TestName = "an emptied table is not made good by what is written after it")]
    [TestCase("update access_audit set hash = (select hash from access_audit where seq = 29) where seq = 30", 30, "edited", TestName = "an edited end is not made good by what is written after it")]
    public async Task What_is_written_after_a_change_does_not_hide_it(string sql, long at, string reason)
    {
        await Execute(sql);
        for (var start = 0; start < 2; start++)
        {
            await using var tier = await RunningTier.Start("cloud", _folder, RunningTier.SignsNothing);
            await tier.Send(new AddUser($"after-{start}", []));
            var verdict = (await tier.Send(new VerifyAudit())).Value;
            Assert.That((verdict.Intact, verdict.At, verdict.Reason), Is.EqualTo((false, (long?)at, reason)), $"start {start}");
            Assert.That((await tier.Send(new SearchAudit(null, null, 1000, Action: "AuditChainBroken"))).Value, Has.Count.EqualTo(1), "found once, recorded once");
        }
    }

    [Test]
    public async Task A_write_that_fails_after_a_change_does_not_hide_it()
    {
        await Execute("delete from access_audit where seq > 20");
        await Execute("create trigger no_more before insert on access_audit begin select raise(abort, 'no'); end");
        await using (var tier = await RunningTier.Start("cloud", _folder, RunningTier.SignsNothing))
            Assert.That(async () => await tier.Send(new AddUser("unseen", [])), Throws.Exception);
        await Execute("drop trigger no_more");
        await using var again = await RunningTier.Start("cloud", _folder, RunningTier.SignsNothing);
        await again.Send(new AddUser("after", []));
        Assert.That((await again.Send(new VerifyAudit())).Value, Has.Property("Intact").False.And.Property("Reason").EqualTo("cut-off"));
    }

    [TestCase(true, TestName = "a trail without a head is sealed anew at its next start")]
    [TestCase(false, TestName = "a trail without a head is sealed anew after more was written to it")]
    public async Task A_trail_of_an_earlier_build_is_sealed_by_root_and_says_from_where_on_it_counts(bool atOnce)
    {
        File.Delete(Head);
        await using (var tier = await RunningTier.Start("cloud", _folder, RunningTier.SignsNothing))
        {
            if (!atOnce) await tier.Send(new AddUser("between", []));
            var auditor = new Actor(ActorKind.Person, Guid.NewGuid().ToString(), "auditor", System.Collections.Frozen.FrozenSet.ToFrozenSet(["access.audit.read"]), [Scope.All]);
            Assert.That((await tier.Send(new SealAudit(), auditor)).Error?.Code, Is.EqualTo("access.seal-at-command-line"));
            Assert.That((await tier.Send(new VerifyAudit())).Value.Reason, Is.EqualTo("no-head"), "nobody else may");
            var from = (await tier.Send(new SealAudit())).Value.From;
            Assert.That((await tier.Send(new SearchAudit(null, from + 1, 1))).Value.Single().Action, Is.EqualTo("AuditChainSealed"));
            Assert.That((await tier.Send(new SealAudit())).Error?.Code, Is.EqualTo("access.audit-sealed"));
        }
        await using (var again = await RunningTier.Start("cloud", _folder, RunningTier.SignsNothing))
        {
            await again.Send(new AddUser("after", []));
            var verdict = (await again.Send(new VerifyAudit())).Value;
            Assert.That((verdict.Intact, verdict.SealedFrom), Is.EqualTo((true, (long?)(atOnce ? 33 : 34))));
        }
        await Execute("delete from access_audit where seq > 35");
        await using var cut = await RunningTier.Start("cloud", _folder, RunningTier.SignsNothing);
        Assert.That((await cut.Send(new VerifyAudit())).Value, Has.Property("Intact").False.And.Property("Reason").EqualTo("cut-off"), "from there on it is watched");
        Assert.That((await cut.Send(new SealAudit())).Error?.Code, Is.EqualTo("access.audit-broken"), "that is no lost head");
    }

    [TestCase("update access_audit set arguments = '{}' where seq = 12")]
    [TestCase("delete from access_audit where seq = 12")]
    public async Task A_seal_mends_no_entry(string sql)
    {
        await Execute(sql);
        File.Delete(Head);
        await using var tier = await RunningTier.Start("cloud", _folder, RunningTier.SignsNothing);
        Assert.That((await tier.Send(new SealAudit())).Error?.Code, Is.EqualTo("access.audit-broken"));
        Assert.That((await tier.Send(new VerifyAudit())).Value, Has.Property("Intact").False.And.Property("At").EqualTo(12));
    }

    [Test]
    public async Task An_emptied_table_without_a_head_file_is_not_a_new_host()
    {
        await Execute("delete from access_audit");
        File.Delete(Head);
        await using var tier = await RunningTier.Start("cloud", _folder, RunningTier.SignsNothing);
        Assert.That((await tier.Send(new VerifyAudit())).Value.Reason, Is.EqualTo("no-head"));
        await tier.Send(new AddUser("after", []));
        Assert.That((await tier.Send(new VerifyAudit())).Value, Has.Property("Intact").False.And.Property("Reason").EqualTo("no-head"));
    }

    [Test]
    public async Task A_head_file_that_was_rewritten_by_hand_is_worth_nothing()
    {
        await Execute("delete from access_audit where seq > 20");
        var hash = await Read("select hash from access_audit where seq = 20");
        var parts = (await File.ReadAllTextAsync(Head)).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        await File.WriteAllTextAsync(Head, $"20 {hash} 20 {hash} {parts[4]}");
        await using var tier = await RunningTier.Start("cloud", _folder, RunningTier.SignsNothing);
        Assert.That((await tier.Send(new VerifyAudit())).Value.Reason, Is.EqualTo("no-head"));
    }

    [Test]
    public async Task Verification_keeps_nobody_waiting()
    {
        await using var tier = await RunningTier.Start("cloud", _folder, RunningTier.SignsNothing);
        var trail = tier.Services.GetRequiredService<IAuditTrail>();
        await Task.WhenAll(Enumerable.Range(0, 2_000).Select(i => trail.Append(new AuditEntry("Test", ActorKind.System, "x", "x", null, "{}", "done"), CancellationToken.None)));
        using var stopped = new StoppedHalfWay();
        var verifying = Task.Run(() => tier.Send(new VerifyAudit(stopped)));
        await stopped.Reached.WaitAsync(TimeSpan.FromSeconds(30));
        await tier.Send(new AddUser("meanwhile", [])).WaitAsync(TimeSpan.FromSeconds(30));
        stopped.Dispose();
        Assert.That((await verifying).Value, Has.Property("Intact").True.And.Property("Entries").EqualTo(2_030));
    }

    [Test]
    public async Task The_chain_goes_on_after_a_restart_and_holds_no_secret()
    {
        await using var tier = await RunningTier.Start("cloud", _folder, RunningTier.SignsNothing);
        using var browser = new Browser(tier);
        await browser.Submit("/setup", ("link", "l-secret"), ("name", "x1"), ("password", "p-secret-p-secret"));
        var verdict = (await tier.Send(new VerifyAudit())).Value;
        Assert.That((verdict.Intact, verdict.Entries), Is.EqualTo((true, 31L)));
        var lines = (await tier.Send(new SearchAudit(null, null, 1000))).Value;
        Assert.That(lines.Any(l => l.Arguments.Contains("p-secret", StringComparison.Ordinal) || l.Arguments.Contains("l-secret", StringComparison.Ordinal)), Is.False);
        Assert.That(lines[0].Action, Is.EqualTo("SetUpHost"));
    }

    [Test]
    public async Task A_command_fails_when_its_audit_entry_cannot_be_written()
    {
        await using var tier = await RunningTier.Start("cloud", _folder, RunningTier.SignsNothing);
        await Execute("drop table access_audit");
        Assert.That(async () => await tier.Send(new AddUser("unseen", [])), Throws.Exception);
    }

    [Test]
    public async Task A_command_that_breaks_off_leaves_an_entry()
    {
        await using var tier = await RunningTier.Start("cloud", _folder, RunningTier.SignsNothing);
        await Execute("drop table access_one_time_link");
        Assert.That(async () => await tier.Send(new ResetUser("user-1")), Throws.Exception);
        var line = (await tier.Send(new SearchAudit(null, null, 1))).Value.Single();
        Assert.That((line.Action, line.Outcome), Is.EqualTo(("ResetUser", "failed")));
    }

    [Test]
    public async Task Verbs_reach_a_running_host_through_its_socket()
    {
        await using var tier = await RunningTier.Start("cloud", _folder, RunningTier.SignsNothing);
        var socket = Path.Combine(_folder, "admin.sock");
        var answer = await AdminChannel.Ask(_folder, "AddUser", JsonSerializer.SerializeToElement(new { name = "by-socket", roles = new[] { "Viewer" } }), CancellationToken.None);
        var unknown = await AdminChannel.Ask(_folder, "String", JsonSerializer.SerializeToElement(new { }), CancellationToken.None);
        Assert.Multiple(() =>
        {
            Assert.That(answer.Value?.GetProperty("name").GetString(), Is.EqualTo("by-socket"));
            Assert.That(unknown.Refusal?.Code, Is.EqualTo("admin.no-such-request"));
            if (!OperatingSystem.IsWindows()) Assert.That(File.GetUnixFileMode(socket), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
        });
    }

    private string Head => Path.Combine(_folder, "audit.head");

    private Task Execute(string sql) => Read(sql);

    private async Task<object?> Read(string sql)
    {
        await using var connection = new SqliteConnection($"Data Source={Path.Combine(_folder, "juming.db")};Pooling=False");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        return await command.ExecuteScalarAsync();
    }

    /// <summary>Holds a verification at its first word of progress until it is disposed.</summary>
    private sealed class StoppedHalfWay : IProgress<long>, IDisposable
    {
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly ManualResetEventSlim _go = new();

        public Task Reached => _reached.Task;

        public void Report(long value)
        {
            _reached.TrySetResult();
            if (!_go.IsSet) _go.WaitHandle.WaitOne(TimeSpan.FromSeconds(60));
        }

        public void Dispose() => _go.Set();
    }
}
