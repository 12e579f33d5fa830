using Google.Protobuf;
using Juming.Contracts.Link;

namespace Juming.Platform.Links.Sync;

/// <summary>
/// What a frame may say at most. A peer holds a certificate, which proves who it is and nothing of what it sends: everything is held against these before anything acts on it.
/// </summary>
internal static class Limits
{
    /// <summary>Numbers are far from where they would wrap around.</summary>
    public const ulong Highest = 1UL << 60;

    /// <summary>Records of a batch; today's sender puts 500 into one.</summary>
    public const int MostRecords = 2_000;

    /// <summary>Bytes of a record.</summary>
    public const int MostPayload = 2 * 1024 * 1024;

    /// <summary>Bytes of a latest value.</summary>
    public const int MostValue = 64 * 1024;

    /// <summary>Latest values of one sender.</summary>
    public const int MostValues = 2_000;

    private const int MostKey = 200;
    private const int HashLength = 32;

    /// <summary>Looks at a frame.</summary>
    /// <exception cref="LinkBreachException">It says what no frame may.</exception>
    public static void Check(SyncFrame frame)
    {
        switch (frame.FrameCase)
        {
            case SyncFrame.FrameOneofCase.Ask: break;
            case SyncFrame.FrameOneofCase.Position: Number(frame.Position.Last, frame.Position.MarksFrom); Hash(frame.Position.Hash); break;
            case SyncFrame.FrameOneofCase.Batch: Batch(frame.Batch); break;
            case SyncFrame.FrameOneofCase.Ack: Number(frame.Ack.Applied); Hash(frame.Ack.Hash); break;
            case SyncFrame.FrameOneofCase.Probe: Number(frame.Probe.Seq); break;
            case SyncFrame.FrameOneofCase.Mark: Number(frame.Mark.Seq); Hash(frame.Mark.Hash, mayBeEmpty: true); break;
            case SyncFrame.FrameOneofCase.Branch: Number(frame.Branch.At, frame.Branch.AnswersLast); Hash(frame.Branch.Hash); Hash(frame.Branch.AnswersHash); break;
            case SyncFrame.FrameOneofCase.Lost: Number(frame.Lost.To, frame.Lost.AnswersLast); Hash(frame.Lost.Hash); Hash(frame.Lost.AnswersHash); break;
            case SyncFrame.FrameOneofCase.StatePosition: Number(frame.StatePosition.Newest); Hash(frame.StatePosition.Digest); break;
            case SyncFrame.FrameOneofCase.StateBatch: Values(frame.StateBatch); break;
            case SyncFrame.FrameOneofCase.StateAck: Number(frame.StateAck.Newest); break;
            // A frame of a later release: left alone by whoever takes it.
            default: break;
        }
    }

    private static void Batch(Batch batch)
    {
        Number(batch.First);
        Hash(batch.HashAfter);
        if (batch.First == 0) throw new LinkBreachException("number");
        if (batch.Records.Count is 0 or > MostRecords) throw new LinkBreachException("size");
        foreach (var record in batch.Records)
        {
            if (record.Payload.Length > MostPayload) throw new LinkBreachException("size");
            if (record.Type > int.MaxValue || (record.DamagedDigest.Length > 0 && (record.DamagedDigest.Length != HashLength || record.Payload.Length > 0))) throw new LinkBreachException("record");
            Key(record.Key, mayBeEmpty: true);
        }
    }

    private static void Values(StateBatch batch)
    {
        if (batch.Items.Count > MostValues) throw new LinkBreachException("size");
        if (batch.Items.Count == 0 && batch.AllOf is null) throw new LinkBreachException("size");
        foreach (var item in batch.Items)
        {
            Number(item.Version);
            Key(item.Key, mayBeEmpty: false);
            if (item.Payload.Length > MostValue) throw new LinkBreachException("size");
            if (item.Type > int.MaxValue) throw new LinkBreachException("record");
        }
        if (batch.Items.DistinctBy(i => i.Key).Count() != batch.Items.Count) throw new LinkBreachException("range");
        if (batch.AllOf is not { } range) return;
        Key(range.After, mayBeEmpty: true);
        Key(range.UpTo, mayBeEmpty: true);
        if (batch.Items.Any(i => string.CompareOrdinal(i.Key, range.After) <= 0 || (range.UpTo.Length > 0 && string.CompareOrdinal(i.Key, range.UpTo) > 0))) throw new LinkBreachException("range");
    }

    private static void Number(params ReadOnlySpan<ulong> numbers)
    {
        foreach (var number in numbers)
            if (number > Highest) throw new LinkBreachException("number");
    }

    private static void Hash(ByteString hash, bool mayBeEmpty = false)
    {
        if (hash.Length != HashLength && !(mayBeEmpty && hash.IsEmpty)) throw new LinkBreachException("hash");
    }

    // Not every database takes a zero character, and half a surrogate is no text at all.
    private static void Key(string key, bool mayBeEmpty)
    {
        if (key.Length > MostKey || (key.Length == 0 && !mayBeEmpty) || key.Any(c => char.IsControl(c) || char.IsSurrogate(c))) throw new LinkBreachException("key");
    }
}
