using System.Globalization;
using System.Text.Json;
using Juming.Platform.Data;

namespace Juming.Platform.Links.Egress.Ledger;

/// <summary>The ledger's lines as an auditor takes them away, and the way back.</summary>
internal static class ExportedForm
{
    private sealed record HeldLine(int Day, long Last, string Hash, HeldState State);

    private sealed record Line(ExportedHead? Head, ExportedEntry? Entry, HeldLine? Held);

    public static ExportedHead Of(SignedHead head) => new(head.Day, head.Last, Convert.ToHexStringLower(head.Hash), Convert.ToHexStringLower(head.Signature), Convert.ToHexStringLower(head.PublicKey));

    public static ExportedEntry Of(LedgerRow row, byte[]? content) => new(
        row.Seq, PlainStatements.Micros(row.At), row.Kind.ToString(), row.Destination, row.Place.ToString(), row.Sender, row.Type, row.About, row.Level, row.Bytes, row.Labels,
        Convert.ToHexStringLower(row.Sha256), row.KeptSha256 is { } kept ? Convert.ToHexStringLower(kept) : null, Convert.ToHexStringLower(row.Hash), content, row.Approver.Length > 0 ? row.Approver : null);

    /// <summary>Reads the days that the host above holds, as that exports them.</summary>
    /// <exception cref="InvalidDataException">It is no such file.</exception>
    public static IReadOnlyList<HeldHead> Held(IEnumerable<string> lines)
    {
        var held = new List<HeldHead>();
        var number = 0;
        foreach (var text in lines)
        {
            number++;
            if (text.Length == 0) continue;
            try
            {
                if (JsonSerializer.Deserialize<Line>(text, JsonSerializerOptions.Web)?.Held is not { Hash: not null } line) throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"line {number} is no day that a host above holds"));
                // What was doubted when it came is evidence over there; what is compared is what was kept before it.
                if (!line.State.IsDoubted()) held.Add(new HeldHead(line.Day, line.Last, Convert.FromHexString(line.Hash)));
            }
            catch (Exception e) when (e is JsonException or FormatException or ArgumentException)
            {
                throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"line {number} can't be read: {e.Message}"), e);
            }
        }
        return held;
    }

    /// <summary>Verifies an exported ledger, without the host that it came from.</summary>
    /// <param name="lines">The export.</param>
    /// <param name="held">Days that the host above holds.</param>
    /// <exception cref="InvalidDataException">It is no exported ledger.</exception>
    public static LedgerVerdict Verify(IEnumerable<string> lines, IReadOnlyList<HeldHead> held)
    {
        var heads = new List<SignedHead>();
        LedgerVerifier? verifier = null;
        var number = 0;
        foreach (var text in lines)
        {
            number++;
            if (text.Length == 0) continue;
            try
            {
                var line = JsonSerializer.Deserialize<Line>(text, JsonSerializerOptions.Web);
                if (line?.Head is { } head && verifier is null) heads.Add(HeadOf(head));
                else if (line?.Entry is { } entry)
                {
                    verifier ??= new LedgerVerifier(heads, held);
                    if (verifier.Take(RowOf(entry), entry.Content) is { } bad) return bad;
                }
                else throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"line {number} is no line of an exported ledger"));
            }
            catch (Exception e) when (e is JsonException or FormatException or ArgumentException)
            {
                throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"line {number} can't be read: {e.Message}"), e);
            }
        }
        return (verifier ?? new LedgerVerifier(heads, held)).End(null);
    }

    private static SignedHead HeadOf(ExportedHead head) => new(head.Day, head.Last, Convert.FromHexString(head.Hash), Convert.FromHexString(head.Signature), Convert.FromHexString(head.PublicKey));

    private static LedgerRow RowOf(ExportedEntry entry) => new()
    {
        Seq = entry.Seq,
        At = DateTimeOffset.UnixEpoch.AddTicks(entry.AtMicros * 10),
        Kind = Enum.Parse<EgressKind>(entry.Kind),
        Destination = entry.Destination,
        Place = Enum.Parse<EgressPlace>(entry.Place),
        Sender = entry.Sender,
        Type = entry.Type,
        About = entry.About,
        Level = entry.Level,
        Bytes = entry.Bytes,
        Labels = entry.Labels,
        Sha256 = Convert.FromHexString(entry.Sha256),
        Masked = entry.KeptSha256 is not null,
        KeptSha256 = entry.KeptSha256 is { } kept ? Convert.FromHexString(kept) : null,
        Approver = entry.Approver ?? "",
        Hash = Convert.FromHexString(entry.Hash),
    };
}
