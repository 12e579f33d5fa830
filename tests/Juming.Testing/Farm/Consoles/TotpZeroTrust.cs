using static Juming.Testing.Farm.Visit;

namespace Juming.Testing.Farm.Consoles;

/// <summary>A zero-trust controller: after the password it wants the six digits of an authenticator. Entries are cards, not rows.</summary>
internal sealed class TotpZeroTrust(int seed) : PageConsole("totp", seed)
{
    public override string Product => "金锁零信任控制中心";

    public override string Special => "TOTP as second step, cards instead of a table, header search, https self-signed";

    internal override string Cookie => "zt_session";

    internal override bool TakesIpv6 => true;

    private protected override bool WantsTotp => true;

    private protected override bool IsTls => true;

    private protected override MenuGroup[] Menu() => T("1", "2") == "1"
        ? [new("概览", (Status, "控制台概览")), new("访问策略", (Policies, "应用策略"), (Allow, "可信来源")), new("威胁响应", (Block, "联动封锁"), (Logs, "风险事件")), new("系统设置", (Interfaces, "网络"), (Maintain, "高级"))]
        : [new("主页", (Status, "运行总览")), new("风险处置", (Logs, "风险记录"), (Block, "隔离来源"), (Allow, "信任来源")), new("资源", (Policies, "应用"), (Interfaces, "网络")), new("更多", (Maintain, "高级"))];

    private protected override string UrlOf(string key) => $"/c/{T(key, Id(key, ""))}";

    private protected override Task? Extra(Visit v)
    {
        if (v.Path != "/verify/otp" || v.Session is not { Holder: not null, IsOpen: false } session) return null;
        if (!v.IsPost) return v.Html(CodePage(""));
        var outcome = SignIns.TryCode(session, v["otp"].Trim());
        return outcome == SignInOutcome.Done ? v.Redirect(UrlOf(Status)) : v.Html(CodePage("动态口令错误或已失效"));
    }

    private protected override async Task SignIn(Visit v)
    {
        var outcome = SignIns.Try(v.Begin(), v["user"], p => p == v["password"]);
        await (outcome == SignInOutcome.WantsCode ? v.Redirect("/verify/otp") : After(v, outcome));
    }

    private protected override string Login(Visit v, string error) => Sheet("登录", $$"""
        <div class=card-l><h2>{{Product}}</h2><form method=post action=/login><input name=user placeholder="{{T("用户名", "账户名称")}}"><input name=password type=password placeholder="{{T("密码", "账户密码")}}"><p class=err role=alert>{{error}}</p><button>{{T("下一步", "继续")}}</button></form></div>
        """);

    private string CodePage(string error) => Sheet("二次验证", $$"""
        <div class=card-l><h2>{{T("双因素认证", "安全验证")}}</h2><p>{{T("请输入身份验证器上的6位动态口令", "请打开身份验证器,输入动态码")}}</p><form method=post action=/verify/otp><input name=otp maxlength=6 inputmode=numeric autocomplete=one-time-code placeholder="{{T("动态口令", "动态码")}}"><p class=err role=alert>{{error}}</p><button>{{T("验证", "确认登录")}}</button></form></div>
        """);

    private protected override string Shell(Visit v, string key, string body)
    {
        var menu = string.Concat(Menu().Select(g => $"<div class=mg tabindex=0><span>{g.Title}</span><div class=dd>{string.Concat(g.Items.Select(i => $"<a href='{UrlOf(i.Key)}'>{i.Title}</a>"))}</div></div>"));
        return Sheet(TitleOf(key), $"<div class='top {T("", "bottom")}'><b>{Product}</b>{menu}<span class=me>{H(v.Open!.User)} <a href=/logout>{T("退出", "登出")}</a></span></div><div class=in><h2>{TitleOf(key)}</h2>{body}</div>");
    }

    private protected override string Grid(string[] head, IEnumerable<string[]> rows) =>
        $"<div class=sheet><table>{string.Concat(rows.Prepend([.. head.Select(h => $"<small>{h}</small>")]).Select(r => $"<tr>{string.Concat(r.Select(c => $"<td>{c}</td>"))}</tr>"))}</table></div>";

    private protected override string ListPage(Visit v, string key, FarmList list, string said)
    {
        var cards = string.Concat(list.Entries.Select(e => $"<div class=ent><h4>{H(e.Address)}</h4><p><span class=tag>{T("封锁中", "已隔离")}</span> {Length(e)}</p><p>{H(e.Comment)}</p><p><small>{When(e.Since)}</small></p><form method=post onsubmit=\"return this.sure.checked||(this.querySelector('label').style.color='red',false)\">{Csrf(v)}<input type=hidden name=id value={e.Id}><label><input type=checkbox name=sure value=1>{T("确认解除", "我已知晓影响")}</label> <button class=sm name=do value=delete{Off(v)}>{T("解除", "取消隔离")}</button></form></div>"));
        return $$"""
            {{(said == "" ? "" : $"<div class=ok role=status>{said}</div>")}}<details{{(said == "" || said.Contains("成功", StringComparison.Ordinal) ? "" : " open")}}><summary{{(IsAdmin(v) ? "" : " class=off")}}>＋ {{T("新增封锁", "隔离新来源")}}</summary><form method=post class=frm>{{Csrf(v)}}{{string.Concat(Shuffled("form",
                $"<div><label for={Id("a", "zt")}>{T("来源IP", "来源地址")}</label><input id={Id("a", "zt")} name=ip></div>",
                $"<div><label for={Id("b", "zt")}>{T("有效期", "隔离时长")}</label><select id={Id("b", "zt")} name=minutes><option value=60>1 小时</option><option value=1440>1 天</option><option value=0>永久</option></select></div>",
                $"<div><label for={Id("c", "zt")}>{T("备注", "理由")}</label><input id={Id("c", "zt")} name=note></div>"))}}<button name=do value=add{{Off(v)}}>{{T("确定封锁", "开始隔离")}}</button></form></details><div class=ents>{{cards}}</div>
            """;
    }

    private protected override string Say(AddOutcome outcome) => outcome == AddOutcome.Done ? T("封锁成功,添加成功", "隔离成功") : base.Say(outcome);

    private protected override string SayDeleted(bool done) => done ? T("解除成功", "取消隔离成功") : "操作失败";

    private string Sheet(string title, string body) => $$"""
        <!doctype html><html lang=zh><head><meta charset=utf-8><title>{{title}}</title><style>{{Style()}}</style></head><body>{{body}}</body></html>
        """;
}
