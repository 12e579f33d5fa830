namespace Juming.Site.Collection.Workbench;

/// <summary>Words around a value that tell what it is, in Chinese and English, lower case.</summary>
internal static class WorkbenchVocabulary
{
    /// <summary>What stands before it, or what its key holds, when a value belongs to who began.</summary>
    public static readonly string[] SourceWords = ["from", "src", "source", "client", "rhost", "attacker", "by", "peer", "remote", "来自", "源", "来源", "从", "客户端", "攻击", "通过", "发起", "登录ip"];

    /// <summary>What stands before it, or what its key holds, when a value belongs to who was reached.</summary>
    public static readonly string[] DestinationWords = ["to", "dst", "dest", "destination", "server", "target", "victim", "access", "->", "目的", "目标", "到", "至", "服务器", "受害", "访问", "被攻击"];

    /// <summary>What stands before an account.</summary>
    public static readonly string[] UserWords = ["user", "username", "account", "login", "admin", "administrator", "operator", "用户", "用户名", "账号", "帐号", "管理员", "操作员"];

    /// <summary>Keys of secrets: the value is masked.</summary>
    public static readonly string[] SecretWords = ["password", "passwd", "pwd", "secret", "credential", "密码", "口令"];

    /// <summary>What stands before a port.</summary>
    public static readonly string[] PortWords = ["port", "端口"];

    /// <summary>A date alone.</summary>
    public const string DatePattern = @"^\d{4}[-/.]\d{1,2}[-/.]\d{1,2}$|^\d{4}年\d{1,2}月\d{1,2}日$";

    /// <summary>Date and clock with the marks of Chinese devices: year, month, day, hour, minute, second.</summary>
    public const string TimePattern = @"^(\d{4})[年/.-](\d{1,2})[月/.-](\d{1,2})日?\s*[T ]?\s*(\d{1,2})[时:](\d{1,2})(?:[分:](\d{1,2})秒?)?";

    /// <summary>A time anywhere in a text.</summary>
    public const string TimeInText = @"\G(?:\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?[T ,]{0,2}\d{1,2}[:时]\d{1,2}(?:[:分]\d{1,2}秒?)?(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?|(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) )?(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) {1,2}\d{1,2} \d\d:\d\d:\d\d(?: \d{4})?)";

    /// <summary>Texts between key and value.</summary>
    public static readonly string[] Assigns = ["=", ":", "：", "/"];

    /// <summary>Texts between pairs; the longer ones of a kind first.</summary>
    public static readonly string[] PairSeparators = [";``", "|!", "||", ", ", "，", "；", "\t", ";", ",", "|", "^", "  ", " "];

    /// <summary>Keys too common to tell one product from another.</summary>
    public static readonly HashSet<string> CommonKeys = new(StringComparer.OrdinalIgnoreCase)
    {
        "src", "dst", "time", "date", "msg", "message", "user", "type", "id", "name", "proto", "action", "level", "pri", "sport", "dport", "srcip", "dstip", "severity", "status", "ip", "host", "port",
    };

    /// <summary>Programs of the system, under which every device may log.</summary>
    public static readonly HashSet<string> CommonPrograms = new(StringComparer.OrdinalIgnoreCase) { "kernel", "root", "syslog", "syslogd", "rsyslogd", "localhost", "log", "system", "user", "event", "-" };

    /// <summary>True for a character of Chinese writing.</summary>
    public static bool IsHan(char c) => c is >= '\u4e00' and <= '\u9fff';
}
