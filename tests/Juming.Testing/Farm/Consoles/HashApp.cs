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
        if (!v.Path.StartsWith("/api/", StringComparison.Ordinal)) return v.Path is "/" or "/ui/" ? v.Html(Page()) : v.NotFound();
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

    private string Page() => $$$"""
        <!doctype html><html lang=zh><head><meta charset=utf-8><title>{{{Product}}}</title><style>
        body{margin:0;background:#0b1526;color:#c8d6ea;font:14px/1.5 'Noto Sans CJK SC',sans-serif}#app{min-height:100vh}input{background:#0f2038;border:1px solid #2a4a75;color:#dfe9f7;padding:8px 10px;border-radius:3px}
        .btn{display:inline-block;background:#1668dc;color:#fff;padding:7px 18px;border-radius:3px;cursor:pointer;border:0;font:inherit}.btn.ghost{background:transparent;border:1px solid #35557f;color:#9fb9dd}.btn.is-disabled{opacity:.35;pointer-events:none}
        .login{width:360px;margin:0 auto;padding-top:150px}.login h1{font-size:22px;color:#4ea1ff;text-align:center}.login input{width:100%;box-sizing:border-box;margin-bottom:14px}.login .btn{width:100%;text-align:center;box-sizing:border-box}.err{color:#ff7875;min-height:22px}
        .lay{display:grid;grid-template-columns:{{{T("210px 1fr", "1fr 210px")}}};min-height:calc(100vh - 54px)}.hd{height:54px;display:flex;align-items:center;justify-content:space-between;padding:0 20px;background:#0f2038;border-bottom:1px solid #1c3659}nav{background:#0d1b30;padding:10px 0;order:{{{T("0", "1")}}}}nav .g{padding:10px 20px;color:#7f9cc4;cursor:pointer}nav .i{padding:9px 36px;cursor:pointer;color:#c8d6ea}nav .i:hover,nav .i.on{background:#14305a;color:#fff}
        section{padding:20px}.cards{display:flex;gap:16px}.cards div{flex:1;background:#0f2038;padding:16px;border-radius:4px}.cards b{display:block;font-size:26px;color:#4ea1ff}.tb{display:flex;gap:10px;margin-bottom:14px}table,.grid{width:100%;border-collapse:collapse}th,td,.r>*{padding:10px;text-align:left;border-bottom:1px solid #1c3659}.r{display:grid;grid-template-columns:2fr 1fr 1fr 2fr 2fr 1fr}.r.h,th{color:#7f9cc4;font-weight:400}.lk{color:#4ea1ff;cursor:pointer}.lk.is-disabled{opacity:.35;pointer-events:none}.tag{color:#49d07b}
        .drawer{position:fixed;top:0;{{{T("right", "left")}}}:0;bottom:0;width:420px;background:#10233f;box-shadow:0 0 40px #000;padding:24px}.drawer p{margin:0 0 4px;color:#7f9cc4}.drawer input{width:100%;box-sizing:border-box;margin-bottom:14px}.pop{position:fixed;top:180px;left:50%;margin-left:-180px;width:320px;background:#10233f;border:1px solid #2a4a75;padding:20px;box-shadow:0 0 40px #000}.toast{position:fixed;top:20px;left:50%;transform:translateX(-50%);background:#123d23;border:1px solid #2f9e57;color:#7be0a0;padding:8px 20px;border-radius:3px}.toast.bad{background:#44161a;border-color:#a8323a;color:#ff9c9c}
        </style></head><body><div id=app></div><script>
        const V={{{Version}}},app=document.getElementById('app'),key='yj.token',esc=s=>String(s).replace(/[&<>"]/g,c=>({'&':'&amp;','<':'&lt;','>':'&gt;','"':'&quot;'}[c]));let me=null,open={};
        const MENU={{{Menu()}}};
        async function api(p,b){const r=await fetch('/api/v1/'+p,{method:b?'POST':'GET',headers:{'Content-Type':'application/json','X-Auth-Token':localStorage.getItem(key)||''},body:b?JSON.stringify(b):undefined});const j=await r.json();if(r.status===401){localStorage.removeItem(key);me=null;toast(j.message,1);location.hash='#/login';throw 0}if(!r.ok)throw j.message;return j}
        function toast(t,bad){const d=document.createElement('div');d.className='toast'+(bad?' bad':'');d.textContent=t;document.body.append(d);setTimeout(()=>d.remove(),2000)}
        function login(){app.innerHTML=`<div class=login><h1>{{{Product}}}</h1>{{{string.Concat(Shuffled("login", $"<input class=ipt placeholder='{T("账号", "用户 / 手机号")}' data-k=a>"))}}}<input class=ipt type=password placeholder='{{{T("密码", "登录口令")}}}' data-k=s><div class=err></div><div class=btn tabindex=0>{{{T("登录", "进入平台")}}}</div></div>`;
         const q=s=>app.querySelector(s),go=async()=>{try{const r=await api('session',{account:q('[data-k=a]').value,secret:q('[data-k=s]').value});localStorage.setItem(key,r.token);location.hash='#/index'}catch(e){q('.err').textContent=e}};q('.btn').onclick=go;q('[data-k=s]').onkeydown=e=>{if(e.key==='Enter')go()}}
        function shell(path,html){app.innerHTML=`<div class=hd><b>{{{Product}}}</b><span>${esc(me.user)} <span class=lk id=out>{{{T("退出登录", "登出")}}}</span></span></div><div class=lay><nav>${MENU.map((g,i)=>`<div class=g data-g=${i}>${g.t}</div>`+(open[i]||g.c.some(c=>c.p===path)?g.c.map(c=>`<div class="i${c.p===path?' on':''}" data-p="${c.p}">${c.t}</div>`).join(''):'')).join('')}</nav><section>${html}</section></div>`;
         app.querySelectorAll('.g').forEach(e=>e.onclick=()=>{open[e.dataset.g]=!open[e.dataset.g];shell(path,app.querySelector('section').innerHTML);after(path)});app.querySelectorAll('.i').forEach(e=>e.onclick=()=>location.hash='#'+e.dataset.p);document.getElementById('out').onclick=async()=>{await api('logout',{});localStorage.removeItem(key);me=null;location.hash='#/login'}}
        let after=()=>{};
        function rows(head,data){return V===1?`<table><thead><tr>${head.map(h=>`<th>${h}</th>`).join('')}</tr></thead><tbody>${data.map(r=>`<tr>${r.map(c=>`<td>${c}</td>`).join('')}</tr>`).join('')}</tbody></table>`:`<div class=grid><div class="r h">${head.map(h=>`<span>${h}</span>`).join('')}</div>${data.map(r=>`<div class=r>${r.map(c=>`<span>${c}</span>`).join('')}</div>`).join('')}</div>`}
        async function list(path,kind,title){let q='';const draw=async()=>{const d=await api('entries?list='+kind+'&q='+encodeURIComponent(q)),off=me.edit?'':' is-disabled';
          shell(path,`<h2>${title}</h2><div class=tb><span class="btn${off}" data-a=new>{{{T("新建", "添加一条")}}}</span><input placeholder='{{{T("搜索IP", "按地址检索")}}}' value="${esc(q)}"><span class="btn ghost" data-a=q>{{{T("查询", "检索")}}}</span></div>`+rows(['{{{T("IP", "对象地址")}}}','{{{T("时长", "有效期")}}}','状态','{{{T("描述", "说明")}}}','创建时间','操作'],d.map(e=>[esc(e.ip),e.minutes?e.minutes+'分钟':'永久',`<span class=tag>${e.state}</span>`,esc(e.note),e.at,`<span class="lk${off}" data-d=${e.id}>{{{T("解封", "释放")}}}</span>`])));
          after=()=>{const s=app.querySelector('section');s.querySelector('[data-a=q]').onclick=()=>{q=s.querySelector('input').value.trim();draw()};s.querySelector('[data-a=new]').onclick=()=>form(kind,draw);s.querySelectorAll('[data-d]').forEach(x=>x.onclick=()=>pop('{{{T("确认解封该地址?", "确认释放该对象?")}}}',async()=>{await api('entries/remove',{list:kind,id:x.dataset.d});toast('{{{T("操作成功", "释放成功")}}}');draw()}))};after()};await draw()}
        function form(kind,done){const d=document.createElement('div');d.className='drawer';d.innerHTML=`<h3>{{{T("新建条目", "添加一条")}}}</h3>{{{Form()}}}<span class=btn data-a=ok>{{{T("确认", "保存")}}}</span> <span class="btn ghost" data-a=no>取消</span>`;document.body.append(d);const f=k=>d.querySelector('[data-f='+k+']').value;d.querySelector('[data-a=no]').onclick=()=>d.remove();d.querySelector('[data-a=ok]').onclick=async()=>{try{await api('entries/add',{list:kind,ip:f('ip'),minutes:f('min'),note:f('note')});d.remove();toast('{{{T("添加成功", "保存成功")}}}');done()}catch(e){if(e)toast(e,1)} } }
        function pop(t,yes){const d=document.createElement('div');d.className='pop';d.innerHTML='<p>'+t+'</p><span class=btn>{{{T("确定", "确认")}}}</span> <span class="btn ghost">取消</span>';document.body.append(d);d.children[1].onclick=()=>{d.remove();yes()};d.children[2].onclick=()=>d.remove()}
        async function route(){document.querySelectorAll('.drawer,.pop').forEach(e=>e.remove());const p=location.hash.slice(1)||'/index';if(p==='/login'||!localStorage.getItem(key)){if(p!=='/login')location.hash='#/login';return login()}
         try{me=me||await api('me');after=()=>{};const m=MENU.flatMap(g=>g.c).find(c=>c.p===p);if(!m)return location.hash='#'+MENU[0].c[0].p;
          if(m.k==='status'||m.k==='sys'){const s=await api('status');shell(p,m.k==='sys'?'<h2>'+m.t+'</h2><span class="btn'+(me.edit?'':' is-disabled')+'" data-a=pw>重启设备</span>':`<h2>${m.t}</h2><div class=cards><div>CPU使用率<b>${s.cpu}%</b></div><div>内存使用率<b>${s.mem}%</b></div><div>磁盘<b>${s.disk}%</b></div><div>会话数<b>${s.sessions}</b></div></div><p>版本 ${s.version} · 序列号 ${s.serial} · 运行时间 ${s.uptime}</p>`);after=()=>{const b=app.querySelector('[data-a=pw]');if(b)b.onclick=()=>pop('确认重启?',async()=>{await api('power',{});toast('操作成功')})};after()}
          else if(m.k==='logs'){const l=await api('logs');shell(p,'<h2>'+m.t+'</h2>'+rows(['时间','源IP','事件','动作'],l.map(r=>r.map(esc))))}else await list(p,m.k,m.t)}catch(e){if(e)toast(e,1)}}
        onhashchange=route;route();
        </script></body></html>
        """;

    private string Form() => string.Concat(Shuffled("form",
        $"<div><p>{T("IP地址", "对象地址")}</p><input data-f=ip></div>",
        $"<div><p>{T("封禁时长(分钟,0为永久)", "有效期(分钟)")}</p><input data-f=min value=0></div>",
        $"<div><p>{T("描述", "说明")}</p><input data-f=note></div>"));

    private string Menu() => T(
        "[{t:'概览',c:[{p:'/index',k:'status',t:'运行状态'}]},{t:'威胁',c:[{p:'/threat/log',k:'logs',t:'威胁日志'}]},{t:'响应处置',c:[{p:'/resp/trust',k:'trust',t:'信任名单'},{p:'/resp/block',k:'block',t:'联动封锁'}]},{t:'系统',c:[{p:'/sys',k:'sys',t:'设备维护'}]}]",
        "[{t:'态势',c:[{p:'/home',k:'status',t:'设备概览'},{p:'/home/events',k:'logs',t:'安全事件'}]},{t:'运维管理',c:[{p:'/ops/sys',k:'sys',t:'电源管理'}]},{t:'对象与处置',c:[{p:'/obj/deny',k:'block',t:'动态黑名单'},{p:'/obj/permit',k:'trust',t:'放行名单'}]}]");
}
