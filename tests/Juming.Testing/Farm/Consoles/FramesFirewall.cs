using static Juming.Testing.Farm.Visit;

namespace Juming.Testing.Farm.Consoles;

/// <summary>A firewall of 2009: frameset, tables for layout, generated ids, no labels, a native confirm before a deletion.</summary>
internal sealed class FramesFirewall(int seed) : FarmConsole("frames", seed)
{
    public override string Product => "天衢防火墙 TQ-4000";

    public override string Special => "frameset, generated ids, native confirm, referer check";

    internal override string Cookie => "TQSESSID";

    private protected override Task Answer(Visit v) => v.Path switch
    {
        "/" => v.Open is null ? v.Html(LoginPage("")) : v.Html(Frames()),
        "/cgi/login.cgi" when v.IsPost => SignIn(v),
        "/cgi/logout.cgi" => Leave(v),
        _ when v.Open is null && v.Path.StartsWith("/cgi/", StringComparison.Ordinal) => v.Html("<script>alert('会话已过期,请重新登录!');top.location='/';</script>"),
        "/cgi/top.cgi" => v.Html(Top(v)),
        "/cgi/menu.cgi" => v.Html(Menu()),
        "/cgi/main.cgi" => Main(v),
        _ => v.NotFound(),
    };

    private async Task SignIn(Visit v)
    {
        var outcome = SignIns.Try(v.Begin(), v[Id("user")], p => p == v[Id("pass")]);
        await (outcome switch
        {
            SignInOutcome.Done => v.Redirect("/"),
            SignInOutcome.Locked => v.Html(LoginPage("账号已锁定,请10分钟后再试!")),
            SignInOutcome.MustChangePassword => v.Html(Wrap("修改口令", "<div class=bar>首次登录必须修改口令</div><form method=post action=/cgi/login.cgi><table cellpadding=6><tr><td>新口令</td><td><input type=password name=np></td></tr><tr><td>确认新口令</td><td><input type=password name=np2></td></tr></table><input type=button class=btn value=确定></form>")),
            _ => v.Html(LoginPage("用户名或密码错误!")),
        });
    }

    private static async Task Leave(Visit v)
    {
        v.End();
        await v.Redirect("/");
    }

    private string LoginPage(string error) => Wrap($"{Product} - Web管理", $$"""
        <table width=100% height=90%><tr><td align=center valign=middle>
        <form name=f method=post action=/cgi/login.cgi><table width=420 style="border:1px solid #3a6ea5;background:#fff" cellpadding=6>
        <tr><td colspan=2 class=bar height=40 style="font-size:16px">{{Product}} {{T("安全管理系统", "统一管理平台")}}</td></tr>
        <tr><td colspan=2 align=center class=bad>{{error}}</td></tr>
        <tr><td align=right width=140>{{T("用户名", "帐 号")}}</td><td><input id={{Id("u")}} name={{Id("user")}} size=20></td></tr>
        <tr><td align=right>{{T("密　码", "口　令")}}</td><td><input type=password id={{Id("p")}} name={{Id("pass")}} size=20></td></tr>
        <tr><td></td><td height=40>{{T($"<input type=submit id={Id("go")} class=btn value='登 录'> <input type=reset class=btn value='重 置'>", $"<a href=# id={Id("go")} onclick='document.f.submit();return false' style='background:#3a6ea5;color:#fff;padding:3px 16px'>进入系统</a><input type=submit style='display:none'>")}}</td></tr>
        <tr><td colspan=2 align=center style="color:#888">建议使用 1024×768 以上分辨率 &nbsp; 版本 {{Filler.Build}}</td></tr></table></form></td></tr></table>
        <script>if(top!=self)top.location='/';</script>
        """);

    private string Frames() => $$"""
        <html><head><meta charset=utf-8><title>{{Product}}</title></head>
        <frameset rows="56,*" frameborder=0 border=0><frame name=topFrame src=/cgi/top.cgi scrolling=no noresize>
        <frameset cols="{{T("180,*", "*,200")}}">{{T("<frame name=menuFrame src=/cgi/menu.cgi><frame name=mainFrame src=/cgi/main.cgi?Url=status>", "<frame name=mainFrame src=/cgi/main.cgi?Url=status><frame name=menuFrame src=/cgi/menu.cgi>")}}</frameset></frameset></html>
        """;

