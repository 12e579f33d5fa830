using System.Security.Cryptography;
using System.Text;
using Juming.Testing.Farm.Captchas;
using static Juming.Testing.Farm.Visit;

namespace Juming.Testing.Farm.Consoles;

/// <summary>A firewall that encrypts the password in the page (RSA) and asks for the characters of a picture; rows are ticked and then removed by the toolbar.</summary>
internal sealed class RsaFirewall : PageConsole
{
    private readonly RSA _key = RSA.Create(1024);
    private readonly Random _pictures;

    public RsaFirewall(int seed) : base("rsa", seed) => _pictures = Dice("pictures");

    public override string Product => "盾安下一代防火墙";

    public override string Special => "RSA-encrypted password, image captcha, tick rows then toolbar, own confirm box";

    internal override string Cookie => "DASESSION";

    private protected override MenuGroup[] Menu() => T("1", "2") == "1"
        ? [new("监控", (Status, "系统概览"), (Logs, "威胁日志")), new("对象", (Interfaces, "网络接口"), (Allow, "白名单")), new("策略", (Policies, "安全策略"), (Block, "全局黑名单")), new("系统", (Maintain, "设备维护"))]
        : [new("仪表板", (Status, "运行概况")), new("威胁防护", (Allow, "信任列表"), (Block, "临时黑名单"), (Logs, "事件")), new("网络与策略", (Interfaces, "接口"), (Policies, "访问控制")), new("设置", (Maintain, "维护"))];

    private protected override string UrlOf(string key) => $"/webui/{T(key, key + "-v2")}.html";

    private protected override byte[] Captcha(Session session)
    {
        lock (_pictures)
        {
            var picture = TextCaptcha.Draw(_pictures);
            session.Captcha = LastCaptcha = picture.Answer;
            return picture.Png;
        }
    }

    private protected override Task SignIn(Visit v)
    {
        var session = v.Begin();
        // One picture is good for one try, as everywhere.
        var (expected, typed) = (session.Captcha, v["vcode"]);
        session.Captcha = null;
        var sent = Decrypt(v["epass"]);
        return After(v, SignIns.Try(session, v["user"], p => p == sent, string.Equals(expected, typed, StringComparison.OrdinalIgnoreCase) && expected is not null));
    }

    private string? Decrypt(string hex)
    {
        try
        {
            return Encoding.UTF8.GetString(_key.Decrypt(Convert.FromHexString(hex), RSAEncryptionPadding.Pkcs1));
        }
        catch (Exception e) when (e is FormatException or CryptographicException)
        {
            return null;
        }
    }

    private protected override string Login(Visit v, string error) => $$"""
        <!doctype html><html><head><meta charset=utf-8><title>{{Product}} 登录</title><style>{{Style()}}{{Style("rsa-login")}}</style></head>
        <body><div class=box><h1>{{Product}}</h1><form method=post action=/login onsubmit="return seal()">
        <div class=l><label for={{Id("u", "fld_")}}>{{T("用户名", "管理员")}}</label><input id={{Id("u", "fld_")}} name=user autocomplete=off></div>
        <div class=l><label for={{Id("p", "fld_")}}>{{T("密码", "口令")}}</label><input id={{Id("p", "fld_")}} type=password></div>
        <div class=l><label for={{Id("c", "fld_")}}>{{T("验证码", "校验码")}}</label><input id={{Id("c", "fld_")}} name=vcode maxlength=4 autocomplete=off><img src="/captcha" class=vimg title="{{T("看不清,换一张", "点击刷新")}}" onclick="this.src='/captcha?t='+Date.now()"></div>
        <input type=hidden name=epass id=ep><p class=err>{{error}}</p><button class="btn go">{{T("登录", "进 入")}}</button></form></div>
        <script>{{PageScripts.Rsa}}
        const modulus='{{Convert.ToHexStringLower(_key.ExportParameters(false).Modulus!)}}';
        function seal(){document.getElementById('ep').value=rsa(document.getElementById('{{Id("p", "fld_")}}').value,modulus);return true}</script></body></html>
        """;

