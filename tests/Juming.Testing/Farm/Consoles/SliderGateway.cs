using System.Globalization;
using System.Text.Json;
using Juming.Testing.Farm.Captchas;
using static Juming.Testing.Farm.Visit;

namespace Juming.Testing.Farm.Consoles;

/// <summary>An internet access gateway with a slider before the sign-in; addresses are given in a text area, and a row is released in a small box beside it.</summary>
internal sealed class SliderGateway : PageConsole
{
    private readonly Random _pictures;

    public SliderGateway(int seed) : base("slider", seed) => _pictures = Dice("pictures");

    public override string Product => "鲲鹏上网行为管理";

    public override string Special => "slider captcha (v2 on a canvas), text area for addresses, confirm box beside the row";

    internal override string Cookie => "kp_sid";

    private protected override MenuGroup[] Menu() => T("1", "2") == "1"
        ? [new("实时状态", (Status, "运行状态"), (Interfaces, "线路状态")), new("上网策略", (Policies, "策略列表")), new("安全防护", (Allow, "白名单IP"), (Block, "封锁攻击者IP")), new("日志中心", (Logs, "安全日志")), new("系统", (Maintain, "重启/关机"))]
        : [new("总览", (Status, "状态")), new("接入安全", (Block, "黑IP库"), (Allow, "免检IP")), new("行为策略", (Policies, "策略")), new("运维中心", (Logs, "日志"), (Interfaces, "线路"), (Maintain, "电源"))];

    private protected override string UrlOf(string key) => $"/acm/{T("", "n/")}{key}";

    private protected override Task? Extra(Visit v)
    {
        if (v.Path == "/slide/captcha") return v.Json(NewSlide(v.Begin()));
        if (v.Path == "/slide/check" && v.IsPost) return v.Json(new { ok = IsPushedByHand(v.Begin(), v["x"], v["track"]) });
        return null;
    }

    private protected override Task SignIn(Visit v)
    {
        var session = v.Begin();
        var passed = session.Memory.TryRemove("slid", out _);
        return After(v, SignIns.Try(session, v["user"], p => p == v["password"], passed));
    }

    private object NewSlide(Session session)
    {
        SliderPicture picture;
        lock (_pictures) picture = SliderCaptcha.Draw(_pictures);
        session.Captcha = LastCaptcha = picture.X.ToString(CultureInfo.InvariantCulture);
        session.Memory.TryRemove("slid", out _);
        static string Url(byte[] png) => "data:image/png;base64," + Convert.ToBase64String(png);
        return new { bg = Url(picture.Background), piece = Url(picture.Piece), y = picture.Y, w = picture.Width, h = picture.Height };
    }

    /// <summary>The right place within 5 pixels, reached by a hand: at least 8 points in at least 250 ms, not all steps alike.</summary>
    private bool IsPushedByHand(Session session, string x, string track)
    {
        var expected = session.Captcha;
        session.Captcha = null;
        var points = Points(track);
        var byHand = points.Count >= 8 && points[^1][1] - points[0][1] >= 250 && points.Zip(points.Skip(1), (a, b) => Math.Round(b[0] - a[0])).Distinct().Count() > 2;
        var right = double.TryParse(x, CultureInfo.InvariantCulture, out var at) && expected is not null && Math.Abs(at - int.Parse(expected, CultureInfo.InvariantCulture)) <= 5;
        if (right && byHand) session.Memory["slid"] = "1";
        TruthLog.Add("", "captcha", $"{x} for {expected}", right && byHand ? "done" : right ? "not-by-hand" : "wrong-place");
        return right && byHand;
    }

    private static List<double[]> Points(string track)
    {
        try
        {
            return [.. (JsonSerializer.Deserialize<double[][]>(track) ?? []).Where(p => p.Length == 2)];
        }
        catch (JsonException)
        {
            return [];
        }
    }

    private protected override string Refuse(SignInOutcome outcome) => outcome == SignInOutcome.WrongCaptcha ? "请先完成滑块验证" : outcome == SignInOutcome.WrongPassword ? "用户名或密码不正确" : base.Refuse(outcome);

