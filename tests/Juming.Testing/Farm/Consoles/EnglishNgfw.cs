using static Juming.Testing.Farm.Visit;

namespace Juming.Testing.Farm.Consoles;

/// <summary>A dark console in English, with a Chinese skin to choose at the sign-in; whatever it has to say it says in native boxes.</summary>
internal sealed class EnglishNgfw(int seed) : PageConsole("english", seed)
{
    public override string Product => "SentryGate NGFW";

    public override string Special => "dark, English or Chinese by choice, native alert and confirm, IPv6 and nets, https self-signed";

    internal override string Cookie => "SGW_SESSION";

    internal override bool TakesNets => true;

    internal override bool TakesIpv6 => true;

    private protected override bool IsTls => true;

    private protected override string LoginPath => "/signin";

    private protected override string LogoutPath => "/signout";

    // Titles hold both languages, parted by a bar.
    private protected override MenuGroup[] Menu() => T("1", "2") == "1"
        ? [new("Dashboard|仪表盘", (Status, "System Status|系统状态")), new("Policy|策略", (Policies, "Security Policy|安全策略"), (Allow, "Whitelist|白名单"), (Block, "Blacklist|黑名单")), new("Network|网络", (Interfaces, "Interfaces|接口")), new("Monitor|监控", (Logs, "Threat Log|威胁日志")), new("System|系统", (Maintain, "Maintenance|维护"))]
        : [new("Overview|总览", (Status, "Device Health|设备健康"), (Logs, "Threat Activity|威胁活动")), new("Objects|对象", (Allow, "Trusted Hosts|可信主机"), (Block, "Blocked Hosts|封锁主机")), new("Rules|规则", (Policies, "Rulebase|规则库")), new("Device|设备", (Interfaces, "Ports|端口"), (Maintain, "Power|电源"))];

    private protected override string UrlOf(string key) => $"/{T("ui", "console")}/{key}";

    private static bool IsChinese(Visit v) => v.Http.Request.Cookies["sg_lang"] == "zh";

    private static string W(Visit v, string english, string chinese) => IsChinese(v) ? chinese : english;

    private static string W(Visit v, string both) => both.Split('|')[IsChinese(v) ? 1 : 0];

    private protected override string Login(Visit v, string error) => $$"""
        <!doctype html><html lang={{W(v, "en", "zh")}}><head><meta charset=utf-8><title>{{Product}}</title><style>{{Style()}}</style></head><body><form class=sign method=post action=/signin><h1>◆ {{Product}}</h1>
        <label>{{T(W(v, "Username", "用户名"), W(v, "User ID", "账号"))}}<input name=user autocomplete=username></label><label>{{T(W(v, "Password", "密码"), W(v, "Passphrase", "口令"))}}<input type=password name=password></label>
        <label>{{W(v, "Language", "语言")}}<select onchange="document.cookie='sg_lang='+this.value+';path=/';location.reload()"><option value=en{{W(v, " selected", "")}}>English<option value=zh{{W(v, "", " selected")}}>简体中文</select></label>
        <p class=bad>{{W(v, error switch { "用户名或密码错误" => "Incorrect username or password", "账号已锁定,请10分钟后再试" => "Account locked. Try again in 10 minutes", _ => error }, error)}}</p><button>{{T(W(v, "Sign in", "登录"), W(v, "Log In", "进入"))}}</button></form></body></html>
        """;

    private protected override string Shell(Visit v, string key, string body)
    {
        var menu = string.Concat(Menu().Select(g => $"<li class='{(g.Items.Any(i => i.Key == key) ? "open" : "")}'><button onclick=\"this.parentNode.classList.toggle('open')\">{W(v, g.Title)}</button><ul>{string.Concat(g.Items.Select(i => $"<li><a href='{UrlOf(i.Key)}'{(i.Key == key ? " aria-current=page" : "")}>{W(v, i.Title)}</a></li>"))}</ul></li>"));
        return $"<!doctype html><html><head><meta charset=utf-8><title>{Product} - {W(v, TitleOf(key))}</title><style>{Style()}</style></head><body class='{T("", "flip")}'><nav><h1>◆ {Product}</h1><ul>{menu}</ul><p><a href=/signout>{T(W(v, "Logout", "退出"), W(v, "Sign out", "注销"))} ({H(v.Open!.User)})</a></p></nav><main><h2>{W(v, TitleOf(key))}</h2>{body}</main></body></html>";
    }

