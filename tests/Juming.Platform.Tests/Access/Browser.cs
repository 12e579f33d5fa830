using System.Net;
using System.Text.RegularExpressions;
using Juming.Testing;
using OtpNet;

namespace Juming.Platform.Tests.Access;

/// <summary>A person at a browser without script: loads forms, fills them in, follows redirects by hand.</summary>
internal sealed class Browser(RunningTier tier) : IDisposable
{
    private readonly HttpClient _http = tier.Client(followRedirects: false);

    public HttpStatusCode Status { get; private set; }

    public string Text { get; private set; } = "";

    public string? Location { get; private set; }

    public HttpResponseMessage Last { get; private set; } = null!;

    public async Task Open(string path, Action<HttpRequestMessage>? change = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        change?.Invoke(request);
        await Take(await _http.SendAsync(request));
    }

    /// <summary>Loads the form at a path, fills it in and sends it.</summary>
    public async Task Submit(string path, params (string Name, string Value)[] fields)
    {
        await Open(path);
        await Send(path, fields);
    }

    /// <summary>Sends the form of the page that is open.</summary>
    public async Task Send(string path, (string Name, string Value)[] fields, Action<HttpRequestMessage>? change = null)
    {
        var all = Regex.Matches(Text, "<input type=\"hidden\" name=\"([^\"]+)\" value=\"([^\"]*)\"").ToDictionary(m => m.Groups[1].Value, m => WebUtility.HtmlDecode(m.Groups[2].Value));
        foreach (var (name, value) in fields) all[name] = value;
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new FormUrlEncodedContent(all) };
        change?.Invoke(request);
        await Take(await _http.SendAsync(request));
    }

    /// <summary>Enrols the second factor that the open sign-in asks for; returns its key.</summary>
    public async Task<byte[]> Enrol()
    {
        await Open("/enrol");
        var key = Base32Encoding.ToBytes(Regex.Match(Text, "data-testid=\"totp-key\">([A-Z2-7]+)").Groups[1].Value);
        await Send("/enrol", [("code", new Totp(key).ComputeTotp())]);
        return key;
    }

    public IReadOnlyList<string> RecoveryCodes => [.. Regex.Matches(Text, "<code>([a-z0-9]{4}-[a-z0-9]{4}-[a-z0-9]{4})</code>").Select(m => m.Groups[1].Value)];

    public void Dispose()
    {
        Last?.Dispose();
        _http.Dispose();
    }

    private async Task Take(HttpResponseMessage response)
    {
        Last?.Dispose();
        Last = response;
        (Status, Location) = (response.StatusCode, response.Headers.Location?.ToString());
        Text = WebUtility.HtmlDecode(await response.Content.ReadAsStringAsync());
    }
}