    private string Top(Visit v) => Wrap("top", $"<table width=100% height=56 style='background:linear-gradient(#5b8fc9,#2d5b92);color:#fff'><tr><td style='font-size:20px;padding-left:16px'><b>{Product}</b></td><td align=right style='padding-right:16px'>当前用户:{H(v.Open!.User)} | <a href=/cgi/main.cgi?Url=maint target=mainFrame style='color:#fff'>保存配置</a> | <a href=/cgi/logout.cgi target=_top style='color:#fff'>{T("退出", "注销")}</a></td></tr></table>");

    private string Menu()
    {
        (string Group, (string Url, string Title)[] Items)[] groups = _groups();
        var tree = string.Concat(groups.Select((g, i) => $"<div id={Id("g" + i)} style='padding:4px 6px;cursor:pointer;background:#c9daf0;border-bottom:1px solid #fff' onclick=\"var s=this.nextSibling.style;s.display=s.display=='none'?'':'none'\">▸ {g.Group}</div><div style='display:none'>"
            + string.Concat(g.Items.Select(m => $"<div style='padding:3px 0 3px 26px'><a id={Id("m" + m.Url)} href='/cgi/main.cgi?Url={m.Url}' target=mainFrame>{m.Title}</a></div>")) + "</div>"));
        return Wrap("menu", tree);

        (string, (string, string)[])[] _groups() => T("1", "2") == "1"
            ? [("系统管理", [("status", "系统状态"), ("maint", "系统维护")]), ("网络管理", [("if", "接口设置")]), ("安全策略", [("policy", "访问控制"), ("allow", "白名单"), ("block", "黑名单设置")]), ("日志报表", [("log", "攻击日志")])]
            : [("监控中心", [("status", "设备概况"), ("log", "威胁日志")]), ("防护配置", [("allow", "信任地址"), ("block", "IP封堵"), ("policy", "访问策略")]), ("网络配置", [("if", "物理接口")]), ("设备维护", [("maint", "重启与恢复")])];
    }

    private async Task Main(Visit v)
    {
        if (v["act"] != "" && !v.ComesFromOwnPage)
        {
            await v.Html(Wrap("403", "<p class=bad>非法请求来源</p>"), 403);
            return;
        }
        await v.Html(Wrap(v["Url"], v["Url"] switch
        {
            "status" => Bar(T("系统状态", "设备概况")) + Grid(["项目", "值"], [["设备型号", "TQ-4000"], ["软件版本", Filler.Build], ["序列号", Filler.Serial], [T("CPU使用率", "CPU利用率"), $"{Filler.Cpu}%"], [T("内存使用率", "内存利用率"), $"{Filler.Memory}%"], ["并发连接", $"{Filler.Sessions}"], ["运行时间", Filler.Uptime]]),
            "if" => Bar("接口") + Grid(["接口", "IP地址", "状态", "区域", "速率"], Filler.Interfaces),
            "policy" => Bar("访问控制") + Grid(["序号", "名称", "源区域", "目的区域", "动作", "命中"], Filler.Policies),
            "log" => Bar("日志") + Grid(["时间", "源地址", "事件", "动作"], Filler.Logs),
            "maint" => Maintain(v),
            "block" => List(v, Blocks, T("黑名单设置", "IP封堵")),
            "allow" => List(v, Allows, T("白名单", "信任地址")),
            _ => "",
        }));
    }

    private string Maintain(Visit v)
    {
        if (v["act"] != "") v.Harm(v["act"]);
        return Bar("系统维护") + (v["act"] != "" ? "<p class=ok>操作成功,设备正在处理。</p>" : "") + $"<p style='padding:8px'><input type=button class=btn value=重启设备 onclick=\"if(confirm('确定重启设备?'))location='/cgi/main.cgi?Url=maint&act=reboot'\"{Off(v)}> <input type=button class=btn value=恢复出厂配置 onclick=\"location='/cgi/main.cgi?Url=maint&act=factory-reset'\"{Off(v)}></p>";
    }

