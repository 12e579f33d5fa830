using Juming.Platform.Handlers;

namespace Juming.Site.Watching.Entries;

/// <summary>Lets one at a time change the list: a key makes one entry, the limit holds, and of two changes made on the same version the second is told so.</summary>
internal sealed class WatchTurn : Turn;
