namespace Juming.Contracts.Indicators;

/// <summary>The number that a set of indicators, and each change to it, goes by: milliseconds since 1970 (UTC) at which it was made, or one more than the last where two fall into one millisecond.</summary>
public static class SetVersion
{
    // 2020: what lies before was counted from one, by a cloud of before that time or by none.
    private const long First = 1_577_836_800_000;

    private static readonly long Last = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    /// <summary>When it was made; null for a number that is no such time, whoever sent it.</summary>
    public static DateTimeOffset? MadeAt(long version) => version >= First && version <= Last ? DateTimeOffset.FromUnixTimeMilliseconds(version) : null;
}
