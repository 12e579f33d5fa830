using Google.Protobuf;
using Juming.Contracts.Link;
using Juming.Platform.Links.Sync;

namespace Juming.Platform.Tests.Links;

/// <summary>Frames of a synchronisation that no release sends, by name and the code under which they are told.</summary>
internal static class BadFrames
{
    private static readonly ByteString Hash = ByteString.CopyFrom(new byte[32]);

    /// <summary>Those about a log that the other end receives.</summary>
    /// <param name="log">Its topic.</param>
    public static IEnumerable<(string Name, string Code, SyncFrame[] Frames)> OfLog(uint log)
    {
        yield return One("batch from number zero", "number", Batch(log, 0, Plain()));
        yield return One("batch from a number near the end of numbers", "number", Batch(log, ulong.MaxValue, Plain()));
        yield return One("batch with half a hash", "hash", new SyncFrame { Batch = new Batch { Topic = log, First = 1, Records = { Plain() }, HashAfter = ByteString.CopyFrom(new byte[16]) } });
        yield return One("batch without records", "size", new SyncFrame { Batch = new Batch { Topic = log, First = 1, HashAfter = Hash } });
        yield return One("batch of thousands of records", "size", Batch(log, 1, [.. Enumerable.Range(0, Limits.MostRecords + 1).Select(_ => Plain())]));
        yield return One("record of three megabytes", "size", Batch(log, 1, Plain(size: 3 * 1024 * 1024)));
        yield return One("record with a key like a book", "key", Batch(log, 1, Plain(new string('k', 201))));
        yield return One("record with a zero character in its key", "key", Batch(log, 1, Plain("a\0b")));
        yield return One("record with an escape sequence in its key", "key", Batch(log, 1, Plain("\u001b[2J")));
        yield return One("record of a type beyond all", "record", Batch(log, 1, new Record { Type = uint.MaxValue, Key = "k" }));
        yield return One("record with a digest of five bytes", "record", Batch(log, 1, new Record { Key = "k", DamagedDigest = ByteString.CopyFrom(new byte[5]) }));
        yield return One("record that is damaged and whole", "record", Batch(log, 1, new Record { Key = "k", DamagedDigest = Hash, Payload = Hash }));
        yield return One("question for a mark beyond all numbers", "number", new SyncFrame { Probe = new Probe { Topic = log, Seq = ulong.MaxValue } });
        yield return One("branch beyond all numbers", "number", new SyncFrame { Branch = new Branch { Topic = log, At = ulong.MaxValue, Hash = Hash, AnswersHash = Hash } });
        yield return One("branch without a hash", "hash", new SyncFrame { Branch = new Branch { Topic = log, At = 1 } });
        yield return One("loss of all numbers", "number", new SyncFrame { Lost = new Lost { Topic = log, To = 1UL << 62, Hash = Hash, AnswersHash = Hash } });
        yield return One("position of a topic that goes the other way", "direction", new SyncFrame { Position = new Position { Topic = log, Hash = Hash } });
        yield return One("acknowledgement of a topic that goes the other way", "direction", new SyncFrame { Ack = new Ack { Topic = log, Applied = 1, Hash = Hash } });
    }

    /// <summary>Those about a log that the other end sends.</summary>
    /// <param name="log">Its topic.</param>
    public static IEnumerable<(string Name, string Code, SyncFrame[] Frames)> OfSent(uint log)
    {
        yield return One("batch on a topic that goes the other way", "direction", Batch(log, 1, Plain()));
        yield return One("question about a topic that goes the other way", "direction", new SyncFrame { Ask = new Ask { Topic = log } });
        yield return One("position beyond all numbers", "number", new SyncFrame { Position = new Position { Topic = log, Last = ulong.MaxValue, Hash = Hash } });
        yield return One("position without a hash", "hash", new SyncFrame { Position = new Position { Topic = log, Last = 1 } });
        yield return One("mark of seven bytes", "hash", new SyncFrame { Mark = new Mark { Topic = log, Seq = 1, Hash = ByteString.CopyFrom(new byte[7]) } });
        yield return ("acknowledgement of what was never sent", "acknowledged", [new SyncFrame { Position = new Position { Topic = log, Hash = Hash } }, new SyncFrame { Ack = new Ack { Topic = log, Applied = 1_000_000, Hash = Hash } }]);
    }

    /// <summary>Those of any direction.</summary>
    public static IEnumerable<(string Name, string Code, SyncFrame[] Frames)> OfNone()
    {
        yield return One("batch on a topic that there is not", "direction", Batch(99, 1, Plain()));
        yield return One("values on a topic that there is not", "direction", State(99, Item("a", 1)));
        yield return ("thousands of questions at once", "flood", [.. Enumerable.Repeat(new SyncFrame { Ask = new Ask { Topic = 77 } }, 20_000)]);
    }

    /// <summary>Those about latest values that the other end receives.</summary>
    /// <param name="state">The topic.</param>
    public static IEnumerable<(string Name, string Code, SyncFrame[] Frames)> OfState(uint state)
    {
        yield return One("no values at all", "size", new SyncFrame { StateBatch = new StateBatch { Topic = state } });
        yield return One("the same key twice", "range", State(state, Item("a", 1), Item("a", 2)));
        yield return One("a value like a film", "size", State(state, Item("a", 1, Limits.MostValue + 1)));
        yield return One("values by the thousand", "size", State(state, [.. Enumerable.Range(0, Limits.MostValues + 1).Select(i => Item("k" + i, 1))]));
        yield return ("values by the thousand in small parts", "size", [.. Enumerable.Range(0, 3).Select(part => State(state, [.. Enumerable.Range(0, 900).Select(i => Item($"p{part}k{i}", 1))]))]);
        yield return One("a version beyond all numbers", "number", State(state, Item("a", ulong.MaxValue)));
        yield return One("a value without a key", "key", State(state, Item("", 1)));
        yield return One("a value beside the range that it is said to fill", "range", new SyncFrame { StateBatch = new StateBatch { Topic = state, Items = { Item("z", 1) }, AllOf = new StateRange { After = "a", UpTo = "b", Serial = 1, Part = 1 } } });
        yield return One("how values stand that are not sent", "direction", new SyncFrame { StatePosition = new StatePosition { Topic = state, Digest = Hash, Serial = 1 } });
        yield return One("that values were taken that are not sent", "direction", new SyncFrame { StateAck = new StateAck { Topic = state } });
    }

    private static (string Name, string Code, SyncFrame[] Frames) One(string name, string code, SyncFrame frame) => (name, code, [frame]);

    private static SyncFrame Batch(uint topic, ulong first, params Record[] records) => new() { Batch = new Batch { Topic = topic, First = first, Records = { records }, HashAfter = Hash } };

    private static SyncFrame State(uint topic, params StateItem[] items) => new() { StateBatch = new StateBatch { Topic = topic, Items = { items } } };

    private static Record Plain(string key = "k", int size = 1) => new() { Type = 1, Key = key, Payload = ByteString.CopyFrom(new byte[size]) };

    private static StateItem Item(string key, ulong version, int size = 1) => new() { Key = key, Version = version, Type = 1, Payload = ByteString.CopyFrom(new byte[size]) };
}
