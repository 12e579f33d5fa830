using Juming.Platform.Modules;

namespace Juming.Site.Events;

/// <summary>The event store and the log search on it.</summary>
public sealed class EventsModule : Module
{
    /// <inheritdoc/>
    public override string Name => "events";
}
