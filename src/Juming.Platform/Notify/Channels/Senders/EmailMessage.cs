using System.Net;
using System.Text;
using MimeKit;

namespace Juming.Platform.Notify.Channels.Senders;

/// <summary>Writes the mail: text and HTML alike, with headers that keep out-of-office answers away and messages about one thing together.</summary>
internal static class EmailMessage
{
    public static MimeMessage Of(ChannelCall call)
    {
        var message = call.Message;
        var from = MailboxAddress.Parse(call.Settings["from"]);
        from.Name = NotifyTexts.In(message.Culture, "Message.Brand");
        var mail = new MimeMessage { Subject = message.Subject, Date = message.At, MessageId = $"{message.Id:N}@{from.Domain}" };
        mail.From.Add(from);
        foreach (var to in (call.Receiver ?? call.Settings["to"]).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)) mail.To.Add(MailboxAddress.Parse(to));
        mail.Headers.Add("Auto-Submitted", "auto-generated");
        mail.Headers.Add("X-Auto-Response-Suppress", "All");
        mail.Headers.Add("X-Juming-Event-Id", message.Id.ToString());
        mail.Headers.Add(HeaderId.ListId, $"<notices.{from.Domain}>");
        if (message.Thread is { } thread)
        {
            mail.InReplyTo = $"{thread}@{from.Domain}";
            mail.References.Add($"{thread}@{from.Domain}");
        }
        mail.Body = new BodyBuilder { TextBody = PlainMessage.Of(message, 100_000) + "\n", HtmlBody = Html(message) }.ToMessageBody();
        return mail;
    }

    private static string Html(Message message)
    {
        var html = new StringBuilder("<!DOCTYPE html><html><head><meta charset=\"utf-8\"><meta name=\"referrer\" content=\"no-referrer\"></head><body style=\"font-family:sans-serif\">");
        html.Append("<h3>").Append(WebUtility.HtmlEncode(message.Subject)).Append("</h3>");
        foreach (var line in message.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries)) html.Append("<p>").Append(WebUtility.HtmlEncode(line)).Append("</p>");
        if (message.Url is { } url)
            html.Append("<p><a rel=\"noreferrer noopener\" href=\"").Append(WebUtility.HtmlEncode(url)).Append("\">").Append(WebUtility.HtmlEncode(NotifyTexts.In(message.Culture, "Message.Open"))).Append("</a></p>");
        return html.Append("<p style=\"color:#666\">").Append(WebUtility.HtmlEncode(PlainMessage.Foot(message))).Append("</p></body></html>").ToString();
    }
}
