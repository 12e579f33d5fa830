using Juming.Testing.Farm;
using Microsoft.Playwright;

namespace Juming.Browser.Tests.Farm;

internal sealed class FramesWalk(FarmConsole console, IPage page) : Walk(console, page)
{
    private IFrameLocator Main => Page.FrameLocator("frame[name=mainFrame]");
    private IFrameLocator Menu => Page.FrameLocator("frame[name=menuFrame]");

    public override async Task TypePassword(FarmAccount account, string password)
    {
        await Page.GotoAsync(Console.PlainAddress.ToString());
        await Page.Locator("input:not([type])").FillAsync(account.User);
        await Page.Locator("input[type=password]").FillAsync(password);
        await Page.Locator(T("input[type=submit]", "text=进入系统")).ClickAsync();
        await Page.WaitForLoadStateAsync();
    }

    public override async Task<bool> IsInside() => await Page.Locator("frame[name=mainFrame]").CountAsync() > 0;

    public override async Task OpenList()
    {
        var link = Menu.Locator("text=" + T("黑名单设置", "IP封堵"));
        if (!await link.IsVisibleAsync()) await Menu.Locator("text=" + T("安全策略", "防护配置")).ClickAsync();
        await link.ClickAsync();
        await Main.Locator(".bar", new() { HasText = T("黑名单设置", "IP封堵") }).WaitForAsync();
    }

    public override async Task<string> Add(string address, string minutes, string comment)
    {
        await Main.Locator($"input[value='{T("添加", "新 增")}']").ClickAsync();
        foreach (var (label, value) in new[] { (T("IP地址", "源IP"), address), (T("有效期", "封禁时长"), minutes), (T("备注", "说明"), comment) })
            await Main.Locator($"tr:has(> td:text-is('{label}')) input").FillAsync(value);
        await Main.Locator($"input[value='{T("确定", "保存")}']").ClickAsync();
        var said = Main.Locator(".ok,.bad").Filter(new() { HasTextRegex = new(@"\S") });
        return await said.First.InnerTextAsync();
    }

    public override async Task<string?> Row(string address)
    {
        await OpenList();
        var row = Main.Locator($"tr:has(td:text-is('{address}'))");
        return await row.CountAsync() == 0 ? null : await row.InnerTextAsync();
    }

    public override async Task Delete(string address)
    {
        Page.Dialog += Accept;
        await Main.Locator($"tr:has(td:text-is('{address}')) a").ClickAsync();
        await Main.Locator(".ok", new() { HasText = "成功" }).WaitForAsync();
        Page.Dialog -= Accept;
    }

    public override Task SignOut() => Page.FrameLocator("frame[name=topFrame]").Locator("text=" + T("退出", "注销")).ClickAsync();

    public override Task<bool> CanAdd() => Main.Locator($"input[value='{T("添加", "新 增")}']").IsEnabledAsync();

    private static void Accept(object? sender, IDialog dialog) => _ = dialog.AcceptAsync();
}

internal sealed class LayerWalk(FarmConsole console, IPage page) : Walk(console, page)
{
    public override async Task TypePassword(FarmAccount account, string password)
    {
        await Page.GotoAsync(Console.PlainAddress.ToString());
        await Page.Locator("#username").FillAsync(account.User);
        await Page.Locator("#passwd").FillAsync(password);
        await Page.Locator("#agree").CheckAsync();
        await Page.Locator("#sub").ClickAsync();
        await Page.Locator(".msg,.side").First.WaitForAsync();
    }

    public override async Task<bool> IsInside() => await Page.Locator(".side").CountAsync() > 0;

    public override async Task OpenList()
    {
        var link = Page.Locator("[data-p=b]");
        var group = Page.Locator(".side span", new() { HasText = T("访问控制", "名单管理") });
        if (Console.Version == 2) await group.HoverAsync();
        else if (!await link.IsVisibleAsync()) await group.ClickAsync();
        await link.ClickAsync();
        await Page.Locator("#cnt", new() { HasText = "共" }).WaitForAsync();
    }

