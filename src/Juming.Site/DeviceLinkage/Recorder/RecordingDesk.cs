using System.Collections.Concurrent;
using Juming.Platform.Access;
using Juming.Site.Blocking;
using Juming.Site.DeviceLinkage.Data;
using Juming.Site.DeviceLinkage.Runs;
using Microsoft.Extensions.DependencyInjection;

namespace Juming.Site.DeviceLinkage.Recorder;

/// <summary>Keeps the recordings of this process: each holds its device as a run does, and belongs to the person who opened it.</summary>
internal sealed class RecordingDesk(RunDesk runs, IServiceScopeFactory scopes, LinkageSettings settings, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan Kept = TimeSpan.FromHours(2);
    private readonly ConcurrentDictionary<Guid, Entry> _entries = new();
    private readonly CancellationTokenSource _stopped = new();

    /// <summary>Opens the device's console; answers before it is there.</summary>
    public Recording Open(Guid id, DeviceRow device, Actor by, string target, RecordedSubject subject)
    {
        foreach (var (old, gone) in _entries)
            if (gone.Recording.State == RecordingState.Ended && clock.GetUtcNow() - gone.Since > Kept) _entries.TryRemove(old, out _);
        var recording = new Recording(id, device, by, target, subject);
        var work = new HandWork(recording, settings, IsProtected, clock);
        var entry = _entries[id] = new Entry(recording, work, clock.GetUtcNow());
        entry.Running = Run(recording, work);
        return recording;
    }

    /// <summary>The recording of this person; null for anybody else's.</summary>
    public Recording? Find(Guid id, Actor by) => _entries.TryGetValue(id, out var entry) && entry.Recording.By.Id == by.Id ? entry.Recording : null;

    /// <summary>The hand of a recording that goes on.</summary>
    public HandWork? Hand(Guid id) => _entries.TryGetValue(id, out var entry) && entry.Recording.State != RecordingState.Ended ? entry.Work : null;

    /// <summary>Closes the browser and frees the device; answers when that is done.</summary>
    public async Task End(Guid id)
    {
        if (!_entries.TryGetValue(id, out var entry)) return;
        entry.Work.End();
        entry.Recording.Answer(false);
        await entry.Running;
    }

    public void Dispose()
    {
        _stopped.Cancel();
        _stopped.Dispose();
    }

    private async Task Run(Recording recording, HandWork work)
    {
        var report = await runs.Run(new RunWish(recording.Device.Id, RunKind.Record, recording.By)
        {
            Id = recording.Id,
            Capability = recording.Subject.Capability,
            Inputs = recording.Target.Length > 0 ? new Dictionary<string, string> { [recording.Subject.Input] = recording.Target } : [],
            Insists = true,
            ByHand = work,
            Longest = TimeSpan.FromMinutes(settings.RecorderMinutes),
        }, _stopped.Token);
        recording.End(report.Failure, report.Detail);
    }

    private async Task<bool> IsProtected(string typed, CancellationToken ct)
    {
        // A number of minutes is not asked about, only what reads as an address or a range.
        if (typed.Count(c => c == '.') < 3 && !typed.Contains(':', StringComparison.Ordinal)) return false;
        await using var scope = scopes.CreateAsyncScope();
        return (await scope.ServiceProvider.GetRequiredService<IProtectedAddresses>().Check(typed.Trim(), ct)).Refusal is not (null or "unreadable" or "name");
    }

    private sealed class Entry(Recording recording, HandWork work, DateTimeOffset since)
    {
        public Recording Recording => recording;

        public HandWork Work => work;

        public DateTimeOffset Since => since;

        public Task Running { get; set; } = Task.CompletedTask;
    }
}
