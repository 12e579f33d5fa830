using System.Text;

namespace Juming.Benchmarks.Fuzz;

/// <summary>Sound inputs of our own making, from which hostile ones are made.</summary>
internal static class FuzzSamples
{
    private static readonly string[] LineTexts =
    [
        "<38>Nov 20 19:59:58 jump01 sshd[2211]: Failed password for invalid user admin from 203.0.113.66 port 51514 ssh2",
        "<165>1 2026-11-20T19:59:58.123456+08:00 app01 billing 4242 ID47 [meta@32473 user=\"li.wei\" ip=\"10.3.4.5\"][x@1 a=\"\\\"b\\]\"] paid",
        "<134>Nov 20 19:59:58 fw CEF:0|Acme|Guard|2.1|100|Blocked|7|src=203.0.113.7 spt=4444 dst=10.0.0.8 dpt=443 act=block msg=a\\=b \\| c cs1=x cs1Label=Zone",
        "<134>Nov 20 19:59:58 fw LEEF:2.0|Acme|Guard|2.1|100|0x5E|src=203.0.113.7^dst=10.0.0.8^usrName=zhang^sev=8",
        "<134>Nov 20 19:59:58 fw LEEF:1.0|Acme|Guard|2.1|100|src=203.0.113.7\tdst=10.0.0.8\tusrName=zhang",
        "date=2026-11-20 time=19:59:58 devname=\"FG100\" devid=\"FG100E1\" type=\"traffic\" srcip=10.1.1.1 srcport=1234 dstip=203.0.113.3 dstport=443 action=\"accept\" sentbyte=1200",
        "<134>Nov 20 19:59:58 fw-bj-01 secdev: 日志类型=会话日志 源地址=10.1.1.1 源端口=1234 目的地址=203.0.113.3 目的端口=443 协议=TCP 动作=阻断",
        "203.0.113.9 - bob [20/Nov/2026:19:59:58 +0800] \"GET /a/b.php?id=1%27 HTTP/1.1\" 404 512 \"https://example.test/\" \"Mozilla/5.0 (X11)\"",
        "{\"timestamp\":\"2026-11-20T11:59:58.000001+0000\",\"flow_id\":77,\"event_type\":\"alert\",\"src_ip\":\"203.0.113.7\",\"src_port\":4444,\"dest_ip\":\"10.0.0.8\",\"dest_port\":80,\"proto\":\"TCP\",\"alert\":{\"signature_id\":2001,\"signature\":\"scan\",\"severity\":2}}",
        "{\"Event\":{\"System\":{\"EventID\":4624,\"Channel\":\"Security\",\"Computer\":\"dc\",\"Provider\":{\"#attributes\":{\"Name\":\"Microsoft-Windows-Security-Auditing\"}}},\"EventData\":{\"IpAddress\":\"10.1.1.9\",\"LogonType\":3}}}",
        "{\"user\":\"li\",\"nested\":{\"list\":[1,2.5,true,null,{\"deep\":\"\\u4e2d\"}]},\"src\":\"10.1.1.1\"}",
        "type=SYSCALL msg=audit(1795000000.123:99): arch=c000003e syscall=59 success=yes exit=0 pid=12 uid=0 comm=\"cat\" exe=\"/usr/bin/cat\" key=\"x\"",
        "type=EXECVE msg=audit(1795000000.123:99): argc=3 a0=\"cat\" a1=2F6574632F706173737764 a2=\"-n\"",
        "type=PATH msg=audit(1795000000.123:99): item=0 name=2F746D702F6120622E7368 inode=1 nametype=NORMAL",
        "type=CWD msg=audit(1795000000.123:99): cwd=\"/root\"",
        "<Event xmlns=\"http://schemas.microsoft.com/win/2004/08/events/event\"><System><Provider Name=\"Microsoft-Windows-Sysmon\" Guid=\"{5770385f}\"/><EventID Qualifiers=\"0\">1</EventID><TimeCreated SystemTime=\"2026-11-20T11:59:58.1234567Z\"/><Execution ProcessID=\"4\" ThreadID=\"8\"/><Channel>Microsoft-Windows-Sysmon/Operational</Channel><Computer>dc01</Computer><Security UserID=\"S-1-5-18\"/></System><EventData><Data Name=\"Image\">C:\\Windows\\cmd.exe</Data><Data Name=\"CommandLine\">cmd &lt;&amp;&gt; &#x41;</Data><Data>plain</Data></EventData></Event>",
        "<13>1 2026-11-20T19:59:58Z dc01 ev - - - <?xml version=\"1.0\"?><Event><System><EventID>4625</EventID><Channel>Security</Channel></System><UserData><X xmlns=\"y\"><A><![CDATA[z]]></A></X></UserData><RenderingInfo Culture=\"en\"><Message>An account failed</Message></RenderingInfo></Event>",
        "<166>Nov 20 2026 19:59:58 asa : %ASA-6-302013: Built outbound TCP connection 1 for outside:203.0.113.3/443 (203.0.113.3/443) to inside:10.1.1.1/1234 (10.1.1.1/1234)",
        "<86>Nov 20 19:59:58 h sudo:   li : TTY=pts/0 ; PWD=/home/li ; USER=root ; COMMAND=/bin/cat /etc/shadow",
        "<30>Nov 20 19:59:58 h kernel: [12.5] IN=eth0 OUT= SRC=203.0.113.7 DST=10.0.0.8 PROTO=TCP SPT=4444 DPT=22 SYN",
        "<13>just some words without anything",
    ];

    public static readonly IReadOnlyList<byte[]> Lines = MakeLines();

