using System.Globalization;
using Juming.Platform.Modules;

namespace Juming.Site.Events.Store;

/// <summary>The event store has room and all its segments opened.</summary>
internal sealed class StoreReadiness(DuckEventStore store, EventStoreSettings settings) : IReadiness
{
    public string Name => "event-store";

    public Task<ReadinessReport> Look(CancellationToken ct)
    {
        var rows = store.Segments.Sum(s => s.Rows);
        var report = store.Level switch
        {
            StoreLevel.Full => new ReadinessReport(ReadinessLevel.Bad, "The disk is full; nothing is stored.", "Free space, or shorten Modules:Events:KeepDays."),
            _ when store.SetAside.Count > 0 => new ReadinessReport(ReadinessLevel.Warning, $"{store.SetAside.Count} segments are broken and their events can't be searched: {string.Join(", ", store.SetAside)}.", "Stop the tier, put the files of a backup in their place under their first names and delete the broken ones."),
            _ when store.DiskTrouble is { } trouble => new ReadinessReport(ReadinessLevel.Warning, $"The disk is fuller than allowed and no events are removed: {trouble}.", "Free space that other data takes, add disk, or shorten Modules:Events:KeepDays."),
            StoreLevel.Tight => new ReadinessReport(ReadinessLevel.Warning, "The disk is fuller than allowed; the oldest segments go.", "Add disk, or shorten Modules:Events:KeepDays."),
            _ => new ReadinessReport(ReadinessLevel.Good, string.Create(CultureInfo.InvariantCulture, $"{rows} events in {store.Segments.Count} segments; the disk is {store.UsedPercent():0.#} % full, old events go at {settings.DiskPercent} %.")),
        };
        return Task.FromResult(report);
    }
}

/// <summary>The store's figures.</summary>
internal sealed class StoreFigures(DuckEventStore store) : IFigures
{
    public void Add(FigureWriter to)
    {
        to.Add("juming_events_rows", "gauge", "Stored events.", store.Segments.Sum(s => s.Rows));
        to.Add("juming_events_bytes", "gauge", "Bytes of the event store's files.", store.Segments.Sum(s => s.Bytes));
        to.Add("juming_events_segments", "gauge", "Segments.", store.Segments.Count);
        to.Add("juming_events_set_aside", "gauge", "Broken segments that were set aside.", store.SetAside.Count);
        to.Add("juming_events_marks", "gauge", "Marks in memory, idempotency keys most of them.", store.MarkCount);
        to.Add("juming_events_disk_level", "gauge", "Disk guard: 0 good, 1 tight, 2 full.", (int)store.Level);
    }
}
