namespace Juming.Platform.Modules;

/// <summary>A host can't start, or a verb can't run, at this moment or with this release; nothing was changed. The sentence says why and what to do, and is all that the administrator is told.</summary>
public abstract class HostBlockedException(string message, Exception? cause = null) : Exception(message, cause);
