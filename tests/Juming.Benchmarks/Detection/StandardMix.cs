using System.Globalization;
using System.Text;
using Juming.Site.Events;

namespace Juming.Benchmarks.Detection;

/// <summary>Parsed events in the proportions of the standard syslog mix, seeded. What is measured afterwards parses nothing.</summary>
internal sealed class StandardMix(int seed)
{
    private static readonly string[] Users = ["root", "admin", "lina", "wangwei", "deploy", "oracle", "zhangsan", "backup"];
    private static readonly string[] Agents =
    [
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/128.0.0.0 Safari/537.36",
        "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "curl/8.5.0", "okhttp/4.12.0",
    ];
    private static readonly string[] Paths = ["/", "/index.html", "/api/v1/items?id=", "/login", "/static/app.js?v=", "/images/p1.png", "/search?q=", "/cart/", "/wp-content/x.css"];
    private static readonly string[] Images =
    [
        @"C:\Windows\System32\svchost.exe", @"C:\Program Files\Google\Chrome\Application\chrome.exe", @"C:\Windows\explorer.exe", @"C:\Windows\System32\cmd.exe",
        @"C:\Windows\System32\conhost.exe", @"C:\Program Files\Microsoft Office\root\Office16\WINWORD.EXE", @"C:\Windows\System32\taskhostw.exe",
    ];
    private static readonly string[] Commands =
    [
        "svchost.exe -k netsvcs -p -s Schedule", "chrome.exe --type=renderer --lang=zh-CN", "explorer.exe", @"cmd.exe /c dir C:\Temp", "conhost.exe 0xffffffff -ForceV1",
        @"WINWORD.EXE /n C:\Users\lina\Documents\report.docx", "taskhostw.exe Install",
    ];

    private readonly Random _random = new(seed);
    private EventBatch _batch = null!;

    /// <summary>Adds one event.</summary>
    public void Add(EventBatch batch)
    {
        _batch = batch;
        var k = _random.Next(100);
        if (k < 14) Ssh();
        else if (k < 19) Cron();
        else if (k < 33) Firewall("iptables", "linux", "kernel", "iptables drop");
        else if (k < 45) Firewall("fortinet.firewall", "fortinet", "", "traffic forward");
        else if (k < 55) Firewall("cef.alert", "imperva", "", "Signature Violation");
        else if (k < 69) Eve(_random.Next(4));
        else if (k < 79) Web();
        else if (k < 89) Process();
        else if (k < 95) Firewall("cisco.asa", "cisco", "", "Built outbound TCP connection");
        else Firewall("secdev", "", "secdev", "会话日志 动作=允许");
    }

    private string Address() => string.Create(CultureInfo.InvariantCulture, $"{10 + _random.Next(180)}.{_random.Next(256)}.{_random.Next(256)}.{_random.Next(256)}");

    private string Number(int below) => _random.Next(below).ToString(CultureInfo.InvariantCulture);

    private void Begin(string raw) => _batch.Begin(Encoding.UTF8.GetBytes(raw), 1_790_000_000_000_000 + _random.Next(3_600_000) * 1000L);

    private void Put(string name, string value) => _batch.Add(FieldNames.Intern(name), value);

    private void Header(string dataset, string module, string app)
    {
        Put("event.dataset", dataset);
        if (module.Length > 0) Put("event.module", module);
        if (app.Length > 0) Put("log.syslog.appname", app);
        Put("host.name", "srv-" + Number(200));
        Put("log.syslog.facility.code", "4");
        Put("log.syslog.severity.code", "6");
        Put("jm.parser", dataset);
    }

    private void Ssh()
    {
        var (user, address) = (Users[_random.Next(Users.Length)], Address());
        var message = $"Accepted password for {user} from {address} port {Number(65536)} ssh2";
        Begin($"<38>Nov 23 08:00:00 srv-1 sshd[{Number(30000)}]: {message}");
        Header("linux.sshd", "linux", "sshd");
        Put("message", message);
        Put("event.category", "authentication");
        Put("event.outcome", "success");
        Put("user.name", user);
        Put("source.ip", address);
        Put("process.pid", Number(30000));
        Put("host.os.type", "linux");
    }

    private void Cron()
    {
        const string message = "(root) CMD (/usr/lib/sysstat/debian-sa1 1 1)";
        Begin($"<78>Nov 23 08:00:00 srv-1 CRON[{Number(30000)}]: {message}");
        Header("linux.cron", "linux", "CRON");
        Put("message", message);
        Put("user.name", "root");
        Put("host.os.type", "linux");
    }

