using static Juming.Testing.Farm.Visit;

namespace Juming.Testing.Farm.Consoles;

/// <summary>A firewall where a save changes a draft only: it is in force after a second press, when a progress bar has run through.</summary>
internal sealed class CommitFirewall(int seed) : PageConsole("commit", seed)
{
    public override string Product => "铁壁防火墙集中管理";

    public override string Special => "save, then apply with progress (1.5 s); entries wait as 未生效 until then";

    public override bool NeedsCommit => true;

    internal override string Cookie => "tb-session";

    internal override bool TakesNets => true;

    /// <summary>Time from the second press until the device acts on it.</summary>
    private static TimeSpan Compiling => TimeSpan.FromSeconds(1.5);

    private protected override MenuGroup[] Menu() => T("1", "2") == "1"
        ? [new("首页", (Status, "设备状态")), new("资源管理", (Interfaces, "网络接口"), (Allow, "地址白名单")), new("访问控制", (Policies, "安全规则"), (Block, "IP封堵")), new("审计", (Logs, "拦截日志")), new("维护", (Maintain, "系统维护"))]
        : [new("总览", (Status, "设备总览"), (Logs, "拦截记录")), new("封禁中心", (Block, "封禁列表"), (Allow, "豁免列表")), new("规则与网络", (Policies, "规则"), (Interfaces, "接口")), new("平台", (Maintain, "平台维护"))];

    private protected override string UrlOf(string key) => $"/{T("fw", "mgmt")}/{key}";

    private protected override Task? Extra(Visit v)
    {
        if (v.Path == "/commit/state" && v.Open is { } session) return v.Json(new { state = session.Memory.GetValueOrDefault("commit", "idle") });
        return null;
    }

    private protected override Task Change(Visit v, string key)
    {
        if (v["do"] != "commit" || v["csrf"] != v.Open!.Csrf) return base.Change(v, key);
        v.Open.Memory["commit"] = "busy";
        _ = Compile(v, v.Open);
        return v.Redirect(UrlOf(key) + "?compiling=1");
    }

    private async Task Compile(Visit v, Session session)
    {
        await Task.Delay(Compiling, Clock);
        session.Memory["commit"] = v.Commit() ? "done" : "failed";
    }

    private protected override string Login(Visit v, string error) => $$"""
        <!doctype html><html><head><meta charset=utf-8><title>{{Product}}</title><style>{{Style()}}</style></head><body class=lb><div class=lc><h2>{{Product}}</h2><form method=post action=/login>
        <table><tr><td>{{T("用户名称", "账　户")}}</td><td><input name=user></td></tr><tr><td>{{T("用户口令", "密　码")}}</td><td><input type=password name=password></td></tr></table><p class=er>{{error}}</p><button class=bb>{{T("登录系统", "登　录")}}</button></form></div></body></html>
        """;

    private protected override string Shell(Visit v, string key, string body)
    {
        var menu = string.Concat(Menu().Select(g => $"<dl><dt onclick=\"this.parentNode.classList.toggle('open')\">{g.Title}</dt>{string.Concat(g.Items.Select(i => $"<dd><a href='{UrlOf(i.Key)}'>{i.Title}</a></dd>"))}</dl>")).Replace("<dl>", "<dl class=\"" + T("", "open") + "\">", StringComparison.Ordinal);
        var dirty = Blocks.IsDirty || Allows.IsDirty;
        var pressed = $"<form method=post action='{UrlOf(key)}' style='display:inline'>{Csrf(v)}<button class='bb cm' name=do value=commit{(dirty && IsAdmin(v) ? "" : " disabled")}>{T("应用", "提交变更")}</button></form>";
        var bar = T($"<div class=hd><b>{Product}</b><span>{(dirty ? "<em>配置已修改,尚未生效</em> " : "")}{pressed} {H(v.Open!.User)} <a href=/logout>退出</a></span></div>", $"<div class=hd><b>{Product}</b><span>{H(v.Open!.User)} <a href=/logout>注销</a></span></div>");
        var foot = T("", $"<div class=ftb>{(dirty ? "<em>有待提交的变更</em>" : "无待提交的变更")} {pressed}</div>");
        var progress = v["compiling"] == "" ? "" : $$"""
            <div class=pgr><p id=pt>{{T("正在应用配置,请稍候…", "变更下发中…")}}</p><div class=pb><i id=pi></i></div></div>
            <script>let n=0;const go=setInterval(async()=>{n=Math.min(95,n+9);pi.style.width=n+'%';const r=await(await fetch('/commit/state')).json();if(r.state==='busy')return;clearInterval(go);pi.style.width='100%';
            pt.textContent=r.state==='done'?'{{T("应用成功", "变更已提交并生效")}}':'{{T("应用失败:策略编译错误,请重试", "提交失败:下发超时")}}';setTimeout(()=>location='{{UrlOf(key)}}',1500)},200)</script>
            """;
        return $"<!doctype html><html><head><meta charset=utf-8><title>{Product}</title><style>{Style()}</style></head><body>{bar}<div class=mn>{menu}</div><div class=ct><h3>{TitleOf(key)}</h3>{body}</div>{foot}{progress}</body></html>";
    }

