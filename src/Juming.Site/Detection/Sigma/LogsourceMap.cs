namespace Juming.Site.Detection.Sigma;

/// <summary>A condition on one field of an event; no values means that the field must be there.</summary>
internal sealed record DoorTest(string Field, IReadOnlyList<string> Values);

/// <summary>One way for events to reach a rule: all tests must hold. The first one is looked up, the others are checked.</summary>
internal sealed record Door(IReadOnlyList<DoorTest> Tests)
{
    /// <summary>A door with one test.</summary>
    public static Door On(string field, params string[] values) => new([new DoorTest(field, values)]);

    /// <summary>The same door with one more test.</summary>
    public Door And(string field, params string[] values) => new([.. Tests, new DoorTest(field, values)]);
}

/// <summary>Doors of a log source.</summary>
/// <param name="Doors">Any of them will do.</param>
/// <param name="IsKnown">True: the product reads such sources itself. False: only events whose dataset or module bears the source's name will come in.</param>
/// <param name="IsWindows">Fields are looked up as Windows names them.</param>
internal sealed record LogsourcePlan(IReadOnlyList<Door> Doors, bool IsKnown, bool IsWindows);

/// <summary>Says which events belong to a Sigma log source.</summary>
internal static class LogsourceMap
{
    private const string Channel = "winlog.channel";
    private const string Code = "event.code";
    private const string Module = "event.module";
    private const string Dataset = "event.dataset";
    private const string Category = "event.category";
    private const string App = "log.syslog.appname";
    private const string Process = "process.name";
    private const string Os = "host.os.type";
    private const string ObserverType = "observer.type";
    private const string Vendor = "observer.vendor";
    private const string Product = "observer.product";

    private static readonly string[] LinuxPrograms =
    [
        "sshd", "sshd-session", "sudo", "su", "cron", "crond", "kernel", "systemd", "systemd-logind", "auditd", "audispd", "login", "passwd", "chpasswd", "useradd",
        "userdel", "usermod", "groupadd", "groupdel", "gpasswd", "polkitd", "pkexec", "dbus-daemon", "vsftpd", "clamd", "freshclam", "clamav", "guacd", "guacamole", "named",
        "rsyslogd", "syslog-ng", "anacron", "atd", "firewalld", "networkmanager", "dockerd", "containerd", "chronyd", "ntpd", "postfix", "dovecot",
    ];

    private static readonly string[] DatabasePrograms = ["mysqld", "mariadbd", "mariadb", "postgres", "postgresql", "sqlservr", "mssqlserver", "oracle", "mongod", "redis-server"];

    // Firewalls of a known vendor have their own lanes by category; their traffic logs are too many to ask every device rule about.
    private static readonly string[] DeviceTypes = ["waf", "ips", "edr", "ndr", "bastion", "vpn", "honeypot", "antivirus", "nac", "mailgateway", "dbaudit", "audit"];

    private static readonly string[] MailPrograms = ["postfix/smtpd", "postfix/smtp", "postfix/submission/smtpd", "postfix", "dovecot", "exim", "exim4", "sendmail", "saslauthd"];

    /// <summary>Doors of a log source.</summary>
    /// <param name="source">The log source.</param>
    /// <param name="securityProcesses">Process creation is also read from the Security channel.</param>
    public static LogsourcePlan Plan(Logsource source, bool securityProcesses = false)
    {
        var plan = PlanOf(source);
        if (!securityProcesses || source.Category is not "process_creation" || source.Product is not (null or "windows")) return plan;
        return plan with { Doors = [.. plan.Doors, Door.On(Channel, "Security").And(Code, "4688")] };
    }

    private static LogsourcePlan PlanOf(Logsource source)
    {
        if (source.Product is "windows") return Windows(source);
        if (source.Product is "linux") return Linux(source);
        if (source.Product is "macos") return MacOs(source);
        if (source.Product is null && source.Category is not null && ByCategory(source) is { } generic) return generic;
        if (source.Product is null && source.Category is null && source.Service is "apache" or "nginx" or "httpd")
            return Known([Door.On(Module, source.Service), Door.On(Dataset, source.Service + ".error", source.Service + ".access", "web.error"), Door.On(App, source.Service is "apache" ? ["apache", "apache2", "httpd"] : [source.Service])]);
        if (ByProduct(source) is { } device) return device;
        return Named(source);
    }

    private static LogsourcePlan Known(IReadOnlyList<Door> doors) => new(doors, true, false);