    private protected override string Shell(Visit v, string key, string body)
    {
        var here = Menu().First(g => g.Items.Any(i => i.Key == key));
        string Items(MenuGroup g) => string.Concat(g.Items.Select(i => $"<a href='{UrlOf(i.Key)}' class='{(i.Key == key ? "on" : "")}'>{i.Title}</a>"));
        var groups = string.Concat(Menu().Select(g => $"<a href='{UrlOf(g.Items[0].Key)}' class='{(g == here ? "on" : "")}'>{g.Title}</a>"));
        var menu = T($"<div class=tabs>{groups}</div><div class=left>{Items(here)}</div>", $"<div class='left tree'>{string.Concat(Menu().Select(g => $"<details{(g.Title == here.Title ? " open" : "")}><summary>{g.Title}</summary>{Items(g)}</details>"))}</div>");
        return $$"""
            <!doctype html><html><head><meta charset=utf-8><title>{{Product}} - {{TitleOf(key)}}</title><style>{{Style()}}</style></head>
            <body><div class=top><b>{{Product}}</b><span>管理员 {{H(v.Open!.User)}} | <a href=/logout>{{T("注销", "退出登录")}}</a></span></div>{{menu}}
            <div class=cont><h2>{{TitleOf(key)}}</h2>{{body}}</div></body></html>
            """;
    }

    private protected override string Grid(string[] head, IEnumerable<string[]> rows) =>
        $"<table class=grid><thead><tr>{string.Concat(head.Select(h => $"<th>{h}</th>"))}</tr></thead><tbody>{string.Concat(rows.Select(r => $"<tr>{string.Concat(r.Select(c => $"<td>{c}</td>"))}</tr>"))}</tbody></table>";

    private protected override string ListPage(Visit v, string key, FarmList list, string said)
    {
        var fields = string.Concat(Shuffled("form",
            $"<div class=f><label for={Id("ip", "fld_")}>{T("IP地址", "封禁地址")}</label><input id={Id("ip", "fld_")} name=ip></div>",
            $"<div class=f><label for={Id("min", "fld_")}>{T("生效时间(分钟)", "老化时间(分钟)")}</label><input id={Id("min", "fld_")} name=minutes value=0></div>",
            $"<div class=f><label for={Id("note", "fld_")}>{T("描述", "备注")}</label><input id={Id("note", "fld_")} name=note></div>"));
        var rows = list.Entries.Select(e => new[] { $"<input type=checkbox value={e.Id}>", H(e.Address), Length(e), "启用", H(e.Comment), H(e.By), When(e.Since) });
        return $$"""
            <div class="note">{{said}}</div>
            <div class=bar><button class=btn id={{Id("new", "btn_")}} onclick="document.getElementById('add').style.display='block'"{{Off(v)}}>{{T("新建", "增加")}}</button>
            <button class=btn id={{Id("del", "btn_")}} onclick=ask(){{Off(v)}}>{{T("删除", "解封")}}</button> <button class=btn disabled>启用</button> <button class=btn disabled>禁用</button></div>
            <form id=add method=post class="{{T("inline", "modal")}}" style="display:none">{{Csrf(v)}}<input type=hidden name=do value=add>{{fields}}
            <button class=btn>{{T("确定", "完成")}}</button> <button class=btn type=button onclick="document.getElementById('add').style.display='none'">取消</button></form>
            {{Grid(["", T("IP地址", "封禁地址"), T("生效时间", "老化时间"), "状态", T("描述", "备注"), "创建人", "创建时间"], rows)}}<p>共 {{list.Entries.Count}} 条</p>
            <form id=gone method=post class=modal style="display:none">{{Csrf(v)}}<input type=hidden name=do value=delete><input type=hidden name=id id=gid>
            <p id=gtext></p><button class=btn>{{T("是", "确认")}}</button> <button class=btn type=button onclick="document.getElementById('gone').style.display='none'">{{T("否", "取消")}}</button></form>
            <script>function ask(){const ids=[...document.querySelectorAll('.grid input:checked')].map(i=>i.value);if(!ids.length){document.querySelector('.note').textContent='请先选择记录';return}
            document.getElementById('gid').value=ids.join(',');document.getElementById('gtext').textContent='{{T("确认删除选中的", "确认解封选中的")}} '+ids.length+' 条记录?';document.getElementById('gone').style.display='block'}</script>
            """;
    }

    private protected override string SayDeleted(bool done) => done ? T("删除成功", "解封成功") : "操作失败";

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _key.Dispose();
    }
}
