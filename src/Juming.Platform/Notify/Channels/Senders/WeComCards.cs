using System.Globalization;
using Juming.Platform.Notify.Posting;

namespace Juming.Platform.Notify.Channels.Senders;

/// <summary>Template cards with buttons, and the words that take the buttons' place.</summary>
internal sealed class WeComCards(WeComApi api)
{
    private const string TaskPrefix = "ntc-";

    // Bytes of UTF-8; what is longer is cut by the messenger, in the middle of a word.
    private const int MostTitle = 108;
    private const int MostText = 336;
    private const int MostWords = 90;

    /// <summary>What the messenger calls a card.</summary>
    public static string TaskOf(Guid message) => TaskPrefix + message.ToString("N");

    /// <summary>The message of a card, or null when it is none of ours.</summary>
    public static Guid? MessageOf(string? task) => task is not null && task.StartsWith(TaskPrefix, StringComparison.Ordinal) && Guid.TryParseExact(task.AsSpan(TaskPrefix.Length), "N", out var id) ? id : null;

    /// <summary>True when presses can come back; without that the messenger refuses cards with buttons.</summary>
    public static bool AreAnswered(ChannelAccess access) => access.Secrets.GetValueOrDefault("token") is { Length: > 0 } && access.Secrets.GetValueOrDefault("aes") is { Length: > 0 };

    /// <summary>A card: what is asked, the buttons, and one that opens the page.</summary>
    public static object Of(Message message, IReadOnlyList<MessageButton> buttons)
    {
        var all = new List<object>();
        foreach (var (button, index) in buttons.Select((b, i) => (b, i))) all.Add(new { text = button.Text, style = index == 0 ? 1 : 4, key = button.Key });
        all.Add(new { type = 1, text = NotifyTexts.In(message.Culture, "Card.OpenPage"), style = 4, url = message.Url });
        return new
        {
            card_type = "button_interaction",
            source = new { desc = NotifyTexts.In(message.Culture, "Message.Brand"), desc_color = message.Weight >= NoticeWeight.Urgent ? 2 : 0 },
            main_title = new { title = PlainText.CutBytes(message.Title, MostTitle, "…"), desc = PlainMessage.Foot(message) },
            sub_title_text = PlainText.CutBytes(message.Text, MostText, NotifyTexts.In(message.Culture, "Message.Cut")),
            card_action = new { type = 1, url = message.Url },
            task_id = TaskOf(message.Id),
            button_list = all,
        };
    }

    /// <summary>Puts words in the place of the buttons, for one person; the code allows it once (developer.work.weixin.qq.com, 94945).</summary>
    public async Task<SendOutcome> Say(ChannelAccess access, string receiver, string code, string words, CancellationToken ct)
    {
        var body = new { userids = new[] { receiver }, agentid = long.Parse(access.Settings["agent"], CultureInfo.InvariantCulture), response_code = code, button = new { replace_name = PlainText.CutBytes(words, MostWords, "…") } };
        var (answer, failure) = await api.Post(access, "/cgi-bin/message/update_template_card", body, ct);
        if (failure is not null) return failure;
        var outcome = WeComAnswer.Of(answer);
        return outcome.End == SendEnd.Sent && answer.Text("invaliduser").Length > 0 ? SendOutcome.Refused("receiver-unknown", answer.Text("invaliduser")) : outcome;
    }
}
