using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace Juming.Platform.Notify.Channels.Senders;

/// <summary>Access tokens of WeCom applications, one fetch at a time: the messenger limits how often they may be asked for.</summary>
internal sealed class WeComTokens(MessengerHttp http, TimeProvider clock)
{
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<string, Entry> _entries = new();

    /// <summary>A token.</summary>
    /// <param name="call">Whose.</param>
    /// <param name="refused">The token that was just refused; another one is fetched unless somebody did meanwhile.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<(string Token, SendOutcome? Failure)> Get(ChannelAccess call, string? refused, CancellationToken ct)
    {
        var entry = _entries.GetOrAdd(KeyOf(call), _ => new Entry());
        await entry.Turn.WaitAsync(ct);
        try
        {
            if (entry.Token.Length > 0 && entry.Token != refused && clock.GetUtcNow() < entry.Until) return (entry.Token, null);
            entry.Token = "";
            var (answer, failure) = await http.Ask(call.Address("/cgi-bin/gettoken", ("corpid", call.Settings["corp"]), ("corpsecret", call.Secrets["secret"])), null, ct);
            if (failure is not null) return ("", failure);
            if (answer.Number("errcode") is { } code and not 0) return ("", WeComAnswer.Of(answer) is { End: not SendEnd.Sent } refusal ? refusal : SendOutcome.Later("messenger", code.ToString(System.Globalization.CultureInfo.InvariantCulture)));
            if (answer.Text("access_token") is not { Length: > 0 } token) return ("", SendOutcome.Later("not-json", null));
            (entry.Token, entry.Until) = (token, clock.GetUtcNow() + TimeSpan.FromSeconds(answer.Number("expires_in") ?? 7200) - Margin);
            return (token, null);
        }
        finally
        {
            entry.Turn.Release();
        }
    }

    // Of the secret only a hash is kept, so that a changed secret is another entry.
    private static string KeyOf(ChannelAccess call) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{call.Settings["address"]}\n{call.Settings["corp"]}\n{call.Secrets["secret"]}")));

    private sealed class Entry
    {
        public SemaphoreSlim Turn { get; } = new(1, 1);
        public string Token { get; set; } = "";
        public DateTimeOffset Until { get; set; }
    }
}
