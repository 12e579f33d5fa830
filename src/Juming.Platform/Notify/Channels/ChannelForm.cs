using System.Globalization;
using System.Text.Json;
using Juming.Platform.Notify.Calls;
using Juming.Platform.Notify.Data;

namespace Juming.Platform.Notify.Channels;

/// <summary>What a way out is.</summary>
public enum ChannelKind
{
    /// <summary>Mail over SMTP.</summary>
    Email,

    /// <summary>Robot in a WeCom group.</summary>
    WeComRobot,

    /// <summary>Self-built WeCom application, to people.</summary>
    WeComApp,

    /// <summary>Robot in a DingTalk group.</summary>
    DingTalkRobot,

    /// <summary>Robot in a Feishu group.</summary>
    FeishuRobot,

    /// <summary>HTTP call with a signature, to a program.</summary>
    Webhook,
}

/// <summary>A field of a channel's form.</summary>
/// <param name="Name">Name; with the kind the key of its label.</param>
/// <param name="IsSecret">It is kept in the vault and never shown again.</param>
/// <param name="IsRequired">It may not be empty.</param>
/// <param name="Default">What it begins with.</param>
/// <param name="Choices">What may be chosen; null for any text.</param>
/// <param name="Check">What is accepted, "address", "port", "number", "host", "mail", "mails", "fingerprint", "aes"; null for any text of one line.</param>
internal sealed record ChannelField(string Name, bool IsSecret = false, bool IsRequired = true, string Default = "", IReadOnlyList<string>? Choices = null, string? Check = null);

/// <summary>The forms of the channels, and what is known of a kind.</summary>
internal static class ChannelForm
{
    private static readonly Dictionary<ChannelKind, IReadOnlyList<ChannelField>> Forms = new()
    {
        [ChannelKind.Email] =
        [
            new("host", Check: "host"), new("port", Default: "587", Check: "port"), new("security", Default: "StartTls", Choices: ["StartTls", "Implicit", "None"]),
            new("user", IsRequired: false), new("password", IsSecret: true, IsRequired: false), new("from", Check: "mail"), new("to", IsRequired: false, Check: "mails"), new("certificate", IsRequired: false, Check: "fingerprint"),
        ],
        [ChannelKind.WeComRobot] = [new("address", Default: "https://qyapi.weixin.qq.com", Check: "address"), new("key", IsSecret: true)],
        [ChannelKind.WeComApp] =
        [
            new("address", Default: "https://qyapi.weixin.qq.com", Check: "address"), new("corp"), new("agent", Check: "number"), new("secret", IsSecret: true), new("card", Default: "TextCard", Choices: ["TextCard", "TemplateCard"]),
            new("token", IsSecret: true, IsRequired: false), new("aes", IsSecret: true, IsRequired: false, Check: "aes"),
        ],
        [ChannelKind.DingTalkRobot] = [new("address", Default: "https://oapi.dingtalk.com", Check: "address"), new("token", IsSecret: true), new("sign", IsSecret: true, IsRequired: false)],
        [ChannelKind.FeishuRobot] = [new("address", Default: "https://open.feishu.cn", Check: "address"), new("hook", IsSecret: true), new("sign", IsSecret: true, IsRequired: false)],
        [ChannelKind.Webhook] = [new("address", Check: "address"), new("secret", IsSecret: true)],
    };

    /// <summary>Fields of a kind.</summary>
    public static IReadOnlyList<ChannelField> Of(ChannelKind kind) => Forms[kind];

    /// <summary>Messages that may leave in one minute; messengers take 20 and punish more.</summary>
    public static int PerMinute(ChannelKind kind) => kind is ChannelKind.Webhook or ChannelKind.Email ? 60 : 18;

    /// <summary>It reaches people in person, by an address of their own; otherwise a group or a program.</summary>
    public static bool IsPersonal(ChannelRow channel) =>
        channel.Kind == ChannelKind.WeComApp || (channel.Kind == ChannelKind.Email && string.IsNullOrEmpty(SettingsOf(channel).GetValueOrDefault("to")));

    /// <summary>Open fields.</summary>
    public static Dictionary<string, string> SettingsOf(ChannelRow channel) => JsonSerializer.Deserialize<Dictionary<string, string>>(channel.Settings) ?? [];

    /// <summary>Secret fields and their identities in the vault.</summary>
    public static Dictionary<string, Guid> SecretsOf(ChannelRow channel) => JsonSerializer.Deserialize<Dictionary<string, Guid>>(channel.Secrets) ?? [];

    /// <summary>What is accepted in a field, when the value is not; null when it is.</summary>
    public static string? Refusal(ChannelField field, string value)
    {
        if (value.Length == 0) return field.IsRequired ? "Accepted.text" : null;
        if (value.Length > 400 || value.Any(char.IsControl)) return "Accepted.text";
        if (field.Choices is { } choices) return choices.Contains(value) ? null : "Accepted.choice";
        var isGood = field.Check switch
        {
            "address" => Uri.TryCreate(value, UriKind.Absolute, out var address) && address is { Scheme: "https" or "http", UserInfo: "", Fragment: "" },
            "port" => int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and < 65536,
            "number" => long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out _),
            "host" => Uri.CheckHostName(value) != UriHostNameType.Unknown,
            "mail" => IsMail(value),
            "mails" => value.Split(',', StringSplitOptions.TrimEntries).All(IsMail),
            "fingerprint" => value.Replace(":", "", StringComparison.Ordinal) is { Length: 64 } hex && hex.All(char.IsAsciiHexDigit),
            "aes" => WeComEnvelope.KeyOf(value) is not null,
            _ => true,
        };
        return isGood ? null : "Accepted." + field.Check;
    }

    /// <summary>One address, without a name and nothing that a header could take for more.</summary>
    public static bool IsMail(string value) => value.Length <= 254 && value.IndexOf('@') is > 0 and var at && at < value.Length - 1 && value.IndexOf('@', at + 1) < 0 && !value.Any(c => c is <= ' ' or ',' or ';' or '<' or '>' or '"' or '(' or ')' or '\\' or '\u007f') && MimeKit.MailboxAddress.TryParse(value, out _);
}
