using System.Globalization;
using System.Text.Json;
using Juming.Platform.Notify.Posting;

namespace Juming.Platform.Notify.Channels.Senders;

/// <summary>A robot in a WeCom group. Plain text: its Markdown takes marks of color and people from whatever stands in it.</summary>
internal sealed class WeComRobotSender(MessengerHttp http) : IChannelSender
{
    // 2,048 bytes of UTF-8 (developer.work.weixin.qq.com, 91770).
    private const int MostBytes = 2048;

    public ChannelKind Kind => ChannelKind.WeComRobot;

    public async Task<SendOutcome> Send(ChannelCall call, CancellationToken ct)
    {
        var message = call.Message;
        var content = PlainMessage.Of(message, MostBytes);
        var (answer, failure) = await http.Ask(call.Address("/cgi-bin/webhook/send", ("key", call.Secrets["key"])), new { msgtype = "text", text = new { content } }, ct);
        return failure ?? WeComAnswer.Of(answer);
    }
}

/// <summary>A self-built WeCom application: cards to people.</summary>
internal sealed class WeComAppSender(WeComApi api) : IChannelSender
{
    // Bytes of UTF-8 (developer.work.weixin.qq.com, 90236).
    private const int MostTitle = 128;
    private const int MostDescription = 512;
    private const int MostText = 2048;

    public ChannelKind Kind => ChannelKind.WeComApp;

    public async Task<SendOutcome> Send(ChannelCall call, CancellationToken ct)
    {
        var (answer, failure) = await api.Post(call, "/cgi-bin/message/send", Body(call), ct);
        if (failure is not null) return failure;
        var outcome = WeComAnswer.Of(answer);
        if (outcome.End == SendEnd.Sent && answer.Text("invaliduser").Length > 0) return SendOutcome.Refused("receiver-unknown", answer.Text("invaliduser"));
        return answer.Text("response_code") is { Length: > 0 } code ? outcome with { CardCode = code } : outcome;
    }

    private static Dictionary<string, object> Body(ChannelCall call)
    {
        var message = call.Message;
        var note = NotifyTexts.In(message.Culture, "Message.Cut");
        var body = new Dictionary<string, object>
        {
            ["touser"] = call.Receiver!,
            ["agentid"] = long.Parse(call.Settings["agent"], CultureInfo.InvariantCulture),
            // The same card again within half an hour is dropped by the messenger: after a crash it is sent twice and arrives once.
            ["enable_duplicate_check"] = 1,
            ["duplicate_check_interval"] = 1800,
        };
        if (message.Url is null) return With(body, "text", new { content = PlainMessage.Of(message, MostText) });
        var text = message.Text.Length == 0 ? PlainMessage.Foot(message) : message.Text + "\n" + PlainMessage.Foot(message);
        // Each new line becomes three bytes longer below.
        var description = PlainText.CutBytes(text, MostDescription - (3 * text.Count(c => c == '\n')), note);
        if (message.Buttons is { } buttons && WeComCards.AreAnswered(call)) return With(body, "template_card", WeComCards.Of(message, buttons));
        var title = PlainText.CutBytes(message.Subject, MostTitle, "…");
        if (call.Settings.GetValueOrDefault("card") != "TemplateCard")
            return With(body, "textcard", new { title, description = description.Replace("\n", "<br>", StringComparison.Ordinal), url = message.Url, btntxt = NotifyTexts.In(message.Culture, "Message.Open") });
        return With(body, "template_card", new
        {
            card_type = "text_notice",
            source = new { desc = NotifyTexts.In(message.Culture, "Message.Brand"), desc_color = message.Weight >= NoticeWeight.Urgent ? 2 : 0 },
            main_title = new { title, desc = PlainMessage.Foot(message) },
            sub_title_text = description,
            card_action = new { type = 1, url = message.Url },
            task_id = WeComCards.TaskOf(message.Id),
        });
    }

    private static Dictionary<string, object> With(Dictionary<string, object> body, string type, object content)
    {
        body["msgtype"] = type;
        body[type] = content;
        return body;
    }
}

/// <summary>WeCom answers 200 whatever happens; the code inside tells.</summary>
internal static class WeComAnswer
{
    public static SendOutcome Of(JsonElement answer)
    {
        var said = string.Create(CultureInfo.InvariantCulture, $"{answer.Number("errcode")} {answer.Text("errmsg")}");
        return answer.Number("errcode") switch
        {
            0 => SendOutcome.Sent(answer.Text("msgid") is { Length: > 0 } id ? id : null),
            45009 or 130101 => SendOutcome.Throttled(said, TimeSpan.FromMinutes(1)),
            -1 => SendOutcome.Later("busy", said),
            40001 or 40013 or 93000 => SendOutcome.Refused("credentials", said),
            60020 => SendOutcome.Refused("ip-not-trusted", said),
            81013 => SendOutcome.Refused("receiver-unknown", said),
            null => SendOutcome.Later("not-json", null),
            _ => SendOutcome.Refused("messenger", said),
        };
    }
}
