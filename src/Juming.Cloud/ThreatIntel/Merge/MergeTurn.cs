using Juming.Platform.Handlers;

namespace Juming.Cloud.ThreatIntel.Merge;

/// <summary>Lets one at a time put sources together: a merge reads what others say before it writes the sum.</summary>
internal sealed class MergeTurn : Turn;