    private void Firewall(string dataset, string module, string app, string message)
    {
        var (from, to) = (Address(), Address());
        Begin($"<134>Nov 23 08:00:00 fw-1 {app}: {message} SRC={from} DST={to} SPT={Number(65536)} DPT={Number(1024)} PROTO=TCP LEN={Number(1400)} action=deny policyid={Number(300)} sessionid={Number(int.MaxValue)}");
        Header(dataset, module, app);
        Put("message", message);
        Put("event.category", "network");
        Put("event.action", "denied");
        Put("observer.type", "firewall");
        Put("source.ip", from);
        Put("source.port", Number(65536));
        Put("destination.ip", to);
        Put("destination.port", Number(1024));
        Put("network.transport", "tcp");
        Put("network.bytes", Number(100000));
        Put("rule.id", Number(300));
    }

    private void Eve(int kind)
    {
        var (from, to) = (Address(), Address());
        Begin($"{{\"timestamp\":\"2026-11-23T08:00:00.000000+0000\",\"flow_id\":{Number(int.MaxValue)},\"event_type\":\"x\",\"src_ip\":\"{from}\",\"dest_ip\":\"{to}\",\"proto\":\"TCP\"}}");
        Header(kind switch { 0 => "suricata.flow", 1 => "suricata.http", 2 => "suricata.dns", _ => "suricata.alert" }, "suricata", "suricata");
        Put("event.category", "network");
        Put("observer.type", "ids");
        Put("source.ip", from);
        Put("source.port", Number(65536));
        Put("destination.ip", to);
        Put("destination.port", "443");
        Put("network.transport", "tcp");
        if (kind == 1)
        {
            Put("url.domain", "cdn" + Number(999) + ".example.com");
            Put("url.original", Paths[_random.Next(Paths.Length)] + Number(99999));
            Put("user_agent.original", Agents[_random.Next(Agents.Length)]);
            Put("http.request.method", "GET");
            Put("http.response.status_code", "200");
        }
        else if (kind == 2) Put("dns.question.name", "cdn" + Number(999) + ".example.com");
        else if (kind == 3) Put("rule.name", "ET INFO Observed Policy Event " + Number(400));
    }

    private void Web()
    {
        var (from, path, agent) = (Address(), Paths[_random.Next(Paths.Length)] + Number(99999), Agents[_random.Next(Agents.Length)]);
        Begin($"<134>1 2026-11-23T08:00:00Z web apache 900 access - {from} - - [23/Nov/2026:08:00:00 +0000] \"GET {path} HTTP/1.1\" 200 {Number(99999)} \"https://www.example.com/\" \"{agent}\"");
        Header("web.access", "apache", "apache");
        Put("event.category", "web");
        Put("source.ip", from);
        Put("http.request.method", "GET");
        Put("url.original", path);
        Put("url.path", path.Split('?')[0]);
        Put("http.response.status_code", _random.Next(10) == 0 ? "404" : "200");
        Put("http.response.bytes", Number(99999));
        Put("http.request.referrer", "https://www.example.com/");
        Put("user_agent.original", agent);
        Put("http.version", "1.1");
    }

    private void Process()
    {
        var q = _random.Next(7);
        Begin("{\"EventID\":1,\"Channel\":\"Microsoft-Windows-Sysmon/Operational\",\"Image\":\"" + Images[q].Replace("\\", "\\\\") + "\",\"CommandLine\":\"" + Commands[q].Replace("\\", "\\\\") + "\"}");
        Header("windows.sysmon", "windows", "Sysmon");
        Put("event.code", "1");
        Put("event.category", "process");
        Put("host.os.type", "windows");
        Put("winlog.channel", "Microsoft-Windows-Sysmon/Operational");
        Put("winlog.computer_name", "srv-1.corp.example");
        Put("winlog.event_data.UtcTime", "2026-11-23 08:00:00.000");
        Put("winlog.event_data.ProcessGuid", "{01234567-89ab-cdef-0123-" + Number(int.MaxValue) + "}");
        Put("winlog.event_data.ProcessId", Number(30000));
        Put("winlog.event_data.Image", Images[q]);
        Put("winlog.event_data.CommandLine", Commands[q]);
        Put("winlog.event_data.CurrentDirectory", @"C:\Windows\system32\");
        Put("winlog.event_data.User", @"CORP\" + Users[_random.Next(Users.Length)]);
        Put("winlog.event_data.LogonId", "0x" + Number(1 << 24));
        Put("winlog.event_data.IntegrityLevel", _random.Next(2) == 0 ? "Medium" : "System");
        Put("winlog.event_data.Hashes", "SHA256=" + Convert.ToHexString(Guid.CreateVersion7().ToByteArray()) + Convert.ToHexString(Guid.CreateVersion7().ToByteArray()));
        Put("winlog.event_data.ParentProcessId", Number(30000));
        Put("winlog.event_data.ParentImage", Images[(q + 2) % 7]);
        Put("winlog.event_data.ParentCommandLine", Commands[(q + 2) % 7]);
        Put("process.executable", Images[q]);
        Put("process.command_line", Commands[q]);
        Put("process.parent.executable", Images[(q + 2) % 7]);
        Put("user.name", "lina");
    }
}