    private protected override string Grid(string[] head, IEnumerable<string[]> rows) =>
        $"<table class=tt><tr>{string.Concat(head.Select(h => $"<th>{h}</th>"))}</tr>{string.Concat(rows.Select(r => $"<tr>{string.Concat(r.Select(c => $"<td>{c}</td>"))}</tr>"))}</table>";

    private protected override string ListPage(Visit v, string key, FarmList list, string said)
    {
        static string State(FarmEntry e) => e.State switch { FarmEntryState.Added => "<span class=wt>未生效</span>", FarmEntryState.Deleted => "<span class=wt>待删除</span>", _ => "<span class=gn>已生效</span>" };
        var rows = list.Entries.Select(e => new[] { H(e.Address), State(e), Length(e), H(e.Comment), H(e.By), When(e.Since), e.State == FarmEntryState.Deleted ? "" : $"<button class=tx onclick=del({e.Id}){Off(v)}>{T("删除", "解除封禁")}</button>" });
        return $$"""
            <p class=say>{{said}}</p><p><button class=bb onclick="fm.style.display='block'"{{Off(v)}}>{{T("新增", "添加封禁")}}</button> <button class=bb disabled>导出</button></p>
            <form id=fm class=fm method=post style="display:none"><h4>{{T("新增封堵地址", "添加封禁")}}</h4>{{Csrf(v)}}{{string.Concat(Shuffled("form",
                $"<p><label for={Id("a", "c_")}>{T("IP地址", "网段/地址")}</label><input id={Id("a", "c_")} name=ip></p>",
                $"<p><label for={Id("b", "c_")}>{T("封堵时长(分钟)", "封禁时长(分钟)")}</label><input id={Id("b", "c_")} name=minutes value=0></p>",
                $"<p><label for={Id("c", "c_")}>{T("描述", "备注信息")}</label><input id={Id("c", "c_")} name=note></p>"))}}<button class=bb name=do value=add>保存</button> <button class=bb type=button onclick="fm.style.display='none'">取消</button></form>
            {{Grid([T("IP地址", "网段/地址"), "状态", "时长", T("描述", "备注信息"), "创建者", "时间", "操作"], rows)}}
            <form id=df class=fm method=post style="display:none">{{Csrf(v)}}<input type=hidden name=id id=di><p>{{T("确定删除该封堵地址?", "确定解除该地址的封禁?")}}</p><button class=bb name=do value=delete>确定</button> <button class=bb type=button onclick="df.style.display='none'">取消</button></form>
            <script>function del(i){di.value=i;df.style.display='block'}</script>
            """;
    }

    private protected override string Say(AddOutcome outcome) => outcome == AddOutcome.Done ? T("保存成功", "保存成功,提交后生效") : base.Say(outcome);

    private protected override string SayDeleted(bool done) => done ? T("删除成功", "操作成功,提交后生效") : "操作失败";
}
