using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Juming.Platform.Notify.Posting;

namespace Juming.Platform.Notify.Channels.Senders;

/// <summary>A robot in a Feishu group: a card of plain texts, which shows marks as they are.</summary>
internal sealed class FeishuSender(MessengerHttp http, TimeProvider clock) : IChannelSender
{
    // 20 KB of the whole body.
    private const int MostBytes = 8000;

    public ChannelKind Kind => ChannelKind.FeishuRobot;

    public async Task<SendOutcome> Send(ChannelCall call, CancellationToken ct)
    {
        var body = new Dictionary<string, object> { ["msg_type"] = "interactive", ["card"] = Card(call.Message) };
        if (call.Secrets.GetValueOrDefault("sign") is { Length: > 0 } secret)
        {
            // Seconds, and the text is the key over nothing: the other way round than DingTalk.
            var timestamp = clock.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
            body["timestamp"] = timestamp;
            body["sign"] = Convert.ToBase64String(HMACSHA256.HashData(Encoding.UTF8.GetBytes(timestamp + "\n" + secret), Array.Empty<byte>()));
        }
        var (answer, failure) = await http.Ask(call.Address("/open-apis/bot/v2/hook/" + Uri.EscapeDataString(call.Secrets["hook"])), body, ct);
        if (failure is not null) return failure;
        var said = string.Create(CultureInfo.InvariantCulture, $"{answer.Number("code")} {answer.Text("msg")}");
        return answer.Number("code") switch
        {
            0 => SendOutcome.Sent(),
            11232 or 99991400 => SendOutcome.Throttled(said, TimeSpan.FromMinutes(1)),
            19021 => SendOutcome.Refused("signature", said),
            19022 => SendOutcome.Refused("ip-not-trusted", said),
            19001 => SendOutcome.Refused("credentials", said),
            null => SendOutcome.Later("not-json", null),
            _ => SendOutcome.Refused("messenger", said),
        };
    }

    private static object Card(Message message)
    {
        var text = message.Text.Length == 0 ? PlainMessage.Foot(message) : message.Text + "\n" + PlainMessage.Foot(message);
        var elements = new List<object> { new { tag = "div", text = Plain(PlainText.CutBytes(text, MostBytes, NotifyTexts.In(message.Culture, "Message.Cut"))) } };
        if (message.Url is { } url) elements.Add(new { tag = "action", actions = new[] { new { tag = "button", text = Plain(NotifyTexts.In(message.Culture, "Message.Open")), url, type = "primary" } } });
        var color = message.Weight switch { NoticeWeight.Critical => "red", NoticeWeight.Urgent => "orange", NoticeWeight.Warning => "yellow", _ => "blue" };
        return new { header = new { title = Plain(PlainText.CutBytes(message.Subject, 500, "…")), template = color }, elements };
    }

    private static object Plain(string content) => new { tag = "plain_text", content };
}
