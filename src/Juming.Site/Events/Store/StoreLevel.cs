namespace Juming.Site.Events.Store;

/// <summary>How the store's disk stands.</summary>
internal enum StoreLevel
{
    /// <summary>Room enough.</summary>
    Good,

    /// <summary>Fuller than the share allowed: the oldest segments are being removed.</summary>
    Tight,

    /// <summary>Nothing is stored until space is free again.</summary>
    Full,
}
