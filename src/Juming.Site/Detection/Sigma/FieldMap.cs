namespace Juming.Site.Detection.Sigma;

/// <summary>
/// Where a field of a rule is found in an event, best place first. Windows rules look at the event's own data before the common fields, because
/// those are split and cleaned (a user "DOMAIN\name" loses its domain).
/// </summary>
internal static class FieldMap
{
    private const string Data = "winlog.event_data.";

    private static readonly Dictionary<string, string[]> Windows = new(StringComparer.Ordinal)
    {
        ["EventID"] = ["event.code"],
        ["Channel"] = ["winlog.channel"],
        ["Provider_Name"] = ["winlog.provider_name", "event.provider"],
        ["ProviderName"] = [Data + "ProviderName", "winlog.provider_name", "event.provider"],
        ["Source"] = [Data + "Source", "winlog.provider_name", "event.provider"],
        ["Computer"] = ["winlog.computer_name", "host.name"],
        ["ComputerName"] = [Data + "ComputerName", "winlog.computer_name", "host.name"],
        ["Hostname"] = [Data + "Hostname", "winlog.computer_name", "host.name"],
        ["Keywords"] = ["winlog.keywords"],
        ["Level"] = [Data + "Level", "winlog.level", "log.level"],
        ["Task"] = [Data + "Task", "winlog.task"],
        ["Opcode"] = [Data + "Opcode", "winlog.opcode"],
        ["EventRecordID"] = ["winlog.record_id"],
        ["Security_UserID"] = ["winlog.user.identifier", Data + "UserID"],
        ["UserID"] = [Data + "UserID", "winlog.user.identifier"],
        ["Execution_ProcessID"] = ["winlog.process.pid"],
        ["Message"] = [Data + "Message", "message"],
        ["Image"] = [Data + "Image", "process.executable"],
        ["CommandLine"] = [Data + "CommandLine", "process.command_line"],
        ["ParentImage"] = [Data + "ParentImage", "process.parent.executable"],
        ["ParentCommandLine"] = [Data + "ParentCommandLine", "process.parent.command_line"],
        ["ProcessId"] = [Data + "ProcessId", "process.pid"],
        ["ProcessGuid"] = [Data + "ProcessGuid", "process.entity_id"],
        ["ParentProcessId"] = [Data + "ParentProcessId", "process.parent.pid"],
        ["CurrentDirectory"] = [Data + "CurrentDirectory", "process.working_directory"],
        ["OriginalFileName"] = [Data + "OriginalFileName", "process.pe.original_file_name", "file.pe.original_file_name"],
        ["Imphash"] = [Data + "Imphash", Data + "IMPHASH", "file.pe.imphash"],
        ["imphash"] = [Data + "imphash", Data + "Imphash", "file.pe.imphash"],
        ["md5"] = [Data + "md5", "process.hash.md5", "file.hash.md5"],
        ["sha256"] = [Data + "sha256", "process.hash.sha256", "file.hash.sha256"],
        ["sha1"] = [Data + "sha1", "file.hash.sha1"],
        ["TargetFilename"] = [Data + "TargetFilename", "file.path"],
        ["ImageLoaded"] = [Data + "ImageLoaded", "file.path"],
        ["TargetObject"] = [Data + "TargetObject", "registry.path"],
        ["Details"] = [Data + "Details", "registry.data.strings"],
        ["PipeName"] = [Data + "PipeName", "file.name"],
        ["QueryName"] = [Data + "QueryName", "dns.question.name"],
        ["QueryResults"] = [Data + "QueryResults", "dns.answers.data"],
        ["SourceIp"] = [Data + "SourceIp", "source.ip"],
        ["SourcePort"] = [Data + "SourcePort", "source.port"],
        ["SourceHostname"] = [Data + "SourceHostname", "source.domain"],
        ["DestinationIp"] = [Data + "DestinationIp", "destination.ip"],
        ["DestinationPort"] = [Data + "DestinationPort", "destination.port"],
        ["DestinationHostname"] = [Data + "DestinationHostname", "destination.domain"],
        ["ScriptBlockText"] = [Data + "ScriptBlockText", "powershell.file.script_block_text"],
        ["IpAddress"] = [Data + "IpAddress", "source.ip"],
        ["IpPort"] = [Data + "IpPort", "source.port"],
        ["WorkstationName"] = [Data + "WorkstationName", Data + "Workstation", "source.domain"],
        ["User"] = [Data + "User", "user.name"],
        ["SubjectUserName"] = [Data + "SubjectUserName", "user.name"],
        ["ParentUser"] = [Data + "ParentUser"],
        ["LogonId"] = [Data + "LogonId", Data + "SubjectLogonId"],
    };

