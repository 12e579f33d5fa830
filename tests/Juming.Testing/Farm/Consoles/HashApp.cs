namespace Juming.Testing.Farm.Consoles;

/// <summary>A network sensor with a single-page application: hash routes, a token in local storage, everything drawn by script, dark.</summary>
internal sealed class HashApp(int seed) : FarmConsole("spa", seed)
{
    public override string Product => "云镜威胁感知系统";

    public override string Special => "single page, hash routes, bearer token, dark; v2 has rows without a table";

    internal override bool TakesIpv6 => true;

    internal override string? SessionId(Microsoft.AspNetCore.Http.HttpContext http) => http.Request.Headers["X-Auth-Token"].ToString() is { Length: > 0 } token ? token : null;

    private protected override Task Answer(Visit v)
    {
        if (!v.Path.StartsWith("/api/", StringComparison.Ordinal)) return v.Path is "/" or "/ui/" ? v.Html(App()) : v.NotFound();
        if (v.Path == "/api/v1/session" && v.IsPost) return SignIn(v);
        if (v.Open is not { } session) return v.Json(new { error = "unauthorized", message = "会话已过期,请重新登录" }, 401);
        var list = v["list"] == "trust" ? Allows : Blocks;
        return v.Path switch
        {
            "/api/v1/me" => v.Json(new { user = session.User, edit = session.Account.Role == FarmRole.Administrator }),
            "/api/v1/logout" => Leave(v),
            "/api/v1/status" => v.Json(new { cpu = Filler.Cpu, mem = Filler.Memory, disk = Filler.Disk, version = Filler.Build, serial = Filler.Serial, uptime = Filler.Uptime, sessions = Filler.Sessions }),
            "/api/v1/logs" => v.Json(Filler.Logs),
            "/api/v1/entries" => Entries(v, list),
            "/api/v1/entries/add" => Add(v, list),
            "/api/v1/entries/remove" => v.Delete(list, v["id"]) ? v.Json(new { ok = true }) : v.Json(new { message = "操作失败" }, 400),
            "/api/v1/power" => Power(v),
            _ => v.NotFound(),
        };
    }

    private Task SignIn(Visit v)
    {
        var session = SignIns.Fresh();
        return SignIns.Try(session, v["account"], p => p == v["secret"]) switch
        {
            SignInOutcome.Done => v.Json(new { token = session.Id }),
            SignInOutcome.Locked => v.Json(new { message = "账号已锁定,请稍后再试" }, 423),
            SignInOutcome.MustChangePassword => v.Json(new { message = "初始密码必须修改后才能使用系统" }, 428),
            _ => v.Json(new { message = "账号或密码错误" }, 403),
        };
    }

    private static Task Leave(Visit v)
    {
        v.End();
        return v.Json(new { ok = true });
    }

    private static Task Power(Visit v)
    {
        v.Harm("reboot");
        return v.Json(new { ok = true });
    }

    private static Task Entries(Visit v, FarmList list) =>
        v.Json(list.Entries.Where(e => e.Address.Contains(v["q"], StringComparison.Ordinal)).Take(50).Select(e => new { id = e.Id, ip = e.Address, minutes = e.Minutes ?? 0, state = "生效中", note = e.Comment, by = e.By, at = Visit.When(e.Since) }));

    private static Task Add(Visit v, FarmList list) => v.Add(list, v["ip"], v["minutes"], v["note"]) switch
    {
        AddOutcome.Done => v.Json(new { ok = true }),
        AddOutcome.BadAddress => v.Json(new { message = "请输入正确的IP地址" }, 400),
        AddOutcome.BadDuration => v.Json(new { message = "时长不合法" }, 400),
        AddOutcome.Duplicate => v.Json(new { message = "该IP已存在于名单中" }, 409),
        AddOutcome.Full => v.Json(new { message = "名单数量超过最大限制" }, 507),
        _ => v.Json(new { message = "无权限" }, 403),
    };

    private string App() => Page("spa.html",
        ("product", Product), ("version", T("1", "2")), ("menu", Menu()), ("form", Form()));

    private string Form() => string.Concat(Shuffled("form",
        $"<div><p>{T("IP地址", "对象地址")}</p><input data-f=ip></div>",
        $"<div><p>{T("封禁时长(分钟,0为永久)", "有效期(分钟)")}</p><input data-f=min value=0></div>",
        $"<div><p>{T("描述", "说明")}</p><input data-f=note></div>"));

    private string Menu() => T(
        "[{t:'概览',c:[{p:'/index',k:'status',t:'运行状态'}]},{t:'威胁',c:[{p:'/threat/log',k:'logs',t:'威胁日志'}]},{t:'响应处置',c:[{p:'/resp/trust',k:'trust',t:'信任名单'},{p:'/resp/block',k:'block',t:'联动封锁'}]},{t:'系统',c:[{p:'/sys',k:'sys',t:'设备维护'}]}]",
        "[{t:'态势',c:[{p:'/home',k:'status',t:'设备概览'},{p:'/home/events',k:'logs',t:'安全事件'}]},{t:'运维管理',c:[{p:'/ops/sys',k:'sys',t:'电源管理'}]},{t:'对象与处置',c:[{p:'/obj/deny',k:'block',t:'动态黑名单'},{p:'/obj/permit',k:'trust',t:'放行名单'}]}]");
}
