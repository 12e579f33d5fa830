using Juming.Platform.Modules;

namespace Juming.Platform.Notify.Posting;

/// <summary>Tells when a part of the host stops working (the event store is full, the certificate has ended) and when it works again.</summary>
internal sealed class PartsWatch(IEnumerable<IReadiness> parts, INotices notices)
{
    /// <summary>Code of a part that does not work.</summary>
    public const string Bad = "notify.part-bad";

    /// <summary>Code of a part that works again.</summary>
    public const string Good = "notify.part-good";

    private readonly HashSet<string> _bad = [];
    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>Looks at all parts once.</summary>
    public async Task Look(CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            foreach (var part in parts) await Tell(part.Name, await part.Look(ct), ct);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task Tell(string part, ReadinessReport report, CancellationToken ct)
    {
        var isBad = report.Level == ReadinessLevel.Bad;
        if (isBad == _bad.Contains(part)) return;
        var arguments = new Dictionary<string, string> { ["part"] = part };
        var inside = new Dictionary<string, string> { ["detail"] = isBad ? $"{report.Text} {report.Advice}" : "" };
        await notices.Post(new Notice { Code = isBad ? Bad : Good, Weight = isBad ? NoticeWeight.Urgent : NoticeWeight.Information, Arguments = arguments, Private = inside, SameAs = $"part:{part}:{isBad}" }, ct);
        // Only now: what could not be posted is told at the next look.
        if (isBad) _bad.Add(part);
        else _bad.Remove(part);
    }
}