    private protected override string Body(Visit v, string key) => key == Status && !IsChinese(v)
        ? Grid(["Item", "Value"], [["Model", "SG-2200"], ["Firmware version", Filler.Build], ["Serial number", Filler.Serial], ["CPU usage", $"{Filler.Cpu}%"], ["Memory usage", $"{Filler.Memory}%"], ["Disk usage", $"{Filler.Disk}%"], ["Active sessions", $"{Filler.Sessions}"]])
        : base.Body(v, key);

    private protected override string Grid(string[] head, IEnumerable<string[]> rows) =>
        $"<table><thead><tr>{string.Concat(head.Select(h => $"<th scope=col>{h}</th>"))}</tr></thead><tbody>{string.Concat(rows.Select(r => $"<tr>{string.Concat(r.Select(c => $"<td>{c}</td>"))}</tr>"))}</tbody></table>";

    private protected override string ListPage(Visit v, string key, FarmList list, string said)
    {
        var rows = list.Entries.Select(e => new[] { H(e.Address), W(v, e.Minutes is { } m ? $"{m} min" : "Permanent", Length(e)), T(W(v, "Active", "生效"), W(v, "Enforced", "已执行")), H(e.Comment), When(e.Since), $"<button class=sm onclick=drop({e.Id},'{H(e.Address)}'){Off(v)}>{T(W(v, "Delete", "删除"), W(v, "Release", "释放"))}</button>" });
        var say = said == "" ? "" : $"<script>setTimeout(()=>alert('{W(v, English(said), said)}'),50)</script>";
        return $$"""
            <p><button onclick="add.hidden=false"{{Off(v)}}>{{T(W(v, "Add", "新增"), W(v, "New host", "新建主机"))}}</button></p><form id=add method=post hidden><h3>{{T(W(v, "Add entry", "新增条目"), W(v, "Block a host", "封锁主机"))}}</h3>{{Csrf(v)}}<input type=hidden name=do value=add>{{string.Concat(Shuffled("form",
                $"<label>{T(W(v, "IP Address", "IP地址"), W(v, "Host / Subnet", "主机/网段"))}<input name=ip></label>",
                $"<label>{T(W(v, "Duration (minutes, 0 = permanent)", "时长(分钟,0为永久)"), W(v, "Lifetime (min)", "有效期(分)"))}<input name=minutes value=0></label>",
                $"<label>{T(W(v, "Comment", "描述"), W(v, "Description", "备注"))}<input name=note></label>"))}}<button>{{T(W(v, "Save", "保存"), W(v, "Apply", "确定"))}}</button> <button type=button class=gh onclick="add.hidden=true">{{W(v, "Cancel", "取消")}}</button></form>
            {{Grid([T(W(v, "IP Address", "IP地址"), W(v, "Host", "主机")), W(v, "Duration", "时长"), W(v, "Status", "状态"), W(v, "Comment", "描述"), W(v, "Created", "创建时间"), W(v, "Action", "操作")], rows)}}
            <form id=del method=post>{{Csrf(v)}}<input type=hidden name=do value=delete><input type=hidden name=id id=eid></form>
            <script>function drop(i,ip){if(confirm('{{T(W(v, "Delete entry", "确定删除"), W(v, "Release host", "确定释放"))}} '+ip+'?')){eid.value=i;del.submit()} }</script>{{say}}
            """;
    }

    private static string English(string said) => said switch
    {
        "添加成功" => "Entry added successfully",
        "删除成功" => "Entry deleted successfully",
        "IP地址格式错误" => "Invalid IP address format",
        "有效期不合法" => "Invalid duration",
        "该地址已存在" => "Entry already exists",
        "添加失败:规格已满" => "Failed: table is full",
        "无权限" => "Permission denied",
        _ => "Operation failed",
    };
}
