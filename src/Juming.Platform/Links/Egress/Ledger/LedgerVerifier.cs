using System.Security.Cryptography;

namespace Juming.Platform.Links.Egress.Ledger;

/// <summary>The signed end of a day, with the key that signed it.</summary>
internal sealed record SignedHead(int Day, long Last, byte[] Hash, byte[] Signature, byte[] PublicKey);

/// <summary>The end of a day as the host above holds it.</summary>
internal sealed record HeldHead(int Day, long Last, byte[] Hash);

/// <summary>Recomputes the chain, entry by entry, and holds contents and signed heads against it. Needs nothing but what it is given, so that an exported ledger is verified the same way.</summary>
internal sealed class LedgerVerifier(IEnumerable<SignedHead> heads, IEnumerable<HeldHead> held)
{
    private readonly ILookup<long, SignedHead> _heads = heads.ToLookup(h => h.Last);
    private readonly ILookup<long, HeldHead> _held = held.ToLookup(h => h.Last);
    private byte[] _hash = LedgerChain.Start;
    private long _last;
    private int _signed;
    private int _same;

    /// <summary>Takes the next entry.</summary>
    /// <param name="row">The entry.</param>
    /// <param name="content">What is kept of its content; null when nothing is.</param>
    /// <returns>What is wrong with it, or null.</returns>
    public LedgerVerdict? Take(LedgerRow row, byte[]? content)
    {
        if (row.Seq != _last + 1) return Bad(_last + 1, "missing");
        var hash = LedgerChain.HashOf(_hash, row);
        if (!hash.AsSpan().SequenceEqual(row.Hash)) return Bad(row.Seq, "edited");
        if (content is not null && !SHA256.HashData(content).AsSpan().SequenceEqual(row.KeptSha256 ?? row.Sha256)) return Bad(row.Seq, "content");
        foreach (var head in _heads[row.Seq])
        {
            if (!hash.AsSpan().SequenceEqual(head.Hash)) return Bad(row.Seq, "head");
            if (!IsSigned(head)) return Bad(row.Seq, "signature");
            _signed++;
        }
        foreach (var head in _held[row.Seq])
        {
            if (!hash.AsSpan().SequenceEqual(head.Hash)) return Bad(row.Seq, "held");
            _same++;
        }
        (_hash, _last) = (hash, row.Seq);
        return null;
    }

    /// <summary>All entries were taken.</summary>
    /// <param name="end">Where the ledger must end; null when that is not known.</param>
    public LedgerVerdict End(long? end)
    {
        var known = Math.Max(end ?? 0, _heads.Count == 0 ? 0 : _heads.Max(h => h.Key));
        if (known > _last) return Bad(_last + 1, "cut-off");
        if (_held.Any(h => h.Key > _last || h.Key < 1)) return Bad(_last + 1, "held");
        return end < _last ? Bad(end.Value + 1, "edited") : new LedgerVerdict(true, _last, Convert.ToHexStringLower(_hash), _signed, HeldDays: _same);
    }

    private static bool IsSigned(SignedHead head)
    {
        try
        {
            using var key = ECDsa.Create();
            key.ImportSubjectPublicKeyInfo(head.PublicKey, out _);
            return key.VerifyData(LedgerChain.SignedOf(head.Day, head.Last, head.Hash), head.Signature, HashAlgorithmName.SHA256);
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private LedgerVerdict Bad(long at, string reason) => new(false, _last, Convert.ToHexStringLower(_hash), _signed, at, reason, _same);
}
