using static Juming.Testing.Farm.Visit;

namespace Juming.Testing.Farm.Consoles;

/// <summary>An isolation gateway on a weak processor: 2 to 6 s a page, one request at a time, HTML as it was written in 2003.</summary>
internal sealed class SlowGateway : PageConsole
{
    public SlowGateway(int seed) : base("slow", seed) => Speed = (TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(6));

    public override string Product => "金汤安全隔离网闸";

    public override string Special => "2-6 s a page, one request at a time, font tags, result on a page of its own that leads back";

    internal override string Cookie => "ASPSESSIONIDQQ";

    private protected override bool OneAtATime => true;

    private protected override string LoginPath => "/login.asp";

    private protected override MenuGroup[] Menu() => T("1", "2") == "1"
        ? [new("系统信息", (Status, "状态查看")), new("网络设置", (Interfaces, "接口")), new("访问控制", (Policies, "通道策略"), (Block, "IP黑名单"), (Allow, "IP白名单")), new("日志", (Logs, "告警日志")), new("系统工具", (Maintain, "重启"))]
        : [new("设备信息", (Status, "状态")), new("控制策略", (Block, "禁止访问地址"), (Allow, "允许访问地址"), (Policies, "通道")), new("其它", (Interfaces, "接口"), (Logs, "日志"), (Maintain, "重启"))];

    private protected override string UrlOf(string key) => $"/{key}.asp";

    private protected override string Login(Visit v, string error) => Old("登录", $$"""
        <br><br><br><center><table border=1 cellpadding=8 bgcolor=#d4d0c8><tr><td bgcolor=#0a246a><font color=white><b>{{Product}}</b></font></td></tr><tr><td><form method=post action=/login.asp>
        {{T("用户", "管理员帐号")}}: <input name=user size=16><br><br>{{T("口令", "密码")}}: <input type=password name=password size=16><br><br><font color=red>{{error}}</font><br><input type=submit value="{{T("确定", "登录")}}"> <input type=reset value="取消"></form></td></tr></table></center>
        """);

    private protected override string Shell(Visit v, string key, string body)
    {
        var rows = string.Concat(Menu().Select(g => $"<tr><td bgcolor=#808080><font color=white>{g.Title}</font></td></tr>{string.Concat(g.Items.Select(i => $"<tr><td>&nbsp;&nbsp;<a href='{UrlOf(i.Key)}'>{i.Title}</a></td></tr>"))}"));
        var menu = $"<td width=150 valign=top><table width=100% border=0>{rows}<tr><td><br><a href=/logout>{T("退出", "注销")}</a></td></tr></table></td>";
        var page = $"<td valign=top><font size=4><b>{TitleOf(key)}</b></font><hr>{body}</td>";
        return Old(TitleOf(key), $"<table width=100% border=0><tr><td colspan=2 bgcolor=#0a246a height=40><font color=white size=5>{Product}</font></td></tr><tr>{T(menu + page, page + menu)}</tr></table>");
    }

    private protected override string Grid(string[] head, IEnumerable<string[]> rows) =>
        $"<table border=1 cellspacing=0 cellpadding=3 width=100%><tr bgcolor=#d4d0c8>{string.Concat(head.Select(h => $"<td><b>{h}</b></td>"))}</tr>{string.Concat(rows.Select(r => $"<tr>{string.Concat(r.Select(c => $"<td>{c}</td>"))}</tr>"))}</table>";

    private protected override string ListPage(Visit v, string key, FarmList list, string said)
    {
        if (said != "") return $"<br><center><font size=4>{said}</font><br><br><input type=button value={T("返回", "确定")} onclick=\"location='{UrlOf(key)}'\"></center>";
        var form = $"<form method=post>{Csrf(v)}<table border=0>{string.Concat(Shuffled("form",
            $"<tr><td>{T("IP地址", "禁止地址")}</td><td><input name=ip size=18></td></tr>",
            $"<tr><td>{T("有效时间", "时限")}</td><td><input name=minutes size=6 value=0>分钟</td></tr>",
            $"<tr><td>{T("备注", "注释")}</td><td><input name=note size=24></td></tr>"))}</table><input type=hidden name=do value=add><input type=submit value='{T("添加", "加入")}'{Off(v)}></form>";
        var rows = list.Entries.Select(e => new[] { H(e.Address), Length(e), "启用", H(e.Comment), When(e.Since), $"<form method=post>{Csrf(v)}<input type=hidden name=id value={e.Id}><input type=hidden name=do value=delete><input type=submit value='{T("删除", "去除")}'{Off(v)}></form>" });
        return form + Grid([T("IP地址", "禁止地址"), T("有效时间", "时限"), "状态", T("备注", "注释"), "时间", "操作"], rows);
    }

    private protected override string Say(AddOutcome outcome) => outcome == AddOutcome.Done ? T("添加成功!", "操作完成,加入成功。") : base.Say(outcome);

    private static string Old(string title, string body) => $"<html><head><meta charset=utf-8><title>{title}</title></head><body bgcolor=#ece9d8 leftmargin=0 topmargin=0><font face=宋体 size=2>{body}</font></body></html>";
}
