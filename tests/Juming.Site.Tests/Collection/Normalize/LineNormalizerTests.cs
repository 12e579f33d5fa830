using System.Text;
using Juming.Site.Collection.Pipeline;
using Juming.Site.Events;
using NUnit.Framework;

namespace Juming.Site.Tests.Collection.Normalize;

[Category("S2")]
public sealed class LineNormalizerTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    [TestCase("<38>Nov 20 19:59:58 jump01 sshd[2211]: Failed password for invalid user admin from 203.0.113.66 port 51514 ssh2",
        "host.name=jump01|log.syslog.appname=sshd|user.name=admin|source.ip=203.0.113.66|source.port=51514|event.outcome=failure|event.dataset=linux.sshd")]
    [TestCase("<38>Nov 20 19:59:58 jump01 sshd[2211]: Accepted publickey for zhangwei from 10.1.2.3 port 4022 ssh2", "user.name=zhangwei|event.outcome=success|source.ip=10.1.2.3")]
    [TestCase("<38>Nov 20 19:59:58 h sshd[1]: Failed password for root from 1.2.3.4 port 9 from 203.0.113.9 port 51514 ssh2", "source.ip=203.0.113.9")]
    [TestCase("<85>Nov 20 19:59:58 web01 sudo:   backup : TTY=pts/2 ; PWD=/tmp ; USER=root ; COMMAND=/bin/cat /etc/shadow", "user.name=backup|user.effective.name=root|process.command_line=/bin/cat /etc/shadow|event.dataset=linux.sudo")]
    [TestCase("<78>Nov 20 19:59:58 web01 CRON[77]: (root) CMD (/usr/lib/sysstat/debian-sa1 1 1)", "user.name=root|process.command_line=/usr/lib/sysstat/debian-sa1 1 1")]
    [TestCase("<4>Nov 20 19:59:58 gw kernel: [12.5] IPTABLES-DROP: IN=eth0 OUT= MAC=00:11 SRC=198.51.100.7 DST=10.0.0.9 LEN=40 PROTO=TCP SPT=40000 DPT=22 SYN", "source.ip=198.51.100.7|destination.port=22|network.transport=tcp|event.action=blocked|observer.type=firewall")]
    [TestCase("<134>1 2026-11-20T11:59:58.5Z his-web-01 nginx 900 access - 198.51.100.23 - - [20/Nov/2026:11:59:58 +0000] \"GET /item.php?id=1%27 HTTP/1.1\" 500 123 \"-\" \"sqlmap/1.8\"", "source.ip=198.51.100.23|url.path=/item.php|url.query=id=1%27|http.response.status_code=500|user_agent.original=sqlmap/1.8|event.category=web")]
    [TestCase("<189>date=2026-11-20 time=19:59:58 devname=\"FGT-01\" devid=\"FGT60F1\" logid=\"0000000013\" type=\"traffic\" srcip=10.20.1.2 srcport=1025 dstip=203.0.113.5 dstport=443 proto=6 action=\"deny\" policyid=3", "source.ip=10.20.1.2|destination.port=443|network.transport=tcp|event.action=blocked|observer.vendor=fortinet|rule.id=3")]
    [TestCase("<134>Nov 20 19:59:58 fw CEF:0|Imperva Inc.|SecureSphere|14.7|5|Signature Violation|9|proto=TCP src=198.51.100.9 spt=999 dst=10.1.1.1 dpt=443 act=Block cs1Label=Policy cs1=Web Correlation Policy 3 request=/app?x\\=1 msg=two words", "observer.vendor=Imperva Inc.|rule.name=Signature Violation|source.ip=198.51.100.9|event.action=blocked|url.original=/app?x=1|message=two words|event.severity=4")]
    [TestCase("<134>Nov 20 19:59:58 fw LEEF:1.0|Lancope|StealthWatch|1.0|41|src=10.1.1.1\tdst=203.0.113.4\tsev=5\tsrcPort=1\tdstPort=80\tusrName=lina\tproto=TCP", "observer.product=StealthWatch|event.code=41|user.name=lina|destination.ip=203.0.113.4|network.transport=tcp")]
    [TestCase("<134>Nov 20 19:59:58 fw LEEF:1.0|Acme|Gate|1.0|41|src=10.1.1.1|dst=203.0.113.4|usrName=lina", "event.code=41|user.name=lina|destination.ip=203.0.113.4")]
    [TestCase("<166>Nov 20 2026 19:59:58: %ASA-6-302013: Built outbound TCP connection 7 for outside:203.0.113.8/443 (203.0.113.8/443) to inside:10.1.1.5/50000 (203.0.113.1/50000)", "source.ip=10.1.1.5|source.port=50000|destination.ip=203.0.113.8|destination.port=443|event.code=302013|observer.vendor=cisco")]
    [TestCase("<134>Nov 20 19:59:58 ids01 suricata[771]: {\"timestamp\":\"2026-11-20T11:59:58.000001+0000\",\"flow_id\":7,\"event_type\":\"dns\",\"src_ip\":\"10.1.2.3\",\"src_port\":5353,\"dest_ip\":\"10.0.0.53\",\"dest_port\":53,\"proto\":\"UDP\",\"dns\":{\"type\":\"query\",\"rrname\":\"a.example\",\"rrtype\":\"A\"}}", "dns.question.name=a.example|network.transport=udp|event.dataset=suricata.dns|source.port=5353")]
    [TestCase("<13>1 2026-11-20T11:59:58Z pc Sysmon 3020 1 - {\"EventID\":1,\"Channel\":\"Microsoft-Windows-Sysmon/Operational\",\"Computer\":\"pc.corp\",\"Image\":\"C:\\\\Windows\\\\cmd.exe\",\"CommandLine\":\"cmd.exe /c \\\"dir\\\"\",\"User\":\"CORP\\\\lina\"}", "event.code=1|process.executable=C:\\Windows\\cmd.exe|process.command_line=cmd.exe /c \"dir\"|user.name=lina|user.domain=CORP|winlog.event_data.User=CORP\\lina|event.category=process")]
    [TestCase("{\"Event\":{\"System\":{\"EventID\":4624,\"Channel\":\"Security\",\"Computer\":\"dc\",\"Provider\":{\"#attributes\":{\"Name\":\"Microsoft-Windows-Security-Auditing\"}}},\"EventData\":{\"IpAddress\":\"10.1.1.9\",\"LogonType\":3}}}", "event.code=4624|winlog.channel=Security|winlog.provider_name=Microsoft-Windows-Security-Auditing|source.ip=10.1.1.9|winlog.event_data.LogonType=3|event.category=authentication")]
    [TestCase("<134>Nov 20 19:59:58 fw-bj-01 secdev: 日志类型=会话日志 源地址=10.1.1.1 源端口=1234 目的地址=203.0.113.3 目的端口=443 协议=TCP 动作=阻断", "source.ip=10.1.1.1|source.port=1234|destination.ip=203.0.113.3|destination.port=443|event.action=blocked|network.transport=tcp")]
    public void A_line_becomes_named_fields(string line, string expected)
    {
        var batch = Normalize(Encoding.UTF8.GetBytes(line));
        Assert.Multiple(() =>
        {
            foreach (var pair in expected.Split('|'))
            {
                var at = pair.IndexOf('=', StringComparison.Ordinal);
                var id = FieldNames.Find(pair.AsSpan(0, at));
                Assert.That(batch.Text(0, id), Is.EqualTo(pair[(at + 1)..]), pair[..at]);
            }
            Assert.That(batch.Events[0].Flags & EventFlags.Unparsed, Is.EqualTo(EventFlags.None));
            Assert.That(Math.Abs(batch.Events[0].Time - batch.Events[0].Received), Is.LessThan(3_000_000).Or.EqualTo(0), "event time");
        });
    }

    [Test]
    public void A_bar_within_a_value_of_leef_is_no_separator()
    {
        var batch = Normalize("<134>Nov 20 19:59:58 fw LEEF:1.0|Acme|Gate|1.0|41|usrName=a|b"u8.ToArray());
        Assert.That(batch.Text(0, Field.UserName), Is.EqualTo("a|b"));
    }

    [TestCase("<189>6705: Nov 20 19:59:58.673: %PARSER-5-CFGLOG_LOGGEDCMD: User:admin  logged command:no aaa new-model", "observer.vendor=cisco|observer.product=ios|event.code=CFGLOG_LOGGEDCMD|user.name=admin|process.command_line=no aaa new-model")]
    [TestCase("6705: Nov 20 19:59:58.673: %PARSER-5-CFGLOG_LOGGEDCMD: User:admin  logged command:no aaa new-model", "observer.vendor=cisco|log.level=5|user.name=admin")]
    [TestCase("<190>77: gw1: Nov 20 19:59:58.001: %SEC-6-IPACCESSLOGP: list 101 denied tcp 203.0.113.8(55244) -> 10.1.1.5(22), 1 packet", "source.ip=203.0.113.8|source.port=55244|destination.ip=10.1.1.5|destination.port=22|event.action=blocked|network.transport=tcp")]
    [TestCase("<189>Nov 20 19:59:58 sw1 %SEC_LOGIN-4-LOGIN_FAILED: Login failed [user: lina] [Source: 203.0.113.9] [localport: 22]", "user.name=lina|source.ip=203.0.113.9|event.code=LOGIN_FAILED|event.provider=SEC_LOGIN")]
    public void A_routers_mark_tells_facility_severity_and_parties(string line, string expected) => A_line_becomes_named_fields(line, expected);

    [TestCase("%")]
    [TestCase("%A-")]
    [TestCase("%A-5-")]
    [TestCase("%A-5-B")]
    [TestCase("%SEC-6-X: list  -> ")]
    [TestCase("%SEC-6-X: list a denied tcp 1.2.3.4( -> 5.6.7.8()")]
    [TestCase("%SEC-6-X: [user: ")]
    [TestCase("x %")]
    public void A_broken_routers_mark_is_kept_whole(string line) => Hostile_lines_are_kept_whole(line);

    [Test]
    public void The_word_any_is_no_address()
    {
        var batch = Normalize("<134>Nov 20 19:59:58 fw secdev: 日志类型=策略 源地址=any 目的地址=203.0.113.3 动作=阻断"u8.ToArray());
        Assert.That(batch.Text(0, Field.SourceIp), Is.Null);
        Assert.That(batch.Text(0, Field.DestinationIp), Is.EqualTo("203.0.113.3"));
    }

    [Test]
    public void Gb18030_is_decoded_and_said_so()
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        var batch = Normalize(Encoding.GetEncoding("GB18030").GetBytes("<134>Nov 20 19:59:58 fw secdev: 日志类型=登录 用户名=张伟 来源=10.1.1.1 结果=失败"));
        Assert.Multiple(() =>
        {
            Assert.That(batch.Text(0, Field.UserName), Is.EqualTo("张伟"));
            Assert.That(batch.Events[0].Flags & EventFlags.Gb18030, Is.Not.EqualTo(EventFlags.None));
        });
    }

    [TestCase("""{"EventTime":"2020-09-20 13:41:41","@timestamp":"2020-09-20T17:41:45Z","UtcTime":"2020-09-20 17:41:41.899","EventID":1,"Channel":"Microsoft-Windows-Sysmon/Operational"}""", "2020-09-20T17:41:41.899Z")]
    [TestCase("""{"UtcTime":"2020-09-20 17:41:41.899","EventID":1,"Channel":"Microsoft-Windows-Sysmon/Operational","@timestamp":"2020-09-20T17:41:45Z","EventTime":"2020-09-20 13:41:41"}""", "2020-09-20T17:41:41.899Z")]
    [TestCase("""{"EventID":4624,"Channel":"Security","@timestamp":"2020-09-20T17:41:45Z","EventTime":"2020-09-20 13:41:41"}""", "2020-09-20T17:41:45Z")]
    [TestCase("""{"EventID":4624,"Channel":"Security","@timestamp":"2020-09-20T17:41:45Z","EventTime":"2020-09-20T13:41:41.5-04:00"}""", "2020-09-20T17:41:41.5Z")]
    [TestCase("""{"EventID":4624,"Channel":"Security","EventTime":"2020-09-20 13:41:41"}""", "2020-09-20T05:41:41Z")]
    [TestCase("""{"Event":{"System":{"EventID":1,"Channel":"Microsoft-Windows-Sysmon/Operational","TimeCreated":{"#attributes":{"SystemTime":"2020-09-20T17:41:41.9Z"}}},"EventData":{"UtcTime":"2020-09-20 17:41:41.899"}}}""", "2020-09-20T17:41:41.899Z")]
    public void The_surest_of_several_times_is_the_events_own(string line, string time)
    {
        var batch = new EventBatch(1);
        new LineNormalizer().Normalize(batch, Encoding.UTF8.GetBytes(line), new LineContext { Received = 1_763_640_000_000_000, Source = new SourceMemory { Zone = TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai") } });
        Assert.That(DateTimeOffset.UnixEpoch.AddTicks(batch.Events[0].Time * 10), Is.EqualTo(DateTimeOffset.Parse(time, System.Globalization.CultureInfo.InvariantCulture)));
    }

    [Test]
    public void Windows_data_keeps_a_dash_since_rules_tell_it_from_nothing()
    {
        var batch = Normalize("""{"EventID":4624,"Channel":"Security","Computer":"dc01","IpAddress":"-","SubjectUserName":"-","TargetUserName":"li"}"""u8.ToArray());
        Assert.Multiple(() =>
        {
            Assert.That(batch.Text(0, FieldNames.Intern("winlog.event_data.IpAddress")), Is.EqualTo("-"));
            Assert.That(batch.Text(0, Field.SourceIp), Is.Null);
            Assert.That(batch.Text(0, Field.UserName), Is.Null);
            Assert.That(batch.Text(0, Field.UserTargetName), Is.EqualTo("li"));
        });
    }

    [TestCase("type=PROCTITLE msg=audit(1364481363.243:24287): proctitle=636174002F6574632F706173737764", "cat /etc/passwd")]
    [TestCase("type=PROCTITLE msg=audit(1364481363.243:24287): proctitle=\"bash\"", "bash")]
    [TestCase("type=PROCTITLE msg=audit(1364481363.243:24287): proctitle=63617", null)]
    [TestCase("type=PROCTITLE msg=audit(1364481363.243:24287): proctitle=", null)]
    public void The_title_of_a_process_is_its_command_line(string line, string? command) =>
        Assert.That(Normalize(Encoding.UTF8.GetBytes(line)).Text(0, Field.ProcessCommandLine), Is.EqualTo(command));

    [Test]
    public void The_year_that_ended_is_taken_for_december_lines_in_january()
    {
        var batch = new EventBatch(1);
        var received = new DateTimeOffset(2027, 1, 1, 0, 0, 5, TimeSpan.Zero).ToUnixTimeMilliseconds() * 1000;
        new LineNormalizer().Normalize(batch, "<38>Dec 31 23:59:58 h sshd[1]: x"u8, new LineContext { Received = received, Source = new SourceMemory() });
        Assert.That(DateTimeOffset.UnixEpoch.AddTicks(batch.Events[0].Time * 10), Is.EqualTo(new DateTimeOffset(2026, 12, 31, 23, 59, 58, TimeSpan.Zero)));
    }

    [TestCase("")]
    [TestCase("<")]
    [TestCase("<999>Nov 20 19:59:58 h a: b")]
    [TestCase("<38>Feb 30 99:99:99 h a: b")]
    [TestCase("<38>1 9999-99-99T99:99:99Z h a b c - d")]
    [TestCase("<38>1 2026-11-20T11:59:58Z h a b c [x y=\"unclosed")]
    [TestCase("CEF:0|a|b")]
    [TestCase("CEF:0|a|b|c|d|e|f|\\")]
    [TestCase("CEF:0|a|b|c|d|e|f|k=\\")]
    [TestCase("LEEF:2.0|a|b|c|d|0xZZ|x=1")]
    [TestCase("{\"a\":")]
    [TestCase("{\"EventID\":1,\"Channel\":\"\\ud800\"}")]
    [TestCase("1.2.3.4 - - [20/Nov/2026:11:59:58 +0000] \"")]
    [TestCase("1.2.3.4 - - [20/Nov/2026:11:59:58 +0000] \"GET")]
    [TestCase("%ASA-6-302013:")]
    [TestCase("%ASA-6-302013: Built for outside:1.2.3.4/")]
    [TestCase("type=EXECVE msg=audit(")]
    [TestCase("type=X msg=audit(1.2:3): a=\"unclosed")]
    [TestCase("a==b c=\"unclosed d='x")]
    [TestCase("<38>Nov 20 19:59:58 h sshd[1]: Failed password for  from  port")]
    [TestCase("<38>Nov 20 19:59:58 h sudo: : TTY=")]
    public void Hostile_lines_are_kept_whole(string line)
    {
        var bytes = Encoding.UTF8.GetBytes(line);
        var batch = Normalize(bytes);
        Assert.That(batch.Raw(0).ToArray(), Is.EqualTo(bytes));
    }

    [Test]
    public void Deep_and_wide_json_is_bounded()
    {
        var deep = Normalize(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\"a\":", 10_000)) + "1" + new string('}', 10_000)));
        var wide = Normalize(Encoding.UTF8.GetBytes("{" + string.Join(',', Enumerable.Range(0, 5000).Select(i => $"\"k{i % 700}\":{i}")) + "}"));
        Assert.Multiple(() =>
        {
            Assert.That(deep.Count, Is.EqualTo(1));
            Assert.That(wide.Events[0].FieldCount, Is.LessThanOrEqualTo(EventBatch.MaxFieldsPerEvent));
            Assert.That(wide.Events[0].Flags & EventFlags.FieldsLeftOut, Is.Not.EqualTo(EventFlags.None));
        });
    }

    [Test]
    public void A_huge_line_keeps_its_head_and_says_so()
    {
        var batch = Normalize(Encoding.UTF8.GetBytes("<38>Nov 20 19:59:58 h app: " + new string('中', 50_000)));
        Assert.Multiple(() =>
        {
            Assert.That(batch.Events[0].RawLength, Is.InRange((64 * 1024) - 4, 64 * 1024));
            Assert.That(batch.Events[0].Flags & EventFlags.Truncated, Is.Not.EqualTo(EventFlags.None));
            Assert.That(System.Text.Unicode.Utf8.IsValid(batch.Raw(0)), Is.True);
        });
    }

    [Test]
    public void Mutated_lines_never_break_the_invariants()
    {
        var seeds = new Demo().Lines;
        var random = new Random(7);
        var batch = new EventBatch(64);
        var normalizer = new LineNormalizer();
        var memory = new SourceMemory();
        for (var i = 0; i < 60_000; i++)
        {
            var line = seeds[random.Next(seeds.Count)].ToArray();
            for (var m = random.Next(6); m >= 0 && line.Length > 0; m--)
                line = random.Next(4) switch
                {
                    0 => line[..random.Next(line.Length)],
                    1 => [.. line[..random.Next(line.Length)], .. line[random.Next(line.Length)..]],
                    _ => Flip(line, random),
                };
            batch.Clear();
            normalizer.Normalize(batch, line, new LineContext { Received = Now.ToUnixTimeMilliseconds() * 1000, Source = memory });
            Assert.That(batch.Count, Is.EqualTo(1));
            foreach (ref readonly var field in batch.FieldsOf(0))
                if (field.Offset < 0 || field.Length <= 0 || field.Offset + field.Length > batch.ArenaLength) Assert.Fail("slice outside the arena: " + Encoding.Latin1.GetString(line));
        }
    }

    private static byte[] Flip(byte[] line, Random random)
    {
        line[random.Next(line.Length)] = random.Next(3) == 0 ? (byte)" \"'=[]{}|:\\,;<>\0\n"[random.Next(17)] : (byte)random.Next(256);
        return line;
    }

    private static EventBatch Normalize(byte[] line)
    {
        var batch = new EventBatch(1);
        var memory = new SourceMemory { Zone = TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai") };
        new LineNormalizer().Normalize(batch, line, new LineContext { Received = Now.ToUnixTimeMilliseconds() * 1000, Source = memory });
        return batch;
    }

    private sealed class Demo
    {
        public IReadOnlyList<byte[]> Lines { get; } =
        [
            .. new Juming.Testing.Demo.DemoDay(1, Now, 400).Lines().Select(l => Encoding.UTF8.GetBytes(l.Text)),
            "<134>Nov 20 19:59:58 fw LEEF:2.0|V|P|1|41|^|src=10.1.1.1^dst=203.0.113.4"u8.ToArray(),
            "type=SYSCALL msg=audit(1764150000.123:99): arch=c000003e exe=\"/bin/cat\" key=\"x\" comm=\"cat\""u8.ToArray(),
            "<166>Nov 20 2026 19:59:58: %ASA-6-302013: Built outbound TCP connection 7 for outside:203.0.113.8/443 (203.0.113.8/443) to inside:10.1.1.5/50000 (203.0.113.1/50000)"u8.ToArray(),
        ];
    }
}
