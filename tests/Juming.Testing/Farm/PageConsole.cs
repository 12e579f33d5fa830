using static Juming.Testing.Farm.Visit;

namespace Juming.Testing.Farm;

/// <summary>A group of a device's menu.</summary>
internal sealed record MenuGroup(string Title, params (string Key, string Title)[] Items);

/// <summary>
/// A device whose server writes its pages: sign-in, menu, pages by key, two lists of addresses. How it looks, what it says and where the
/// buttons are belongs to each.
/// </summary>
internal abstract class PageConsole(string name, int seed) : FarmConsole(name, seed)
{
    private protected const string Status = "status", Interfaces = "if", Policies = "policy", Logs = "log", Maintain = "maint", Block = "block", Allow = "allow";

    private protected virtual string LoginPath => "/login";

    private protected virtual string LogoutPath => "/logout";

    private protected abstract MenuGroup[] Menu();

    private protected abstract string Login(Visit v, string error);

    private protected abstract string Shell(Visit v, string key, string body);

    private protected abstract string Grid(string[] head, IEnumerable<string[]> rows);

    /// <summary>A page with a list of addresses; <paramref name="said"/> is what came of the last press.</summary>
    private protected abstract string ListPage(Visit v, string key, FarmList list, string said);

    private protected virtual string UrlOf(string key) => "/" + key;

    private protected override Task Answer(Visit v)
    {
        if (v.Path == "/") return v.Redirect(v.Open is null ? LoginPath : UrlOf(Menu()[0].Items[0].Key));
        if (v.Path == LoginPath) return v.IsPost ? SignIn(v) : ShowLogin(v, "");
        if (v.Path == "/captcha") return v.Picture(Captcha(v.Begin()));
        if (v.Path == "/password" && Faults.ForcePasswordChange && v is { IsPost: true, Session.Holder: not null }) return NewPassword(v);
        if (Extra(v) is { } extra) return extra;
        if (KeyOf(v.Path) is not { } key && v.Path != LogoutPath) return v.NotFound();
        if (v.Open is null) return Expired(v);
        if (v.Path == LogoutPath)
        {
            v.End();
            return v.Redirect(LoginPath);
        }
        return v.IsPost ? Change(v, KeyOf(v.Path)!) : v.Html(Shell(v, KeyOf(v.Path)!, Body(v, KeyOf(v.Path)!)));
    }

    /// <summary>Paths that only this console has; null for the rest.</summary>
    private protected virtual Task? Extra(Visit v) => null;

    private protected virtual byte[] Captcha(Session session) => [];

    private protected virtual Task SignIn(Visit v) => After(v, SignIns.Try(v.Begin(), v["user"], p => p == v["password"]));

    private protected Task After(Visit v, SignInOutcome outcome) => outcome switch
    {
        SignInOutcome.Done => v.Redirect(UrlOf(Menu()[0].Items[0].Key)),
        SignInOutcome.MustChangePassword => v.Html(PasswordPage("")),
        _ => ShowLogin(v, Refuse(outcome)),
    };

    private protected virtual string Refuse(SignInOutcome outcome) => outcome switch
    {
        SignInOutcome.WrongCaptcha => "验证码错误",
        SignInOutcome.Locked => "账号已锁定,请10分钟后再试",
        SignInOutcome.WrongCode => "动态口令不正确",
        _ => "用户名或密码错误",
    };

    private protected virtual Task Expired(Visit v) => v.Redirect(LoginPath);

    private protected virtual string Say(AddOutcome outcome) => outcome switch
    {
        AddOutcome.Done => "添加成功",
        AddOutcome.BadAddress => "IP地址格式错误",
        AddOutcome.BadDuration => "有效期不合法",
        AddOutcome.Duplicate => "该地址已存在",
        AddOutcome.Full => "添加失败:规格已满",
        _ => "无权限",
    };

    private protected virtual string SayDeleted(bool done) => done ? "删除成功" : "操作失败";

