using Juming.Site.Blocking;

namespace Juming.Site.DeviceLinkage.Runs;

/// <summary>Where nobody knows what is protected, nothing is blocked: the module that knows may be switched off.</summary>
internal sealed class NothingMayBeBlocked : IProtectedAddresses
{
    public ValueTask<TargetCheck> Check(string target, CancellationToken ct) => ValueTask.FromResult(new TargetCheck(null, "protected", "no-list-of-protected-addresses"));
}
