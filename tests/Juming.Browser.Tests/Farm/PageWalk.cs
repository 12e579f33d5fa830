using System.Globalization;
using Juming.Testing.Farm;
using Microsoft.Playwright;

namespace Juming.Browser.Tests.Farm;

/// <summary>What most consoles whose server writes the pages have in common; each says where its own parts are.</summary>
internal abstract class PageWalk(FarmConsole console, IPage page) : Walk(console, page)
{
    protected virtual ILocator UserBox => Page.Locator("input[name=user]");

    protected abstract ILocator Enter { get; }

    protected abstract string Group { get; }

    protected abstract string Link { get; }

    protected abstract ILocator Opener { get; }

    protected abstract ILocator Sender { get; }

    protected abstract ILocator Said { get; }

    /// <summary>What stands on the page when somebody is signed in.</summary>
    protected abstract string Inside { get; }

    /// <summary>The page, or the frame in it, where the list stands.</summary>
    protected virtual ILocator Content => Page.Locator("body");

    protected virtual bool HoversMenu => false;

    public override async Task TypePassword(FarmAccount account, string password)
    {
        await Page.GotoAsync(Console.PlainAddress.ToString());
        await UserBox.FillAsync(account.User);
        await Page.Locator("input[type=password]").FillAsync(password);
        await PassCaptcha();
        await Press(Enter);
    }

    public override async Task<bool> IsInside() => await Page.Locator(Inside).CountAsync() > 0;

    public override async Task OpenList()
    {
        var link = Page.Locator($"a:text-is('{Link}')");
        if (HoversMenu) await Page.Locator($":text-is('{Group}')").Last.HoverAsync();
        else if (!await link.IsVisibleAsync()) await Page.Locator($":text-is('{Group}')").Last.ClickAsync();
        if (HoversMenu) await link.HoverAsync();
        await Press(link);
    }

    public override async Task<string> Add(string address, string minutes, string comment)
    {
        await OpenForm();
        await Content.Locator("[name=ip]").FillAsync(address);
        var length = Content.Locator("[name=minutes]");
        if (await length.EvaluateAsync<string>("e => e.tagName") == "SELECT") await length.SelectOptionAsync(minutes);
        else await length.FillAsync(minutes);
        await Content.Locator("[name=note]").FillAsync(comment);
        await Press(Sender);
        return await Said.First.InnerTextAsync();
    }

    public override async Task<string?> Row(string address)
    {
        await OpenList();
        var row = RowOf(address);
        return await row.CountAsync() == 0 ? null : await row.InnerTextAsync();
    }

    public override async Task Delete(string address)
    {
        void accept(object? sender, IDialog dialog) => _ = dialog.AcceptAsync();
        Page.Dialog += accept;
        await PressDelete(RowOf(address));
        Page.Dialog -= accept;
    }

    public override async Task SignOut()
    {
        await Page.Locator("a[href='/logout'], a[href='/signout']").First.ClickAsync();
        await UserBox.WaitForAsync();
    }

    public override Task<bool> CanAdd() => Opener.IsEnabledAsync();

    protected virtual Task PassCaptcha() => Task.CompletedTask;

    protected virtual Task OpenForm() => Opener.ClickAsync();

    protected virtual ILocator RowOf(string address) => Content.Locator($"tr:has(> td:text-is('{address}'))");

    protected abstract Task PressDelete(ILocator row);

    /// <summary>Presses what leads to another page, and waits for it.</summary>
    protected async Task Press(ILocator what)
    {
        await Page.EvaluateAsync("() => { window.isOld = true }");
        await what.ClickAsync();
        await Page.WaitForFunctionAsync("() => !window.isOld && document.readyState === 'complete'");
    }
}

internal sealed class RsaWalk(FarmConsole console, IPage page) : PageWalk(console, page)
{
    protected override ILocator Enter => Page.Locator(".go");
    protected override string Group => T("策略", "威胁防护");
    protected override string Link => T("全局黑名单", "临时黑名单");
    protected override ILocator Opener => Page.Locator(".bar .btn").First;
    protected override ILocator Sender => Page.Locator("#add .btn").First;
    protected override ILocator Said => Page.Locator(".note");
    protected override string Inside => ".top";