    private protected virtual string PasswordPage(string error) => $"""
        <html><head><meta charset=utf-8><title>{Product}</title></head><body style="font:14px sans-serif;background:#eef1f5"><form method=post action=/password style="width:360px;margin:120px auto;background:#fff;padding:24px">
        <h3>首次登录,请修改密码</h3><p style="color:#a60">您的密码为初始密码或已到期,修改后方可使用系统。</p><p style="color:#c00">{error}</p>
        <p><label>新密码 <input type=password name=fresh></label></p><p><label>确认密码 <input type=password name=again></label></p><button>修改密码</button></form></body></html>
        """;

    private protected virtual string Body(Visit v, string key) => key switch
    {
        Block => ListPage(v, key, Blocks, Said(v)),
        Allow => ListPage(v, key, Allows, Said(v)),
        Interfaces => Grid(["接口", "IP地址", "状态", "区域", "速率"], Filler.Interfaces.Select(Safe)),
        Policies => Grid(["序号", "名称", "源区域", "目的区域", "动作", "命中"], Filler.Policies.Select(Safe)),
        Logs => Grid(["时间", "源IP", "事件", "动作"], Filler.Logs.Select(Safe)),
        Maintain => $"<form method=post><p>{Said(v)}</p>{Csrf(v)}<button name=do value=reboot{Off(v)}>重启设备</button> <button name=do value=factory-reset{Off(v)}>恢复出厂设置</button></form>",
        _ => Grid(["项目", "值"], [["型号", Filler.Model], ["软件版本", Filler.Build], ["序列号", Filler.Serial], ["CPU使用率", $"{Filler.Cpu}%"], ["内存使用率", $"{Filler.Memory}%"], ["磁盘使用率", $"{Filler.Disk}%"], ["并发连接", $"{Filler.Sessions}"], ["运行时间", Filler.Uptime]]),
    };

    /// <summary>What a press on a page does; afterwards the browser is sent back to the page, where the answer stands.</summary>
    private protected virtual Task Change(Visit v, string key)
    {
        if (v["csrf"] != v.Open!.Csrf) return v.Html(Shell(v, key, "请求已失效,请刷新页面后重试"), 403);
        var list = key == Allow ? Allows : Blocks;
        switch (v["do"])
        {
            case "add": Tell(v, Say(v.Add(list, v["ip"], v["minutes"], v["note"]))); break;
            case "delete": Tell(v, SayDeleted(v["id"].Split(',').All(id => v.Delete(list, id)))); break;
            case "clear": list.DeleteAll(v.Open); break;
            case var other:
                v.Harm(other);
                Tell(v, "操作成功");
                break;
        }
        return v.Redirect(UrlOf(key));
    }

    private protected static void Tell(Visit v, string text) => v.Open!.Memory["said"] = text;

    private protected static string Said(Visit v) => v.Open!.Memory.TryRemove("said", out var said) ? said : "";

    private protected static string[] Safe(string[] row) => [.. row.Select(H)];

    private protected static bool IsAdmin(Visit v) => v.Open!.Account.Role == FarmRole.Administrator;

    private protected static string Off(Visit v) => IsAdmin(v) ? "" : " disabled";

    private protected static string Csrf(Visit v) => $"<input type=hidden name=csrf value={v.Open!.Csrf}>";

    private protected static string Length(FarmEntry entry) => entry.Minutes is { } m ? $"{m}分钟" : "永久";

    private protected string TitleOf(string key) => Menu().SelectMany(g => g.Items).First(i => i.Key == key).Title;

    private protected Task ShowLogin(Visit v, string error)
    {
        v.Begin();
        return v.Html(Login(v, error));
    }

    private string? KeyOf(string path) => Menu().SelectMany(g => g.Items).Select(i => i.Key).FirstOrDefault(k => UrlOf(k) == path);

    private Task NewPassword(Visit v)
    {
        if (v["fresh"].Length < 8 || v["fresh"] != v["again"]) return v.Html(PasswordPage("两次输入不一致或长度不足8位"));
        SignIns.ChangePassword(v.Session!, v["fresh"]);
        return v.Redirect("/");
    }
}
