using System.Globalization;
using Juming.Platform.Notify.Posting;

namespace Juming.Platform.Notify.Channels.Senders;

/// <summary>A message as one text.</summary>
internal static class PlainMessage
{
    /// <summary>Subject, text, time, and the link last; the text gives way when bytes are short, the link never.</summary>
    public static string Of(Message message, int mostBytes)
    {
        var end = "\n" + Foot(message) + (message.Url is null ? "" : "\n" + message.Url);
        var room = mostBytes - System.Text.Encoding.UTF8.GetByteCount(end);
        var head = message.Text.Length == 0 ? message.Subject : message.Subject + "\n" + message.Text;
        return PlainText.CutBytes(head, room, NotifyTexts.In(message.Culture, "Message.Cut")) + end;
    }

    /// <summary>Where it comes from and when.</summary>
    public static string Foot(Message message) => string.Create(CultureInfo.InvariantCulture, $"{message.Site} {message.At:yyyy-MM-dd HH:mm:ss zzz}");
}
