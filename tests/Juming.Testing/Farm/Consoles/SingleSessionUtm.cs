using static Juming.Testing.Farm.Visit;

namespace Juming.Testing.Farm.Consoles;

/// <summary>A small gateway that lets an account in once: who comes second is asked whether to throw the other out.</summary>
internal sealed class SingleSessionUtm(int seed) : PageConsole("single", seed)
{
    public override string Product => "磐石统一威胁网关";

    public override string Special => "one session per account, kick dialog, page that is left by a cancelled box";

    internal override bool IsSingleSession => true;

    internal override string Cookie => "PSUTM";

    private protected override string LoginPath => "/auth/login.do";

    private protected override MenuGroup[] Menu() => T("1", "2") == "1"
        ? [new("状态", (Status, "系统状态")), new("防火墙", (Policies, "包过滤规则"), (Block, "黑名单"), (Allow, "白名单")), new("网络", (Interfaces, "接口")), new("系统", (Logs, "日志"), (Maintain, "重启"))]
        : [new("首页", (Status, "设备首页")), new("网络", (Interfaces, "接口与线路")), new("安全", (Allow, "可信主机"), (Block, "拉黑主机"), (Policies, "规则")), new("工具", (Maintain, "重启"), (Logs, "日志"))];

    private protected override string UrlOf(string key) => $"/{T("sys", "v5")}/{key}.do";

    private protected override Task SignIn(Visit v)
    {
        var session = v.Begin();
        if (v["force"] == "1" && session.Memory.TryRemove("waiting", out var sent)) return After(v, SignIns.Try(session, session.User, p => p == sent, force: true));
        var outcome = SignIns.Try(session, v["j_username"], p => p == v["j_password"]);
        if (outcome != SignInOutcome.Occupied) return After(v, outcome);
        session.Memory["waiting"] = v["j_password"];
        return v.Html(Frame("提示", $$"""
            <div class=ask><p>{{T("该用户已登录,是否强制登录?", "该用户已在其他地方登录,继续将使其下线。")}}</p><p class=s>登录地址 10.1.1.{{Filler.Cpu + 20}},登录时间 {{When(Clock.GetUtcNow().AddMinutes(-7))}}</p>
            <form method=post action="{{LoginPath}}"><input type=hidden name=force value=1><button>{{T("强制登录", "继续登录")}}</button> <a href="{{LoginPath}}"><button type=button>{{T("取消", "返回")}}</button></a></form></div>
            """));
    }

    private protected override string Login(Visit v, string error) => Frame("登录", $$"""
        <div class=lg><h1>{{Product}}</h1><form method=post action="{{LoginPath}}"><p>{{T("用户名:", "帐号:")}}<input name=j_username id={{Id("u", "utm")}}></p><p>{{T("密　码:", "口令:")}}<input type=password name=j_password id={{Id("p", "utm")}}></p>
        <p class=e>{{error}}</p><p><input type=submit value="{{T("登陆", "登 录")}}"></p></form></div>
        """);

    private protected override string Shell(Visit v, string key, string body)
    {
        var groups = string.Concat(Menu().Select(g => $"<fieldset><legend>{g.Title}</legend>{string.Concat(g.Items.Select(i => $"<a href='{UrlOf(i.Key)}'>{(i.Key == key ? $"<b>{i.Title}</b>" : i.Title)}</a>"))}</fieldset>"));
        return Frame(TitleOf(key), $"<div class=hd><span class=logo>{Product}</span><span class=r>{H(v.Open!.User)} 已登录 <a href=/logout>{T("退出登陆", "注销登录")}</a></span></div><table class=ly><tr>{T($"<td class=mn>{groups}</td><td class=ct>{body}</td>", $"<td class=ct>{body}</td><td class=mn>{groups}</td>")}</tr></table>");
    }

    private protected override string Grid(string[] head, IEnumerable<string[]> rows) =>
        $"<table class=dt border=1 cellspacing=0>{string.Concat(rows.Prepend([.. head.Select(h => $"<b>{h}</b>")]).Select(r => $"<tr>{string.Concat(r.Select(c => $"<td>{c}</td>"))}</tr>"))}</table>";

    private protected override string ListPage(Visit v, string key, FarmList list, string said)
    {
        if (v["op"] == "add")
            return $$"""
                <h2>{{TitleOf(key)}} &gt; {{T("增加", "登记主机")}}</h2><form method=post action="{{UrlOf(key)}}">{{Csrf(v)}}<ul class=fl>{{string.Concat(Shuffled("form",
                    $"<li><label>{T("主机地址", "拉黑地址")}<input name=ip></label></li>",
                    $"<li><label>{T("封禁时长", "限制时间")}<input name=minutes size=6 value=0></label> 分钟</li>",
                    $"<li><label>{T("说明", "事由")}<input name=note></label></li>"))}}</ul><button name=do value=add>{{T("保存", "登记")}}</button> <button type=button onclick="history.back()">返回</button></form>
                """;
        var rows = list.Entries.Select((e, i) => new[] { $"{i + 1}", H(e.Address), Length(e), "有效", H(e.Comment), When(e.Since), $"<form method=post onsubmit=\"return confirm('{T("确认删除?", "是否取消限制?")}')\">{Csrf(v)}<input type=hidden name=id value={e.Id}><button name=do value=delete{Off(v)}>{T("删除", "取消限制")}</button></form>" });
        return $"<h2>{TitleOf(key)}</h2><p class=e>{said}</p><p><button onclick=\"location='{UrlOf(key)}?op=add'\"{Off(v)}>{T("增加", "登记主机")}</button></p>" + Grid(["#", T("主机地址", "拉黑地址"), T("封禁时长", "限制时间"), "状态", T("说明", "事由"), "时间", "操作"], rows);
    }

    private protected override string Say(AddOutcome outcome) => outcome == AddOutcome.Done ? T("保存成功", "登记成功") : base.Say(outcome);

    private string Frame(string title, string body) => $$"""
        <html><head><meta charset=utf-8><title>{{title}}</title><style>{{Style()}}</style></head><body>{{body}}</body></html>
        """;
}
