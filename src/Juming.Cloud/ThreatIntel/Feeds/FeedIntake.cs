using Juming.Cloud.ThreatIntel.Data;
using Juming.Cloud.ThreatIntel.Merge;
using Juming.Cloud.ThreatIntel.Vulnerabilities;
using Juming.Contracts.Indicators;
using Juming.Contracts.Vulnerabilities;

namespace Juming.Cloud.ThreatIntel.Feeds;

/// <summary>A run can't go on; the old set stays.</summary>
/// <param name="code">Stable code, the key of its sentence: "unreadable", "too-many".</param>
/// <param name="detail">More for a person, without secrets.</param>
/// <param name="inner">What was thrown, or null.</param>
internal sealed class FeedFailedException(string code, string detail, Exception? inner = null) : Exception($"{code}: {detail}", inner)
{
    public string Code { get; } = code;

    public string Detail { get; } = detail;
}

/// <summary>Takes in the entries of one reading: brings values to their normal form, puts entries of one value together, sets apart what is none.</summary>
internal sealed class FeedIntake(SourceRow source, ThreatIntelSettings settings, DateTimeOffset now)
{
    private const int MostKept = 1000;
    private const int LongestShown = 300;

    // An error page in place of a list: nothing of it may count as "the list is empty now".
    private const int FewEnough = 20;

    private readonly Dictionary<Guid, Statement> _said = [];
    private readonly Dictionary<string, IndicatorProblem> _refused = [];
    private readonly List<IndicatorValue> _values = [];

    /// <summary>What the source says, by identity of the value.</summary>
    public IReadOnlyDictionary<Guid, Statement> Said => _said;

    /// <summary>Values that are none, with why; the first thousand.</summary>
    public IReadOnlyDictionary<string, IndicatorProblem> Refused => _refused;

    /// <summary>Vulnerabilities that are known to be exploited.</summary>
    public IReadOnlyList<KnownExploited> Exploited { get; set; } = [];

    /// <summary>Forecasts of exploitation.</summary>
    public IReadOnlyList<ExploitForecast> Forecasts { get; set; } = [];

    /// <summary>Vulnerabilities with what they concern.</summary>
    public IReadOnlyList<VulnerabilityEntry> Known { get; set; } = [];

    /// <summary>The same as their authors recorded it; what NVD says of products goes first.</summary>
    public IReadOnlyList<VulnerabilityEntry> Records { get; set; } = [];

    /// <summary>Values and vulnerabilities, each once.</summary>
    public int Total => _said.Count + Exploited.Count + Forecasts.Count + Known.Count + Records.Count;

    /// <summary>Entries read.</summary>
    public int Read { get; private set; }

    /// <summary>Entries set apart, the kept ones and all others.</summary>
    public int Quarantined { get; private set; }

    /// <summary>Takes in an entry.</summary>
    /// <exception cref="FeedFailedException">There are more than the settings allow.</exception>
    public void Add(in FeedItem item)
    {
        Next();
        _values.Clear();
        if (IndicatorReader.Read(item.Value, item.Kind, _values) is not IndicatorProblem.None and var problem)
        {
            SetApart(item.Value, problem);
            return;
        }
        foreach (var value in _values)
        {
            var (id, statement) = (IndicatorIds.Of(value), Statement.Of(value, item, source, now));
            if (!_said.TryGetValue(id, out var former) || Outweighs(statement, former)) _said[id] = statement;
        }
    }

    /// <summary>Counts an entry that was taken elsewhere.</summary>
    /// <exception cref="FeedFailedException">There are more than the settings allow.</exception>
    public void Count(VulnerabilityEntry _) => Next();

    /// <summary>Sets an entry apart that has no value at all, such as a pattern that is not understood.</summary>
    /// <exception cref="FeedFailedException">There are more than the settings allow.</exception>
    public void Refuse(string shown, IndicatorProblem problem)
    {
        Next();
        SetApart(shown, problem);
    }

    /// <summary>Sees whether what came can be what the source says.</summary>
    /// <exception cref="FeedFailedException">Most of it is no indicator.</exception>
    public void Close()
    {
        Read += Exploited.Count + Forecasts.Count;
        if (Read >= FewEnough && Quarantined > Read / 2) throw new FeedFailedException("mostly-unreadable", $"{Quarantined} of {Read} entries are no indicators; the first: {_refused.Keys.FirstOrDefault()}");
    }

    private void Next()
    {
        if (++Read > settings.MostPerSource) throw new FeedFailedException("too-many", $"more than {settings.MostPerSource} entries");
    }

    private void SetApart(string shown, IndicatorProblem problem)
    {
        Quarantined++;
        if (_refused.Count >= MostKept) return;
        var text = string.Concat(shown.Take(LongestShown).Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '\uFFFD' : c)).Trim();
        _refused.TryAdd(text, problem);
    }

    // Of several entries the latest counts, and of those the surest.
    private static bool Outweighs(Statement one, Statement other) => (one.LastSeen, one.Confidence).CompareTo((other.LastSeen, other.Confidence)) > 0;
}
