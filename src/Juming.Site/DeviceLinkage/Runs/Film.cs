using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Serialization;
using Juming.Site.DeviceLinkage.Browser;

namespace Juming.Site.DeviceLinkage.Runs;

/// <summary>One candidate for a step's target, as the page tells it.</summary>
internal sealed record FilmCandidate(double Score, string Role, string Name, bool Covered);

/// <summary>One step of a run as it went.</summary>
internal sealed class FilmStep
{
    private readonly long _began;
    private readonly TimeProvider _clock;

    internal FilmStep(string id, string op, int startedMs, TimeProvider clock) => (Id, Op, StartedMs, _clock, _began) = (id, op, startedMs, clock, clock.GetTimestamp());

    /// <summary>For reading it back.</summary>
    [JsonConstructor]
    public FilmStep(string id, string op, int startedMs, int tookMs, string outcome, string said, IReadOnlyList<FilmCandidate> candidates, List<string> pictures, List<string> notes)
        : this(id, op, startedMs, TimeProvider.System) => (TookMs, Outcome, Said, Candidates, Pictures, Notes) = (tookMs, outcome, said, candidates, pictures, notes);

    public string Id { get; }
    public string Op { get; }

    /// <summary>Milliseconds after the run's start.</summary>
    public int StartedMs { get; }
    public int TookMs { get; private set; }

    /// <summary>"done", "skipped", "healed" or the code of a failure; empty while it runs.</summary>
    public string Outcome { get; private set; } = "";

    /// <summary>What it did or what the page said; attacker-controlled.</summary>
    public string Said { get; private set; } = "";
    public IReadOnlyList<FilmCandidate> Candidates { get; set; } = [];

    /// <summary>Names of its pictures in the run's folder.</summary>
    public List<string> Pictures { get; } = [];
    public List<string> Notes { get; } = [];

    public void Note(string note)
    {
        if (Notes.Count < 20) Notes.Add(note);
    }

    public void End(string outcome, string said = "")
    {
        (Outcome, Said) = (outcome, said.Length > 300 ? said[..300] : said);
        TookMs = (int)_clock.GetElapsedTime(_began).TotalMilliseconds;
    }
}

/// <summary>What a run did, step by step, with pictures in a folder of its own.</summary>
internal sealed class Film(string folder, TimeProvider clock)
{
    private readonly long _began = clock.GetTimestamp();
    private readonly ConcurrentQueue<FilmStep> _steps = new();
    private readonly List<Task> _writing = [];
    private int _pictures;

    public IReadOnlyList<FilmStep> Steps => [.. _steps];

    public int TookMs => (int)clock.GetElapsedTime(_began).TotalMilliseconds;

    public FilmStep Begin(string id, string op)
    {
        var step = new FilmStep(id, op, TookMs, clock);
        if (_steps.Count < 500) _steps.Enqueue(step);
        return step;
    }

    /// <summary>Takes a picture; the run goes on while it is written.</summary>
    public async Task Shoot(FilmStep step, string name, DeviceWindow window, CancellationToken ct)
    {
        if (_pictures >= 60 || await window.Picture(ct) is not { } picture) return;
        var file = string.Create(CultureInfo.InvariantCulture, $"{++_pictures:00}-{name}.jpg");
        step.Pictures.Add(file);
        _writing.Add(Write(file, picture));
    }

    /// <summary>Waits until all pictures are on the disk.</summary>
    public Task Finish() => Task.WhenAll(_writing);

    private async Task Write(string file, byte[] picture)
    {
        Directory.CreateDirectory(folder);
        await File.WriteAllBytesAsync(Path.Combine(folder, file), picture);
    }
}
