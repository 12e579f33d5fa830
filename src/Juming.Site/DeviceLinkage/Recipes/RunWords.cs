using System.Text.RegularExpressions;

namespace Juming.Site.DeviceLinkage.Recipes;

/// <summary>Tells from a console's own words what became of a step.</summary>
internal static partial class RunWords
{
    /// <summary>The code of a refusal, or null when the sentence is none. "already-there" is no failure.</summary>
    public static string? Refusal(string text)
    {
        if (SignIn.SignInWords.SaysExpired(text)) return "session-expired";
        if (There().IsMatch(text)) return "already-there";
        if (Full().IsMatch(text)) return "capacity-full";
        if (Invalid().IsMatch(text)) return "invalid-address";
        if (Rights().IsMatch(text)) return "no-permission";
        return Failed().IsMatch(text) && !Harmless().IsMatch(text) ? "refused" : null;
    }

    /// <summary>What a console shows while it is at work.</summary>
    public static readonly IReadOnlyList<string> Working = ["请稍候", "请稍等", "请稍后", "下发中", "应用中", "处理中", "提交中", "正在应用", "正在下发", "正在提交", "please wait", "in progress", "applying", "committing", "deploying"];

    /// <summary>True for a sentence that says that something was done.</summary>
    public static bool SaysDone(string text) => Finished().IsMatch(text);

    /// <summary>True for a cell that says that an entry stands in the list without being in force.</summary>
    public static bool SaysNotInForce(string cell) => Waiting().IsMatch(cell.Trim());

    [GeneratedRegex("已(经)?存在|重复|冲突|already (exists?|present|blocked|in)|duplicate|conflict", RegexOptions.IgnoreCase)]
    private static partial Regex There();

    [GeneratedRegex("已满|上限|超过最大|超出最大|最大(条目|数量)|超限|\\b(is|are|list|table) full\\b|capacity|(maximum|max) (number|entries|limit)|limit (reached|exceeded)|too many entries", RegexOptions.IgnoreCase)]
    private static partial Regex Full();

    [GeneratedRegex("不合法|非法|格式.{0,4}(错误|不正确|不对|有误)|无效.{0,4}(IP|地址)|(IP|地址).{0,8}(无效|错误|不正确|有误)|(invalid|illegal|malformed|bad).{0,20}(ip|address|format|host)|not a valid", RegexOptions.IgnoreCase)]
    private static partial Regex Invalid();

    [GeneratedRegex("无(操作)?权限|没有权限|权限不足|permission|not authori[sz]ed|read-?only account|forbidden", RegexOptions.IgnoreCase)]
    private static partial Regex Rights();

    [GeneratedRegex("成功|已(经)?(生效|下发|应用|提交)|完成|success|succeeded|applied|committed|in effect|completed", RegexOptions.IgnoreCase)]
    private static partial Regex Finished();

    [GeneratedRegex("失败|出错|错误|异常|拒绝执行|fail(ed|ure)?\\b|\\berror\\b|could not|unable to|timed out|超时", RegexOptions.IgnoreCase)]
    private static partial Regex Failed();

    [GeneratedRegex("失败(次数|数|重试)|(0|零)\\s*(条|个)?失败|失败\\s*[:：]?\\s*0|错误日志|0 (failed|errors?)|no errors?", RegexOptions.IgnoreCase)]
    private static partial Regex Harmless();

    [GeneratedRegex("^(●|○|\\*)?\\s*(未生效|待生效|待删除|待移除|待下发|未下发|待提交|未提交|未应用|待应用|未启用|已禁用|已停用|停用中?|失效|已过期|下发失败|失败|pending( commit| apply)?|not (yet )?(applied|active|committed|in force)|uncommitted|staged|inactive|disabled|expired|failed|draft|candidate)$", RegexOptions.IgnoreCase)]
    private static partial Regex Waiting();
}
