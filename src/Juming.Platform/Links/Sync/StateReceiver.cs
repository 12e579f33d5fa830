using Google.Protobuf;
using Juming.Contracts.Link;

namespace Juming.Platform.Links.Sync;

/// <summary>Receives the latest values of a state topic of one sender.</summary>
internal sealed class StateReceiver(uint topic, IStateInbox store, Action<SyncFrame> send)
{
    private uint _serial;
    private uint _part;

    /// <summary>The sender asks how the values stand.</summary>
    public async ValueTask On(Ask ask, CancellationToken ct)
    {
        _ = ask;
        var versions = await store.Versions(ct);
        (_serial, _part) = (_serial + 1, 0);
        send(new SyncFrame
        {
            StatePosition = new StatePosition { Topic = topic, Newest = Newest(versions), Digest = ByteString.CopyFrom(StateDigest.Of(versions)), Serial = _serial },
        });
    }

    /// <summary>Values come.</summary>
    /// <exception cref="LinkBreachException">There would be more of them than one sender may have.</exception>
    public async ValueTask On(StateBatch batch, CancellationToken ct)
    {
        if (await WouldHold(batch, ct) > Limits.MostValues) throw new LinkBreachException("size");
        if (batch.AllOf is { } range)
        {
            // A part that comes again, or late, would put back what has changed since.
            if (range.Serial != _serial || range.Part != _part + 1) return;
            await store.Take(batch.Items, range, ct);
            _part = range.Part;
        }
        else
        {
            await store.Take(batch.Items, null, ct);
        }
        send(new SyncFrame { StateAck = new StateAck { Topic = topic, Newest = Newest(await store.Versions(ct)), Serial = _serial, Part = _part } });
    }

    private async ValueTask<int> WouldHold(StateBatch batch, CancellationToken ct)
    {
        var held = await store.Versions(ct);
        var known = held.Select(v => v.Key).ToHashSet(StringComparer.Ordinal);
        return held.Count + batch.Items.Count(i => !known.Contains(i.Key));
    }

    private static ulong Newest(IReadOnlyList<StateVersion> versions) => versions.Count == 0 ? 0 : versions.Max(v => v.Version);
}