    public override async Task OpenList()
    {
        if (Console.Version == 1) await Press(Page.Locator($".tabs a:text-is('{Group}')"));
        await base.OpenList();
    }

    protected override Task PassCaptcha() => Page.Locator("[name=vcode]").FillAsync(Console.LastCaptcha!);

    protected override async Task PressDelete(ILocator row)
    {
        await row.Locator("input").CheckAsync();
        await Page.Locator(".bar .btn").Nth(1).ClickAsync();
        await Press(Page.Locator("#gone .btn").First);
    }
}

internal sealed class Md5Walk(FarmConsole console, IPage page) : PageWalk(console, page)
{
    protected override ILocator UserBox => Page.Locator("[name=username]");
    protected override ILocator Enter => Page.Locator("button.b");
    protected override string Group => T("入侵防御", "应急响应");
    protected override string Link => T("地址黑名单", "恶意IP处置");
    protected override bool HoversMenu => Console.Version == 1;
    protected override ILocator Opener => Page.Locator("button[value=add]");
    protected override ILocator Sender => Opener;
    protected override ILocator Said => Page.Locator(".say");
    protected override string Inside => ".n";

    protected override Task PassCaptcha() => Page.Locator("[name=code]").FillAsync(Console.LastCaptcha!);

    protected override Task OpenForm() => Task.CompletedTask;

    public override async Task OpenList()
    {
        if (Console.Version == 2) await Press(Page.Locator($"a:text-is('{Link}')"));
        else await base.OpenList();
        await Page.Mouse.MoveAsync(700, 700);
    }

    protected override async Task PressDelete(ILocator row)
    {
        await Press(row.Locator("a"));
        await Press(Page.Locator("button[value=delete]"));
    }
}

internal sealed class SliderWalk(FarmConsole console, IPage page) : PageWalk(console, page)
{
    protected override ILocator Enter => Page.Locator("form > button");
    protected override string Group => "";
    protected override string Link => T("封锁攻击者IP", "黑IP库");
    protected override ILocator Opener => Page.Locator("main .p > p > .bt");
    protected override ILocator Sender => Page.Locator("#dlg .bt");
    protected override ILocator Said => Page.Locator(".ban");
    protected override string Inside => "aside";

    protected override async Task PassCaptcha()
    {
        // The picture is drawn by script: the knob is of no use before it is there.
        await Page.WaitForFunctionAsync("() => typeof ims !== 'undefined' && ims");
        var target = double.Parse(Console.LastCaptcha!, CultureInfo.InvariantCulture);
        var knob = (await Page.Locator("#knob").BoundingBoxAsync())!;
        await Page.Mouse.MoveAsync(knob.X + 19, knob.Y + 19);
        await Page.Mouse.DownAsync();
        for (var i = 1; i <= 24; i++)
        {
            var eased = Math.Sin(i / 24.0 * Math.PI / 2);
            await Page.Mouse.MoveAsync((float)(knob.X + 19 + target * eased), knob.Y + 19 + i % 3);
            await Task.Delay(20);
        }
        await Page.Mouse.UpAsync();
        await Page.Locator(".rail.ok").WaitForAsync();
    }

    protected override async Task PressDelete(ILocator row)
    {
        await row.Locator(".lk").First.ClickAsync();
        await Press(row.Locator(".pc .bt"));
    }
}

internal sealed class SingleWalk(FarmConsole console, IPage page) : PageWalk(console, page)
{
    protected override ILocator UserBox => Page.Locator("[name=j_username]");
    protected override ILocator Enter => Page.Locator("input[type=submit]");
    protected override string Group => "";
    protected override string Link => T("黑名单", "拉黑主机");
    protected override ILocator Opener => Page.Locator($".ct button:text-is('{T("增加", "登记主机")}')");
    protected override ILocator Sender => Page.Locator("button[value=add]");
    protected override ILocator Said => Page.Locator(".e");
    protected override string Inside => ".hd";

    public override async Task OpenList() => await Press(Page.Locator($".mn a:has-text('{Link}')"));

    protected override Task OpenForm() => Press(Opener);

