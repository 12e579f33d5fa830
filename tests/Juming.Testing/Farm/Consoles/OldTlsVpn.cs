using System.Security.Cryptography.X509Certificates;
using static Juming.Testing.Farm.Visit;

namespace Juming.Testing.Farm.Consoles;

/// <summary>A VPN gateway that speaks TLS 1.0 and 1.1 only, with a certificate that ended a year ago and can change; the block list is in two columns of boxes.</summary>
internal sealed class OldTlsVpn(int seed) : PageConsole("oldtls", seed)
{
    private LegacyTls? _front;

    public override string Product => "固盾SSL VPN安全网关";

    public override string Special => LegacyTls.IsAvailable ? "TLS 1.0 and 1.1 only, expired certificate that can change" : "expired certificate that can change (old TLS wants OpenSSL 3 as libssl.so.3)";

    internal override string Cookie => "GDSVPN";

    private protected override bool IsTls => !LegacyTls.IsAvailable;

    private protected override string LoginPath => "/por/login.psp";

    private protected override X509Certificate2 MakeCertificate() => FarmCertificates.Vendor("GUDUN", Clock.GetUtcNow(), expired: true);

    private protected override int InnerPort(int port) => LegacyTls.IsAvailable ? 0 : port;

    private protected override Task Started(int port)
    {
        if (!LegacyTls.IsAvailable) return Task.CompletedTask;
        _front = new LegacyTls(MakeCertificate, port, Address.Port);
        MovedTo(new Uri($"https://127.0.0.1:{_front.Port}/"));
        return Task.CompletedTask;
    }

    public override void ReplaceCertificate()
    {
        base.ReplaceCertificate();
        _front?.ReplaceCertificate();
    }

    private protected override MenuGroup[] Menu() => T("1", "2") == "1"
        ? [new("运行状态", (Status, "系统状态"), (Logs, "接入日志")), new("SSL VPN设置", (Policies, "资源授权"), (Interfaces, "网络部署")), new("安全选项", (Allow, "免认证地址"), (Block, "登录黑名单")), new("系统维护", (Maintain, "重启服务"))]
        : [new("概览", (Status, "状态")), new("接入安全", (Block, "拒绝接入地址"), (Allow, "信任地址"), (Logs, "日志")), new("资源", (Policies, "授权"), (Interfaces, "部署")), new("维护", (Maintain, "服务管理"))];

    private protected override string UrlOf(string key) => $"/con/{T(key, "v7-" + key)}.psp";

    private protected override string Login(Visit v, string error) => Sheet("登录", $$"""
        <div class=lp><div class=lh>{{Product}} 控制台</div><form method=post action="{{LoginPath}}"><div class=ln><b>{{T("用户名", "管理帐号")}}</b><input name=user></div><div class=ln><b>{{T("密码", "管理密码")}}</b><input type=password name=password></div><div class=le>{{error}}</div><div class=ln><b></b><a class=lb href="#" onclick="this.closest('form').submit()">{{T("登 录", "进 入")}}</a></div></form></div>
        """);

    private protected override string Shell(Visit v, string key, string body)
    {
        var tree = string.Concat(Menu().Select(g => $"<li class=fd><span>{g.Title}</span><ul>{string.Concat(g.Items.Select(i => $"<li><a href='{UrlOf(i.Key)}'>{i.Title}</a></li>"))}</ul></li>"));
        return Sheet(TitleOf(key), $"<div class=tp>{Product}<a href=/logout>{T("注销", "退出")}</a></div><div class=tr><ul>{tree}</ul></div><div class=bd><div class=bt>» {TitleOf(key)}</div>{body}</div>");
    }

    private protected override string Grid(string[] head, IEnumerable<string[]> rows) =>
        $"<table class=xg><tr class=xh>{string.Concat(head.Select(h => $"<td>{h}</td>"))}</tr>{string.Concat(rows.Select(r => $"<tr>{string.Concat(r.Select(c => $"<td>{c}</td>"))}</tr>"))}</table>";

    private protected override string ListPage(Visit v, string key, FarmList list, string said)
    {
        var form = $"<form method=post class=bx><div class=bt>{T("添加黑名单", "新增拒绝项")}</div>{Csrf(v)}{string.Concat(Shuffled("form",
            $"<div class=ln><b>{T("IP地址", "来源地址")}</b><input name=ip id={Id("a", "_ctl")}></div>",
            $"<div class=ln><b>{T("锁定时间(分钟)", "拒绝时长(分钟)")}</b><input name=minutes value=0 id={Id("b", "_ctl")}></div>",
            $"<div class=ln><b>{T("描述", "备注")}</b><input name=note id={Id("c", "_ctl")}></div>"))}<button name=do value=add{Off(v)}>{T("提交", "保存")}</button></form>";
        var rows = list.Entries.Select(e => new[] { $"<input type=radio name=id value={e.Id} form=rm>", H(e.Address), Length(e), T("锁定", "拒绝"), H(e.Comment), When(e.Since) });
        var table = $"<div class=bx2><form id=rm method=post onsubmit=\"return confirm('{T("您确定要删除选中的记录吗?", "确定移出选中的地址吗?")}')\">{Csrf(v)}<button name=do value=delete{Off(v)}>{T("删除选中", "移出")}</button></form>{Grid(["", T("IP地址", "来源地址"), T("锁定时间", "拒绝时长"), "状态", T("描述", "备注"), "时间"], rows)}</div>";
        return $"<div class=le>{said}</div><div class=cols>{T(table + form, form + table)}</div>";
    }

    private protected override string Say(AddOutcome outcome) => outcome == AddOutcome.Done ? T("提交成功", "保存成功") : base.Say(outcome);

    private protected override string SayDeleted(bool done) => done ? T("删除成功", "移出成功") : "操作失败";

    public override async ValueTask DisposeAsync()
    {
        if (_front is not null) await _front.DisposeAsync();
        await base.DisposeAsync();
    }

    private string Sheet(string title, string body) => $$"""
        <html><head><meta charset=utf-8><title>{{title}}</title><style>{{Style()}}</style></head><body>{{body}}</body></html>
        """;
}
