using Juming.Contracts.Indicators;
using Juming.Site.ThreatIntel.Index;

namespace Juming.Site.ThreatIntel.Sets;

/// <summary>Sees whether a value may be in force at a site: in its normal form, and none that everybody's traffic holds.</summary>
internal static class IndicatorCheck
{
    // Names under which anybody registers; one of them as an indicator would match half of a country.
    private static readonly HashSet<string> Registries = new(StringComparer.Ordinal)
    {
        "com.cn", "net.cn", "org.cn", "gov.cn", "edu.cn", "ac.cn", "mil.cn", "bj.cn", "sh.cn", "gd.cn", "zj.cn", "js.cn", "com.hk", "org.hk", "gov.hk", "edu.hk", "com.tw", "org.tw", "gov.tw", "edu.tw", "com.mo", "co.uk", "org.uk",
        "gov.uk", "ac.uk", "co.jp", "ne.jp", "or.jp", "go.jp", "ac.jp", "co.kr", "or.kr", "go.kr", "com.au", "net.au", "org.au", "gov.au", "com.br", "com.sg", "com.my", "com.vn", "co.in", "com.ru", "com.tr", "com.mx", "co.za", "co.nz", "com.ua",
        "in-addr.arpa", "ip6.arpa",
    };

    /// <summary>None when the value may be used as it stands.</summary>
    public static IndicatorProblem Of(IndicatorValue value, List<IndicatorValue> room)
    {
        room.Clear();
        var expected = value.Kind == IndicatorKind.Network ? IndicatorKind.Address : value.Kind;
        if (value.Kind == IndicatorKind.None) return IndicatorProblem.Unreadable;
        if (IndicatorReader.Read(value.Value, expected, room) is not IndicatorProblem.None and var problem) return problem;
        if (room.Count != 1 || room[0] != value) return IndicatorProblem.Unreadable;
        if (value.Kind == IndicatorKind.Domain && value.Value.AsSpan().Count('.') >= IndicatorKeys.MostSuffixes) return IndicatorProblem.TooLong;
        return value.Kind == IndicatorKind.Domain && IsRegistry(value.Value) ? IndicatorProblem.TooWide : IndicatorProblem.None;
    }

    /// <summary>True for a name under which everybody registers names.</summary>
    public static bool IsRegistry(string domain) => Registries.Contains(domain);
}
