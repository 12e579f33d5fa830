using System.Net;
using System.Net.Sockets;
using System.Text;
using Juming.Platform.Access.SignIn;
using Juming.Platform.Handlers;
using Juming.Platform.Notify;
using Juming.Site.Assets.Change;
using Juming.Site.Events.Find;
using Juming.Site.Incidents.Change;
using Juming.Site.Incidents.List;
using Juming.Site.Tickets.Work;
using Microsoft.Extensions.DependencyInjection;

namespace Juming.Testing.Canaries;

/// <summary>Puts tokens wherever a customer's data comes into a site: on the wire, into the console, into forms, and into all that goes wrong on the way.</summary>
internal sealed class CanarySite(RunningTier site, int port, IReadOnlyList<string> tokens)
{
    private int _next;

    /// <summary>How many were planted where.</summary>
    public Dictionary<string, int> Planted { get; } = [];

    /// <summary>Plants all tokens: most of them in logs, the rest in the console.</summary>
    public async Task Plant(CancellationToken ct)
    {
        await Logs(tokens.Count * 6 / 10, ct);
        await Calls(tokens.Count * 15 / 100, ct);
        await SignIns(Math.Max(4, tokens.Count / 100), ct);
        await Forms(tokens.Count / 10, ct);
        await Searches(tokens.Count - _next - 20, ct);
        await Notices(tokens.Count - _next, ct);
    }

    /// <summary>Comments on all incidents, and changes them: each makes a summary.</summary>
    public async Task Work(string text)
    {
        foreach (var incident in (await site.Send(new ListIncidents())).Value.Items)
            await site.Send(new CommentIncident(incident.Id, text));
    }

    private string Token(string where)
    {
        Planted[where] = Planted.GetValueOrDefault(where) + 1;
        return tokens[_next++ % tokens.Count];
    }

    private async Task Logs(int count, CancellationToken ct)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port, ct);
        var now = TimeProvider.System.GetUtcNow().AddHours(8);
        var first = _next;
        for (var i = 0; _next - first < count; i++)
            await client.GetStream().WriteAsync(Encoding.UTF8.GetBytes(Line(i, now.AddSeconds(-20 + (i % 20)).ToString("MMM dd HH:mm:ss", System.Globalization.CultureInfo.InvariantCulture)) + "\n"), ct);
        await client.GetStream().FlushAsync(ct);
    }

    /// <summary>One line, of the kinds that sites send; some are broken on purpose.</summary>
    private string Line(int number, string time) => (number % 9) switch
    {
        0 or 1 or 2 => $"<38>{time} web01 sshd[{900 + number}]: Failed password for {Token("log: user")} from 203.0.113.{10 + (number % 3)} port {40001 + (number % 20000)} ssh2",
        3 => $"<38>{time} {Token("log: host")} sshd[{900 + number}]: Accepted password for root from 203.0.113.9 port 40001 ssh2",
        4 => $"<134>{time} web02 nginx: 198.51.100.7 - {Token("log: user")} [28/Nov/2026:15:00:00 +0800] \"GET /{Token("log: url")}?file={Token("log: file")}.exe HTTP/1.1\" 500 12 \"http://{Token("log: referrer")}/\" \"{Token("log: agent")}\"",
        5 => $"<13>{time} app01 {Token("log: message")}",
        6 => $"<85>{time} db01 postgres: ERROR: relation \"{Token("log: sql")}\" does not exist at character 15 STATEMENT: select password from {Token("log: sql")}",
        7 => $"CEF:0|Vendor|Product|1|{Token("log: broken")}|=|= src= {Token("log: broken")}\\",
        _ => $"<99999>{Token("log: broken")}\0\u001b[31m{Token("log: broken")}",
    };

    private async Task Calls(int count, CancellationToken ct)
    {
        using var client = site.Client();
        for (var first = _next; _next - first < count;)
        {
            using var call = new HttpRequestMessage(HttpMethod.Post, new Uri($"/api/{Token("call: path")}/x?{Token("call: query")}={Token("call: query")}", UriKind.Relative)) { Content = new StringContent($$"""{"a": "{{Token("call: body")}}", """) };
            call.Headers.TryAddWithoutValidation("X-" + Token("call: header"), Token("call: header"));
            call.Headers.TryAddWithoutValidation("Authorization", "Bearer " + Token("call: password"));
            using var answer = await client.SendAsync(call, ct);
        }
    }

    private async Task SignIns(int count, CancellationToken ct)
    {
        for (var i = 0; i < count; i++)
        {
            ct.ThrowIfCancellationRequested();
            await site.Send(new SignIn(Token("sign-in: user"), new Secret(Token("sign-in: password"))));
        }
    }

    private async Task Forms(int count, CancellationToken ct)
    {
        for (var first = _next; _next - first < count;)
        {
            ct.ThrowIfCancellationRequested();
            await site.Send(new EnterAsset(Token("form: asset"), "10.1.2." + (_next % 250), Token("form: host")) { Business = Token("form: business") });
            await site.Send(new OpenTicket(Token("form: ticket"), Token("form: ticket")));
            await site.Send(new CommentIncident(Guid.NewGuid(), Token("form: refused")));
        }
    }

    private async Task Searches(int count, CancellationToken ct)
    {
        var now = TimeProvider.System.GetUtcNow();
        for (var first = _next; _next - first < count;)
        {
            ct.ThrowIfCancellationRequested();
            await site.Send(new FindEvents((_next % 3) switch { 0 => $"user = '{Token("search: broken")}", 1 => $"nofield:{Token("search: unknown")} AND (", _ => Token("search") }, now.AddHours(-1), now));
        }
    }

    private async Task Notices(int count, CancellationToken ct)
    {
        for (var i = 0; i < count; i++)
            await site.Services.GetRequiredService<INotices>().Post(new Notice { Code = "links.alarm", Weight = NoticeWeight.Information, Private = new Dictionary<string, string> { ["from"] = Token("notice") } }, ct);
    }
}