    private static readonly Dictionary<string, string[]> General = new(StringComparer.Ordinal)
    {
        ["c-uri"] = ["url.original", "url.full", "url.path"],
        ["cs-uri"] = ["url.original", "url.full", "url.path"],
        ["uri"] = ["url.original", "url.path"],
        ["url"] = ["url.original", "url.full"],
        ["c-uri-query"] = ["url.query"],
        ["cs-uri-query"] = ["url.original", "url.query"],
        ["c-uri-stem"] = ["url.path"],
        ["cs-uri-stem"] = ["url.path"],
        ["c-uri-extension"] = ["url.extension"],
        ["cs-method"] = ["http.request.method"],
        ["method"] = ["http.request.method"],
        ["sc-status"] = ["http.response.status_code"],
        ["status_code"] = ["http.response.status_code"],
        ["c-useragent"] = ["user_agent.original"],
        ["cs-user-agent"] = ["user_agent.original"],
        ["cs-useragent"] = ["user_agent.original"],
        ["user_agent"] = ["user_agent.original"],
        ["userAgent"] = ["user_agent.original"],
        ["cs-host"] = ["url.domain", "destination.domain"],
        ["r-dns"] = ["url.domain", "destination.domain"],
        ["host"] = ["url.domain"],
        ["cs-referer"] = ["http.request.referrer"],
        ["cs-referrer"] = ["http.request.referrer"],
        ["referrer"] = ["http.request.referrer"],
        ["cs-username"] = ["user.name"],
        ["cs-cookie"] = ["http.request.cookie"],
        ["cs-version"] = ["http.version"],
        ["cs-content-type"] = ["http.request.mime_type"],
        ["cs-bytes"] = ["source.bytes", "http.request.bytes"],
        ["sc-bytes"] = ["http.response.bytes"],
        ["resp_mime_types"] = ["http.response.mime_type"],
        ["c-ip"] = ["source.ip"],
        ["s-ip"] = ["destination.ip"],
        ["s-port"] = ["destination.port"],
        ["src_ip"] = ["source.ip"],
        ["src_port"] = ["source.port"],
        ["dst_ip"] = ["destination.ip"],
        ["dst_port"] = ["destination.port"],
        ["SourceIP"] = ["source.ip"],
        ["SourceIp"] = ["source.ip"],
        ["SourcePort"] = ["source.port"],
        ["DestinationIP"] = ["destination.ip"],
        ["DestinationIp"] = ["destination.ip"],
        ["DestinationPort"] = ["destination.port"],
        ["DestinationHostname"] = ["destination.domain"],
        ["id.orig_h"] = ["source.ip"],
        ["id.orig_p"] = ["source.port"],
        ["id.resp_h"] = ["destination.ip"],
        ["id.resp_p"] = ["destination.port"],
        ["username"] = ["user.name"],
        ["User"] = ["user.name"],
        ["USER"] = ["user.effective.name"],
        ["action"] = ["event.action"],
        ["Action"] = ["event.action"],
        ["blocked"] = ["event.action"],
        ["query"] = ["dns.question.name"],
        ["record_type"] = ["dns.question.type"],
        ["qtype_name"] = ["dns.question.type"],
        ["answer"] = ["dns.answers.data", "dns.resolved_ip"],
        ["answers"] = ["dns.answers.data", "dns.resolved_ip"],
        ["Signature"] = ["rule.name", "threat.name"],
        ["Filename"] = ["file.path", "file.name"],
        ["TargetFilename"] = ["file.path"],
        ["Image"] = ["process.executable"],
        ["CommandLine"] = ["process.command_line"],
        ["ParentImage"] = ["process.parent.executable"],
        ["ParentCommandLine"] = ["process.parent.command_line"],
        ["ProcessId"] = ["process.pid"],
        ["CurrentDirectory"] = ["process.working_directory"],
        ["OriginalFileName"] = ["process.pe.original_file_name"],
        ["md5"] = ["file.hash.md5", "process.hash.md5"],
        ["sha256"] = ["file.hash.sha256", "process.hash.sha256"],
        ["exe"] = ["process.executable"],
        ["comm"] = ["process.name"],
        ["hostname"] = ["host.name"],
        ["Computer"] = ["host.name"],
        ["ComputerName"] = ["host.name"],
    };

    /// <summary>Names to try, best first.</summary>
    /// <param name="field">Name in the rule.</param>
    /// <param name="source">Log source of the rule: device fields may lie below the product's or service's name.</param>
    /// <param name="windows">True for Windows names.</param>
    public static IEnumerable<string> Places(string field, Logsource source, bool windows)
    {
        if (windows)
        {
            if (Windows.TryGetValue(field, out var places))
                foreach (var name in places) yield return name;
            else yield return Data + field;
            yield return "winlog.user_data." + field;
            yield return field;
            yield break;
        }
        yield return field;
        if (General.TryGetValue(field, out var known))
            foreach (var name in known) yield return name;
        if (source is { Product: { } product, Service: { } both }) yield return $"{product}.{both}.{field}";
        if (source.Product is { } p) yield return $"{p}.{field}";
        if (source.Service is { } s) yield return $"{s}.{field}";
        if (source.Product is "linux") yield return Data + field;
    }
}
