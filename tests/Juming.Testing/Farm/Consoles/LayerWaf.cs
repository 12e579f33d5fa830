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
            "/api/page" => v.Json(new { html = Page(v) }),
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
        <!doctype html><html><head><meta charset=utf-8><title>{{Product}}</title><meta name=csrf content={{s.Csrf}}><style>{{Css}}
        body{min-height:100vh;background:#1b2a41 radial-gradient(circle at 70% 30%,#31577f,#14202f)}.lg{width:340px;margin:130px auto;background:#fff;border-radius:4px;padding:30px;box-shadow:0 8px 30px #0008}.lg h2{color:#1e9fff;text-align:center;font-weight:400;margin:0 0 20px}.lg input[type=text],.lg input[type=password]{width:100%;height:38px;margin-bottom:14px}.lg button{width:100%;height:40px}</style></head>
        <body><div class=lg><h2>{{Product}}</h2>
        <input type=text id=username placeholder="{{T("用户名", "请输入账号")}}" autocomplete=off><input type=password id=passwd placeholder="{{T("密码", "请输入登录密码")}}">
        <p><label><input type=checkbox id=agree> 我已阅读并同意《用户协议》</label></p><button class=b id=sub>{{T("登 录", "立即登录")}}</button></div>
        <script>{{Layer}}
        sub.onclick=async()=>{const r=await post('/api/login',{u:username.value,p:passwd.value,agree:agree.checked?'true':''});if(r.code===0)location='/index.html';else msg(r.msg)};
        passwd.onkeydown=e=>{if(e.key==='Enter')sub.click()};</script></body></html>
        """;

    private string Shell(Session s)
    {
        (string Group, (string Key, string Title)[] Items)[] menu = T("1", "2") == "1"
            ? [("首页", [("status", "设备状态")]), ("防护策略", [("policy", "防护规则"), ("site", "站点管理")]), ("访问控制", [("w", "IP白名单"), ("b", "IP黑名单")]), ("日志", [("log", "攻击日志")]), ("系统", [("maint", "系统工具")])]
            : [("概览", [("status", "运行概览")]), ("站点防护", [("site", "站点管理"), ("policy", "规则集")]), ("名单管理", [("b", "攻击源封禁"), ("w", "放行名单")]), ("运维", [("maint", "系统工具"), ("log", "防护日志")])];
        var items = string.Concat(menu.Select(g => $"<li><span>{g.Group}</span><ul>{string.Concat(g.Items.Select(i => $"<li><a href='javascript:;' data-p={i.Key}>{i.Title}</a></li>"))}</ul></li>"));
        return $$"""
            <!doctype html><html><head><meta charset=utf-8><title>{{Product}}</title><meta name=csrf content={{s.Csrf}}><style>{{Css}}
            {{T(".side{position:fixed;top:60px;left:0;bottom:0;width:200px;background:#20222a;color:#fff}.main{margin:60px 0 0 200px;padding:15px}.side ul{list-style:none;margin:0;padding:0}.side span{display:block;padding:12px 20px;cursor:pointer}.side ul ul{display:none;background:#16181e}.side .on ul{display:block}.side a{display:block;padding:10px 36px;color:#bbb}", ".side{position:fixed;top:60px;left:0;right:0;height:44px;background:#2f4056;color:#fff;z-index:5}.main{margin:104px 0 0;padding:15px}.side ul{list-style:none;margin:0;padding:0;display:flex}.side>ul>li{position:relative}.side span{display:block;padding:12px 24px;cursor:pointer}.side ul ul{display:none;position:absolute;background:#28364a;min-width:130px}.side li:hover ul{display:block}.side a{display:block;padding:10px 20px;color:#ddd}")}}</style></head>
            <body><div class=hd><b>{{Product}}</b><span style="float:right">{{H(s.User)}} &nbsp;<a href="javascript:;" id=out>{{T("退出", "安全退出")}}</a></span></div>
            <div class=side><ul>{{items}}</ul></div><div class=main id=main></div>
            <script>{{Layer}}
            document.querySelectorAll('.side span').forEach(s=>s.onclick=()=>s.parentNode.classList.toggle('on'));
            document.querySelectorAll('.side a').forEach(a=>a.onclick=()=>show(a.dataset.p));
            out.onclick=()=>post('/api/logout',{}).then(()=>location='/login.html');
            async function show(p){const r=await post('/api/page',{p});main.innerHTML=r.html;if(p==='b'||p==='w')list(p)}
            async function list(k){const r=await post('/api/list',{kind:k});const t=document.getElementById('tb');t.innerHTML=r.data.map(e=>`<tr><td><input type=checkbox></td><td>${esc(e.ip)}</td><td>${esc(e.memo)}</td><td>${e.ttl}</td><td><i class=on>${e.state}</i></td><td>${e.time}</td><td><button class="b s r"{{(s.Account.Role == FarmRole.Administrator ? "" : " disabled")}} onclick="del('${k}',${e.id})">{{T("删除", "移除")}}</button></td></tr>`).join('');cnt.textContent='共 '+r.data.length+' 条'}
            function del(k,id){ask('{{T("确定要删除吗?", "移除后该地址将恢复访问,是否继续?")}}',async()=>{const r=await post('/api/del',{kind:k,id});msg(r.msg);list(k)})}
            function add(k,t){box(t,`{{Form()}}`,async d=>{const f=n=>d.querySelector('[name='+n+']').value;const r=await post('/api/add',{kind:k,ip:f('{{Id("ip", "f")}}'),ttl:f('{{Id("ttl", "f")}}'),memo:f('{{Id("memo", "f")}}')});msg(r.msg);if(r.code===0){list(k);return true} })}
            show('status');</script></body></html>
            """;
    }

    private string Form() => string.Concat(Shuffled("form",
        $"<div class=row><label for={Id("ip", "c")}>{T("IP地址", "客户端IP")}</label><input id={Id("ip", "c")} name={Id("ip", "f")} placeholder='如 1.2.3.4 或 1.2.3.0/24'></div>",
        $"<div class=row><label for={Id("ttl", "c")}>{T("有效期", "封禁时长")}</label>{T($"<input id={Id("ttl", "c")} name={Id("ttl", "f")} value=0>", $"<select id={Id("ttl", "c")} name={Id("ttl", "f")}><option value=0>永久<option value=60>1小时<option value=1440>1天<option value=10080>7天</select>")}<em>{T("分钟,0 为永久", "")}</em></div>",
        $"<div class=row><label for={Id("memo", "c")}>{T("描述", "备注")}</label><input id={Id("memo", "c")} name={Id("memo", "f")}></div>",
        "<div class=row><label>动作</label><select><option>阻断<option>告警</select></div>"));

    private string Page(Visit v)
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

    private const string Css = "body{margin:0;font:14px 'Helvetica Neue','Noto Sans CJK SC',sans-serif;color:#333;background:#f2f2f2}a{color:inherit;text-decoration:none}.hd{position:fixed;top:0;left:0;right:0;height:60px;line-height:60px;background:#23262e;color:#fff;padding:0 20px;z-index:6}.b{border:0;background:#1e9fff;color:#fff;height:34px;padding:0 16px;border-radius:2px;cursor:pointer}.b.w{background:#fff;color:#555;border:1px solid #ccc}.b.r{background:#ff5722}.b.s{height:24px;padding:0 8px;font-size:12px}.b:disabled{background:#ddd;color:#999}input,select{height:32px;border:1px solid #d6d6d6;padding:0 8px;box-sizing:border-box}input[type=checkbox]{height:auto}.card{background:#fff;padding:15px;box-shadow:0 1px 2px #0002}.card h3{font-weight:400;margin:0 0 12px;border-bottom:1px solid #eee;padding-bottom:10px}.t{width:100%;border-collapse:collapse;margin-top:10px}.t th,.t td{border:1px solid #e6e6e6;padding:8px;text-align:left;font-size:13px}.t th{background:#f7f7f7}.t i.on{color:#5fb878;font-style:normal}.kpi{display:flex;gap:20px}.kpi p{flex:1;background:#f8f8f8;padding:14px;margin:0}.kpi b{display:block;font-size:26px;font-weight:300;color:#009688}.shade{position:fixed;inset:0;background:#0005;z-index:19}.layer{position:fixed;top:150px;left:50%;width:460px;margin-left:-230px;background:#fff;border-radius:2px;z-index:20;box-shadow:1px 1px 50px #0005}.layer h4{margin:0;padding:12px 20px;background:#f8f8f8;font-weight:400}.layer .bd{padding:20px}.layer .ft{text-align:right;padding:0 15px 12px}.row{display:flex;margin-bottom:12px;align-items:center}.row label{width:90px;text-align:right;padding-right:12px}.row input,.row select{flex:1}.row em{color:#999;font-style:normal;padding-left:8px}.msg{position:fixed;top:45%;left:50%;transform:translateX(-50%);background:#000b;color:#fff;padding:12px 25px;z-index:30;border-radius:2px}";

    private string Layer => """
        const esc=s=>String(s).replace(/[&<>"]/g,c=>({'&':'&amp;','<':'&lt;','>':'&gt;','"':'&quot;'}[c]));
        async function post(u,b){const r=await fetch(u,{method:'POST',headers:{'Content-Type':'application/json','X-CSRF-Token':document.querySelector('meta[name=csrf]').content},body:JSON.stringify(b)});const j=await r.json();if(r.status===401&&u!=='/api/login'){msg(j.msg);setTimeout(()=>location='/login.html',1200);throw 0}return j}
        function msg(t){const d=document.createElement('div');d.className='msg';d.textContent=t;document.body.append(d);setTimeout(()=>d.remove(),2000)}
        function box(title,html,ok){const s=document.createElement('div');s.className='shade';const d=document.createElement('div');d.className='layer';d.innerHTML='<h4>'+title+'</h4><div class=bd>'+html+'</div><div class=ft><a class="b ok" href="javascript:;" style="padding:7px 16px">确定</a> <a class="b w no" href="javascript:;" style="padding:6px 16px">取消</a></div>';document.body.append(s,d);const close=()=>{s.remove();d.remove()};d.querySelector('.no').onclick=close;d.querySelector('.ok').onclick=async()=>{if(await ok(d))close()}}
        function ask(t,yes){box('信息',esc(t),()=>{yes();return true})}
        """.Replace("确定</a>", T("确定", "提交") + "</a>", StringComparison.Ordinal);
}
