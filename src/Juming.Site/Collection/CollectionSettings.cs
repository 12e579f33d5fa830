using System.ComponentModel.DataAnnotations;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using Juming.Platform.Modules;

namespace Juming.Site.Collection;

/// <summary>Settings of collection, section <c>Modules:Collection</c>.</summary>
public sealed class CollectionSettings : IValidatableObject
{
    /// <summary>Addresses for syslog over UDP, "host:port".</summary>
    public string[] Udp { get; set; } = ["0.0.0.0:5514"];

    /// <summary>Addresses for syslog over TCP; line feed and octet counting are told apart per connection.</summary>
    public string[] Tcp { get; set; } = ["0.0.0.0:5514"];

    /// <summary>Addresses for syslog over TLS; the certificate is the console's.</summary>
    public string[] Tls { get; set; } = [];

    /// <summary>Files to follow, with wildcards in the last part; positions are remembered.</summary>
    public string[] Files { get; set; } = [];

    /// <summary>
    /// Files to follow whose events have several lines, such as stack traces: lines that begin with a blank, a tab, "at " or "Caused by" go on with the one before.
    /// With " first=REGEX" behind the path it is every line that does not match.
    /// </summary>
    public string[] JoinedFiles { get; set; } = [];

    /// <summary>Unix stream sockets to listen on, for Suricata EVE.</summary>
    public string[] UnixSockets { get; set; } = [];

    /// <summary>IANA zone of times that name none.</summary>
    public string Zone { get; set; } = "Asia/Shanghai";

    /// <summary>Workers that normalise, store and match; 0 for one more than the cores, at most 8.</summary>
    [Range(0, 64)]
    public int Workers { get; set; }

    /// <summary>Batches that may wait between receivers and workers, 4 to 4096. Each holds up to 8,192 lines or 4 MiB.</summary>
    [Range(4, 4096)]
    public int QueueBatches { get; set; } = 32;

    /// <summary>Longest wait until received lines are handed on, in milliseconds, 5 to 5000.</summary>
    [Range(5, 5000)]
    public int GatherMilliseconds { get; set; } = 100;

    /// <summary>Most TCP and TLS connections at once, 1 to 65535.</summary>
    [Range(1, 65535)]
    public int MaxConnections { get; set; } = 2000;

    /// <summary>Most TCP and TLS connections of one address at once, 1 to 65535: one faulty device can't take all places.</summary>
    [Range(1, 65535)]
    public int MaxConnectionsPerAddress { get; set; } = 200;

    /// <summary>Minutes without a byte after which a TCP, TLS or unix connection is closed, 1 to 43200. Dead peers are found earlier, by keep-alive probes.</summary>
    [Range(1, 43_200)]
    public int ConnectionIdleMinutes { get; set; } = 720;

    /// <summary>Seconds without growth after which a file that was renamed or deleted counts as read to its end, 1 to 3600: some writers go on writing to it for a while.</summary>
    [Range(1, 3600)]
    public int RotatedFileSeconds { get; set; } = 30;

    /// <summary>Kernel receive buffer asked for on UDP sockets, in bytes, 64 KiB to 1 GiB.</summary>
    [Range(65_536, 1_073_741_824)]
    public int UdpReceiveBuffer { get; set; } = 64 * 1024 * 1024;

    internal TimeZoneInfo DefaultZone => TimeZoneInfo.FindSystemTimeZoneById(Zone);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var (name, addresses) in new[] { (nameof(Udp), Udp), (nameof(Tcp), Tcp), (nameof(Tls), Tls) })
            foreach (var address in addresses)
                if (!TryRead(address, out _)) yield return new SettingProblem(name, $"'{address}' is not an address to listen on", "address:port, such as 0.0.0.0:5514 or [::]:5514");
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(Zone, out _)) yield return new SettingProblem(nameof(Zone), $"there is no time zone '{Zone}'", "an IANA zone such as Asia/Shanghai, or UTC");
        foreach (var path in UnixSockets)
            if (path.Length == 0 || System.Text.Encoding.UTF8.GetByteCount(path) > 107 || !Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(path))))
                yield return new SettingProblem(nameof(UnixSockets), $"there can be no socket '{path}'", "a path of at most 107 bytes in a folder that exists");
        foreach (var entry in JoinedFiles)
            if (ProblemOfJoined(entry) is { } problem) yield return new SettingProblem(nameof(JoinedFiles), problem, "a path with * and ? in the last part only, and behind it, if need be, \" first=REGEX\" without look-around and back-references");
        if (Files.Any(f => f.Length == 0 || Path.GetFileName(f).Length == 0)) yield return new SettingProblem(nameof(Files), "one names no file", "paths of files, with * and ? in the last part only");
    }

    private static string? ProblemOfJoined(string entry)
    {
        try
        {
            return Path.GetFileName(Receivers.LineJoiner.Read(entry).Path).Length == 0 ? "one names no file" : null;
        }
        catch (ArgumentException e)
        {
            return $"the pattern of '{entry}' can't be used ({e.Message.TrimEnd('.')})";
        }
    }

    /// <summary>Reads an address to listen on.</summary>
    internal static bool TryRead(string address, [NotNullWhen(true)] out IPEndPoint? endpoint)
    {
        // A bare address would be taken for one with port 0, and a bare "::1:5514" for an address without a port.
        endpoint = null;
        var colon = address.LastIndexOf(':');
        return colon > 0 && ushort.TryParse(address.AsSpan(colon + 1), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out _)
            && IPEndPoint.TryParse(address, out endpoint) && (endpoint.AddressFamily == AddressFamily.InterNetwork || address[0] == '[');
    }
}
