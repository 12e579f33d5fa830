using Juming.Platform.Modules;
using Juming.Site.Assets.Register;
using Juming.Site.Assets.Sightings;

namespace Juming.Site.Assets;

/// <summary>Figures of assets.</summary>
internal sealed class AssetsFigures(AssetIndex index, AssetWatcher watcher, SightingWriter writer) : IFigures
{
    public void Add(FigureWriter to)
    {
        to.Add("juming_assets", "gauge", "Assets in the register.", index.Count);
        to.Add("juming_assets_sightings_refused_total", "counter", "Sightings that found the queue full; they come again.", watcher.Refused);
        to.Add("juming_assets_turned_away_total", "counter", "Machines seen that found the register full.", writer.TurnedAway);
    }
}
