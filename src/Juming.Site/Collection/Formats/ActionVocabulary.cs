using System.Collections.Frozen;
using System.Text;

namespace Juming.Site.Collection.Formats;

/// <summary>What a device says it did.</summary>
internal enum ActionWord : byte
{
    Unknown,
    Allowed,
    Blocked,
}

/// <summary>Words of devices, in Chinese and English, for what they did and how bad it was.</summary>
internal static class ActionVocabulary
{
    private static readonly FrozenDictionary<string, ActionWord>.AlternateLookup<ReadOnlySpan<char>> Words = Make(
        "accept allow allowed permit permitted pass passed forward close open start timeout ip-conn client-rst server-rst continue detect detected monitor alert log logging learn none policy_permit 允许 放行 通过 告警 被记录 记录 检测 监控 仅记录 审计",
        "deny denied drop dropped block blocked reject rejected reset quarantine discard policy_deny tcp_reset refuse prevent block-url block-ip block-continue drop-icmp reset-client reset-server reset-both sinkhole 拒绝 阻断 阻止 丢弃 封禁 拦截 已隔离 已阻断 已拦截 隔离 禁止");

    private static readonly FrozenDictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> Severities = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase)
    {
        ["critical"] = 4,
        ["fatal"] = 4,
        ["emergency"] = 4,
        ["emerg"] = 4,
        ["very-high"] = 4,
        ["严重"] = 4,
        ["危急"] = 4,
        ["紧急"] = 4,
        ["致命"] = 4,
        ["high"] = 3,
        ["高"] = 3,
        ["高危"] = 3,
        ["高级"] = 3,
        ["error"] = 3,
        ["err"] = 3,
        ["major"] = 3,
        ["medium"] = 2,
        ["middle"] = 2,
        ["mid"] = 2,
        ["中"] = 2,
        ["中危"] = 2,
        ["中级"] = 2,
        ["warning"] = 2,
        ["warn"] = 2,
        ["minor"] = 2,
        ["low"] = 1,
        ["低"] = 1,
        ["低危"] = 1,
        ["低级"] = 1,
        ["notice"] = 1,
        ["info"] = 0,
        ["information"] = 0,
        ["informational"] = 0,
        ["信息"] = 0,
        ["提示"] = 0,
        ["debug"] = 0,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase).GetAlternateLookup<ReadOnlySpan<char>>();

    private static readonly FrozenDictionary<string, bool>.AlternateLookup<ReadOnlySpan<char>> Outcomes =
        "success succeeded successful succeed ok passed pass 成功 操作成功 登录成功 认证成功 已完成 完成".Split(' ').Select(w => (w, true))
            .Concat("failure failed fail error denied 失败 操作失败 登录失败 认证失败 错误".Split(' ').Select(w => (w, false)))
            .ToFrozenDictionary(p => p.w, p => p.Item2, StringComparer.OrdinalIgnoreCase).GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>The Chinese word for "unknown".</summary>
    public static ReadOnlySpan<byte> Unknown => "未知"u8;

    /// <summary>"success" or "failure", or nothing for a word that says neither.</summary>
    public static ReadOnlySpan<byte> OutcomeOf(ReadOnlySpan<byte> value)
    {
        Span<char> chars = stackalloc char[32];
        if (value.Length > 96 || !Encoding.UTF8.TryGetChars(value, chars, out var n) || !Outcomes.TryGetValue(chars[..n].Trim(), out var good)) return default;
        return good ? "success"u8 : "failure"u8;
    }

    /// <summary>What a word means.</summary>
    public static ActionWord Of(ReadOnlySpan<byte> value)
    {
        Span<char> chars = stackalloc char[32];
        return value.Length <= 96 && Encoding.UTF8.TryGetChars(value, chars, out var n) && Words.TryGetValue(chars[..n].Trim(), out var word) ? word : ActionWord.Unknown;
    }

    /// <summary>Severity 0 to 4 of a word, or -1.</summary>
    public static int SeverityOf(ReadOnlySpan<byte> value)
    {
        Span<char> chars = stackalloc char[32];
        return value.Length <= 96 && Encoding.UTF8.TryGetChars(value, chars, out var n) && Severities.TryGetValue(chars[..n].Trim(), out var severity) ? severity : -1;
    }

    private static FrozenDictionary<string, ActionWord>.AlternateLookup<ReadOnlySpan<char>> Make(string allowed, string blocked) =>
        allowed.Split(' ').Select(w => (w, ActionWord.Allowed)).Concat(blocked.Split(' ').Select(w => (w, ActionWord.Blocked)))
            .ToFrozenDictionary(p => p.w, p => p.Item2, StringComparer.OrdinalIgnoreCase).GetAlternateLookup<ReadOnlySpan<char>>();
}
