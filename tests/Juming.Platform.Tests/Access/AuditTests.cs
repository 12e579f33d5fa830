using System.Text.Json;
using Juming.Hosting;
using Juming.Platform.Access;
using Juming.Platform.Access.Audit;
using Juming.Platform.Access.Users;
using Juming.Testing;
using Microsoft.Data.Sqlite;
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
        await using var tier = await RunningTier.Start("cloud", _folder);
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
        await using var tier = await RunningTier.Start("cloud", _folder);
        var verdict = (await tier.Send(new VerifyAudit())).Value;
        Assert.That((verdict.Intact, verdict.At, verdict.Reason), Is.EqualTo((false, (long?)at, reason)));
    }

    [Test]
    public async Task A_properly_chained_entry_that_the_program_did_not_write_is_found()
    {
        await using (var tier = await RunningTier.Start("cloud", _folder))
        {
            var head = File.ReadAllBytes(Path.Combine(_folder, "audit.head"));
            await tier.Send(new AddUser("later", []));
            await File.WriteAllBytesAsync(Path.Combine(_folder, "audit.head"), head);
            Assert.That((await tier.Send(new VerifyAudit())).Value.Reason, Is.EqualTo("added"));
        }
    }

    [Test]
    public async Task A_missing_head_file_is_told()
    {
        File.Delete(Path.Combine(_folder, "audit.head"));
        await using var tier = await RunningTier.Start("cloud", _folder);
        Assert.That((await tier.Send(new VerifyAudit())).Value.Reason, Is.EqualTo("no-head"));
    }

    [Test]
    public async Task The_chain_goes_on_after_a_restart_and_holds_no_secret()
    {
        await using var tier = await RunningTier.Start("cloud", _folder);
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
        await using var tier = await RunningTier.Start("cloud", _folder);
        await Execute("drop table access_audit");
        Assert.That(async () => await tier.Send(new AddUser("unseen", [])), Throws.Exception);
    }

    [Test]
    public async Task Verbs_reach_a_running_host_through_its_socket()
    {
        await using var tier = await RunningTier.Start("cloud", _folder);
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

    private async Task Execute(string sql)
    {
        await using var connection = new SqliteConnection($"Data Source={Path.Combine(_folder, "juming.db")};Pooling=False");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }
}
