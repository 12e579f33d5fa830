namespace Juming.Platform.Http;

/// <summary>Writes down what is about to leave this host. What can't be written down does not leave.</summary>
public interface IOutboundLedger
{
    /// <summary>Enters what is about to leave; durable when it returns.</summary>
    Task Enter(OutboundEntry entry, CancellationToken ct);
}

/// <summary>Something that is about to leave.</summary>
/// <param name="IsMail">A mail; otherwise an HTTP call.</param>
/// <param name="Sender">Which part of the program sends it: "notify", "response".</param>
/// <param name="Destination">Host and port.</param>
/// <param name="Place">Where that is.</param>
/// <param name="About">The call's method and, where no secret stands in them, path and query; a mail's subject.</param>
/// <param name="Bytes">Bytes that leave: path, query and content.</param>
/// <param name="Content">The exact content.</param>
/// <param name="Kept">What of it may be read afterwards, when something in it opens a door, such as a one-time link; null when all of it may.</param>
public sealed record OutboundEntry(bool IsMail, string Sender, string Destination, OutboundPlace Place, string About, long Bytes, ReadOnlyMemory<byte> Content, ReadOnlyMemory<byte>? Kept = null);

/// <summary>Where something goes.</summary>
public enum OutboundPlace
{
    /// <summary>Out of the network.</summary>
    Outside,

    /// <summary>Into a network that the administrator named, or to this host itself.</summary>
    Inside,

    /// <summary>A proxy finds the way.</summary>
    Proxy,
}

/// <summary>How callers enter things.</summary>
public static class OutboundLedgerCalls
{
    /// <summary>Enters what is about to leave.</summary>
    /// <exception cref="CallFailedException">It can't be written down.</exception>
    public static async Task EnterOrFail(this IOutboundLedger ledger, OutboundEntry entry, CancellationToken ct)
    {
        try
        {
            await ledger.Enter(entry, ct);
        }
        catch (Exception e) when (Data.DatabaseErrors.IsOutage(e))
        {
            throw new CallFailedException(CallFailure.NotRecorded, entry.Destination, "it could not be entered in the ledger of what leaves", e);
        }
    }
}
