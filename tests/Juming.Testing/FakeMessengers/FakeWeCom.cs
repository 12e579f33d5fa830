using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Juming.Testing.FakeMessengers;

/// <summary>WeCom's accounts, its cards as people see them, and the calls that it makes.</summary>
public sealed class FakeWeCom(Func<DateTimeOffset> now)
{
    private static readonly TimeSpan CodeLife = TimeSpan.FromHours(72);
    private readonly ConcurrentDictionary<string, (string Task, DateTimeOffset Until)> _codes = new();
    private int _fetches;
    private int _number;

    /// <summary>Key of the robot.</summary>
    public string RobotKey { get; set; } = "robot-key";

    /// <summary>Corporation.</summary>
    public string Corp { get; set; } = "corp-1";

    /// <summary>Secret of the application.</summary>
    public string Secret { get; set; } = "app-secret";

    /// <summary>Application.</summary>
    public long Agent { get; set; } = 1000002;

    /// <summary>Token of its calls.</summary>
    public string CallToken { get; set; } = "call-token-1";

    /// <summary>EncodingAESKey of its calls.</summary>
    public string CallKey { get; set; } = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C";

    /// <summary>People who can be reached.</summary>
    public HashSet<string> Users { get; } = ["anna", "bert"];

    /// <summary>How often a token was asked for.</summary>
    public int Fetches => _fetches;

    /// <summary>The token that is taken.</summary>
    public string Token { get; private set; } = "none";

    /// <summary>Messages that were dropped as repeated.</summary>
    public int Duplicates { get; set; }

    /// <summary>What stands in the place of a card's buttons, by card and person.</summary>
    public ConcurrentDictionary<(string Task, string User), string> Said { get; } = new();

    /// <summary>Changes of cards that were asked for.</summary>
    public ConcurrentQueue<(string Task, string User, string Words)> Changes { get; } = new();

    internal HashSet<string> Seen { get; } = [];

    /// <summary>The token is no longer taken.</summary>
    public void Expire() => Token = "expired";

    /// <summary>No code of a card is taken any more.</summary>
    public void ForgetCodes() => _codes.Clear();

    /// <summary>The call by which WeCom tells of a press.</summary>
    /// <param name="user">Who.</param>
    /// <param name="task">The card.</param>
    /// <param name="key">The button.</param>
    /// <param name="at">When.</param>
    public FakeCall Press(string user, string task, string key, DateTimeOffset? at = null) => Seal(PressText(user, task, key, at ?? now()));

    /// <summary>What a press says inside.</summary>
    public string PressText(string user, string task, string key, DateTimeOffset at) =>
        $"<xml><ToUserName><![CDATA[{Corp}]]></ToUserName><FromUserName><![CDATA[{user}]]></FromUserName><CreateTime>{at.ToUnixTimeSeconds()}</CreateTime><MsgType><![CDATA[event]]></MsgType><Event><![CDATA[template_card_event]]></Event>" +
        $"<EventKey><![CDATA[{key}]]></EventKey><TaskId><![CDATA[{task}]]></TaskId><CardType><![CDATA[button_interaction]]></CardType><ResponseCode><![CDATA[{NewCode(task)}]]></ResponseCode><AgentID>{Agent}</AgentID>" +
        "<SelectedItems><SelectedItem><QuestionKey>q</QuestionKey><OptionIds><OptionId>o</OptionId></OptionIds></SelectedItem></SelectedItems></xml>";

    /// <summary>The call by which WeCom proves an address.</summary>
    public FakeCall Prove(string text = "1616140317555161061") => Seal(text);

    /// <summary>Seals and signs as WeCom does, or with parts of somebody else.</summary>
    public FakeCall Seal(string text, string? receiver = null, DateTimeOffset? at = null, string? nonce = null, string? token = null)
    {
        var key = Convert.FromBase64String(CallKey + "=");
        var message = Encoding.UTF8.GetBytes(text);
        var length = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, message.Length);
        byte[] plain = [.. RandomNumberGenerator.GetBytes(16), .. length, .. message, .. Encoding.UTF8.GetBytes(receiver ?? Corp)];
        var padding = 32 - (plain.Length % 32);
        using var aes = Aes.Create();
        aes.Key = key;
        var encrypted = Convert.ToBase64String(aes.EncryptCbc([.. plain, .. Enumerable.Repeat((byte)padding, padding)], key.AsSpan(0, 16), PaddingMode.None));
        return Sign(encrypted, at, nonce, token);
    }

    /// <summary>Signs what is sealed already.</summary>
    public FakeCall Sign(string encrypted, DateTimeOffset? at = null, string? nonce = null, string? token = null)
    {
        var timestamp = (at ?? now()).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        nonce ??= RandomNumberGenerator.GetInt32(int.MaxValue).ToString(CultureInfo.InvariantCulture);
        string[] parts = [token ?? CallToken, timestamp, nonce, encrypted];
        Array.Sort(parts, StringComparer.Ordinal);
#pragma warning disable CA5350 // The protocol's own.
        return new FakeCall(Convert.ToHexStringLower(SHA1.HashData(Encoding.UTF8.GetBytes(string.Concat(parts)))), timestamp, nonce, encrypted, Corp, Agent);
#pragma warning restore CA5350
    }

    internal string NewToken()
    {
        Interlocked.Increment(ref _fetches);
        return Token = "token-" + Interlocked.Increment(ref _number).ToString(CultureInfo.InvariantCulture);
    }

    internal string NewCode(string task)
    {
        var code = "code-" + RandomNumberGenerator.GetHexString(12);
        _codes[code] = (task, now() + CodeLife);
        return code;
    }

    /// <summary>The card of a code, once.</summary>
    internal string? Spend(string code) => _codes.TryRemove(code, out var kept) && kept.Until > now() ? kept.Task : null;
}

/// <summary>A call of WeCom.</summary>
public sealed record FakeCall(string Signature, string Timestamp, string Nonce, string Encrypted, string Corp, long Agent)
{
    /// <summary>The query of a POST.</summary>
    public string Query => $"?msg_signature={Signature}&timestamp={Timestamp}&nonce={Uri.EscapeDataString(Nonce)}";

    /// <summary>The query of a GET.</summary>
    public string ProvingQuery => Query + "&echostr=" + Uri.EscapeDataString(Encrypted);

    /// <summary>The body of a POST.</summary>
    public string Body => $"<xml><ToUserName><![CDATA[{Corp}]]></ToUserName><Encrypt><![CDATA[{Encrypted}]]></Encrypt><AgentID><![CDATA[{Agent}]]></AgentID></xml>";

    /// <summary>Makes it.</summary>
    public Task<HttpResponseMessage> Post(HttpClient client, string path)
    {
        ArgumentNullException.ThrowIfNull(client);
        return client.PostAsync(path + Query, new StringContent(Body, Encoding.UTF8, "text/xml"));
    }
}
