using Google.Protobuf;
using Juming.Platform.Data;

namespace Juming.Platform.Links;

/// <summary>
/// The only way up: takes messages of <c>egress.proto</c>, holds each against the customer's policy and against what its fields may hold, writes it into the ledger of
/// what left, and puts it into the outbox of the link. Whatever is refused is kept with its reason.
/// </summary>
public interface IEgress
{
    /// <summary>Sends a message now; durable when it returns.</summary>
    /// <param name="message">A message of <c>egress.proto</c>. One of a state topic takes the place of the earlier one with the same key, which is read from the message itself.</param>
    /// <param name="ct">Cancels.</param>
    Task<EgressVerdict> Send(IMessage message, CancellationToken ct);

    /// <summary>Sends a message that a person releases, value by value; who that was stands in the ledger. Refused where the customer's policy does not allow releases.</summary>
    /// <param name="message">A message of the level at which people release.</param>
    /// <param name="approver">Who releases it.</param>
    /// <param name="ct">Cancels.</param>
    Task<EgressVerdict> Release(IMessage message, string approver, CancellationToken ct);

    /// <summary>The customer's policy allows releases by hand, and there is a host above to release to.</summary>
    Task<bool> MayRelease(CancellationToken ct);

    /// <summary>Sends a message when the changes of a context are saved, and not otherwise: it waits in the same transaction, and goes through the gate right after.</summary>
    /// <param name="db">The context that is about to be saved.</param>
    /// <param name="message">The message.</param>
    void SendWith(ModuleDbContext db, IMessage message);
}

/// <summary>What became of a message.</summary>
/// <param name="Outcome">In one word.</param>
/// <param name="Reason">Why it was refused, a stable code; null when it was not.</param>
/// <param name="Field">The field that it was refused for; null for the whole message.</param>
public sealed record EgressVerdict(EgressOutcome Outcome, string? Reason = null, string? Field = null);

/// <summary>What became of a message, in one word.</summary>
public enum EgressOutcome
{
    /// <summary>It stands in the ledger and is on its way.</summary>
    Sent,

    /// <summary>It is the value that was sent last, or an older one; nothing new leaves.</summary>
    Unchanged,

    /// <summary>The gate did not let it pass.</summary>
    Refused,

    /// <summary>There is no host above.</summary>
    NotJoined,
}