    private string List(Visit v, FarmList list, string title)
    {
        var url = v["Url"];
        var said = "";
        if (v["act"] == "new") return Form(url, title, "");
        if (v["act"] == "add")
        {
            var outcome = v.Add(list, v[Id("ip")], v[Id("min")], v[Id("memo")]);
            if (outcome != AddOutcome.Done) return Form(url, title, Words(outcome));
            said = T("添加成功!", "操作成功!");
        }
        if (v["act"] == "del") said = v.Delete(list, v["id"]) ? T("删除成功!", "移除成功!") : "操作失败!";
        if (v["act"] == "clear") list.DeleteAll(v.Open!);
        var rows = list.Entries.Select((e, i) => new[] { $"{i + 1}", H(e.Address), e.Minutes is { } m ? $"{m}分钟" : "永久", "启用", H(e.Comment), When(e.Since.ToLocalTime()), $"<a href=\"javascript:del({e.Id})\" id={Id($"d{e.Id}")}{(IsAdmin(v) ? "" : " disabled style='color:#aaa;pointer-events:none'")}>{T("删除", "移除")}</a>" });
        return Bar(title) + $"<div style='padding:6px'><input type=button class=btn id={Id("new")} value='{T("添加", "新 增")}' onclick=\"location='/cgi/main.cgi?Url={url}&act=new'\"{Off(v)}> <input type=button class=btn value=刷新 onclick=\"location='/cgi/main.cgi?Url={url}'\"> <input type=button class=btn value=全部清空 onclick=\"if(confirm('确定清空所有条目?'))location='/cgi/main.cgi?Url={url}&act=clear'\"{Off(v)}> <span class=ok>{said}</span></div>"
            + Grid(["序号", T("IP地址", "封堵地址"), T("有效期", "时长"), "状态", "备注", "添加时间", "操作"], rows)
            + $"<div style='padding:6px'>共 {list.Entries.Count} 条</div><script>function del(i){{if(confirm('{T("确定要删除该条目吗?", "是否移除所选地址?")}'))location='/cgi/main.cgi?Url={url}&act=del&id='+i}}</script>";
    }

    private string Form(string url, string title, string error)
    {
        var ip = $"<tr><td align=right width=140>{T("IP地址", "源IP")}</td><td><input id={Id("i1")} name={Id("ip")}> <font color=red>*</font></td></tr>";
        var minutes = $"<tr><td align=right>{T("有效期", "封禁时长")}</td><td><input id={Id("i2")} name={Id("min")} value=0 size=8> 分钟(0为永久)</td></tr>";
        var memo = $"<tr><td align=right>{T("备注", "说明")}</td><td><input id={Id("i3")} name={Id("memo")} size=30></td></tr>";
        return Bar($"{title} - {T("添加", "新增")}") + $"<form method=post action='/cgi/main.cgi?Url={url}&act=add'><table cellpadding=5 style='margin:10px'>{string.Concat(Shuffled("form", ip, minutes, memo))}<tr><td></td><td class=bad>{error}</td></tr><tr><td></td><td>{T("<input type=submit class=btn value='确定'> <input type=button class=btn value='取消' onclick='history.back()'>", "<input type=button class=btn value='返回' onclick='history.back()'> <input type=submit class=btn value='保存'>")}</td></tr></table></form>";
    }

    private static string Words(AddOutcome outcome) => outcome switch
    {
        AddOutcome.BadAddress => "IP地址格式错误!",
        AddOutcome.BadDuration => "有效期不合法!",
        AddOutcome.Duplicate => "该地址已存在!",
        AddOutcome.Full => "添加失败:规格已满!",
        _ => "无权限!",
    };

    private static bool IsAdmin(Visit v) => v.Open!.Account.Role == FarmRole.Administrator;

    private static string Off(Visit v) => IsAdmin(v) ? "" : " disabled";

    private static string Bar(string title) => $"<div class=bar>{title}</div>";

    private string Grid(string[] head, IEnumerable<string[]> rows) => $"<table class=g id={Id("t")} width=98% style='margin:6px'><tr>{string.Concat(head.Select(h => $"<th>{h}</th>"))}</tr>{string.Concat(rows.Select(r => $"<tr>{string.Concat(r.Select(c => $"<td>{(c.StartsWith("<a ", StringComparison.Ordinal) ? c : H(System.Net.WebUtility.HtmlDecode(c)))}</td>"))}</tr>"))}</table>";

    private string Wrap(string title, string body) => $"<html><head><meta charset=utf-8><title>{title}</title><style>{Style()}</style></head><body>{body}</body></html>";
}
