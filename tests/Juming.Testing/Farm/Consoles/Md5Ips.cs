using System.Security.Cryptography;
using System.Text;
using Juming.Testing.Farm.Captchas;
using static Juming.Testing.Farm.Visit;

namespace Juming.Testing.Farm.Consoles;

/// <summary>An intrusion prevention system: the page sends md5(md5(password)+salt), asks for a sum, and a deletion has a page of its own.</summary>
internal sealed class Md5Ips : PageConsole
{
    private readonly Random _pictures;

    public Md5Ips(int seed) : base("md5", seed) => _pictures = Dice("pictures");

    public override string Product => "青杉入侵防御系统";

    public override string Special => "MD5-salted password, arithmetic captcha, deletion asked on a page of its own";

    internal override string Cookie => "PHPSESSID";

    private protected override string LoginPath => "/login.php";

    private protected override MenuGroup[] Menu() => T("1", "2") == "1"
        ? [new("系统监控", (Status, "系统信息"), (Interfaces, "接口状态")), new("入侵防御", (Policies, "特征规则"), (Block, "地址黑名单"), (Allow, "例外地址")), new("日志审计", (Logs, "入侵日志")), new("系统管理", (Maintain, "系统重启"))]
        : [new("主页", (Status, "设备信息")), new("防御配置", (Allow, "例外对象"), (Policies, "规则库")), new("应急响应", (Block, "恶意IP处置"), (Logs, "入侵事件")), new("系统", (Interfaces, "端口"), (Maintain, "重启"))];

    private protected override string UrlOf(string key) => $"/{T("main", "portal")}/{key}.php";

    private protected override byte[] Captcha(Session session)
    {
        lock (_pictures)
        {
            var picture = ArithmeticCaptcha.Draw(_pictures);
            session.Captcha = LastCaptcha = picture.Answer;
            return picture.Png;
        }
    }

    private protected override Task SignIn(Visit v)
    {
        var session = v.Begin();
        var (expected, salt) = (session.Captcha, session.Nonce);
        (session.Captcha, session.Nonce) = (null, null);
        return After(v, SignIns.Try(session, v["username"], p => salt is not null && Md5(Md5(p) + salt) == v["password"], expected is not null && expected == v["code"].Trim()));
    }

#pragma warning disable CA5351 // It is what such devices do.
    private static string Md5(string text) => Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(text)));
#pragma warning restore CA5351

    private protected override string Login(Visit v, string error)
    {
        v.Session!.Nonce = Guid.NewGuid().ToString("N")[..8];
        return $$"""
            <!doctype html><html><head><meta charset=utf-8><title>{{Product}}</title><style>{{Style("md5-login")}}</style></head>
            <body><div class=w><div class=p><h1>{{Product}}</h1><p>Intrusion Prevention System</p><p>{{Filler.Build}}</p></div><div class=f><form method=post id=lf onsubmit="send();return false"><dl>
            <dt>{{T("账号", "用户")}}</dt><dd><input name=username></dd><dt>{{T("密码", "登录密码")}}</dt><dd><input type=password id={{Id("pw", "p")}}></dd>
            <dt>{{T("验证码", "计算结果")}}</dt><dd><input name=code style="width:90px" autocomplete=off> <img src=/captcha id=vc alt="{{T("验证码", "verify")}}" onclick="this.src='/captcha?'+Math.random()"> <a href="javascript:vc.onclick()">{{T("换一张", "刷新")}}</a></dd></dl>
            <input type=hidden name=password id=hash><div class=e>{{error}}</div><button class=b>{{T("登 录", "确 定")}}</button></form></div></div>
            <script>{{PageScripts.Md5}}
            function send(){document.getElementById('hash').value=md5(md5(document.getElementById('{{Id("pw", "p")}}').value)+'{{v.Session.Nonce}}');document.getElementById('lf').submit()}</script></body></html>
            """;
    }

    private protected override string Refuse(SignInOutcome outcome) => outcome == SignInOutcome.WrongCaptcha ? T("验证码错误,请重新输入", "计算结果(验证码)错误") : base.Refuse(outcome);

    private protected override string Shell(Visit v, string key, string body)
    {
        var menu = string.Concat(Menu().Select(g => $"<li>{g.Title}<ul>{string.Concat(g.Items.Select(i => $"<li><a href='{UrlOf(i.Key)}'>{i.Title}</a></li>"))}</ul></li>"));
        return $$"""
            <!doctype html><html><head><meta charset=utf-8><title>{{Product}}</title><style>{{Style()}}</style></head>
            <body><div class=h>{{Product}}<a href=/logout>[{{T("退出系统", "注销")}}] {{H(v.Open!.User)}}</a></div><div class=n><ul>{{menu}}</ul></div><div class=c><h3>{{TitleOf(key)}}</h3>{{body}}</div></body></html>
            """;
    }

    private protected override string Grid(string[] head, IEnumerable<string[]> rows) =>
        $"<table class=tb><tr>{string.Concat(head.Select(h => $"<th>{h}</th>"))}</tr>{string.Concat(rows.Select(r => $"<tr>{string.Concat(r.Select(c => $"<td>{c}</td>"))}</tr>"))}</table>";

    private protected override string ListPage(Visit v, string key, FarmList list, string said)
    {
        if (list.Find(v["remove"]) is { } doomed)
            return $"<form method=post>{Csrf(v)}<input type=hidden name=id value={doomed.Id}><p>{T("您确定要删除地址", "即将解除对该对象的处置:")} <b>{H(doomed.Address)}</b> {T("吗?", "")}</p><button class=pure name=do value=delete>{T("是", "确认解除")}</button> <a href='{UrlOf(key)}'>{T("否", "返回")}</a></form>";
        var form = $"<form method=post action='{UrlOf(key)}' style='border:1px dashed #9bc4a9;padding:10px;margin-bottom:12px'>{Csrf(v)}{string.Concat(Shuffled("form",
            $"<label class=r><span>{T("IP地址", "恶意IP")}</span><input name=ip></label>",
            $"<label class=r><span>{T("有效期", "处置时长")}</span><select name=minutes>{T("<option value=60>1小时<option value=1440>24小时<option value=0 selected>永久", "<option value=0>长期<option value=60>60分钟<option value=1440>一天")}</select></label>",
            $"<label class=r><span>{T("描述", "处置原因")}</span><input name=note></label>"))}<button class=pure name=do value=add{Off(v)}>{T("添加", "立即处置")}</button></form>";
        var rows = list.Entries.Select(e => new[] { H(e.Address), Length(e), T("阻断", "处置中"), H(e.Comment), When(e.Since), IsAdmin(v) ? $"<a href='{UrlOf(key)}?remove={e.Id}'>{T("删除", "解除")}</a>" : "-" });
        var table = Grid([T("IP地址", "恶意IP"), T("有效期", "处置时长"), "状态", T("描述", "处置原因"), "时间", "操作"], rows);
        return $"<p class=say>{said}</p>{T(form + table, table + form)}";
    }

    private protected override string Say(AddOutcome outcome) => outcome == AddOutcome.Done ? T("添加成功", "处置成功") : base.Say(outcome);

    private protected override string SayDeleted(bool done) => done ? T("删除成功", "解除成功") : "操作失败";
}
