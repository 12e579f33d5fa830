using System.Collections.Frozen;
using Juming.Contracts.Indicators;
using Juming.Site.ThreatIntel.Index;

namespace Juming.Site.ThreatIntel.InForce;

/// <summary>What is asked of events at this moment.</summary>
/// <param name="View">Indicators.</param>
/// <param name="Mutes">Values that make no alerts here, with the end of it.</param>
internal sealed record InForceNow(IndicatorView View, FrozenDictionary<IndicatorValue, DateTimeOffset> Mutes);

/// <summary>Puts together what the cloud delivered and what the site entered itself, and holds the one reference that workers read.</summary>
internal sealed class IndicatorsInForce
{
    private readonly Lock _gate = new();
    private IndicatorIndex? _index;
    private IndicatorLayer? _changes;
    private IndicatorLayer? _operators;
    private IndicatorLayer? _own;
    private volatile InForceNow _now = new(IndicatorView.Empty, FrozenDictionary<IndicatorValue, DateTimeOffset>.Empty);

    /// <summary>What is in force.</summary>
    public InForceNow Now => _now;

    /// <summary>Takes the cloud's set, with the changes above it.</summary>
    public void Use(IndicatorIndex? index, IndicatorLayer changes)
    {
        lock (_gate)
        {
            (_index, _changes) = (index, changes);
            Compose();
        }
    }

    /// <summary>Takes what operators give this site.</summary>
    public void UseOperators(IndicatorLayer operators)
    {
        lock (_gate)
        {
            _operators = operators;
            Compose();
        }
    }

    /// <summary>Takes the site's own indicators.</summary>
    public void UseOwn(IndicatorLayer own)
    {
        lock (_gate)
        {
            _own = own;
            Compose();
        }
    }

    /// <summary>Takes what makes no alerts here.</summary>
    public void UseMutes(FrozenDictionary<IndicatorValue, DateTimeOffset> mutes)
    {
        lock (_gate) _now = _now with { Mutes = mutes };
    }

    private void Compose()
    {
        var layers = new List<IndicatorLayer>(3);
        if (_changes is { HasAnything: true } changes) layers.Add(changes);
        if (_operators is { HasAnything: true } operators) layers.Add(operators);
        if (_own is { HasAnything: true } own) layers.Add(own);
        _now = _now with { View = new IndicatorView(_index, layers) };
    }
}
