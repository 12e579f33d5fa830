using Juming.Platform.Modules;
using Juming.Site.Collection.Pipeline;
using Juming.Site.Collection.Receivers;
using Juming.Site.Collection.Sources;

namespace Juming.Site.Collection;

/// <summary>Collection's figures.</summary>
internal sealed class CollectionFigures(LedgerBook ledger, IngestPipeline pipeline, SourceRegister sources, TcpReceiver tcp, UdpReceiver udp, FileWatch files) : IFigures
{
    public void Add(FigureWriter to)
    {
        to.Add("juming_collection_received_total", "counter", "Lines taken by the receivers since the start.", ledger.Totals.GetValueOrDefault(LedgerReasons.Received));
        to.Add("juming_collection_given_back_lines_total", "counter", "Received lines given back to files and HTTP clients since the start; they come again.", ledger.GivenBack);
        to.Add("juming_collection_imbalance_lines", "gauge", "Lines received that are neither stored nor dropped nor in flight; anything but 0 is a fault of the program.", ledger.Imbalance);
        to.Add("juming_collection_stored_lines_total", "counter", "Lines stored since the start.", ledger.StoredLines);
        foreach (var (reason, count) in ledger.Totals)
            if (reason != LedgerReasons.Received) to.Add("juming_collection_dropped_lines_total", "counter", "Lines dropped since the start, by reason.", count, ("reason", reason));
        to.Add("juming_collection_in_flight_lines", "gauge", "Lines received and not settled.", ledger.InFlight);
        to.Add("juming_collection_unparsed_lines_total", "counter", "Lines no parser knew.", pipeline.Unparsed);
        to.Add("juming_collection_waiting_batches", "gauge", "Batches in the queue.", pipeline.Waiting);
        to.Add("juming_collection_connections", "gauge", "Open log connections.", tcp.Connections);
        to.Add("juming_collection_refused_connections_total", "counter", "Log connections refused since the start, by reason.", tcp.Refused, ("reason", "all"));
        to.Add("juming_collection_refused_connections_total", "counter", "Log connections refused since the start, by reason.", tcp.RefusedPerAddress, ("reason", "address"));
        to.Add("juming_collection_udp_errors_total", "counter", "Errors of UDP sockets since the start.", udp.Errors);
        to.Add("juming_collection_files", "gauge", "Files that are followed.", files.Following);
        to.Add("juming_collection_sources", "gauge", "Known senders.", sources.All.Count());
    }
}

/// <summary>The kernel lets a UDP burst wait long enough.</summary>
internal sealed class UdpBufferReadiness(CollectionSettings settings) : IReadiness
{
    private const string Limit = "/proc/sys/net/core/rmem_max";

    public string Name => "udp-buffer";

    public async Task<ReadinessReport> Look(CancellationToken ct)
    {
        if (settings.Udp.Length == 0) return new ReadinessReport(ReadinessLevel.Good, "No UDP receiver is set.");
        if (!File.Exists(Limit) || !long.TryParse((await File.ReadAllTextAsync(Limit, ct)).Trim(), out var limit)) return new ReadinessReport(ReadinessLevel.Good, "The kernel's limit can't be read here.");
        if (limit >= settings.UdpReceiveBuffer) return new ReadinessReport(ReadinessLevel.Good, $"net.core.rmem_max is {limit} bytes.");
        return Environment.UserName == "root"
            ? new ReadinessReport(ReadinessLevel.Good, $"net.core.rmem_max is {limit} bytes; the program may pass over it.")
            : new ReadinessReport(ReadinessLevel.Warning, $"net.core.rmem_max is {limit} bytes, {settings.UdpReceiveBuffer} are wanted.", $"As root: sysctl -w net.core.rmem_max={settings.UdpReceiveBuffer}, and the same in /etc/sysctl.d/.");
    }
}
