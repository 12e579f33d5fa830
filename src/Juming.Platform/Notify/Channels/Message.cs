using System.Globalization;
using Juming.Platform.Notify.Data;

namespace Juming.Platform.Notify.Channels;

/// <summary>A message as channels send it: plain text, harmless already.</summary>
internal sealed record Message
{
    /// <summary>Name under which it is sent, also when it is sent again.</summary>
    public required Guid Id { get; init; }

    /// <summary>Code of the notice, "notify.digest" or "notify.test".</summary>
    public required string Code { get; init; }

    public required NoticeWeight Weight { get; init; }

    /// <summary>One line.</summary>
    public required string Title { get; init; }

    /// <summary>Some lines, or empty.</summary>
    public required string Text { get; init; }

    /// <summary>What the notice carries, for programs; private values are masked like in the text.</summary>
    public IReadOnlyDictionary<string, string> Values { get; init; } = new Dictionary<string, string>();

    /// <summary>Address of the page, or null.</summary>
    public string? Url { get; init; }

    /// <summary>The page's address works once and for this receiver alone: it is kept nowhere.</summary>
    public bool HasOwnUrl { get; init; }

    public required DateTimeOffset At { get; init; }

    public required CultureInfo Culture { get; init; }

    /// <summary>Name of the installation.</summary>
    public required string Site { get; init; }

    /// <summary>Messages with the same belong together; null for none.</summary>
    public string? Thread { get; init; }

    /// <summary>Buttons, for a receiver whose answers count; null when nothing is asked, or no longer. Without any it only leads to the page.</summary>
    public IReadOnlyList<MessageButton>? Buttons { get; init; }

    /// <summary>Title with where it comes from and how much it presses in front.</summary>
    public string Subject => NotifyTexts.In(Culture, "Message.Subject", NotifyTexts.In(Culture, "Weight." + Weight), Title);
}

/// <summary>A button of a message.</summary>
/// <param name="Key">What comes back when it is pressed.</param>
/// <param name="Text">What is on it.</param>
internal sealed record MessageButton(string Key, string Text);

/// <summary>All that a sender needs.</summary>
/// <param name="Settings">Open fields of the form.</param>
/// <param name="Secrets">Secret fields, opened for this use.</param>
/// <param name="Receiver">Address of the person on this channel; null for a group.</param>
/// <param name="Message">The message.</param>
internal sealed record ChannelCall(IReadOnlyDictionary<string, string> Settings, IReadOnlyDictionary<string, string> Secrets, string? Receiver, Message Message) : ChannelAccess(Settings, Secrets);

/// <summary>What is needed to call the other side of a channel.</summary>
/// <param name="Settings">Open fields of the form.</param>
/// <param name="Secrets">Secret fields, opened for this use.</param>
internal record ChannelAccess(IReadOnlyDictionary<string, string> Settings, IReadOnlyDictionary<string, string> Secrets)
{
    /// <summary>An address below the channel's own, with a query.</summary>
    public Uri Address(string path, params ReadOnlySpan<(string Name, string Value)> query)
    {
        var text = Settings["address"].TrimEnd('/') + path;
        for (var i = 0; i < query.Length; i++) text += $"{(i == 0 ? '?' : '&')}{query[i].Name}={Uri.EscapeDataString(query[i].Value)}";
        return new Uri(text);
    }
}

/// <summary>What became of a message.</summary>
/// <param name="End">How it ended.</param>
/// <param name="Failure">Code of why not; null when it went.</param>
/// <param name="Detail">What the other side said.</param>
/// <param name="Reference">What the other side calls it.</param>
/// <param name="After">When to try again, or null for the usual pause.</param>
/// <param name="CardCode">Allows one change of the message that was sent; null where it can't be changed.</param>
internal sealed record SendOutcome(SendEnd End, string? Failure = null, string? Detail = null, string? Reference = null, TimeSpan? After = null, string? CardCode = null)
{
    public static SendOutcome Sent(string? reference = null) => new(SendEnd.Sent, Reference: reference);

    public static SendOutcome Later(string failure, string? detail, TimeSpan? after = null) => new(SendEnd.Later, failure, detail, After: after);

    public static SendOutcome Throttled(string? detail, TimeSpan after) => new(SendEnd.Throttled, "throttled", detail, After: after);

    public static SendOutcome Refused(string failure, string? detail) => new(SendEnd.Refused, failure, detail);
}

/// <summary>How an attempt ended.</summary>
internal enum SendEnd
{
    /// <summary>The other side took it.</summary>
    Sent,

    /// <summary>Not now; another attempt may work.</summary>
    Later,

    /// <summary>Too fast; nothing is wrong with the message.</summary>
    Throttled,

    /// <summary>It will never work like this.</summary>
    Refused,

    /// <summary>The other side wants no more of them at all.</summary>
    Gone,
}

/// <summary>Sends on one kind of channel.</summary>
internal interface IChannelSender
{
    /// <summary>The kind.</summary>
    ChannelKind Kind { get; }

    /// <summary>Sends one message; whatever is expected to go wrong is an outcome.</summary>
    Task<SendOutcome> Send(ChannelCall call, CancellationToken ct);
}
