using static Juming.Testing.Farm.Visit;

namespace Juming.Testing.Farm.Consoles;

/// <summary>A traffic cleaner whose sessions end after 25 pages, in the middle of whatever is done; its pages stand in an inner frame.</summary>
internal sealed class ExpiringCleaner(int seed) : PageConsole("expiry", seed)
{
    public override string Product => "观澜流量清洗平台";

    public override string Special => "session lost after 25 pages, inner frame, header search";

    internal override string Cookie => "GLSESS";

    private protected override int NaturalPages => 25;

    private protected override MenuGroup[] Menu() => T("1", "2") == "1"
        ? [new("清洗状态", (Status, "运行状态"), (Logs, "攻击事件")), new("牵引策略", (Policies, "牵引规则"), (Interfaces, "牵引接口")), new("名单", (Allow, "静态白名单"), (Block, "动态黑名单")), new("维护", (Maintain, "系统维护"))]
        : [new("监测", (Status, "设备监测"), (Interfaces, "接口流量")), new("处置", (Block, "攻击源压制"), (Logs, "事件记录")), new("配置", (Policies, "策略"), (Allow, "放行地址")), new("管理", (Maintain, "电源管理"))];

    private protected override string UrlOf(string key) => $"/work/{Id(key, "w")}";

    private protected override Task? Extra(Visit v)
    {
        if (v.Path == "/portal" && v.Open is not null) return v.Html(Portal(v));
        return v.Path == "/portal" ? v.Redirect(LoginPath) : null;
    }

    private protected override async Task SignIn(Visit v)
    {
        var outcome = SignIns.Try(v.Begin(), v["user"], p => p == v["password"]);
        await (outcome == SignInOutcome.Done ? v.Redirect("/portal") : After(v, outcome));
    }

    private protected override Task Expired(Visit v) => v.Html(Sheet("会话已过期", "<div class=gone><h2>会话已过期,请重新登录</h2><p>为了您的账号安全,长时间操作后需要重新验证身份。</p><a class=bt href=/login target=_top>重新登录</a></div>"));

    private protected override string Login(Visit v, string error) => Sheet("登录", $$"""
        <script>if(top!==self)top.location='/login'</script><div class=lg><div class=lt>{{Product}}</div><form method=post action=/login><div>{{string.Concat(T($"<label>账户<input name=user id={Id("u", "i")}></label><label>密码<input type=password name=password id={Id("p", "i")}></label>", $"<input name=user id={Id("u", "i")} placeholder=管理账户 aria-label=管理账户><input type=password name=password id={Id("p", "i")} placeholder=访问口令 aria-label=访问口令>"))}}</div><div class=er>{{error}}</div><input class=bt type=submit value="{{T("登录", "验证并进入")}}"></form></div>
        """);

    private string Portal(Visit v)
    {
        var menu = string.Concat(Menu().Select(g => $"<div class=g><p>{g.Title}</p>{string.Concat(g.Items.Select(i => $"<a href='{UrlOf(i.Key)}' target=work>{i.Title}</a>"))}</div>"));
        return Sheet(Product, $"<div class=bar><b>{Product}</b> <span class=u>{H(v.Open!.User)} · <a href=/logout>{T("安全退出", "离开系统")}</a></span></div><div class='sd {T("l", "t")}'>{menu}</div><iframe name=work id={Id("fr", "frm")} class='{T("fl", "ft")}' src='{UrlOf(Status)}'></iframe>");
    }

    private protected override string Shell(Visit v, string key, string body) => Sheet(TitleOf(key), $"<div class=pg><h3>{TitleOf(key)}</h3>{body}</div>");

    private protected override string Grid(string[] head, IEnumerable<string[]> rows) =>
        $"<table class=dg><thead><tr>{string.Concat(head.Select(h => $"<td>{h}</td>"))}</tr></thead><tbody>{string.Concat(rows.Select(r => $"<tr>{string.Concat(r.Select(c => $"<td>{c}</td>"))}</tr>"))}</tbody></table>";

    private protected override string ListPage(Visit v, string key, FarmList list, string said)
    {
        var rows = list.Entries.Select(e => new[] { H(e.Address), Length(e), T("已生效", "压制中"), H(e.Comment), When(e.Since), $"<form method=post onsubmit=\"return confirm('{T("确定删除该名单?", "停止压制该地址?")}')\">{Csrf(v)}<input type=hidden name=id value={e.Id}><input type=hidden name=do value=delete><input type=submit class=tx value={T("删除", "停止压制")}{Off(v)}></form>" });
        var form = $"<form method=post id={Id("f", "frm")} style='display:none'>{Csrf(v)}<input type=hidden name=do value=add><table>{string.Concat(Shuffled("form",
            $"<tr><th><label for={Id("a", "i")}>{T("源IP", "压制地址")}</label></th><td><input id={Id("a", "i")} name=ip></td></tr>",
            $"<tr><th><label for={Id("b", "i")}>{T("有效期(分钟)", "压制时长(分)")}</label></th><td><input id={Id("b", "i")} name=minutes value=0></td></tr>",
            $"<tr><th><label for={Id("c", "i")}>{T("备注", "依据")}</label></th><td><input id={Id("c", "i")} name=note></td></tr>"))}</table><input type=submit class=bt value={T("确定", "开始压制")}> <input type=reset class=bt value=重置></form>";
        return $"<div class=say>{said}</div><p><a class='bt{(IsAdmin(v) ? "" : " off")}' href=\"javascript:void(document.getElementById('{Id("f", "frm")}').style.display='block')\">{T("新增", "下发压制")}</a> <a class=bt href='{UrlOf(key)}'>刷新</a></p>{form}" + Grid([T("源IP", "压制地址"), T("有效期", "压制时长"), "状态", T("备注", "依据"), "时间", "操作"], rows);
    }

    private protected override string Say(AddOutcome outcome) => outcome == AddOutcome.Done ? T("添加成功", "下发成功") : base.Say(outcome);

    private protected override string SayDeleted(bool done) => done ? T("删除成功", "已停止压制,操作成功") : "操作失败";

    private string Sheet(string title, string body) => $$"""
        <!doctype html><html><head><meta charset=utf-8><title>{{title}}</title><style>{{Style()}}</style></head><body>{{body}}</body></html>
        """;
}