    public static readonly IReadOnlyList<byte[]> LineTokens = Texts("<38>", "<191>", "<192>", "CEF:0|", "LEEF:2.0|", "%ASA-6-", "type=", "msg=audit(", "src=", "dst=", "cs1Label=", "{\"", "\":\"", "\\\"", "[x@1 a=\"", "Nov 20 19:59:58", "2026-11-20T19:59:58Z", "sshd[1]: ", "源地址=", "：", "a1=2F65", "<Event>", "<System>", "</System>", "<Data Name=\"", "<!DOCTYPE a [<!ENTITY b \"cccccccc\">]>", "&b;", "&#x0;", "<![CDATA[", "]]>", "<a><a><a><a><a><a><a><a><a>", "xmlns:x=\"", "<?xml version=\"1.0\" encoding=\"utf-16\"?>", " name=2F", "type=PATH ", "event_type", "flow_id", "EventID", "http/1.1\" 200 ");

    public static readonly IReadOnlyList<byte[]> Streams = Texts("8 <1>a\nb\nc6 <1>def", "<1>one\n7 <2>two\n<3>three\r\n12 <4>four five\0<5>six\n", "5 <1>ab<1>plain\n5 <1>cd", "1048576 <1>x\n", "12 monkeys\n2024-01-01 text\n");

    public static readonly IReadOnlyList<byte[]> StreamTokens = Texts("5 <1>ab", "1048577 <", "0 <1>", "\n", "\r\n", "\0", "<13>", "::", "/24", ".", "255", "256", "0x7f000001", "%25eth0", "{}", "\n\n\n");

    public static readonly IReadOnlyList<byte[]> Bodies = [.. Texts("<13>Nov 20 19:59:58 h a: one\n<13>Nov 20 19:59:58 h a: two\n", "{\"a\":1}\n{\"a\":2}\r\n\n{\"a\":3}", "\r\n\r\nx\n"), Encoding.UTF8.GetBytes(string.Join('\n', LineTexts))];

    public static readonly IReadOnlyList<byte[]> Rules = Texts(
        "title: t\nid: 7d3d7a6e-5f0e-4a51-9d06-2f7a2d7b1c55\nstatus: test\nlevel: high\ntags: [attack.t1110]\nlogsource: {product: linux, service: sshd}\ndetection:\n  a: {user.name|contains|all: [x, yz], source.ip|cidr: 10.0.0.0/8}\n  b:\n    - message|re: 'fa(il|ul)ed.*[0-9]{1,3}'\n    - event.code: [1, 2]\n  condition: a and not 1 of b*\n",
        "title: c\nid: 0d3d7a6e-5f0e-4a51-9d06-2f7a2d7b1c56\nname: base\nlogsource: {category: webserver}\ndetection:\n  words: ['select * from', '../..']\n  condition: words\n---\ntitle: d\nid: 0d3d7a6e-5f0e-4a51-9d06-2f7a2d7b1c57\nlevel: high\ncorrelation:\n  type: event_count\n  rules: [base]\n  group-by: [source.ip]\n  timespan: 5m\n  condition: {gte: 3}\n",
        "title: w\nlogsource: {product: windows, category: process_creation}\ndetection:\n  s: {CommandLine|windash|contains: ' -enc ', Image|endswith: '\\powershell.exe'}\n  f: {ParentImage|startswith: 'C:\\Win', User: null}\n  condition: s and not f\n");

    public static readonly IReadOnlyList<byte[]> RuleTokens = Texts("|contains", "|re: '", "|base64offset", "|wide", "|cidr: ", "|gt: ", "|exists: true", "|fieldref", "condition: ", "1 of ", "all of them", " and not ", "((((", "timespan: 999999d", "group-by: ", "temporal_ordered", "&a [", "*a", "- ", "(a+)+$", "[[:alpha:]]", "(?<=x)", "\\p{Han}", "{0,99999}");

    public static readonly IReadOnlyList<byte[]> Queries = Texts("source.ip:10.0.0.0/8 and (user.name:root or \"failed password\") not destination.port:[1 TO 1024]", "event.code:4624 && host.name:dc* || !message:\"登录 失败\"", "destination.port>=1024 destination.port<2000 url.path:/a?b", "用户：张伟 or （源地址:fe80::/10）");

    public static readonly IReadOnlyList<byte[]> QueryTokens = Texts(" and ", " or ", " not ", "(", ")", "((((((((((", "source.ip:", "[1 TO ", "[* TO 5]", "{1 TO 2}", "*", "?", "\\\"", "::/0", "/129", ">=", "：", "“", "”");

    public static readonly IReadOnlyList<byte[]> PackTokens = Texts("match:", "steps:", "fields:", "- ", ": ", "regex: '", "(a+)+b", "split: ''", "time: yyyy-MM-dd", "kv: ", "json: ", "tests:", "[[[[[[", "{a: {a: {a: ");

    public static readonly IReadOnlyList<byte[]> Addresses = Texts("10.1.2.3", "255.255.255.255", "10.0.0.0/8", "fe80::1", "2001:db8::/32", "::ffff:10.1.2.3", "0a010203", "fc00::/7");

    private static byte[][] MakeLines()
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        return [.. LineTexts.Select(Encoding.UTF8.GetBytes), Encoding.GetEncoding("GB18030").GetBytes(LineTexts[6]), Encoding.Latin1.GetBytes("<13>Nov 20 19:59:58 h a: caf\u00e9 \u00ff")];
    }

    private static byte[][] Texts(params string[] texts) => [.. texts.Select(Encoding.UTF8.GetBytes)];
}
