using static Juming.Testing.Farm.Visit;

namespace Juming.Testing.Farm.Consoles;

/// <summary>A web application firewall in the look of jQuery and layer: tables filled by script, modal boxes, toasts of two seconds, a CSRF header, an agreement to tick.</summary>
internal sealed class LayerWaf(int seed) : FarmConsole("layer", seed)
{
    public override string Product => "博澜Web应用防护系统";

    public override string Special => "script tables, layer modal, toast, CSRF header, agreement box, https self-signed";

    internal override string Cookie => "BLWAF_SID";

    internal override bool TakesNets => true;

    private protected override bool IsTls => true;

    private protected override Task Answer(Visit v)
    {
        if (v.Path == "/") return v.Redirect(v.Open is null ? "/login.html" : "/index.html");
        if (v.Path == "/login.html") return v.Html(Login(v.Begin()));
        if (v.Path == "/api/login" && v.IsPost) return SignIn(v);
        if (v.Open is null) return v.Path.StartsWith("/api/", StringComparison.Ordinal) ? v.Json(new { code = 401, msg = "登录超时,请重新登录" }, 401) : v.Redirect("/login.html");
        if (v.Path == "/index.html") return v.Html(Shell(v.Open));
        if (v.Path == "/api/logout") { v.End(); return v.Json(new { code = 0 }); }
        if (v.IsPost && v.Http.Request.Headers["X-CSRF-Token"] != v.Open.Csrf) return v.Json(new { code = 403, msg = "非法请求" }, 403);
        return v.Path switch
        {
            "/api/page" => v.Json(new { html = Body(v) }),
            "/api/list" => v.Json(new { code = 0, data = ListOf(v).Entries.Select(e => new { id = e.Id, ip = e.Address, ttl = e.Minutes is { } m ? $"{m}分钟" : "永久", state = T("生效", "已启用"), memo = e.Comment, time = When(e.Since) }) }),
            "/api/add" => Add(v),
            "/api/del" => v.Json(v.Delete(ListOf(v), v["id"]) ? new { code = 0, msg = T("删除成功", "已移除") } : new { code = 1, msg = "操作失败" }),
            "/api/reboot" => Reboot(v),
            _ => v.NotFound(),
        };
    }

    private FarmList ListOf(Visit v) => v["kind"] == "w" ? Allows : Blocks;

    private Task SignIn(Visit v)
    {
        if (v["agree"] != "true") return v.Json(new { code = 2, msg = "请先阅读并同意用户协议" });
        return SignIns.Try(v.Begin(), v["u"], p => p == v["p"]) switch
        {
            SignInOutcome.Done => v.Json(new { code = 0 }),
            SignInOutcome.Locked => v.Json(new { code = 3, msg = "登录失败次数过多,账号已锁定10分钟" }),
            SignInOutcome.MustChangePassword => v.Json(new { code = 4, msg = "密码已到期,请修改密码后登录" }),
            _ => v.Json(new { code = 1, msg = "用户名或密码错误" }),
        };
    }

    private Task Add(Visit v)
    {
        var outcome = v.Add(ListOf(v), v["ip"], v["ttl"], v["memo"]);
        return v.Json(new
        {
            code = outcome == AddOutcome.Done ? 0 : 1,
            msg = outcome switch
            {
                AddOutcome.Done => T("添加成功", "提交成功"),
                AddOutcome.BadAddress => "IP地址不合法",
                AddOutcome.BadDuration => "有效期格式错误",
                AddOutcome.Duplicate => "条目重复:该IP已存在",
                AddOutcome.Full => "黑名单规格已满,无法继续添加",
                _ => "当前账号无权限",
            },
        });
    }

    private static Task Reboot(Visit v)
    {
        v.Harm("reboot");
        return v.Json(new { code = 0, msg = "系统正在重启" });
    }

    private string Login(Session s) => $$"""
        <!doctype html><html><head><meta charset=utf-8><title>{{Product}}</title><meta name=csrf content={{s.Csrf}}><style>{{Style()}}{{Style("layer-login")}}</style></head>
        <body><div class=lg><h2>{{Product}}</h2>
        <input type=text id=username placeholder="{{T("用户名", "请输入账号")}}" autocomplete=off><input type=password id=passwd placeholder="{{T("密码", "请输入登录密码")}}">
        <p><label><input type=checkbox id=agree> 我已阅读并同意《用户协议》</label></p><button class=b id=sub>{{T("登 录", "立即登录")}}</button></div>
        <script>{{Page("layer.js")}}
        {{Page("layer-login.js")}}</script></body></html>
        """;

