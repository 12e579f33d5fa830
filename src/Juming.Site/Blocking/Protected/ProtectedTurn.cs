using Juming.Platform.Handlers;

namespace Juming.Site.Blocking.Protected;

/// <summary>Lets one at a time change what is protected: no range stands twice, and of two changes made on the same version the second is told so.</summary>
internal sealed class ProtectedTurn : Turn;
