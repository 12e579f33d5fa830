namespace Juming.Site.Detection.Sigma;

/// <summary>Which Windows channel and event codes stand behind a Sigma category or service.</summary>
internal static class WindowsChannels
{
    private const string Sysmon = "Microsoft-Windows-Sysmon/Operational";
    private const string PowerShell = "Microsoft-Windows-PowerShell/Operational";
    private const string PowerShellCore = "PowerShellCore/Operational";
    private const string PowerShellClassic = "Windows PowerShell";

    /// <summary>Events of a category: channels, codes, and what a field must say besides.</summary>
    public sealed record Events(string[] Channels, string[] Codes, string? Field = null, string[]? Values = null);

    /// <summary>By category.</summary>
    public static IReadOnlyDictionary<string, Events> Categories { get; } = new Dictionary<string, Events>(StringComparer.Ordinal)
    {
        ["process_creation"] = new([Sysmon], ["1"]),
        ["file_change"] = new([Sysmon], ["2"]),
        ["network_connection"] = new([Sysmon], ["3"]),
        ["sysmon_status"] = new([Sysmon], ["4", "16"]),
        ["process_termination"] = new([Sysmon], ["5"]),
        ["driver_load"] = new([Sysmon], ["6"]),
        ["image_load"] = new([Sysmon], ["7"]),
        ["create_remote_thread"] = new([Sysmon], ["8"]),
        ["raw_access_thread"] = new([Sysmon], ["9"]),
        ["process_access"] = new([Sysmon], ["10"]),
        ["file_event"] = new([Sysmon], ["11"]),
        ["registry_event"] = new([Sysmon], ["12", "13", "14"]),
        ["registry_add"] = new([Sysmon], ["12"], "EventType", ["CreateKey"]),
        ["registry_delete"] = new([Sysmon], ["12"], "EventType", ["DeleteKey", "DeleteValue"]),
        ["registry_set"] = new([Sysmon], ["13"]),
        ["registry_rename"] = new([Sysmon], ["14"]),
        ["create_stream_hash"] = new([Sysmon], ["15"]),
        ["pipe_created"] = new([Sysmon], ["17", "18"]),
        ["wmi_event"] = new([Sysmon], ["19", "20", "21"]),
        ["dns_query"] = new([Sysmon], ["22"]),
        ["file_delete"] = new([Sysmon], ["23", "26"]),
        ["clipboard_capture"] = new([Sysmon], ["24"]),
        ["process_tampering"] = new([Sysmon], ["25"]),
        ["file_block_executable"] = new([Sysmon], ["27"]),
        ["file_block_shredding"] = new([Sysmon], ["28"]),
        ["file_executable_detected"] = new([Sysmon], ["29"]),
        ["sysmon_error"] = new([Sysmon], ["255"]),
        ["ps_script"] = new([PowerShell, PowerShellCore], ["4104"]),
        ["ps_module"] = new([PowerShell, PowerShellCore], ["4103"]),
        ["ps_classic_start"] = new([PowerShellClassic], ["400"]),
        ["ps_classic_provider_start"] = new([PowerShellClassic], ["600"]),
        ["ps_classic_script"] = new([PowerShellClassic], ["800"]),
    };