    private string Shell(Session s)
    {
        (string Group, (string Key, string Title)[] Items)[] menu = T("1", "2") == "1"
            ? [("首页", [("status", "设备状态")]), ("防护策略", [("policy", "防护规则"), ("site", "站点管理")]), ("访问控制", [("w", "IP白名单"), ("b", "IP黑名单")]), ("日志", [("log", "攻击日志")]), ("系统", [("maint", "系统工具")])]
            : [("概览", [("status", "运行概览")]), ("站点防护", [("site", "站点管理"), ("policy", "规则集")]), ("名单管理", [("b", "攻击源封禁"), ("w", "放行名单")]), ("运维", [("maint", "系统工具"), ("log", "防护日志")])];
        var items = string.Concat(menu.Select(g => $"<li><span>{g.Group}</span><ul>{string.Concat(g.Items.Select(i => $"<li><a href='javascript:;' data-p={i.Key}>{i.Title}</a></li>"))}</ul></li>"));
        return $$"""
            <!doctype html><html><head><meta charset=utf-8><title>{{Product}}</title><meta name=csrf content={{s.Csrf}}><style>{{Style()}}{{Style("layer-shell")}}</style></head>
            <body><div class=hd><b>{{Product}}</b><span style="float:right">{{H(s.User)}} &nbsp;<a href="javascript:;" id=out>{{T("退出", "安全退出")}}</a></span></div>
            <div class=side><ul>{{items}}</ul></div><div class=main id=main></div>
            <script>{{Page("layer.js")}}
            {{Page("layer-shell.js", ("off", s.Account.Role == FarmRole.Administrator ? "" : " disabled"), ("form", Form()), ("ip", Id("ip", "f")), ("ttl", Id("ttl", "f")), ("memo", Id("memo", "f")))}}</script></body></html>
            """;
    }

    private string Form() => string.Concat(Shuffled("form",
        $"<div class=row><label for={Id("ip", "c")}>{T("IP地址", "客户端IP")}</label><input id={Id("ip", "c")} name={Id("ip", "f")} placeholder='如 1.2.3.4 或 1.2.3.0/24'></div>",
        $"<div class=row><label for={Id("ttl", "c")}>{T("有效期", "封禁时长")}</label>{T($"<input id={Id("ttl", "c")} name={Id("ttl", "f")} value=0>", $"<select id={Id("ttl", "c")} name={Id("ttl", "f")}><option value=0>永久<option value=60>1小时<option value=1440>1天<option value=10080>7天</select>")}<em>{T("分钟,0 为永久", "")}</em></div>",
        $"<div class=row><label for={Id("memo", "c")}>{T("描述", "备注")}</label><input id={Id("memo", "c")} name={Id("memo", "f")}></div>",
        "<div class=row><label>动作</label><select><option>阻断<option>告警</select></div>"));

    private string Body(Visit v)
    {
        var off = v.Open!.Account.Role == FarmRole.Administrator ? "" : " disabled";
        string Card(string title, string body) => $"<div class=card><h3>{title}</h3>{body}</div>";
        string Table(string[] head, IEnumerable<string[]> rows) => $"<table class=t><thead><tr>{string.Concat(head.Select(h => $"<th>{h}</th>"))}</tr></thead><tbody>{string.Concat(rows.Select(r => $"<tr>{string.Concat(r.Select(c => $"<td>{H(c)}</td>"))}</tr>"))}</tbody></table>";
        string List(string k, string title, string form) => Card(title, $"<div class=tool><button class=b{off} onclick=\"add('{k}','{form}')\">{T("新增", "＋ 新建")}</button> <button class='b w' onclick=\"list('{k}')\">刷新</button> <button class='b w'{off}>导入</button></div><table class=t><thead><tr><th width=20></th><th>{T("IP地址", "客户端IP")}</th><th>{T("描述", "备注")}</th><th>有效期</th><th>状态</th><th>创建时间</th><th>操作</th></tr></thead><tbody id=tb></tbody></table><p id=cnt></p>");
        return v["p"] switch
        {
            "b" => List("b", T("IP黑名单", "攻击源封禁"), T("添加黑名单", "新建封禁")),
            "w" => List("w", T("IP白名单", "放行名单"), T("添加白名单", "新建放行")),
            "policy" or "site" => Card("规则", Table(["序号", "名称", "源", "目的", "动作", "命中"], Filler.Policies)),
            "log" => Card("攻击日志", Table(["时间", "源IP", "事件", "动作"], Filler.Logs)),
            "maint" => Card("系统工具", $"<button class='b r'{off} onclick=\"ask('重启将中断业务,确定?',()=>post('/api/reboot',{{}}).then(r=>msg(r.msg)))\">重启系统</button>"),
            _ => Card(T("设备状态", "运行概览"), $"<div class=kpi><p>CPU使用率<b>{Filler.Cpu}%</b></p><p>内存使用率<b>{Filler.Memory}%</b></p><p>磁盘使用率<b>{Filler.Disk}%</b></p><p>并发连接<b>{Filler.Sessions}</b></p></div>" + Table(["项", "值"], [["系统版本", Filler.Build], ["序列号", Filler.Serial], ["运行时间", Filler.Uptime], ["特征库版本", "2026.03.11"]])),
        };
    }
}