    private protected override string Login(Visit v, string error) => $$"""
        <!doctype html><html><head><meta charset=utf-8><title>{{Product}}</title><style>{{Style("slider-login")}}</style></head>
        <body><form method=post action=/login><h1>{{Product}}</h1><input type=text name=user placeholder="{{T("用户名", "账号")}}"><input type=password name=password placeholder="{{T("密码", "请输入密码")}}">
        <div class=cap id=cap>{{T("<img id=bg><img id=pc>", "<canvas id=cv width=300 height=150></canvas>")}}</div><div class=rail id=rail><span id=hint>{{T("向右拖动滑块填充拼图", "按住滑块,拖动完成拼图")}}</span><div class=knob id=knob>→</div></div>
        <div class=e>{{error}}</div><button>{{T("登录", "立即登录")}}</button></form>
        <script>{{Page("slider.js", ("version", T("1", "2")))}}</script></body></html>
        """;

    private protected override string Shell(Visit v, string key, string body)
    {
        var menu = string.Concat(Menu().Select(g => $"<div class=mg><div class=mt>{g.Title}</div>{string.Concat(g.Items.Select(i => $"<a class='{(i.Key == key ? "cur" : "")}' href='{UrlOf(i.Key)}'>{i.Title}</a>"))}</div>"));
        return $$"""
            <!doctype html><html><head><meta charset=utf-8><title>{{TitleOf(key)}} - {{Product}}</title><style>{{Style()}}</style></head>
            <body><aside><h1>{{Product}}</h1>{{menu}}<div class=mg><a href=/logout>{{T("安全退出", "退出")}}</a></div></aside><main><h2>{{TitleOf(key)}}</h2><div class=p>{{body}}</div></main></body></html>
            """;
    }

    private protected override string Grid(string[] head, IEnumerable<string[]> rows) =>
        $"<table><thead><tr>{string.Concat(head.Select(h => $"<th>{h}</th>"))}</tr></thead>{string.Concat(rows.Select(r => $"<tr>{string.Concat(r.Select(c => $"<td>{c}</td>"))}</tr>"))}</table>";

    private protected override string ListPage(Visit v, string key, FarmList list, string said)
    {
        var rows = list.Entries.Select(e => new[]
        {
            H(e.Address), T("封锁中", "拦截中"), Length(e), H(e.Comment), When(e.Since),
            $"<button class=lk onclick=\"this.nextSibling.style.display='inline'\"{Off(v)}>{T("解除封锁", "释放")}</button><form method=post class=pc>{Csrf(v)}<input type=hidden name=id value={e.Id}>{T("确定解除?", "确定释放?")} <button class=bt name=do value=delete>{T("确定", "好")}</button> <button class=lk type=button onclick=\"this.parentNode.style.display='none'\">取消</button></form>",
        });
        return $$"""
            {{(said == "" ? "" : $"<p class=ban>{said}</p>")}}<p><button class=bt onclick="dlg.showModal()"{{Off(v)}}>{{T("添加", "录入IP")}}</button></p>
            <dialog id=dlg><h3>{{T("添加封锁IP", "录入黑IP")}}</h3><form method=post>{{Csrf(v)}}{{string.Concat(Shuffled("form",
                $"<p><label for={Id("a", "k-")}>{T("IP地址", "黑IP")}(每行一个)</label><br><textarea id={Id("a", "k-")} name=ip rows=3 cols=34></textarea></p>",
                $"<p><label for={Id("b", "k-")}>{T("封锁时长(分钟)", "拦截时长(分钟,0长期)")}</label><br><input id={Id("b", "k-")} name=minutes value=0></p>",
                $"<p><label for={Id("c", "k-")}>{T("备注", "来源说明")}</label><br><input id={Id("c", "k-")} name=note size=34></p>"))}}
            <button class=bt name=do value=add>{{T("提交", "录入")}}</button> <button class=lk type=button onclick="dlg.close()">关闭</button></form></dialog>
            {{Grid([T("IP地址", "黑IP"), "状态", "时长", T("备注", "来源说明"), "时间", "操作"], rows)}}
            """;
    }

    private protected override string Say(AddOutcome outcome) => outcome == AddOutcome.Done ? T("提交成功", "录入成功") : base.Say(outcome);

    private protected override string SayDeleted(bool done) => done ? T("操作成功,已解除封锁", "释放成功") : "操作失败";
}
