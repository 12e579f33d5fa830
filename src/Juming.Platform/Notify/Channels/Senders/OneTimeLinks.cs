using System.Text;

namespace Juming.Platform.Notify.Channels.Senders;

/// <summary>Keeps one-time links out of what is kept of a message that left: whoever reads the ledger must not be able to answer in another's place.</summary>
internal static class OneTimeLinks
{
    private const string Cover = "***";

    // Messengers' bodies are made in many places; what must not be kept of them is known in one.
    private static readonly AsyncLocal<string?> Secret = new();

    /// <summary>From here on, in this flow, the last part of a message's address is kept nowhere, when it opens a door.</summary>
    public static void Hide(Message message) => Secret.Value = message.HasOwnUrl && message.Url is { } url ? url[(url.LastIndexOf('/') + 1)..] : null;

    /// <summary>What may be kept of a body; null when all of it may.</summary>
    public static byte[]? Covered(byte[]? body)
    {
        if (body is null || Secret.Value is not { Length: > 0 } secret || body.AsSpan().IndexOf(Encoding.UTF8.GetBytes(secret)) < 0) return null;
        return Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(body).Replace(secret, Cover, StringComparison.Ordinal));
    }

    /// <summary>The message as it may be kept; null when all of it may.</summary>
    public static Message? Covered(Message message) => message is { HasOwnUrl: true, Url: { } url } ? message with { Url = url[..(url.LastIndexOf('/') + 1)] + Cover } : null;
}
