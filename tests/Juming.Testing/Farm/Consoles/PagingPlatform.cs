using System.Globalization;
using static Juming.Testing.Farm.Visit;

namespace Juming.Testing.Farm.Consoles;

/// <summary>A blocking platform with five hundred entries, twenty a page, in the order of addresses: a new entry is somewhere in the middle.</summary>
internal sealed class PagingPlatform(int seed) : PageConsole("paging", seed)
{
    private const int PageSize = 20;

    public override string Product => "百川全网联动封堵平台";

    public override string Special => "500 entries, 20 a page by address, search box";

    internal override string Cookie => "bc.sid";

    private protected override int EntriesAtStart => 500;

    private protected override MenuGroup[] Menu() => T("1", "2") == "1"
        ? [new("工作台", (Status, "平台状态")), new("封堵管理", (Policies, "封堵策略"), (Block, "IP封堵"), (Allow, "白名单管理")), new("设备接入", (Interfaces, "接入链路")), new("日志", (Logs, "操作记录")), new("设置", (Maintain, "平台设置"))]
        : [new("概况", (Status, "平台概况"), (Interfaces, "链路")), new("处置任务", (Allow, "保护名单"), (Block, "阻断任务"), (Logs, "任务日志")), new("配置", (Policies, "策略"), (Maintain, "系统"))];

    private protected override string UrlOf(string key) => $"/{T("p", "task")}/{key}";

    private protected override string Login(Visit v, string error) => $$"""
        <!doctype html><html><head><meta charset=utf-8><title>{{Product}}</title><style>{{Style()}}</style></head><body style="background:#f0f5ff"><header>{{Product}}</header><div class=lgn><h3>{{T("账号登录", "欢迎登录")}}</h3><form method=post action=/login>
        <div class=fi><span>▣</span><input name=user placeholder="{{T("请输入用户名", "账号 / 工号")}}"></div><div class=fi><span>◈</span><input type=password name=password placeholder="{{T("请输入密码", "口令")}}"></div><div class=er>{{error}}</div><button class=pri style="width:100%">{{T("登录", "登录平台")}}</button></form></div></body></html>
        """;

    private protected override string Shell(Visit v, string key, string body)
    {
        var menu = string.Concat(Menu().Select(g => $"<div class=grp><h5>{g.Title}</h5>{string.Concat(g.Items.Select(i => $"<a class='{(i.Key == key ? "act" : "")}' href='{UrlOf(i.Key)}'>{i.Title}</a>"))}</div>"));
        return $"<!doctype html><html><head><meta charset=utf-8><title>{TitleOf(key)} | {Product}</title><style>{Style()}</style></head><body><header>{Product}<span><a href=/logout>{T("退出登录", "登出")}</a> {H(v.Open!.User)}</span></header><div class='wrap {T("", "rev")}'><nav>{menu}</nav><section><div class=crumb>{T("当前位置", "位置")}:{Menu().First(g => g.Items.Any(i => i.Key == key)).Title} / {TitleOf(key)}</div>{body}</section></div></body></html>";
    }

    private protected override string Grid(string[] head, IEnumerable<string[]> rows) =>
        $"<table class=ant><thead><tr>{string.Concat(head.Select(h => $"<th>{h}</th>"))}</tr></thead><tbody>{string.Concat(rows.Select(r => $"<tr>{string.Concat(r.Select(c => $"<td>{c}</td>"))}</tr>"))}</tbody></table>";

    private protected override string ListPage(Visit v, string key, FarmList list, string said)
    {
        var found = list.Entries.Where(e => e.Address.Contains(v["q"].Trim(), StringComparison.Ordinal)).OrderBy(e => e.Address, StringComparer.Ordinal).ToList();
        var pages = Math.Max(1, (found.Count + PageSize - 1) / PageSize);
        var page = Math.Clamp(int.TryParse(v["page"], CultureInfo.InvariantCulture, out var p) ? p : 1, 1, pages);
        var rows = found.Skip((page - 1) * PageSize).Take(PageSize).Select(e => new[] { H(e.Address), Length(e), "<span class=dot></span>" + T("已封堵", "阻断成功"), H(e.Comment), H(e.By), When(e.Since), $"<button class=lnk onclick=gone({e.Id},'{H(e.Address)}'){Off(v)}>{T("解封", "撤销")}</button>" });
        return $$"""
            {{(said == "" ? "" : $"<div class=alert>{said}</div>")}}
            <form class=tool method=get action="{{UrlOf(key)}}"><input name=q value="{{H(v["q"])}}" placeholder="{{T("请输入IP地址", "按地址过滤")}}"> <button class=pri>{{T("查询", "过滤")}}</button> <a href="{{UrlOf(key)}}">重置</a> <button class=pri type=button style="float:right" onclick="nw.hidden=false"{{Off(v)}}>{{T("新增封堵", "发起阻断")}}</button></form>
            <form id=nw class=drw method=post hidden><h3>{{T("新增封堵", "发起阻断")}}</h3>{{Csrf(v)}}{{string.Concat(Shuffled("form",
                $"<label>{T("封堵IP", "阻断对象")}<input name=ip></label>",
                $"<label>{T("封堵时长", "阻断周期")}<select name=minutes><option value=0>永久</option><option value=30>30分钟</option><option value=60>1小时</option><option value=1440>1天</option></select></label>",
                $"<label>{T("封堵原因", "备注")}<input name=note></label>"))}}<button class=pri name=do value=add>{{T("确定", "执行")}}</button> <button type=button onclick="nw.hidden=true">取消</button></form>
            {{Grid([T("封堵IP", "阻断对象"), "时长", "状态", T("封堵原因", "备注"), "操作人", "时间", "操作"], rows)}}<div class=pgn>共 {{found.Count}} 条 {{Pager(key, v["q"], page, pages)}}</div>
            <form id=dl class=pop method=post hidden>{{Csrf(v)}}<input type=hidden name=id id=did><p>{{T("确定要解封", "确定撤销对")}} <b id=dip></b> {{T("吗?", "的阻断?")}}</p><button class=pri name=do value=delete>确定</button> <button type=button onclick="dl.hidden=true">取消</button></form>
            <script>function gone(i,ip){did.value=i;dip.textContent=ip;dl.hidden=false}</script>
            """;
    }

    private string Pager(string key, string query, int page, int pages)
    {
        string Link(int to, string text) => to < 1 || to > pages || to == page ? $"<span class=dis>{text}</span>" : $"<a href='{UrlOf(key)}?page={to}&q={Uri.EscapeDataString(query)}'>{text}</a>";
        return T($"{Link(1, "首页")} {Link(page - 1, "上一页")} 第 {page}/{pages} 页 {Link(page + 1, "下一页")} {Link(pages, "末页")}", $"{Link(page - 1, "‹")} {string.Join(" ", Enumerable.Range(Math.Max(1, page - 3), 7).Where(n => n <= pages).Select(n => Link(n, n.ToString(CultureInfo.InvariantCulture))))} {Link(page + 1, "›")}");
    }

    private protected override string Say(AddOutcome outcome) => outcome switch
    {
        AddOutcome.Done => T("操作成功", "阻断成功"),
        AddOutcome.Full => "超过最大封堵数量上限",
        _ => base.Say(outcome),
    };

    private protected override string SayDeleted(bool done) => done ? T("解封成功", "撤销成功") : "操作失败";
}
