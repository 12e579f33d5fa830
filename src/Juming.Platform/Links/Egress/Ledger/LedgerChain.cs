using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Juming.Platform.Data;

namespace Juming.Platform.Links.Egress.Ledger;

/// <summary>The hash of an entry: SHA-256 over the hash before it and all that the entry says, each text with its length in front. An auditor's program can do the same.</summary>
internal static class LedgerChain
{
    /// <summary>The hash before the first entry.</summary>
    public static byte[] Start => new byte[SHA256.HashSizeInBytes];

    /// <summary>The hash after an entry.</summary>
    public static byte[] HashOf(ReadOnlySpan<byte> before, LedgerRow row)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(before);
        Add(hash, row.Seq);
        Add(hash, PlainStatements.Micros(row.At));
        Add(hash, row.Kind.ToString());
        Add(hash, row.Destination);
        Add(hash, row.Place.ToString());
        Add(hash, row.Sender);
        Add(hash, row.Type);
        Add(hash, row.About);
        Add(hash, row.Level);
        Add(hash, row.Bytes);
        Add(hash, row.Labels);
        hash.AppendData(row.Sha256);
        hash.AppendData(row.KeptSha256 ?? []);
        // Entries from before there were releases have the hash that they had.
        if (row.Approver.Length > 0)
        {
            Add(hash, "approver");
            Add(hash, row.Approver);
        }
        return hash.GetHashAndReset();
    }

    /// <summary>What is signed of a day's end.</summary>
    public static byte[] SignedOf(int day, long last, ReadOnlySpan<byte> hash)
    {
        var text = new byte[sizeof(long) + sizeof(long) + hash.Length];
        BinaryPrimitives.WriteInt64LittleEndian(text, day);
        BinaryPrimitives.WriteInt64LittleEndian(text.AsSpan(sizeof(long)), last);
        hash.CopyTo(text.AsSpan(2 * sizeof(long)));
        return text;
    }

    private static void Add(IncrementalHash hash, long number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
        hash.AppendData(bytes);
    }

    private static void Add(IncrementalHash hash, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Add(hash, bytes.Length);
        hash.AppendData(bytes);
    }
}
