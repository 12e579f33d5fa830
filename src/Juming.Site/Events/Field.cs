namespace Juming.Site.Events;

/// <summary>Numbers of the ECS fields (and our own <c>jm.*</c>) that the product itself reads or writes. Names follow ECS; see docs/fields.md.</summary>
public static class Field
{
    /// <summary><c>@timestamp</c></summary>
    public static readonly ushort Timestamp = FieldNames.Intern("@timestamp");
    /// <summary><c>message</c></summary>
    public static readonly ushort Message = FieldNames.Intern("message");
    /// <summary><c>tags</c></summary>
    public static readonly ushort Tags = FieldNames.Intern("tags");
    /// <summary><c>labels</c></summary>
    public static readonly ushort Labels = FieldNames.Intern("labels");
    /// <summary><c>event.id</c></summary>
    public static readonly ushort EventId = FieldNames.Intern("event.id");
    /// <summary><c>event.kind</c></summary>
    public static readonly ushort EventKind = FieldNames.Intern("event.kind");
    /// <summary><c>event.category</c></summary>
    public static readonly ushort EventCategory = FieldNames.Intern("event.category");
    /// <summary><c>event.type</c></summary>
    public static readonly ushort EventType = FieldNames.Intern("event.type");
    /// <summary><c>event.action</c></summary>
    public static readonly ushort EventAction = FieldNames.Intern("event.action");
    /// <summary><c>event.outcome</c></summary>
    public static readonly ushort EventOutcome = FieldNames.Intern("event.outcome");
    /// <summary><c>event.code</c></summary>
    public static readonly ushort EventCode = FieldNames.Intern("event.code");
    /// <summary><c>event.dataset</c></summary>
    public static readonly ushort EventDataset = FieldNames.Intern("event.dataset");
    /// <summary><c>event.module</c></summary>
    public static readonly ushort EventModule = FieldNames.Intern("event.module");
    /// <summary><c>event.provider</c></summary>
    public static readonly ushort EventProvider = FieldNames.Intern("event.provider");
    /// <summary><c>event.severity</c></summary>
    public static readonly ushort EventSeverity = FieldNames.Intern("event.severity");
    /// <summary><c>event.risk_score</c></summary>
    public static readonly ushort EventRiskScore = FieldNames.Intern("event.risk_score");
    /// <summary><c>event.reason</c></summary>
    public static readonly ushort EventReason = FieldNames.Intern("event.reason");
    /// <summary><c>event.created</c></summary>
    public static readonly ushort EventCreated = FieldNames.Intern("event.created");
    /// <summary><c>event.ingested</c></summary>
    public static readonly ushort EventIngested = FieldNames.Intern("event.ingested");
    /// <summary><c>event.start</c></summary>
    public static readonly ushort EventStart = FieldNames.Intern("event.start");
    /// <summary><c>event.end</c></summary>
    public static readonly ushort EventEnd = FieldNames.Intern("event.end");
    /// <summary><c>event.duration</c></summary>
    public static readonly ushort EventDuration = FieldNames.Intern("event.duration");
    /// <summary><c>event.original</c></summary>
    public static readonly ushort EventOriginal = FieldNames.Intern("event.original");
    /// <summary><c>event.timezone</c></summary>
    public static readonly ushort EventTimezone = FieldNames.Intern("event.timezone");
    /// <summary><c>event.sequence</c></summary>
    public static readonly ushort EventSequence = FieldNames.Intern("event.sequence");
    /// <summary><c>event.hash</c></summary>
    public static readonly ushort EventHash = FieldNames.Intern("event.hash");
    /// <summary><c>source.ip</c></summary>
    public static readonly ushort SourceIp = FieldNames.Intern("source.ip");
    /// <summary><c>source.port</c></summary>
    public static readonly ushort SourcePort = FieldNames.Intern("source.port");
    /// <summary><c>source.mac</c></summary>
    public static readonly ushort SourceMac = FieldNames.Intern("source.mac");
    /// <summary><c>source.bytes</c></summary>
    public static readonly ushort SourceBytes = FieldNames.Intern("source.bytes");
    /// <summary><c>source.packets</c></summary>
    public static readonly ushort SourcePackets = FieldNames.Intern("source.packets");
    /// <summary><c>source.domain</c></summary>
    public static readonly ushort SourceDomain = FieldNames.Intern("source.domain");
    /// <summary><c>source.nat.ip</c></summary>
    public static readonly ushort SourceNatIp = FieldNames.Intern("source.nat.ip");
    /// <summary><c>source.nat.port</c></summary>
    public static readonly ushort SourceNatPort = FieldNames.Intern("source.nat.port");
    /// <summary><c>source.geo.country_iso_code</c></summary>
    public static readonly ushort SourceGeoCountryIsoCode = FieldNames.Intern("source.geo.country_iso_code");
    /// <summary><c>source.geo.city_name</c></summary>
    public static readonly ushort SourceGeoCityName = FieldNames.Intern("source.geo.city_name");
    /// <summary><c>source.as.number</c></summary>
    public static readonly ushort SourceAsNumber = FieldNames.Intern("source.as.number");
    /// <summary><c>source.as.organization.name</c></summary>
    public static readonly ushort SourceAsOrganizationName = FieldNames.Intern("source.as.organization.name");
    /// <summary><c>source.user.name</c></summary>
    public static readonly ushort SourceUserName = FieldNames.Intern("source.user.name");
    /// <summary><c>destination.ip</c></summary>
    public static readonly ushort DestinationIp = FieldNames.Intern("destination.ip");
    /// <summary><c>destination.port</c></summary>
    public static readonly ushort DestinationPort = FieldNames.Intern("destination.port");
    /// <summary><c>destination.mac</c></summary>
    public static readonly ushort DestinationMac = FieldNames.Intern("destination.mac");
    /// <summary><c>destination.bytes</c></summary>
    public static readonly ushort DestinationBytes = FieldNames.Intern("destination.bytes");
    /// <summary><c>destination.packets</c></summary>
    public static readonly ushort DestinationPackets = FieldNames.Intern("destination.packets");
    /// <summary><c>destination.domain</c></summary>
    public static readonly ushort DestinationDomain = FieldNames.Intern("destination.domain");
    /// <summary><c>destination.nat.ip</c></summary>
    public static readonly ushort DestinationNatIp = FieldNames.Intern("destination.nat.ip");
    /// <summary><c>destination.nat.port</c></summary>
    public static readonly ushort DestinationNatPort = FieldNames.Intern("destination.nat.port");
    /// <summary><c>destination.geo.country_iso_code</c></summary>
    public static readonly ushort DestinationGeoCountryIsoCode = FieldNames.Intern("destination.geo.country_iso_code");
    /// <summary><c>destination.geo.city_name</c></summary>
    public static readonly ushort DestinationGeoCityName = FieldNames.Intern("destination.geo.city_name");
    /// <summary><c>destination.user.name</c></summary>
    public static readonly ushort DestinationUserName = FieldNames.Intern("destination.user.name");
    /// <summary><c>network.transport</c></summary>
    public static readonly ushort NetworkTransport = FieldNames.Intern("network.transport");
    /// <summary><c>network.protocol</c></summary>
    public static readonly ushort NetworkProtocol = FieldNames.Intern("network.protocol");
    /// <summary><c>network.application</c></summary>
    public static readonly ushort NetworkApplication = FieldNames.Intern("network.application");
    /// <summary><c>network.direction</c></summary>
    public static readonly ushort NetworkDirection = FieldNames.Intern("network.direction");
    /// <summary><c>network.bytes</c></summary>
    public static readonly ushort NetworkBytes = FieldNames.Intern("network.bytes");
    /// <summary><c>network.packets</c></summary>
    public static readonly ushort NetworkPackets = FieldNames.Intern("network.packets");
    /// <summary><c>network.iana_number</c></summary>
    public static readonly ushort NetworkIanaNumber = FieldNames.Intern("network.iana_number");
    /// <summary><c>network.community_id</c></summary>
    public static readonly ushort NetworkCommunityId = FieldNames.Intern("network.community_id");
    /// <summary><c>network.type</c></summary>
    public static readonly ushort NetworkType = FieldNames.Intern("network.type");
    /// <summary><c>network.vlan.id</c></summary>
    public static readonly ushort NetworkVlanId = FieldNames.Intern("network.vlan.id");
    /// <summary><c>network.forwarded_ip</c></summary>
    public static readonly ushort NetworkForwardedIp = FieldNames.Intern("network.forwarded_ip");
    /// <summary><c>host.name</c></summary>
    public static readonly ushort HostName = FieldNames.Intern("host.name");
    /// <summary><c>host.ip</c></summary>
    public static readonly ushort HostIp = FieldNames.Intern("host.ip");
    /// <summary><c>host.mac</c></summary>
    public static readonly ushort HostMac = FieldNames.Intern("host.mac");
    /// <summary><c>host.id</c></summary>
    public static readonly ushort HostId = FieldNames.Intern("host.id");
    /// <summary><c>host.hostname</c></summary>
    public static readonly ushort HostHostname = FieldNames.Intern("host.hostname");
    /// <summary><c>host.os.type</c></summary>
    public static readonly ushort HostOsType = FieldNames.Intern("host.os.type");
    /// <summary><c>host.os.full</c></summary>
    public static readonly ushort HostOsFull = FieldNames.Intern("host.os.full");
    /// <summary><c>observer.ip</c></summary>
    public static readonly ushort ObserverIp = FieldNames.Intern("observer.ip");
    /// <summary><c>observer.name</c></summary>
    public static readonly ushort ObserverName = FieldNames.Intern("observer.name");
    /// <summary><c>observer.vendor</c></summary>
    public static readonly ushort ObserverVendor = FieldNames.Intern("observer.vendor");
    /// <summary><c>observer.product</c></summary>
    public static readonly ushort ObserverProduct = FieldNames.Intern("observer.product");
    /// <summary><c>observer.type</c></summary>
    public static readonly ushort ObserverType = FieldNames.Intern("observer.type");
    /// <summary><c>observer.version</c></summary>
    public static readonly ushort ObserverVersion = FieldNames.Intern("observer.version");
    /// <summary><c>observer.serial_number</c></summary>
    public static readonly ushort ObserverSerialNumber = FieldNames.Intern("observer.serial_number");
    /// <summary><c>observer.ingress.zone</c></summary>
    public static readonly ushort ObserverIngressZone = FieldNames.Intern("observer.ingress.zone");
    /// <summary><c>observer.egress.zone</c></summary>
    public static readonly ushort ObserverEgressZone = FieldNames.Intern("observer.egress.zone");
    /// <summary><c>observer.ingress.interface.name</c></summary>
    public static readonly ushort ObserverIngressInterfaceName = FieldNames.Intern("observer.ingress.interface.name");
    /// <summary><c>observer.egress.interface.name</c></summary>
    public static readonly ushort ObserverEgressInterfaceName = FieldNames.Intern("observer.egress.interface.name");
    /// <summary><c>user.name</c></summary>
    public static readonly ushort UserName = FieldNames.Intern("user.name");
    /// <summary><c>user.id</c></summary>
    public static readonly ushort UserId = FieldNames.Intern("user.id");
    /// <summary><c>user.domain</c></summary>
    public static readonly ushort UserDomain = FieldNames.Intern("user.domain");
    /// <summary><c>user.target.name</c></summary>
    public static readonly ushort UserTargetName = FieldNames.Intern("user.target.name");
    /// <summary><c>user.effective.name</c></summary>
    public static readonly ushort UserEffectiveName = FieldNames.Intern("user.effective.name");
    /// <summary><c>user.email</c></summary>
    public static readonly ushort UserEmail = FieldNames.Intern("user.email");
    /// <summary><c>process.name</c></summary>
    public static readonly ushort ProcessName = FieldNames.Intern("process.name");
    /// <summary><c>process.pid</c></summary>
    public static readonly ushort ProcessPid = FieldNames.Intern("process.pid");
    /// <summary><c>process.executable</c></summary>
    public static readonly ushort ProcessExecutable = FieldNames.Intern("process.executable");
    /// <summary><c>process.command_line</c></summary>
    public static readonly ushort ProcessCommandLine = FieldNames.Intern("process.command_line");
    /// <summary><c>process.args</c></summary>
    public static readonly ushort ProcessArgs = FieldNames.Intern("process.args");
    /// <summary><c>process.entity_id</c></summary>
    public static readonly ushort ProcessEntityId = FieldNames.Intern("process.entity_id");
    /// <summary><c>process.parent.executable</c></summary>
    public static readonly ushort ProcessParentExecutable = FieldNames.Intern("process.parent.executable");
    /// <summary><c>process.parent.command_line</c></summary>
    public static readonly ushort ProcessParentCommandLine = FieldNames.Intern("process.parent.command_line");
    /// <summary><c>process.parent.name</c></summary>
    public static readonly ushort ProcessParentName = FieldNames.Intern("process.parent.name");
    /// <summary><c>process.parent.pid</c></summary>
    public static readonly ushort ProcessParentPid = FieldNames.Intern("process.parent.pid");
    /// <summary><c>process.hash.md5</c></summary>
    public static readonly ushort ProcessHashMd5 = FieldNames.Intern("process.hash.md5");
    /// <summary><c>process.hash.sha256</c></summary>
    public static readonly ushort ProcessHashSha256 = FieldNames.Intern("process.hash.sha256");
    /// <summary><c>process.working_directory</c></summary>
    public static readonly ushort ProcessWorkingDirectory = FieldNames.Intern("process.working_directory");
    /// <summary><c>process.pe.original_file_name</c></summary>
    public static readonly ushort ProcessPeOriginalFileName = FieldNames.Intern("process.pe.original_file_name");
    /// <summary><c>file.path</c></summary>
    public static readonly ushort FilePath = FieldNames.Intern("file.path");
    /// <summary><c>file.name</c></summary>
    public static readonly ushort FileName = FieldNames.Intern("file.name");
    /// <summary><c>file.extension</c></summary>
    public static readonly ushort FileExtension = FieldNames.Intern("file.extension");
    /// <summary><c>file.size</c></summary>
    public static readonly ushort FileSize = FieldNames.Intern("file.size");
    /// <summary><c>file.hash.md5</c></summary>
    public static readonly ushort FileHashMd5 = FieldNames.Intern("file.hash.md5");
    /// <summary><c>file.hash.sha1</c></summary>
    public static readonly ushort FileHashSha1 = FieldNames.Intern("file.hash.sha1");
    /// <summary><c>file.hash.sha256</c></summary>
    public static readonly ushort FileHashSha256 = FieldNames.Intern("file.hash.sha256");
    /// <summary><c>file.pe.imphash</c></summary>
    public static readonly ushort FilePeImphash = FieldNames.Intern("file.pe.imphash");
    /// <summary><c>file.pe.original_file_name</c></summary>
    public static readonly ushort FilePeOriginalFileName = FieldNames.Intern("file.pe.original_file_name");
    /// <summary><c>registry.path</c></summary>
    public static readonly ushort RegistryPath = FieldNames.Intern("registry.path");
    /// <summary><c>registry.value</c></summary>
    public static readonly ushort RegistryValue = FieldNames.Intern("registry.value");
    /// <summary><c>registry.data.strings</c></summary>
    public static readonly ushort RegistryDataStrings = FieldNames.Intern("registry.data.strings");
    /// <summary><c>dns.question.name</c></summary>
    public static readonly ushort DnsQuestionName = FieldNames.Intern("dns.question.name");
    /// <summary><c>dns.question.type</c></summary>
    public static readonly ushort DnsQuestionType = FieldNames.Intern("dns.question.type");
    /// <summary><c>dns.response_code</c></summary>
    public static readonly ushort DnsResponseCode = FieldNames.Intern("dns.response_code");
    /// <summary><c>dns.resolved_ip</c></summary>
    public static readonly ushort DnsResolvedIp = FieldNames.Intern("dns.resolved_ip");
    /// <summary><c>dns.answers.data</c></summary>
    public static readonly ushort DnsAnswersData = FieldNames.Intern("dns.answers.data");
    /// <summary><c>dns.type</c></summary>
    public static readonly ushort DnsType = FieldNames.Intern("dns.type");
    /// <summary><c>dns.id</c></summary>
    public static readonly ushort DnsId = FieldNames.Intern("dns.id");
    /// <summary><c>url.full</c></summary>
    public static readonly ushort UrlFull = FieldNames.Intern("url.full");
    /// <summary><c>url.original</c></summary>
    public static readonly ushort UrlOriginal = FieldNames.Intern("url.original");
    /// <summary><c>url.path</c></summary>
    public static readonly ushort UrlPath = FieldNames.Intern("url.path");
    /// <summary><c>url.query</c></summary>
    public static readonly ushort UrlQuery = FieldNames.Intern("url.query");
    /// <summary><c>url.domain</c></summary>
    public static readonly ushort UrlDomain = FieldNames.Intern("url.domain");
    /// <summary><c>url.scheme</c></summary>
    public static readonly ushort UrlScheme = FieldNames.Intern("url.scheme");
    /// <summary><c>url.port</c></summary>
    public static readonly ushort UrlPort = FieldNames.Intern("url.port");
    /// <summary><c>http.request.method</c></summary>
    public static readonly ushort HttpRequestMethod = FieldNames.Intern("http.request.method");
    /// <summary><c>http.response.status_code</c></summary>
    public static readonly ushort HttpResponseStatusCode = FieldNames.Intern("http.response.status_code");
    /// <summary><c>http.request.body.content</c></summary>
    public static readonly ushort HttpRequestBodyContent = FieldNames.Intern("http.request.body.content");
    /// <summary><c>http.response.bytes</c></summary>
    public static readonly ushort HttpResponseBytes = FieldNames.Intern("http.response.bytes");
    /// <summary><c>http.request.referrer</c></summary>
    public static readonly ushort HttpRequestReferrer = FieldNames.Intern("http.request.referrer");
    /// <summary><c>http.version</c></summary>
    public static readonly ushort HttpVersion = FieldNames.Intern("http.version");
    /// <summary><c>user_agent.original</c></summary>
    public static readonly ushort UserAgentOriginal = FieldNames.Intern("user_agent.original");
    /// <summary><c>tls.client.ja3</c></summary>
    public static readonly ushort TlsClientJa3 = FieldNames.Intern("tls.client.ja3");
    /// <summary><c>tls.client.server_name</c></summary>
    public static readonly ushort TlsClientServerName = FieldNames.Intern("tls.client.server_name");
    /// <summary><c>tls.version</c></summary>
    public static readonly ushort TlsVersion = FieldNames.Intern("tls.version");
    /// <summary><c>tls.server.not_after</c></summary>
    public static readonly ushort TlsServerNotAfter = FieldNames.Intern("tls.server.not_after");
    /// <summary><c>tls.server.subject</c></summary>
    public static readonly ushort TlsServerSubject = FieldNames.Intern("tls.server.subject");
    /// <summary><c>tls.server.issuer</c></summary>
    public static readonly ushort TlsServerIssuer = FieldNames.Intern("tls.server.issuer");
    /// <summary><c>rule.id</c></summary>
    public static readonly ushort RuleId = FieldNames.Intern("rule.id");
    /// <summary><c>rule.name</c></summary>
    public static readonly ushort RuleName = FieldNames.Intern("rule.name");
    /// <summary><c>rule.category</c></summary>
    public static readonly ushort RuleCategory = FieldNames.Intern("rule.category");
    /// <summary><c>rule.description</c></summary>
    public static readonly ushort RuleDescription = FieldNames.Intern("rule.description");
    /// <summary><c>rule.reference</c></summary>
    public static readonly ushort RuleReference = FieldNames.Intern("rule.reference");
    /// <summary><c>rule.ruleset</c></summary>
    public static readonly ushort RuleRuleset = FieldNames.Intern("rule.ruleset");
    /// <summary><c>rule.version</c></summary>
    public static readonly ushort RuleVersion = FieldNames.Intern("rule.version");
    /// <summary><c>threat.tactic.id</c></summary>
    public static readonly ushort ThreatTacticId = FieldNames.Intern("threat.tactic.id");
    /// <summary><c>threat.tactic.name</c></summary>
    public static readonly ushort ThreatTacticName = FieldNames.Intern("threat.tactic.name");
    /// <summary><c>threat.technique.id</c></summary>
    public static readonly ushort ThreatTechniqueId = FieldNames.Intern("threat.technique.id");
    /// <summary><c>threat.technique.name</c></summary>
    public static readonly ushort ThreatTechniqueName = FieldNames.Intern("threat.technique.name");
    /// <summary><c>threat.indicator.type</c></summary>
    public static readonly ushort ThreatIndicatorType = FieldNames.Intern("threat.indicator.type");
    /// <summary><c>threat.indicator.ip</c></summary>
    public static readonly ushort ThreatIndicatorIp = FieldNames.Intern("threat.indicator.ip");
    /// <summary><c>threat.indicator.confidence</c></summary>
    public static readonly ushort ThreatIndicatorConfidence = FieldNames.Intern("threat.indicator.confidence");
    /// <summary><c>threat.indicator.marking.tlp</c></summary>
    public static readonly ushort ThreatIndicatorMarkingTlp = FieldNames.Intern("threat.indicator.marking.tlp");
    /// <summary><c>threat.feed.name</c></summary>
    public static readonly ushort ThreatFeedName = FieldNames.Intern("threat.feed.name");
    /// <summary><c>vulnerability.id</c></summary>
    public static readonly ushort VulnerabilityId = FieldNames.Intern("vulnerability.id");
    /// <summary><c>vulnerability.severity</c></summary>
    public static readonly ushort VulnerabilitySeverity = FieldNames.Intern("vulnerability.severity");
    /// <summary><c>vulnerability.score.base</c></summary>
    public static readonly ushort VulnerabilityScoreBase = FieldNames.Intern("vulnerability.score.base");
    /// <summary><c>email.from.address</c></summary>
    public static readonly ushort EmailFromAddress = FieldNames.Intern("email.from.address");
    /// <summary><c>email.to.address</c></summary>
    public static readonly ushort EmailToAddress = FieldNames.Intern("email.to.address");
    /// <summary><c>email.subject</c></summary>
    public static readonly ushort EmailSubject = FieldNames.Intern("email.subject");
    /// <summary><c>email.attachments.file.name</c></summary>
    public static readonly ushort EmailAttachmentsFileName = FieldNames.Intern("email.attachments.file.name");
    /// <summary><c>log.syslog.priority</c></summary>
    public static readonly ushort LogSyslogPriority = FieldNames.Intern("log.syslog.priority");
    /// <summary><c>log.syslog.facility.code</c></summary>
    public static readonly ushort LogSyslogFacilityCode = FieldNames.Intern("log.syslog.facility.code");
    /// <summary><c>log.syslog.severity.code</c></summary>
    public static readonly ushort LogSyslogSeverityCode = FieldNames.Intern("log.syslog.severity.code");
    /// <summary><c>log.syslog.appname</c></summary>
    public static readonly ushort LogSyslogAppname = FieldNames.Intern("log.syslog.appname");
    /// <summary><c>log.syslog.hostname</c></summary>
    public static readonly ushort LogSyslogHostname = FieldNames.Intern("log.syslog.hostname");
    /// <summary><c>log.syslog.procid</c></summary>
    public static readonly ushort LogSyslogProcid = FieldNames.Intern("log.syslog.procid");
    /// <summary><c>log.syslog.msgid</c></summary>
    public static readonly ushort LogSyslogMsgid = FieldNames.Intern("log.syslog.msgid");
    /// <summary><c>log.level</c></summary>
    public static readonly ushort LogLevel = FieldNames.Intern("log.level");
    /// <summary><c>log.file.path</c></summary>
    public static readonly ushort LogFilePath = FieldNames.Intern("log.file.path");
    /// <summary><c>service.name</c></summary>
    public static readonly ushort ServiceName = FieldNames.Intern("service.name");
    /// <summary><c>agent.id</c></summary>
    public static readonly ushort AgentId = FieldNames.Intern("agent.id");
    /// <summary><c>agent.type</c></summary>
    public static readonly ushort AgentType = FieldNames.Intern("agent.type");
    /// <summary><c>organization.id</c></summary>
    public static readonly ushort OrganizationId = FieldNames.Intern("organization.id");
    /// <summary><c>winlog.channel</c></summary>
    public static readonly ushort WinlogChannel = FieldNames.Intern("winlog.channel");
    /// <summary><c>winlog.provider_name</c></summary>
    public static readonly ushort WinlogProviderName = FieldNames.Intern("winlog.provider_name");
    /// <summary><c>winlog.record_id</c></summary>
    public static readonly ushort WinlogRecordId = FieldNames.Intern("winlog.record_id");
    /// <summary><c>winlog.computer_name</c></summary>
    public static readonly ushort WinlogComputerName = FieldNames.Intern("winlog.computer_name");
    /// <summary><c>winlog.task</c></summary>
    public static readonly ushort WinlogTask = FieldNames.Intern("winlog.task");
    /// <summary><c>winlog.keywords</c></summary>
    public static readonly ushort WinlogKeywords = FieldNames.Intern("winlog.keywords");
    /// <summary><c>winlog.opcode</c></summary>
    public static readonly ushort WinlogOpcode = FieldNames.Intern("winlog.opcode");
    /// <summary><c>winlog.level</c></summary>
    public static readonly ushort WinlogLevel = FieldNames.Intern("winlog.level");
    /// <summary><c>powershell.file.script_block_text</c></summary>
    public static readonly ushort PowershellFileScriptBlockText = FieldNames.Intern("powershell.file.script_block_text");
    /// <summary><c>jm.site_id</c></summary>
    public static readonly ushort JmSiteId = FieldNames.Intern("jm.site_id");
    /// <summary><c>jm.source_id</c></summary>
    public static readonly ushort JmSourceId = FieldNames.Intern("jm.source_id");
    /// <summary><c>jm.parser</c></summary>
    public static readonly ushort JmParser = FieldNames.Intern("jm.parser");
    /// <summary><c>jm.parser_version</c></summary>
    public static readonly ushort JmParserVersion = FieldNames.Intern("jm.parser_version");
    /// <summary><c>jm.attack_result</c></summary>
    public static readonly ushort JmAttackResult = FieldNames.Intern("jm.attack_result");
    /// <summary><c>jm.attacker.ip</c></summary>
    public static readonly ushort JmAttackerIp = FieldNames.Intern("jm.attacker.ip");
    /// <summary><c>jm.victim.ip</c></summary>
    public static readonly ushort JmVictimIp = FieldNames.Intern("jm.victim.ip");
    /// <summary><c>jm.asset.id</c></summary>
    public static readonly ushort JmAssetId = FieldNames.Intern("jm.asset.id");
    /// <summary><c>jm.raw_charset</c></summary>
    public static readonly ushort JmRawCharset = FieldNames.Intern("jm.raw_charset");
    /// <summary><c>jm.time_quality</c></summary>
    public static readonly ushort JmTimeQuality = FieldNames.Intern("jm.time_quality");
    /// <summary><c>jm.verdict</c></summary>
    public static readonly ushort JmVerdict = FieldNames.Intern("jm.verdict");
    /// <summary><c>jm.direction</c></summary>
    public static readonly ushort JmDirection = FieldNames.Intern("jm.direction");
}