    /// <summary>Channels by service.</summary>
    public static IReadOnlyDictionary<string, string[]> Services { get; } = new Dictionary<string, string[]>(StringComparer.Ordinal)
    {
        ["security"] = ["Security"],
        ["system"] = ["System"],
        ["application"] = ["Application"],
        ["sysmon"] = [Sysmon],
        ["powershell"] = [PowerShell, PowerShellCore],
        ["powershell-classic"] = [PowerShellClassic],
        ["windefend"] = ["Microsoft-Windows-Windows Defender/Operational"],
        ["taskscheduler"] = ["Microsoft-Windows-TaskScheduler/Operational"],
        ["bits-client"] = ["Microsoft-Windows-Bits-Client/Operational"],
        ["bitlocker"] = ["Microsoft-Windows-BitLocker/BitLocker Management"],
        ["wmi"] = ["Microsoft-Windows-WMI-Activity/Operational"],
        ["firewall-as"] = ["Microsoft-Windows-Windows Firewall With Advanced Security/Firewall"],
        ["codeintegrity-operational"] = ["Microsoft-Windows-CodeIntegrity/Operational"],
        ["dns-client"] = ["Microsoft-Windows-DNS Client Events/Operational", "Microsoft-Windows-DNS-Client/Operational"],
        ["ntlm"] = ["Microsoft-Windows-NTLM/Operational"],
        ["ntfs"] = ["Microsoft-Windows-Ntfs/Operational"],
        ["terminalservices-localsessionmanager"] = ["Microsoft-Windows-TerminalServices-LocalSessionManager/Operational"],
        ["printservice-operational"] = ["Microsoft-Windows-PrintService/Operational"],
        ["printservice-admin"] = ["Microsoft-Windows-PrintService/Admin"],
        ["driver-framework"] = ["Microsoft-Windows-DriverFrameworks-UserMode/Operational"],
        ["applocker"] = ["Microsoft-Windows-AppLocker/MSI and Script", "Microsoft-Windows-AppLocker/EXE and DLL", "Microsoft-Windows-AppLocker/Packaged app-Deployment", "Microsoft-Windows-AppLocker/Packaged app-Execution"],
        ["smbclient-security"] = ["Microsoft-Windows-SmbClient/Security"],
        ["smbclient-connectivity"] = ["Microsoft-Windows-SmbClient/Connectivity"],
        ["smbserver-connectivity"] = ["Microsoft-Windows-SMBServer/Connectivity"],
        ["ldap"] = ["Microsoft-Windows-LDAP-Client/Debug"],
        ["appxdeployment-server"] = ["Microsoft-Windows-AppXDeploymentServer/Operational"],
        ["appxpackaging-om"] = ["Microsoft-Windows-AppxPackaging/Operational"],
        ["appmodel-runtime"] = ["Microsoft-Windows-AppModel-Runtime/Admin"],
        ["application-experience"] = ["Microsoft-Windows-Application-Experience/Program-Telemetry", "Microsoft-Windows-Application-Experience/Program-Compatibility-Assistant"],
        ["lsa-server"] = ["Microsoft-Windows-LSA/Operational"],
        ["capi2"] = ["Microsoft-Windows-CAPI2/Operational"],
        ["certificateservicesclient-lifecycle-system"] = ["Microsoft-Windows-CertificateServicesClient-Lifecycle-System/Operational"],
        ["dns-server"] = ["DNS Server"],
        ["dns-server-analytic"] = ["Microsoft-Windows-DNS-Server/Analytical", "Microsoft-Windows-DNSServer/Analytical"],
        ["msexchange-management"] = ["MSExchange Management"],
        ["security-mitigations"] = ["Microsoft-Windows-Security-Mitigations/Kernel Mode", "Microsoft-Windows-Security-Mitigations/User Mode"],
        ["shell-core"] = ["Microsoft-Windows-Shell-Core/Operational"],
        ["openssh"] = ["OpenSSH/Operational"],
        ["vhdmp"] = ["Microsoft-Windows-VHDMP/Operational"],
        ["diagnosis-scripted"] = ["Microsoft-Windows-Diagnosis-Scripted/Operational"],
        ["iis-configuration"] = ["Microsoft-IIS-Configuration/Operational"],
        ["hyper-v-worker"] = ["Microsoft-Windows-Hyper-V-Worker", "Microsoft-Windows-Hyper-V-Worker-Admin", "Microsoft-Windows-Hyper-V-Worker-Operational"],
        ["kernel-event-tracing"] = ["Microsoft-Windows-Kernel-EventTracing", "Microsoft-Windows-Kernel-EventTracing/Admin"],
        ["kernel-shimengine"] = ["Microsoft-Windows-Kernel-ShimEngine/Operational", "Microsoft-Windows-Kernel-ShimEngine/Diagnostic"],
        ["dhcp"] = ["Microsoft-Windows-DHCP-Server/Operational"],
        ["microsoft-servicebus-client"] = ["Microsoft-ServiceBus-Client"],
        ["servicebus-client"] = ["Microsoft-ServiceBus-Client", "Microsoft-ServiceBus-Client/Operational"],
        ["sense"] = ["Microsoft-Windows-SENSE/Operational"],
    };
}
