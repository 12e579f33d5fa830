using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Juming.Platform.Notify.Channels.Senders;

/// <summary>A robot in a DingTalk group, with its signature where one is set.</summary>
internal sealed class DingTalkSender(MessengerHttp http, TimeProvider clock) : IChannelSender
{
    // 20,000 bytes of the whole body; escapes may double a text.
    private const int MostBytes = 8000;

    // Who sends too fast is shut out for ten minutes.
    private static readonly TimeSpan Punishment = TimeSpan.FromMinutes(10);

    public ChannelKind Kind => ChannelKind.DingTalkRobot;

    public async Task<SendOutcome> Send(ChannelCall call, CancellationToken ct)
    {
        var token = ("access_token", call.Secrets["token"]);
        var address = call.Address("/robot/send", token);
        if (call.Secrets.GetValueOrDefault("sign") is { Length: > 0 } secret)
        {
            var timestamp = clock.GetUtcNow().ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
            var sign = Convert.ToBase64String(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(timestamp + "\n" + secret)));
            address = call.Address("/robot/send", token, ("timestamp", timestamp), ("sign", sign));
        }
        var (answer, failure) = await http.Ask(address, new { msgtype = "text", text = new { content = PlainMessage.Of(call.Message, MostBytes) } }, ct);
        if (failure is not null) return failure;
        var said = string.Create(CultureInfo.InvariantCulture, $"{answer.Number("errcode")} {answer.Text("errmsg")}");
        return answer.Number("errcode") switch
        {
            0 => SendOutcome.Sent(),
            410100 or 130101 => SendOutcome.Throttled(said, Punishment),
            -1 => SendOutcome.Later("busy", said),
            310000 => SendOutcome.Refused(answer.Text("errmsg").Contains("sign", StringComparison.OrdinalIgnoreCase) || answer.Text("errmsg").Contains("timestamp", StringComparison.OrdinalIgnoreCase) ? "signature" : "messenger", said),
            300001 or 400101 => SendOutcome.Refused("credentials", said),
            null => SendOutcome.Later("not-json", null),
            _ => SendOutcome.Refused("messenger", said),
        };
    }
}
