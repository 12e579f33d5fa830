namespace Juming.Platform.Content.Format;

/// <summary>How large things may be. What is larger is refused before it is read.</summary>
internal static class Limits
{
    public const int MostRoot = 64 * 1024;
    public const int MostTimestamp = 16 * 1024;
    public const int MostList = 4 * 1024 * 1024;
    public const int MostParts = 8 * 1024 * 1024;
    public const long MostBlob = 64L * 1024 * 1024;
    public const int MostTargets = 5000;
    public const int MostDelegations = 2000;
    public const int MostKeys = 16;

    /// <summary>Roots that are followed in one go; a repository has one a year.</summary>
    public const int MostRoots = 64;
}