    public override async Task<string> Add(string address, string minutes, string comment)
    {
        await Page.Locator(".tool .b").First.ClickAsync();
        await Page.GetByLabel(T("IP地址", "客户端IP")).FillAsync(address);
        var length = Page.Locator(".layer .row", new() { HasText = T("有效期", "封禁时长") });
        if (Console.Version == 2) await length.Locator("select").SelectOptionAsync(minutes);
        else await length.Locator("input").FillAsync(minutes);
        await Page.GetByLabel(T("描述", "备注")).FillAsync(comment);
        await Forget(".msg");
        await Page.Locator(".layer .ok").ClickAsync();
        var said = await Page.Locator(".msg").Last.InnerTextAsync();
        await Page.Locator(".layer .no").EvaluateAllAsync<object?>("all => all.forEach(e => e.click())");
        return said;
    }

    public override async Task<string?> Row(string address)
    {
        await OpenList();
        var row = Page.Locator($"tr:has(td:text-is('{address}'))");
        return await row.CountAsync() == 0 ? null : await row.InnerTextAsync();
    }

    public override async Task Delete(string address)
    {
        await Page.Locator($"tr:has(td:text-is('{address}')) button").ClickAsync();
        await Page.Locator(".layer .ok").ClickAsync();
        await Page.Locator(".msg", new() { HasText = T("删除成功", "已移除") }).Last.WaitForAsync();
    }

    public override async Task SignOut()
    {
        await Page.Locator("#out").ClickAsync();
        await Page.Locator("#username").WaitForAsync();
    }

    public override Task<bool> CanAdd() => Page.Locator(".tool .b").First.IsEnabledAsync();
}

internal sealed class HashWalk(FarmConsole console, IPage page) : Walk(console, page)
{
    public override async Task TypePassword(FarmAccount account, string password)
    {
        await Page.GotoAsync(Console.PlainAddress.ToString());
        await Page.Locator("input").First.FillAsync(account.User);
        await Page.Locator("input[type=password]").FillAsync(password);
        await Page.Locator(".login .btn").ClickAsync();
        await Page.Locator(".err:not(:empty), nav").First.WaitForAsync();
    }

    public override async Task<bool> IsInside() => await Page.Locator("nav").CountAsync() > 0;

    public override async Task OpenList()
    {
        var item = Page.Locator("nav .i", new() { HasText = T("联动封锁", "动态黑名单") });
        if (!await item.IsVisibleAsync()) await Page.Locator("nav .g", new() { HasText = T("响应处置", "对象与处置") }).ClickAsync();
        await item.ClickAsync();
        await Page.Locator("h2", new() { HasText = T("联动封锁", "动态黑名单") }).WaitForAsync();
    }

    public override async Task<string> Add(string address, string minutes, string comment)
    {
        await Page.Locator("[data-a=new]").ClickAsync();
        foreach (var (field, value) in new[] { ("ip", address), ("min", minutes), ("note", comment) }) await Page.Locator($"[data-f={field}]").FillAsync(value);
        await Forget(".toast");
        await Page.Locator("[data-a=ok]").ClickAsync();
        var said = await Page.Locator(".toast").Last.InnerTextAsync();
        await Page.Locator("[data-a=no]").EvaluateAllAsync<object?>("all => all.forEach(e => e.click())");
        return said;
    }

    public override async Task<string?> Row(string address)
    {
        await OpenList();
        await Page.Locator(".tb input").FillAsync(address);
        await Page.Locator("[data-a=q]").ClickAsync();
        await Page.WaitForLoadStateAsync(LoadState.NetworkIdle);
        var row = Page.Locator("tr, .r").Filter(new() { Has = Page.Locator($"td:text-is('{address}'), span:text-is('{address}')") });
        return await row.CountAsync() == 0 ? null : await row.InnerTextAsync();
    }

    public override async Task Delete(string address)
    {
        await Page.Locator("tr, .r").Filter(new() { HasText = address }).Locator(".lk").ClickAsync();
        await Page.Locator(".pop .btn").First.ClickAsync();
        await Page.Locator(".toast", new() { HasText = "成功" }).Last.WaitForAsync();
    }

    public override async Task SignOut()
    {
        await Page.Locator("#out").ClickAsync();
        await Page.Locator(".login").WaitForAsync();
    }

    public override async Task<bool> CanAdd() => !(await Page.Locator("[data-a=new]").GetAttributeAsync("class"))!.Contains("is-disabled", StringComparison.Ordinal);
}
