using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Juming.Platform.Http;

namespace Juming.Platform.Notify.Channels.Senders;

/// <summary>Calls a program: JSON with a signature over time and body, under a name that stays the same when it is sent again.</summary>
internal sealed class WebhookSender(MessengerHttp http, TimeProvider clock) : IChannelSender
{
    public ChannelKind Kind => ChannelKind.Webhook;

    public async Task<SendOutcome> Send(ChannelCall call, CancellationToken ct)
    {
        var message = call.Message;
        var body = JsonSerializer.SerializeToUtf8Bytes(new
        {
            id = "evt_" + message.Id.ToString("N"),
            type = message.Code,
            occurred_at = message.At.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
            site = message.Site,
            data = new { weight = message.Weight.ToString().ToLowerInvariant(), title = message.Title, text = message.Text, url = message.Url, values = message.Values },
        });
        var timestamp = clock.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        byte[] signed = [.. Encoding.ASCII.GetBytes(timestamp + "."), .. body];
        var signature = HMACSHA256.HashData(Encoding.UTF8.GetBytes(call.Secrets["secret"]), signed);
        var headers = new Dictionary<string, string>
        {
            ["X-Juming-Timestamp"] = timestamp,
            ["X-Juming-Signature"] = "v1=" + Convert.ToHexStringLower(signature),
            ["X-Juming-Delivery"] = message.Id.ToString(),
            ["Idempotency-Key"] = message.Id.ToString(),
        };
        var (_, failure) = await http.Send(new GuardedCall(HttpMethod.Post, new Uri(call.Settings["address"]), body, Headers: headers), ct);
        return failure ?? SendOutcome.Sent();
    }
}