    protected override Task PressDelete(ILocator row) => Press(row.Locator("button"));
}

internal sealed class ExpiryWalk(FarmConsole console, IPage page) : PageWalk(console, page)
{
    protected override ILocator Enter => Page.Locator("input[type=submit]");
    protected override string Group => "";
    protected override string Link => T("动态黑名单", "攻击源压制");
    protected override ILocator Content => Page.FrameLocator("iframe[name=work]").Locator("body");
    protected override ILocator Opener => Content.Locator("p > a.bt").First;
    protected override ILocator Sender => Content.Locator("form[id] input[type=submit]");
    protected override ILocator Said => Content.Locator(".say:not(:empty)");
    protected override string Inside => "iframe";

    public override async Task OpenList()
    {
        await Page.Locator($"a:text-is('{Link}')").ClickAsync();
        await Content.Locator($"h3:text-is('{Link}')").Or(Content.Locator(".gone")).First.WaitForAsync();
    }

    public override async Task<string> Add(string address, string minutes, string comment)
    {
        await Opener.ClickAsync();
        foreach (var (field, value) in new[] { ("ip", address), ("minutes", minutes), ("note", comment) }) await Content.Locator($"[name={field}]").FillAsync(value);
        await Sender.ClickAsync();
        return await Said.Or(Content.Locator(".gone")).First.InnerTextAsync();
    }

    public override async Task<string?> Row(string address)
    {
        await OpenList();
        await Content.Locator(".say:empty").WaitForAsync();
        var row = RowOf(address);
        return await row.CountAsync() == 0 ? null : await row.InnerTextAsync();
    }

    public override async Task<bool> CanAdd() => !(await Opener.GetAttributeAsync("class"))!.Contains("off", StringComparison.Ordinal);

    protected override async Task PressDelete(ILocator row)
    {
        await row.Locator("input[type=submit]").ClickAsync();
        await Said.WaitForAsync();
    }
}

internal sealed class CommitWalk(FarmConsole console, IPage page) : PageWalk(console, page)
{
    protected override ILocator Enter => Page.Locator(".bb");
    protected override string Group => T("访问控制", "封禁中心");
    protected override string Link => T("IP封堵", "封禁列表");
    protected override ILocator Opener => Page.Locator(".ct > p > .bb").First;
    protected override ILocator Sender => Page.Locator("#fm .bb").First;
    protected override ILocator Said => Page.Locator(".say");
    protected override string Inside => ".hd";

    public override async Task<string> Commit()
    {
        await Press(Page.Locator(".cm"));
        var said = Page.Locator("#pt", new() { HasTextRegex = new("成功|失败|已提交") });
        var text = await said.InnerTextAsync();
        await Page.WaitForURLAsync(url => !url.Contains("compiling", StringComparison.Ordinal));
        return text;
    }

    protected override async Task PressDelete(ILocator row)
    {
        await row.Locator(".tx").ClickAsync();
        await Press(Page.Locator("#df .bb").First);
    }
}

internal sealed class PagingWalk(FarmConsole console, IPage page) : PageWalk(console, page)
{
    protected override ILocator Enter => Page.Locator("button.pri");
    protected override string Group => "";
    protected override string Link => T("IP封堵", "阻断任务");
    protected override ILocator Opener => Page.Locator(".tool button[type=button]");
    protected override ILocator Sender => Page.Locator("#nw button.pri");
    protected override ILocator Said => Page.Locator(".alert");
    protected override string Inside => "nav";

    public override async Task<string?> Row(string address)
    {
        await OpenList();
        await Page.Locator(".tool input").FillAsync(address);
        await Press(Page.Locator(".tool .pri").First);
        var row = RowOf(address);
        return await row.CountAsync() == 0 ? null : await row.InnerTextAsync();
    }

    protected override async Task PressDelete(ILocator row)
    {
        await row.Locator(".lnk").ClickAsync();
        await Press(Page.Locator("#dl .pri"));
    }
}

