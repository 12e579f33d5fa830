using System.Buffers.Binary;
using System.Security.Cryptography;
using Google.Protobuf;
using Juming.Contracts.Egress;
using Juming.Platform.Data;
using Juming.Platform.Links.Egress.Ledger;

namespace Juming.Platform.Links.Egress.Held;

/// <summary>What a host says of a day of its ledger, signed as a whole: the day before it is part of what is signed.</summary>
internal static class LedgerStatement
{
    private const int PointBytes = 64;

    /// <summary>Makes it.</summary>
    public static LedgerHead Of(LedgerHeadRow head, LedgerHeadRow? before, long bytes, ECDsa key)
    {
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        var told = new LedgerHead
        {
            Day = Micros(head.Day),
            Entries = (ulong)head.Last,
            Hash = ByteString.CopyFrom(head.Hash),
            Signature = ByteString.CopyFrom(head.Signature),
            DayEntries = (ulong)(head.Last - (before?.Last ?? 0)),
            DayBytes = (ulong)Math.Max(0, bytes),
            SignedAt = PlainStatements.Micros(head.SignedAt),
            PreviousDay = before is null ? 0 : Micros(before.Day),
            PreviousHash = before is null ? ByteString.Empty : ByteString.CopyFrom(before.Hash),
            Key = ByteString.CopyFrom([.. point.X!, .. point.Y!]),
        };
        told.Statement = ByteString.CopyFrom(key.SignData(SignedOf(told), HashAlgorithmName.SHA256));
        return told;
    }

    /// <summary>Both signatures are of the key that the message names.</summary>
    public static bool IsSigned(LedgerHead told)
    {
        if (KeyOf(told.Key.Span) is not { } key) return false;
        using (key)
        {
            return DayOf(told.Day) is { } day && told.Entries <= long.MaxValue
                && key.VerifyData(LedgerChain.SignedOf(day, (long)told.Entries, told.Hash.Span), told.Signature.Span, HashAlgorithmName.SHA256)
                && key.VerifyData(SignedOf(told), told.Statement.Span, HashAlgorithmName.SHA256);
        }
    }

    /// <summary>Days since 1970 of an instant that begins one; null for any other.</summary>
    public static int? DayOf(long micros)
    {
        const long day = 86_400_000_000;
        return micros > 0 && micros % day == 0 && micros / day < 60_000 ? (int)(micros / day) : null;
    }

    /// <summary>The instant at which a day begins.</summary>
    public static long Micros(int day) => PlainStatements.Micros(DateTimeOffset.UnixEpoch.AddDays(day));

    /// <summary>The public key as auditors' programs read it, SubjectPublicKeyInfo; empty when it is none.</summary>
    public static byte[] PublicKeyOf(ReadOnlySpan<byte> point)
    {
        using var key = KeyOf(point);
        return key?.ExportSubjectPublicKeyInfo() ?? [];
    }

    private static ECDsa? KeyOf(ReadOnlySpan<byte> point)
    {
        if (point.Length != PointBytes) return null;
        try
        {
            return ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = point[..32].ToArray(), Y = point[32..].ToArray() } });
        }
        catch (CryptographicException)
        {
            // Bytes that are no point of the curve.
            return null;
        }
    }

    // Every part has its length: two statements never make the same bytes.
    private static byte[] SignedOf(LedgerHead told)
    {
        using var text = new MemoryStream();
        text.Write("juming ledger day 2"u8);
        foreach (var number in new[] { told.Day, (long)told.Entries, (long)told.DayEntries, (long)told.DayBytes, told.SignedAt, told.PreviousDay }) Write(text, number);
        foreach (var bytes in new[] { told.Hash, told.Signature, told.PreviousHash, told.Key })
        {
            Write(text, bytes.Length);
            text.Write(bytes.Span);
        }
        return text.ToArray();
    }

    private static void Write(MemoryStream text, long number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
        text.Write(bytes);
    }
}
