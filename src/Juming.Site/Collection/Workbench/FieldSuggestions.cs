namespace Juming.Site.Collection.Workbench;

/// <summary>Names that the editor offers. Any other name may be typed.</summary>
internal static class FieldSuggestions
{
    /// <summary>Fields that rules and pages use.</summary>
    public static readonly string[] All =
    [
        "@timestamp", "destination.bytes", "destination.domain", "destination.ip", "destination.mac", "destination.nat.ip", "destination.port", "dns.question.name", "dns.question.type",
        "event.action", "event.code", "event.end", "event.outcome", "event.reason", "event.severity", "event.start", "file.hash.md5", "file.hash.sha256", "file.name", "file.path",
        "host.ip", "host.name", "http.request.method", "http.request.referrer", "http.response.bytes", "http.response.status_code", "jm.attack_result", "jm.attacker.ip", "jm.victim.ip", "log.level", "message",
        "network.application", "network.direction", "network.forwarded_ip", "network.protocol", "network.session_id", "network.transport", "observer.egress.interface.name", "observer.egress.zone",
        "observer.ingress.interface.name", "observer.ingress.zone", "observer.serial_number", "process.command_line", "process.executable", "process.name", "process.pid", "rule.category", "rule.id", "rule.name",
        "source.bytes", "source.domain", "source.ip", "source.mac", "source.nat.ip", "source.port", "threat.technique.id", "url.domain", "url.original", "url.path", "url.query", "user.domain", "user.name",
        "user.target.name", "user_agent.original", "vendor.",
    ];

    /// <summary>Kinds of devices.</summary>
    public static readonly string[] Types = ["firewall", "ids", "ips", "waf", "edr", "ndr", "nac", "vpn", "bastion", "proxy", "scanner", "mailgateway", "webserver", "database", "host", "switch", "router"];
}