    private static LogsourcePlan Windows(Logsource source)
    {
        if (source.Category is { } category)
        {
            if (!WindowsChannels.Categories.TryGetValue(category, out var events)) return Named(source) with { IsWindows = true };
            var door = Door.On(Channel, events.Channels).And(Code, events.Codes);
            if (events.Field is { } field) door = door.And(field, events.Values!);
            return new LogsourcePlan([door], true, true);
        }
        if (source.Service is not { } service) return new LogsourcePlan([Door.On(Channel)], true, true);
        return WindowsChannels.Services.TryGetValue(service, out var channels)
            ? new LogsourcePlan([Door.On(Channel, channels)], true, true)
            : Named(source) with { IsWindows = true };
    }

    private static LogsourcePlan Linux(Logsource source) => Known((source.Category, source.Service) switch
    {
        ("process_creation", _) => [SysmonForLinux("1"), Door.On(Dataset, "auditd.process", "linux.process", "linux.process_creation"), Door.On(Category, "process").And(Os, "linux").And("process.command_line")],
        ("network_connection", _) => [SysmonForLinux("3"), Door.On(Dataset, "linux.network", "linux.network_connection")],
        ("file_event", _) => [SysmonForLinux("11"), Door.On(Dataset, "linux.file", "linux.file_event"), Door.On(Category, "file").And(Os, "linux")],
        (_, "auditd") => [Door.On(Module, "auditd"), Door.On(Dataset, "auditd", "auditd.log", "linux.auditd"), Door.On(App, "auditd", "audispd", "audit")],
        (_, "sshd") => [Door.On(App, "sshd", "sshd-session"), Door.On(Process, "sshd", "sshd-session"), Door.On(Dataset, "sshd", "linux.sshd", "system.sshd")],
        (_, "sudo") => [Door.On(App, "sudo"), Door.On(Process, "sudo"), Door.On(Dataset, "sudo", "linux.sudo")],
        (_, "cron") => [Door.On(App, "cron", "crond", "anacron", "crontab"), Door.On(Process, "cron", "crond", "anacron"), Door.On(Dataset, "cron", "linux.cron")],
        (_, "auth") => [Door.On(Dataset, "system.auth", "linux.auth"), Door.On(App, "sshd", "sshd-session", "sudo", "su", "login", "passwd", "useradd", "usermod", "userdel", "groupadd", "systemd-logind", "polkitd", "pkexec")],
        (_, "clamav") => [Door.On(App, "clamd", "clamav", "freshclam", "clamscan"), Door.On(Dataset, "clamav", "linux.clamav")],
        (_, "vsftpd") => [Door.On(App, "vsftpd"), Door.On(Dataset, "vsftpd", "linux.vsftpd")],
        (_, "guacamole") => [Door.On(App, "guacd", "guacamole"), Door.On(Dataset, "guacamole", "linux.guacamole")],
        _ => [Door.On(Os, "linux"), Door.On(Module, "linux", "system", "auditd", "syslog"), Door.On(Dataset, "syslog", "system.syslog", "linux.syslog"), Door.On(App, LinuxPrograms)],
    });

    private static Door SysmonForLinux(string code) => Door.On(Channel, "Linux-Sysmon/Operational").And(Code, code);

    private static LogsourcePlan MacOs(Logsource source) => Known(source.Category switch
    {
        "process_creation" => [Door.On(Os, "macos").And("process.command_line"), Door.On(Dataset, "macos.process", "macos.process_creation")],
        "file_event" => [Door.On(Os, "macos").And("file.path"), Door.On(Dataset, "macos.file", "macos.file_event")],
        "network_connection" => [Door.On(Os, "macos").And("destination.ip")],
        _ => [Door.On(Os, "macos")],
    });

