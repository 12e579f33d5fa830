using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Juming.Platform.Links;

/// <summary>What those below said of the days of their ledgers, as it is kept here: a day that was told can't be told otherwise later without both ends knowing.</summary>
public interface IHeldLedgers
{
    /// <summary>Days of a peer's ledger, latest first.</summary>
    /// <param name="peer">The peer.</param>
    /// <param name="skip">Days passed over.</param>
    /// <param name="take">Days answered.</param>
    /// <param name="ct">Cancels.</param>
    Task<HeldDays> Of(Guid peer, int skip, int take, CancellationToken ct);
}

/// <summary>Days of a ledger.</summary>
/// <param name="Items">Some of them, latest first.</param>
/// <param name="Total">How many are kept.</param>
/// <param name="Doubted">How many of them something is wrong with.</param>
public sealed record HeldDays(IReadOnlyList<HeldDay> Items, int Total, int Doubted);

/// <summary>The signed end of a day, as the peer told it.</summary>
/// <param name="Day">The day, UTC.</param>
/// <param name="Entries">Entries of the ledger up to and with that day.</param>
/// <param name="DayEntries">Entries of that day alone; 0 where the peer did not say.</param>
/// <param name="DayBytes">Bytes that left on it.</param>
/// <param name="Hash">The chain after its last entry.</param>
/// <param name="Signature">Over day, entries and hash.</param>
/// <param name="PublicKey">SubjectPublicKeyInfo of the key that signed; empty where the peer did not say.</param>
/// <param name="SignedAt">By the peer's clock.</param>
/// <param name="ReceivedAt">By the clock here.</param>
/// <param name="State">Whether it follows what was told before.</param>
public sealed record HeldDay(DateOnly Day, long Entries, long DayEntries, long DayBytes, string Hash, string Signature, string PublicKey, DateTimeOffset? SignedAt, DateTimeOffset ReceivedAt, HeldState State)
{
    /// <summary>A line of the file that <c>juming egress check --held</c> reads.</summary>
    public string ToLine() => JsonSerializer.Serialize(new
    {
        held = new
        {
            day = Day.DayNumber - new DateOnly(1970, 1, 1).DayNumber,
            date = Day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            last = Entries,
            entries = DayEntries,
            bytes = DayBytes,
            hash = Hash,
            signature = Signature,
            publicKey = PublicKey,
            signedAt = SignedAt,
            receivedAt = ReceivedAt,
            state = State,
        },
    }, JsonSerializerOptions.Web);
}

/// <summary>Whether a day of a ledger follows what was told before it.</summary>
[JsonConverter(typeof(JsonStringEnumConverter))]
public enum HeldState
{
    /// <summary>It is signed and follows the day before.</summary>
    Continues,

    /// <summary>It is signed, and the first that was told.</summary>
    First,

    /// <summary>A release from before days followed each other told it.</summary>
    Unproven,

    /// <summary>It is signed, but names a day before it that was never told.</summary>
    Missing,

    /// <summary>The same day was told before, with another end.</summary>
    Rewritten,

    /// <summary>It does not follow what was told before.</summary>
    Branched,

    /// <summary>It is signed with another key than the days before.</summary>
    KeyChanged,

    /// <summary>Its signature is none.</summary>
    NotSigned,
}

/// <summary>What follows from a state.</summary>
public static class HeldStates
{
    /// <summary>Somebody must look.</summary>
    public static bool IsDoubted(this HeldState state) => state is not (HeldState.Continues or HeldState.First or HeldState.Unproven);
}