internal sealed class EnglishWalk(FarmConsole console, IPage page) : PageWalk(console, page)
{
    protected override ILocator Enter => Page.Locator(".sign button");
    protected override string Group => T("Policy", "Objects");
    protected override string Link => T("Blacklist", "Blocked Hosts");
    protected override ILocator Opener => Page.Locator("main > p > button");
    protected override ILocator Sender => Page.Locator("#add button").First;
    protected override ILocator Said => throw new NotSupportedException("It speaks in native boxes.");
    protected override string Inside => "nav";

    public override async Task<string> Add(string address, string minutes, string comment)
    {
        await Opener.ClickAsync();
        foreach (var (field, value) in new[] { ("ip", address), ("minutes", minutes), ("note", comment) }) await Page.Locator($"[name={field}]").FillAsync(value);
        return await Told(() => Sender.ClickAsync());
    }

    public override Task Delete(string address) => PressDelete(RowOf(address));

    protected override async Task PressDelete(ILocator row)
    {
        await Told(() => row.Locator("button").ClickAsync(), boxes: 2);
    }

    private async Task<string> Told(Func<Task> act, int boxes = 1)
    {
        var told = new TaskCompletionSource<string>();
        EventHandler<IDialog> hear = (_, dialog) =>
        {
            _ = dialog.AcceptAsync();
            if (--boxes == 0) told.TrySetResult(dialog.Message);
        };
        Page.Dialog += hear;
        await act();
        var text = await told.Task.WaitAsync(TimeSpan.FromSeconds(30));
        Page.Dialog -= hear;
        return text;
    }
}

internal sealed class SlowWalk(FarmConsole console, IPage page) : PageWalk(console, page)
{
    protected override ILocator Enter => Page.Locator("input[type=submit]");
    protected override string Group => "";
    protected override string Link => T("IP黑名单", "禁止访问地址");
    protected override ILocator Opener => Page.Locator($"input[value='{T("添加", "加入")}']");
    protected override ILocator Sender => Opener;
    protected override ILocator Said => Page.Locator("center font");
    protected override string Inside => "a[href='/logout']";

    protected override Task OpenForm() => Task.CompletedTask;

    protected override Task PressDelete(ILocator row) => Press(row.Locator("input[type=submit]"));
}

internal sealed class OldTlsWalk(FarmConsole console, IPage page) : PageWalk(console, page)
{
    protected override ILocator Enter => Page.Locator(".lb");
    protected override string Group => "";
    protected override string Link => T("登录黑名单", "拒绝接入地址");
    protected override ILocator Opener => Page.Locator("button[value=add]");
    protected override ILocator Sender => Opener;
    protected override ILocator Said => Page.Locator(".le");
    protected override string Inside => ".tr";

    protected override Task OpenForm() => Task.CompletedTask;

    protected override async Task PressDelete(ILocator row)
    {
        await row.Locator("input").CheckAsync();
        await Press(Page.Locator("button[value=delete]"));
    }
}

internal sealed class TotpWalk(FarmConsole console, IPage page) : PageWalk(console, page)
{
    protected override ILocator Enter => Page.Locator("button");
    protected override string Group => T("威胁响应", "风险处置");
    protected override string Link => T("联动封锁", "隔离来源");
    protected override bool HoversMenu => true;
    protected override ILocator Opener => Page.Locator("summary");
    protected override ILocator Sender => Page.Locator("button[value=add]");
    protected override ILocator Said => Page.Locator(".ok");
    protected override string Inside => ".top";

    public override async Task SignIn(FarmAccount account)
    {
        await TypePassword(account, account.Password);
        await Page.Locator("[name=otp]").FillAsync(Totp.Code(account.TotpSeed!, TimeProvider.System.GetUtcNow()));
        await Press(Page.Locator("button"));
    }

    public override async Task<bool> CanAdd() => await Opener.GetAttributeAsync("class") != "off";

    protected override async Task OpenForm()
    {
        if (!await Sender.IsVisibleAsync()) await Opener.ClickAsync();
    }

    protected override ILocator RowOf(string address) => Page.Locator($".ent:has(h4:text-is('{address}'))");

    protected override async Task PressDelete(ILocator row)
    {
        await row.Locator("[name=sure]").CheckAsync();
        await Press(row.Locator("button"));
    }
}
