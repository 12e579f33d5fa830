using System.ComponentModel.DataAnnotations;

namespace Juming.Site.Watching;

/// <summary>Settings of the watch list, section <c>Modules:Watching</c>.</summary>
public sealed class WatchingSettings
{
    /// <summary>Entries that last at the same time, 1 to 100,000.</summary>
    [Range(1, 100_000)]
    public int MostWatches { get; set; } = 5000;

    /// <summary>Days that an entry is kept after its end, 1 to 3,650.</summary>
    [Range(1, 3650)]
    public int KeepDays { get; set; } = 90;
}
