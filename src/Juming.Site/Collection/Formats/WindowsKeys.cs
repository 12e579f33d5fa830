using Juming.Site.Events;

namespace Juming.Site.Collection.Formats;

/// <summary>
/// Keys of Windows events in the shapes that collectors send: Winlogbeat, NXLog (flat), the dump of an EVTX file, and flat Sysmon JSON.
/// Event data keeps its own name below <c>winlog.event_data</c>, unless a common field holds exactly the same value.
/// </summary>
internal static class WindowsKeys
{
    private const string Data = "winlog.event_data.";

    /// <summary>Where the value of a dotted path goes.</summary>
    public static FieldTarget Of(string path) => System(path) ?? Kept(EventData(Name(path)));

    private static FieldTarget Kept(in FieldTarget target) => target.Kind == ValueKind.Plain ? target with { Kind = ValueKind.Verbatim } : target;

    private static string Name(string path)
    {
        foreach (var prefix in new[] { "Event.EventData.", "Event.UserData.", "winlog.event_data.", "winlog.user_data.", "EventData." })
            if (path.StartsWith(prefix, StringComparison.Ordinal)) return path[prefix.Length..].Replace("#attributes.", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal);
        return path.Replace(" ", "", StringComparison.Ordinal);
    }

    private static FieldTarget? System(string path) => path switch
    {
        "EventID" or "Event.System.EventID" or "Event.System.EventID.#text" or "winlog.event_id" or "event.code" => new(Field.EventCode),
        "Channel" or "Event.System.Channel" or "winlog.channel" => new(Field.WinlogChannel),
        "Computer" or "Hostname" or "Event.System.Computer" or "winlog.computer_name" => new(Field.WinlogComputerName, Field.HostName),
        "SourceName" or "Provider_Name" or "Event.System.Provider.#attributes.Name" or "Event.System.Provider_Name" or "winlog.provider_name" => new(Field.WinlogProviderName),
        "Event.System.Provider.#attributes.Guid" or "ProviderGuid" or "winlog.provider_guid" => new(FieldNames.Intern("winlog.provider_guid")),
        "RecordNumber" or "EventRecordID" or "Event.System.EventRecordID" or "winlog.record_id" => new(Field.WinlogRecordId),
        "Event.System.Task" or "Task" or "winlog.task" => new(Field.WinlogTask),
        "Event.System.Keywords" or "Keywords" or "winlog.keywords" => new(Field.WinlogKeywords),
        "Event.System.Opcode" or "OpcodeValue" or "winlog.opcode" => new(Field.WinlogOpcode),
        "Event.System.Level" => new(Field.WinlogLevel),
        "Event.System.Security.#attributes.UserID" => new(FieldNames.Intern("winlog.user.identifier")),
        "Event.System.Execution.#attributes.ProcessID" or "ExecutionProcessID" => new(FieldNames.Intern("winlog.process.pid")),
        "UtcTime" or "Event.EventData.UtcTime" or "winlog.event_data.UtcTime" or "EventData.UtcTime" or "Event.System.TimeCreated.#attributes.SystemTime" => new(0, FieldNames.Intern(Data + "UtcTime"), ValueKind.UtcTime),
        "@timestamp" => new(0, 0, ValueKind.CollectorTime),
        "EventTime" or "TimeCreated" => new(0, 0, ValueKind.LocalTime),
        "EventReceivedTime" or "@version" or "tags[]" or "SourceModuleName" or "SourceModuleType" => default(FieldTarget),
        "host.name" or "agent.name" => default(FieldTarget),
        "Message" or "message" => new(Field.Message),
        _ => null,
    };

    private static FieldTarget EventData(string name) => name switch
    {
        "Image" => new(Field.ProcessExecutable),
        "CommandLine" => new(Field.ProcessCommandLine),
        "ParentImage" => new(Field.ProcessParentExecutable),
        "ParentCommandLine" => new(Field.ProcessParentCommandLine),
        "ProcessId" => new(Field.ProcessPid),
        "ProcessGuid" => new(Field.ProcessEntityId),
        "ParentProcessId" => new(Field.ProcessParentPid),
        "CurrentDirectory" => new(Field.ProcessWorkingDirectory),
        "OriginalFileName" => new(Field.ProcessPeOriginalFileName),
        "NewProcessName" => new(FieldNames.Intern(Data + name), Field.ProcessExecutable),
        "ParentProcessName" => new(FieldNames.Intern(Data + name), Field.ProcessParentExecutable),
        "TargetFilename" or "ImageLoaded" => new(FieldNames.Intern(Data + name), Field.FilePath),
        "TargetObject" => new(Field.RegistryPath),
        "Details" => new(FieldNames.Intern(Data + name), Field.RegistryDataStrings),
        "PipeName" => new(Field.FileName),
        "QueryName" => new(Field.DnsQuestionName),
        "QueryResults" => new(FieldNames.Intern(Data + name), Field.DnsAnswersData),
        "SourceIp" => new(FieldNames.Intern(Data + name), Field.SourceIp),
        "DestinationIp" => new(FieldNames.Intern(Data + name), Field.DestinationIp),
        "SourcePort" => new(Field.SourcePort),
        "DestinationPort" => new(Field.DestinationPort),
        "DestinationHostname" => new(Field.DestinationDomain),
        "ScriptBlockText" => new(Field.PowershellFileScriptBlockText),
        "IpAddress" => new(FieldNames.Intern(Data + name), Field.SourceIp),
        "IpPort" => new(FieldNames.Intern(Data + name), Field.SourcePort),
        "Hashes" => new(FieldNames.Intern(Data + name), 0, ValueKind.Hashes),
        "User" => new(FieldNames.Intern(Data + name), 0, ValueKind.WindowsUser),
        "SubjectUserName" => new(FieldNames.Intern(Data + name), Field.UserName),
        "SubjectDomainName" => new(FieldNames.Intern(Data + name), Field.UserDomain),
        "TargetUserName" => new(FieldNames.Intern(Data + name), Field.UserTargetName),
        _ => new(FieldNames.Intern(Data + name)),
    };

    /// <summary>ECS category of an event.</summary>
    public static ReadOnlySpan<byte> Category(ReadOnlySpan<byte> channel, ReadOnlySpan<byte> code)
    {
        if (channel.IndexOf("Sysmon"u8) >= 0)
            return code switch
            {
                [(byte)'1'] or [(byte)'5'] or [(byte)'8'] or [(byte)'1', (byte)'0'] => "process"u8,
                [(byte)'3'] or [(byte)'2', (byte)'2'] => "network"u8,
                [(byte)'1', (byte)'1'] or [(byte)'2', (byte)'3'] or [(byte)'1', (byte)'5'] => "file"u8,
                [(byte)'1', (byte)'2'] or [(byte)'1', (byte)'3'] or [(byte)'1', (byte)'4'] => "registry"u8,
                _ => "host"u8,
            };
        if (!channel.SequenceEqual("Security"u8)) return "host"u8;
        if (code.SequenceEqual("4688"u8)) return "process"u8;
        if (code.StartsWith("462"u8) || code.SequenceEqual("4634"u8) || code.SequenceEqual("4648"u8) || code.StartsWith("477"u8) || code.SequenceEqual("4768"u8) || code.SequenceEqual("4769"u8)) return "authentication"u8;
        return code.StartsWith("47"u8) ? "iam"u8 : "host"u8;
    }
}
