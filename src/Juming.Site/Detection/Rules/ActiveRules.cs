using Juming.Site.Detection.Alerts;
using Juming.Site.Events;

namespace Juming.Site.Detection.Rules;

/// <summary>The rules in force: an immutable set that is swapped as one.</summary>
internal interface IActiveRules
{
    /// <summary>Asks all rules about a batch. Called by several workers at once.</summary>
    void Match(EventBatch batch, BatchMatches into, Action<ObservedMatch>? observer);

    /// <summary>Longest span that a correlation looks back; zero when there is none.</summary>
    TimeSpan LookBack { get; }
}

/// <summary>Holds the one reference to the rules in force.</summary>
internal sealed class RulesInForce
{
    private IActiveRules? _current;

    /// <summary>The rules; null until the first set is compiled.</summary>
    public IActiveRules? Current
    {
        get => Volatile.Read(ref _current);
        set => Volatile.Write(ref _current, value);
    }
}
