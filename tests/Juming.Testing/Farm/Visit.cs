using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Juming.Testing.Farm;

/// <summary>One request to a device, with what a device's pages need of it.</summary>
internal sealed class Visit
{
    private static readonly JsonSerializerOptions Plain = new(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly FarmConsole _console;
    private readonly Dictionary<string, string> _values;
    private bool _changed;

    private Visit(FarmConsole console, HttpContext http, Dictionary<string, string> values)
    {
        _console = console;
        Http = http;
        _values = values;
        Session = console.SignIns.Find(console.SessionId(http));
        if (IsPage && Session is { IsOpen: true }) Session.Pages++;
    }

    public HttpContext Http { get; }

    public Session? Session { get; private set; }

    /// <summary>The session, if somebody is signed in.</summary>
    public Session? Open => Session is { IsOpen: true } ? Session : null;

    public string Path => Http.Request.Path.Value ?? "/";

    public bool IsPost => HttpMethods.IsPost(Http.Request.Method);

    /// <summary>Not a picture.</summary>
    public bool IsPage => !Path.Contains("captcha", StringComparison.OrdinalIgnoreCase) && !Path.Contains("code", StringComparison.OrdinalIgnoreCase) && !Path.EndsWith(".ico", StringComparison.Ordinal);

    /// <summary>A value of form, JSON or query; empty where it is missing.</summary>
    public string this[string name] => _values.GetValueOrDefault(name, "");

    public static async Task<Visit> Read(FarmConsole console, HttpContext http)
    {
        var values = http.Request.Query.ToDictionary(q => q.Key, q => q.Value.ToString());
        if (http.Request.HasFormContentType)
        {
            foreach (var field in await http.Request.ReadFormAsync(http.RequestAborted)) values[field.Key] = field.Value.ToString();
        }
        else if (http.Request.HasJsonContentType())
        {
            try
            {
                var json = await JsonSerializer.DeserializeAsync<Dictionary<string, JsonElement>>(http.Request.Body, cancellationToken: http.RequestAborted) ?? [];
                foreach (var (name, value) in json) values[name] = value.ToString();
            }
            catch (JsonException)
            {
                values["__bad"] = "1";
            }
        }
        return new Visit(console, http, values);
    }

    /// <summary>The session of this browser, made now where there is none; its cookie goes out with the answer.</summary>
    public Session Begin()
    {
        if (Session is null)
        {
            Session = _console.SignIns.Fresh();
            Http.Response.Cookies.Append(_console.Cookie, Session.Id, new CookieOptions { HttpOnly = true, Path = "/" });
        }
        return Session;
    }

    public void End()
    {
        if (Session is not null) _console.SignIns.Close(Session);
        Http.Response.Cookies.Delete(_console.Cookie);
        Session = null;
    }

    public AddOutcome Add(FarmList list, string address, string? minutes, string comment)
    {
        _changed = true;
        return list.Add(Open!, address, minutes, comment);
    }

    public bool Delete(FarmList list, string? id)
    {
        _changed = true;
        return list.Delete(Open!, id);
    }

    /// <summary>The second press, where the device wants one.</summary>
    public bool Commit()
    {
        _changed = true;
        var session = Open!;
        var failed = _console.Faults.TakeCommitFailure();
        var done = !failed && session.Account.Role == FarmRole.Administrator && !_console.Faults.FakeSuccess;
        if (done)
        {
            _console.Blocks.Commit();
            _console.Allows.Commit();
        }
        _console.TruthLog.Add(session.User, "commit", "", done ? "done" : failed ? "failed" : "refused");
        return !failed;
    }

    /// <summary>Something that nobody came for, such as a restart of the device.</summary>
    public void Harm(string act, string target = "")
    {
        _changed = true;
        _console.TruthLog.Add(Open?.User ?? "(nobody)", act, target, Open?.Account.Role == FarmRole.Administrator ? "done" : "refused");
    }

    /// <summary>The address of the page that sent this request is one of the device's own.</summary>
    public bool ComesFromOwnPage => Uri.TryCreate(Http.Request.Headers.Referer.ToString(), UriKind.Absolute, out var from) && from.Authority == Http.Request.Host.Value;

    public Task Html(string html, int status = 200) => Send("text/html; charset=utf-8", Encoding.UTF8.GetBytes(html), status);

    public Task Json(object value, int status = 200) => Send("application/json; charset=utf-8", JsonSerializer.SerializeToUtf8Bytes(value, Plain), status);

    public Task Script(string script) => Send("text/javascript; charset=utf-8", Encoding.UTF8.GetBytes(script), 200);

    public Task Picture(byte[] png) => Send("image/png", png, 200);

    public Task NotFound() => Send("text/html; charset=utf-8", "<html><head><title>404 Not Found</title></head><body><h1>404 Not Found</h1><hr></body></html>"u8.ToArray(), 404);

    public Task Redirect(string path)
    {
        if (IsCut()) return Task.CompletedTask;
        Http.Response.Redirect(path);
        return Task.CompletedTask;
    }

    /// <summary>Text made harmless for a page.</summary>
    public static string H(string? text) => WebUtility.HtmlEncode(text ?? "");

    /// <summary>An instant as devices write it.</summary>
    public static string When(DateTimeOffset at) => at.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    private Task Send(string type, byte[] body, int status)
    {
        if (IsCut()) return Task.CompletedTask;
        Http.Response.StatusCode = status;
        Http.Response.ContentType = type;
        Http.Response.Headers.CacheControl = "no-store";
        Http.Response.ContentLength = body.Length;
        return Http.Response.Body.WriteAsync(body, Http.RequestAborted).AsTask();
    }

    private bool IsCut()
    {
        if (!_changed || !_console.Faults.TakeCut(_console.Clock.GetUtcNow())) return false;
        Http.Abort();
        return true;
    }
}
