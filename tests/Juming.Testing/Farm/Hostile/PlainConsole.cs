using static Juming.Testing.Farm.Visit;

namespace Juming.Testing.Farm.Hostile;

/// <summary>The simplest console there can be, as the ground on which the hostile ones play.</summary>
internal class PlainConsole(string name, int seed) : PageConsole(name, seed)
{
    public override string Product => "通用安全网关";

    public override string Special => "nothing";

    internal override string Cookie => "GWSID";

    /// <summary>What the device says that it is called, for a page that is not careful.</summary>
    private protected virtual string DeviceName => Product;

    /// <summary>Goes into the head of each page.</summary>
    private protected virtual string Script => "";

    private protected override MenuGroup[] Menu() => [new("状态", (Status, "系统状态"), (Logs, "日志")), new("安全", (Block, "IP黑名单"), (Allow, "IP白名单")), new("系统", (Maintain, "维护"))];

    private protected virtual string LoginAction(Visit v) => LoginPath;

    private protected override string Login(Visit v, string error) => Sheet("登录", $"<h1>{DeviceName}</h1><form method=post action=\"{LoginAction(v)}\"><p><label>用户名 <input name=user></label></p><p><label>密码 <input type=password name=password></label></p><p>{error}</p><button>登录</button></form>");

    private protected override string Shell(Visit v, string key, string body) =>
        Sheet(TitleOf(key), $"<h1>{DeviceName}</h1><p>{string.Concat(Menu().SelectMany(g => g.Items).Select(i => $"<a href='{UrlOf(i.Key)}'>{i.Title}</a> | "))}<a href=/logout>退出</a></p><h2>{TitleOf(key)}</h2>{body}");

    private protected override string Grid(string[] head, IEnumerable<string[]> rows) =>
        $"<table border=1 cellpadding=6><tr>{string.Concat(head.Select(h => $"<th>{h}</th>"))}</tr>{string.Concat(rows.Select(r => $"<tr>{string.Concat(r.Select(c => $"<td>{c}</td>"))}</tr>"))}</table>";

    private protected override string ListPage(Visit v, string key, FarmList list, string said)
    {
        var form = $"<details><summary>新增</summary><form method=post>{Csrf(v)}<p><label>IP地址 <input name=ip></label></p><p><label>有效期(分钟) <input name=minutes value=0></label></p><p><label>备注 <input name=note></label></p><button name=do value=add>确定</button></form></details>";
        var rows = list.Entries.Select(e => new[] { H(e.Address), "启用", Length(e), H(e.Comment), $"<form method=post>{Csrf(v)}<input type=hidden name=id value={e.Id}><button name=do value=delete>删除</button></form>" });
        return $"<p id=said>{said}</p>{form}{Grid(["IP地址", "状态", "有效期", "备注", "操作"], rows)}";
    }

    private string Sheet(string title, string body) => $"<!doctype html><html><head><meta charset=utf-8><title>{title}</title>{Script}<style>body{{font:14px 'Noto Sans CJK SC',sans-serif;margin:24px}}</style></head><body>{body}</body></html>";
}
