using Juming.Site.Blocking;

namespace Juming.Site.DeviceLinkage.Recipes;

/// <summary>Which hosts may be isolated: those of the site are what it is for; what else is protected from blocks is protected from this too.</summary>
internal static class HostTargets
{
    public const string Capability = "isolate-host", Input = "host";

    private static readonly string[] OwnKinds = ["own-range ", "private "];

    /// <summary>Code of why it may not be isolated; null when it may.</summary>
    public static string? Refusal(TargetCheck check) => check is { Refusal: "protected", Entry: { } entry } && OwnKinds.Any(k => entry.StartsWith(k, StringComparison.Ordinal)) ? null : check.Refusal;
}
