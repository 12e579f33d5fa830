using System.Collections.Concurrent;
using static Juming.Testing.Farm.Visit;

namespace Juming.Testing.Farm.Consoles;

/// <summary>A small account server: accounts that are switched off and on in their rows, services that are restarted, hosts in quarantine. It blocks no addresses and so is not one of the farm's.</summary>
internal sealed class DirectoryServer(int seed) : PageConsole("directory", seed)
{
    private const string People = "people", Services = "services", History = "history";
    private readonly ConcurrentDictionary<string, bool> _accounts = new(new Dictionary<string, bool> { ["zhang.san"] = true, ["li.si"] = true, ["wang.wu"] = true });

    public override string Product => "统一账号管理系统";

    public override string Special => "accounts switched in their rows, services restarted, hosts in quarantine";

    /// <summary>Accounts that may sign in.</summary>
    public IReadOnlyList<string> Enabled => [.. _accounts.Where(a => a.Value).Select(a => a.Key).Order(StringComparer.Ordinal)];

    private protected override MenuGroup[] Menu() =>
        [new("首页", (Status, "运行状态")), new("用户", (People, "账号管理")), new("终端", (Block, "隔离终端"), (History, "处置记录")), new("系统", (Services, "服务管理"), (Maintain, "系统维护"))];

    private protected override string Login(Visit v, string error) => $"<html><head><meta charset=utf-8><title>{Product}</title></head><body><form method=post action=/login><label>用户名 <input name=user></label> <label>密码 <input type=password name=password></label> <span>{error}</span> <button>登录</button></form></body></html>";

    private protected override string Shell(Visit v, string key, string body)
    {
        var menu = string.Concat(Menu().Select(g => $"<h4>{g.Title}</h4>{string.Concat(g.Items.Select(i => $"<p><a href='{UrlOf(i.Key)}'>{i.Title}</a></p>"))}"));
        return $"<html><head><meta charset=utf-8><title>{Product}</title></head><body style='font:14px sans-serif'><table width=100%><tr><td width=200 valign=top><nav>{menu}<p><a href=/logout>退出</a></p></nav></td><td valign=top><h2>{TitleOf(key)}</h2>{body}</td></tr></table></body></html>";
    }

    private protected override string Grid(string[] head, IEnumerable<string[]> rows) =>
        $"<table border=1><tr>{string.Concat(head.Select(h => $"<th>{h}</th>"))}</tr>{string.Concat(rows.Select(r => $"<tr>{string.Concat(r.Select(c => $"<td>{c}</td>"))}</tr>"))}</table>";

    private protected override string Body(Visit v, string key) => key switch
    {
        People => $"<p>{Said(v)}</p>" + Grid(["账号", "最近登录IP", "状态", "操作"], _accounts.OrderBy(a => a.Key, StringComparer.Ordinal).Select(a => new[] { a.Key, "10.1.1.9", a.Value ? "正常" : "已停用", Button(v, a.Value ? "disable" : "enable", a.Key, a.Value ? "停用" : "启用") })),
        History => $"<p>{Said(v)}</p>" + Grid(["处置对象", "处置时间", "操作"], Blocks.Entries.Select(e => new[] { H(e.Address), When(e.Since), $"<form method=post>{Csrf(v)}<input type=hidden name=id value={e.Id}><button name=do value=delete>撤回处置</button></form>" })),
        Services => $"<p>{Said(v)}</p>" + Grid(["服务", "状态", "操作"], [["认证服务", "运行中", Button(v, "restart-service", "认证服务", "重启")], ["日志服务", "运行中", Button(v, "restart-service", "日志服务", "重启")]]),
        _ => base.Body(v, key),
    };

    private protected override string ListPage(Visit v, string key, FarmList list, string said) => $"""
        <p>{said}</p><form method=post>{Csrf(v)}<label>终端地址 <input name=ip></label> <label>备注 <input name=note></label> <button name=do value=add>立即隔离</button></form>
        {Grid(["终端地址", "备注", "操作"], list.Entries.Select(e => new[] { H(e.Address), H(e.Comment), $"<form method=post>{Csrf(v)}<input type=hidden name=id value={e.Id}><button name=do value=delete>解除隔离</button></form>" }))}
        """;

    private protected override Task Change(Visit v, string key)
    {
        if (v["csrf"] != v.Open!.Csrf || key is not (People or Services)) return base.Change(v, key);
        v.Harm(v["do"], v["id"]);
        if (v["do"] is "disable" or "enable") _accounts[v["id"]] = v["do"] == "enable";
        Tell(v, "操作成功");
        return v.Redirect(UrlOf(key));
    }

    private static string Button(Visit v, string act, string id, string words) => $"<form method=post onsubmit=\"return confirm('确定{words}吗?')\">{Csrf(v)}<input type=hidden name=id value='{id}'><button name=do value={act}>{words}</button></form>";
}
