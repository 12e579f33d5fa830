using System.Text;
using Juming.Site.Collection.Pipeline;
using Juming.Site.Events;
using NUnit.Framework;

namespace Juming.Site.Tests.Collection.Normalize;

/// <summary>One act of auditd is several records; those that follow the system call know whose they are.</summary>
[Category("S2")]
public sealed class AuditRecordTests
{
    private const string Call = "type=SYSCALL msg=audit(1795000000.123:99): arch=c000003e syscall=59 success=yes exit=0 ppid=11 pid=12 auid=1000 uid=0 ses=3 comm=\"cat\" exe=\"/usr/bin/cat\" key=\"secrets\"";

    [Test]
    public void Records_of_one_number_carry_the_process_of_their_system_call()
    {
        var batch = Read(7, Call,
            "type=EXECVE msg=audit(1795000000.123:99): argc=2 a0=\"cat\" a1=\"/etc/shadow\"",
            "type=CWD msg=audit(1795000000.123:99): cwd=\"/root\"",
            "type=PATH msg=audit(1795000000.123:99): item=0 name=2F746D702F612062 inode=5 nametype=NORMAL",
            "type=PROCTITLE msg=audit(1795000000.123:99): proctitle=636174002F6574632F736861646F77");
        for (var i = 1; i < batch.Count; i++)
            Assert.That((batch.Text(i, Field.ProcessExecutable), batch.Text(i, Field.ProcessName), batch.Text(i, Field.ProcessPid), batch.Text(i, FieldNames.Intern("key"))), Is.EqualTo(("/usr/bin/cat", "cat", "12", "secrets")), $"record {i}");
        Assert.That((batch.Text(1, Field.ProcessCommandLine), batch.Text(2, Field.ProcessWorkingDirectory), batch.Text(3, Field.FilePath), batch.Text(4, Field.ProcessCommandLine)), Is.EqualTo(("cat /etc/shadow", "/root", "/tmp/a b", "cat /etc/shadow")));
    }

    [Test]
    public void Another_number_or_another_sender_is_another_act()
    {
        var batch = Read(7, Call, "type=CWD msg=audit(1795000000.123:100): cwd=\"/root\"");
        Add(batch, 8, "type=CWD msg=audit(1795000000.123:99): cwd=\"/root\"");
        Add(batch, 7, "type=CWD msg=audit(1795000000.123:99): cwd=\"/root\"");
        Assert.That(Enumerable.Range(1, 3).Select(i => batch.Text(i, Field.ProcessName)), Is.EqualTo(new[] { null, null, "cat" }));
    }

    [Test]
    public void What_lies_far_back_is_not_searched_for()
    {
        var batch = Read(7, [Call, .. Enumerable.Range(200, 100).Select(n => $"type=CWD msg=audit(1795000000.124:{n}): cwd=\"/\""), "type=CWD msg=audit(1795000000.123:99): cwd=\"/root\""]);
        Assert.That(batch.Text(batch.Count - 1, Field.ProcessName), Is.Null);
    }

    private static EventBatch Read(int source, params string[] lines)
    {
        var batch = new EventBatch(4);
        foreach (var line in lines) Add(batch, source, line);
        return batch;
    }

    private static void Add(EventBatch batch, int source, string line) =>
        new LineNormalizer().Normalize(batch, Encoding.UTF8.GetBytes(line), new LineContext { Received = 1_795_000_001_000_000, SourceId = source, Source = new SourceMemory { Zone = TimeZoneInfo.Utc } });
}
