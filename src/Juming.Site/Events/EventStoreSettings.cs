using System.ComponentModel.DataAnnotations;

namespace Juming.Site.Events;

/// <summary>Settings of the event store, section <c>Modules:Events</c>.</summary>
public sealed class EventStoreSettings
{
    /// <summary>Memory that the store may use, in MiB, 128 to 65536.</summary>
    [Range(128, 65_536)]
    public int MemoryMegabytes { get; set; } = 768;

    /// <summary>Threads of the store; 0 for the number of cores, at most 4.</summary>
    [Range(0, 64)]
    public int Threads { get; set; }

    /// <summary>Rows after which a new segment begins, 10,000 to 100 million.</summary>
    [Range(10_000, 100_000_000)]
    public long SegmentRows { get; set; } = 8_000_000;

    /// <summary>Days that events are kept, 1 to 3650. The law asks for at least 180 days of network logs.</summary>
    [Range(1, 3650)]
    public int KeepDays { get; set; } = 180;

    /// <summary>Days of events that the disk guard leaves while it is other data that fills the disk, 1 to 3650; a full disk goes before.</summary>
    [Range(1, 3650)]
    public int KeepLeastDays { get; set; } = 7;

    /// <summary>Largest share of the disk that may be in use, in percent, 10 to 99; the oldest segments go first.</summary>
    [Range(10, 99)]
    public int DiskPercent { get; set; } = 85;

    /// <summary>Free space below which nothing is stored any more, in MiB, 1 to 1,000,000.</summary>
    [Range(1, 1_000_000)]
    public int LeastFreeMegabytes { get; set; } = 512;

    /// <summary>Idempotency keys kept of one sender, 1,000 to 10 million; above it the oldest are forgotten before their 24 hours are over.</summary>
    [Range(1000, 10_000_000)]
    public int KeysPerSender { get; set; } = 100_000;

    /// <summary>Searches that scan at the same moment, 1 to 64; others wait for their turn.</summary>
    [Range(1, 64)]
    public int Searches { get; set; } = 4;

    /// <summary>Most rows of one export, 1 to 10 million; the newest are written and the export says that it was cut.</summary>
    [Range(1, 10_000_000)]
    public long ExportRows { get; set; } = 1_000_000;
}