    private static LogsourcePlan? ByCategory(Logsource source) => (source.Category, source.Service) switch
    {
        ("webserver", _) => Known([Door.On(Category, "web"), Door.On(Dataset, "web.access")]),
        ("proxy", _) => Known([Door.On(ObserverType, "proxy"), Door.On(Module, "squid", "bluecoat", "zscaler"), Door.On(Dataset, "suricata.http", "zeek.http", "web.proxy")]),
        ("dns", _) or ("network", "dns") => Known([Door.On("dns.question.name")]),
        ("firewall", _) => Known([Door.On(ObserverType, "firewall"), Door.On(Module, "iptables", "firewall"), Door.On(Dataset, "iptables", "linux.iptables")]),
        ("network", _) => Known([Door.On(Category, "network")]),
        ("antivirus", _) => Known([Door.On(Category, "malware"), Door.On(ObserverType, "antivirus", "edr")]),
        ("database", _) => Known([Door.On(Category, "database"), Door.On(Module, "mysql", "postgresql", "mssql", "oracle"), Door.On(App, DatabasePrograms), Door.On(ObserverType, "dbaudit", "audit")]),
        ("email", _) => Known([Door.On(Category, "email"), Door.On(ObserverType, "mailgateway"), Door.On("email.to.address"), Door.On(App, MailPrograms)]),
        // Devices of all kinds: what a parser pack read, and what no pack knows yet: generic pairs, JSON, and lines kept whole.
        ("device", _) => Known([Door.On("jm.parser_version"), Door.On(Dataset, "kv", "json", "syslog"), Door.On(ObserverType, DeviceTypes), Door.On(Module, "cef", "leef")]),
        // Whatever was sent: for rules of a search that does not say what kind of event it means.
        ("any", _) => Known([Door.On("message")]),
        ("ids", _) => Known([Door.On(Category, "intrusion_detection"), Door.On(ObserverType, "ids", "ips")]),
        ("authentication", _) => Known([Door.On(Category, "authentication")]),
        ("process_creation" or "network_connection" or "file_event", _) => Known(
        [
            .. Windows(source with { Product = "windows", Service = null }).Doors,
            .. Linux(source with { Product = "linux", Service = null }).Doors,
            .. MacOs(source with { Product = "macos", Service = null }).Doors,
        ]),
        _ => null,
    };

    private static LogsourcePlan? ByProduct(Logsource source) => source.Product switch
    {
        "cisco" when source.Service is not "duo" => Known([Door.On(Vendor, "cisco"), Door.On(Module, "cisco", "cisco_ios", "cisco_asa"), Door.On(Dataset, "cisco.ios", "cisco.asa", "cisco.syslog", "cisco." + source.Service)]),
        "huawei" or "juniper" or "h3c" or "hillstone" or "topsec" or "sangfor" or "nsfocus" or "venustech" or "qianxin" or "dbappsecurity" or "chaitin" or "checkpoint" or "sophos" or "ruijie" or "dptech" =>
            Known([Door.On(Vendor, source.Product), Door.On(Module, source.Product), Door.On(Dataset, Datasets(source))]),
        "fortigate" or "fortios" or "fortinet" => Known([Door.On(Vendor, "fortinet"), Door.On(Module, "fortinet", "fortigate"), Door.On(Dataset, Datasets(source))]),
        "paloalto" => Known([Door.On(Vendor, "paloalto", "palo alto networks", "palo_alto"), Door.On(Module, "paloalto", "panw"), Door.On(Dataset, Datasets(source))]),
        "suricata" => Known(source.Service is null ? [Door.On(Module, "suricata")] : [Door.On(Dataset, "suricata." + source.Service)]),
        "zeek" => Known(source.Service is null ? [Door.On(Module, "zeek")] : [Door.On(Dataset, "zeek." + source.Service)]),
        "apache" or "nginx" or "iis" or "tomcat" => Known([Door.On(Module, source.Product), Door.On(Dataset, Datasets(source)), Door.On(App, source.Product)]),
        "modsecurity" => Known([Door.On(Module, "modsecurity"), Door.On(ObserverType, "waf")]),
        _ => null,
    };

    /// <summary>Sources that only events bearing their name can feed.</summary>
    private static LogsourcePlan Named(Logsource source)
    {
        var doors = new List<Door> { Door.On(Dataset, Datasets(source)) };
        if (source.Service is null && source.Product is { } product)
        {
            doors.Add(source.Category is null or "application" ? Door.On(Module, product) : Door.On(Module, product).And(Category, source.Category));
            if (source.Category is "application" or null) doors.Add(Door.On(App, product));
            doors.Add(Door.On(Product, product));
        }
        else if (source.Product is null && source.Service is { } service) doors.Add(Door.On(Module, service));
        return new LogsourcePlan(doors, false, false);
    }

    private static string[] Datasets(Logsource source)
    {
        var names = new List<string>();
        var parts = new[] { source.Product, source.Category, source.Service }.Where(p => p is not null).Select(p => p!).ToArray();
        names.Add(string.Join('.', parts));
        if (source is { Product: { } p1, Service: { } s1 }) names.Add($"{p1}.{s1}");
        if (source.Service is { } s) names.Add(s);
        if (source is { Service: null, Product: { } p2 }) names.Add(p2);
        if (source is { Service: null, Product: null, Category: { } c }) names.Add(c);
        return [.. names.Distinct()];
    }
}
