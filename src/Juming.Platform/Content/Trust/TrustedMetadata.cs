using System.Globalization;
using System.Security.Cryptography;
using Juming.Platform.Content.Format;
using Juming.Platform.Handlers;

namespace Juming.Platform.Content.Trust;

/// <summary>A signed text that was checked.</summary>
internal sealed record Trusted<T>(T Data, byte[] Bytes);

/// <summary>
/// What this host believes of the repository, and the only way to make it believe more: each file is held against the keys, versions, hashes and times that what is believed already
/// names. Without input and output. Changes are made on a copy and taken as a whole, so that no two files of different days ever count together.
/// </summary>
internal sealed class TrustedMetadata
{
    /// <summary>How long what has expired is still taken, with a warning: sites may be off the network for days.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromDays(7);

    private readonly Dictionary<string, Trusted<TargetsData>> _lists;

    private TrustedMetadata(Trusted<RootData> root, Dictionary<string, Trusted<TargetsData>> lists) => (Root, _lists) = (root, lists);

    public Trusted<RootData> Root { get; private set; }

    public Trusted<TimestampData>? Timestamp { get; private set; }

    public Trusted<SnapshotData>? Snapshot { get; private set; }

    /// <summary>Lists by role, those of operators among them.</summary>
    public IReadOnlyDictionary<string, Trusted<TargetsData>> Lists => _lists;

    /// <summary>Begins with a root that somebody vouches for.</summary>
    public static TrustedMetadata Begin(byte[] root)
    {
        var file = Read(root, Limits.MostRoot, Roles.Root);
        var data = Parse(() => RootData.Read(file.Signed), Roles.Root);
        RequireSignatures(file, data.Roles[Roles.Root], Roles.Root);
        return new TrustedMetadata(new(data, root), []);
    }

    /// <summary>Takes up what was checked before and kept; it was all signed then.</summary>
    public static TrustedMetadata Restore(byte[] root, byte[]? timestamp, byte[]? snapshot, IEnumerable<byte[]> lists)
    {
        var all = lists.Select(bytes => new Trusted<TargetsData>(TargetsData.Read(SignedFile.Read(bytes, Limits.MostList).Signed), bytes)).ToDictionary(l => l.Data.Role);
        return new TrustedMetadata(new(RootData.Read(SignedFile.Read(root, Limits.MostRoot).Signed), root), all)
        {
            Timestamp = timestamp is null ? null : new(TimestampData.Read(SignedFile.Read(timestamp, Limits.MostTimestamp).Signed), timestamp),
            Snapshot = snapshot is null ? null : new(SnapshotData.Read(SignedFile.Read(snapshot, Limits.MostList).Signed), snapshot),
        };
    }

    public TrustedMetadata Copy() => new(Root, new Dictionary<string, Trusted<TargetsData>>(_lists)) { Timestamp = Timestamp, Snapshot = Snapshot };

    /// <summary>Takes the next root: signed by enough keys of the one before, and by enough of its own.</summary>
    public void TakeRoot(byte[] bytes)
    {
        var file = Read(bytes, Limits.MostRoot, Roles.Root);
        var data = Parse(() => RootData.Read(file.Signed), Roles.Root);
        RequireSignatures(file, Root.Data.Roles[Roles.Root], Roles.Root);
        RequireSignatures(file, data.Roles[Roles.Root], Roles.Root);
        if (data.Version <= Root.Data.Version) throw Refused(Version(ContentErrors.Older, Roles.Root, data.Version, Root.Data.Version));
        if (data.Version != Root.Data.Version + 1) throw Refused(Version(ContentErrors.RootGap, Roles.Root, data.Version, Root.Data.Version));
        // Whoever stole an online key could have driven versions to their end; with the key its versions go.
        if (!data.Roles[Roles.Timestamp].HasSameKeys(Root.Data.Roles[Roles.Timestamp]) || !data.Roles[Roles.Snapshot].HasSameKeys(Root.Data.Roles[Roles.Snapshot])) (Timestamp, Snapshot) = (null, null);
        if (!data.Roles[Roles.Targets].HasSameKeys(Root.Data.Roles[Roles.Targets])) _lists.Clear();
        Root = new(data, bytes);
    }

    /// <summary>Takes a timestamp.</summary>
    /// <returns>False when it is the one that is known.</returns>
    public bool TakeTimestamp(byte[] bytes, DateTimeOffset now)
    {
        RequireTime(Root.Data.Expires, Roles.Root, now);
        var file = Read(bytes, Limits.MostTimestamp, Roles.Timestamp);
        RequireSignatures(file, Root.Data.Roles[Roles.Timestamp], Roles.Timestamp);
        var data = Parse(() => TimestampData.Read(file.Signed), Roles.Timestamp);
        if (Timestamp is { } known)
        {
            if (data.Version < known.Data.Version) throw Refused(Version(ContentErrors.Older, Roles.Timestamp, data.Version, known.Data.Version));
            // Signatures differ each time something is signed; what was signed must not.
            if (data.Version == known.Data.Version && !file.SignedBytes.AsSpan().SequenceEqual(SignedFile.Read(known.Bytes, Limits.MostTimestamp).SignedBytes)) throw Refused(Version(ContentErrors.TwoFaces, Roles.Timestamp, data.Version, known.Data.Version));
            if (data.Snapshot.Version < known.Data.Snapshot.Version) throw Refused(Version(ContentErrors.Older, Roles.Snapshot, data.Snapshot.Version, known.Data.Snapshot.Version));
        }
        RequireTime(data.Expires, Roles.Timestamp, now);
        if (Timestamp is { } same && same.Bytes.AsSpan().SequenceEqual(bytes)) return false;
        Timestamp = new(data, bytes);
        return true;
    }

    /// <summary>Takes the snapshot that the timestamp names.</summary>
    public void TakeSnapshot(byte[] bytes, DateTimeOffset now)
    {
        var mark = Timestamp!.Data.Snapshot;
        RequireMark(bytes, mark, Roles.Snapshot);
        var file = Read(bytes, Limits.MostList, Roles.Snapshot);
        RequireSignatures(file, Root.Data.Roles[Roles.Snapshot], Roles.Snapshot);
        var data = Parse(() => SnapshotData.Read(file.Signed), Roles.Snapshot);
        if (data.Version != mark.Version) throw Refused(Version(ContentErrors.TwoFaces, Roles.Snapshot, data.Version, mark.Version));
        foreach (var (role, before) in Snapshot?.Data.Lists ?? new Dictionary<string, FileMark>())
        {
            if (!data.Lists.TryGetValue(role, out var next)) throw Refused(Version(ContentErrors.Older, role, 0, before.Version));
            if (next.Version < before.Version) throw Refused(Version(ContentErrors.Older, role, next.Version, before.Version));
        }
        RequireTime(data.Expires, Roles.Snapshot, now);
        Snapshot = new(data, bytes);
    }

    /// <summary>Lists whose versions the snapshot names and that are not here yet, the top one first.</summary>
    public IReadOnlyList<(string Role, FileMark Mark)> MissingLists() =>
        [.. (Snapshot?.Data.Lists ?? new Dictionary<string, FileMark>()).Where(l => !_lists.TryGetValue(l.Key, out var have) || !SHA256.HashData(have.Bytes).AsSpan().SequenceEqual(l.Value.Sha256)).OrderBy(l => l.Key != Roles.Targets).Select(l => (l.Key, l.Value))];

    /// <summary>Takes a list that the snapshot names.</summary>
    public void TakeList(string role, byte[] bytes, DateTimeOffset now)
    {
        if (!Snapshot!.Data.Lists.TryGetValue(role, out var mark)) throw Refused(ContentErrors.OtherHash.With("file", role));
        RequireMark(bytes, mark, role);
        var data = CheckList(role, bytes, now);
        if (data.Version != mark.Version) throw Refused(Version(ContentErrors.TwoFaces, role, data.Version, mark.Version));
        _lists[role] = new(data, bytes);
        if (role == Roles.Targets) DropRevoked(data);
    }

    /// <summary>Takes the list of an operator, which no snapshot names: its own version and expiry stand for it.</summary>
    /// <returns>False when it is the one that is known.</returns>
    public bool TakeOwn(string role, byte[] bytes, DateTimeOffset now)
    {
        if (!Roles.IsOwn(role)) throw Refused(ContentErrors.Unreadable.With("file", role.Length > 80 ? "?" : role).With("reason", "an operator may only add a list of its own"));
        var data = CheckList(role, bytes, now);
        if (_lists.TryGetValue(role, out var known))
        {
            if (data.Version < known.Data.Version) throw Refused(Version(ContentErrors.Older, role, data.Version, known.Data.Version));
            if (data.Version == known.Data.Version) return known.Bytes.AsSpan().SequenceEqual(bytes) ? false : throw Refused(Version(ContentErrors.TwoFaces, role, data.Version, known.Data.Version));
        }
        _lists[role] = new(data, bytes);
        return true;
    }

    /// <summary>Nothing is missing: what the snapshot names is here, and nothing else but lists of operators.</summary>
    public bool IsWhole => Snapshot is { } snapshot && Timestamp is { } timestamp && SHA256.HashData(snapshot.Bytes).AsSpan().SequenceEqual(timestamp.Data.Snapshot.Sha256) && MissingLists().Count == 0;

    /// <summary>The earliest time at which something expires, and what.</summary>
    public (DateTimeOffset At, string Role) NextExpiry()
    {
        var all = new List<(DateTimeOffset, string)> { (Root.Data.Expires, Roles.Root) };
        if (Timestamp is { } timestamp) all.Add((timestamp.Data.Expires, Roles.Timestamp));
        if (Snapshot is { } snapshot) all.Add((snapshot.Data.Expires, Roles.Snapshot));
        all.AddRange(_lists.Values.Select(l => (l.Data.Expires, l.Data.Role)));
        return all.Min();
    }

    private TargetsData CheckList(string role, byte[] bytes, DateTimeOffset now)
    {
        var file = Read(bytes, Limits.MostList, role);
        var keys = role == Roles.Targets ? Root.Data.Roles[Roles.Targets] : _lists.TryGetValue(Roles.Targets, out var top) && top.Data.Delegations.TryGetValue(role, out var delegated) ? delegated : null;
        if (keys is null) throw Refused(ContentErrors.Unsigned.With("file", role).With("have", "0").With("need", "1"));
        RequireSignatures(file, keys, role);
        var data = Parse(() => TargetsData.Read(file.Signed), role);
        // The same key may stand for several roles: what it signed for one must not be shown as another's.
        if (data.Role != role) throw Refused(ContentErrors.Unreadable.With("file", role).With("reason", $"it is the list of '{data.Role}'"));
        RequireTime(data.Expires, role, now);
        return data;
    }

    /// <summary>Lists that were signed by keys which the top one no longer names don't count any more.</summary>
    private void DropRevoked(TargetsData top)
    {
        foreach (var (role, list) in _lists.Where(l => l.Key != Roles.Targets).ToList())
            if (!top.Delegations.TryGetValue(role, out var keys) || SignedFile.Read(list.Bytes, Limits.MostList).Count(keys.Keys) < keys.Threshold) _lists.Remove(role);
    }

    private static SignedFile Read(byte[] bytes, int most, string role)
    {
        if (bytes.Length > most) throw Refused(ContentErrors.TooLarge.With("file", role).With("most", most.ToString(CultureInfo.InvariantCulture)));
        return Parse(() => SignedFile.Read(bytes, most), role);
    }

    private static T Parse<T>(Func<T> read, string role)
    {
        try
        {
            return read();
        }
        catch (ContentFormatException e)
        {
            throw Refused(ContentErrors.Unreadable.With("file", role).With("reason", e.Message));
        }
    }

    private static void RequireSignatures(SignedFile file, RoleKeys role, string name)
    {
        var have = file.Count(role.Keys);
        if (have < role.Threshold) throw Refused(ContentErrors.Unsigned.With("file", name).With("have", Text(have)).With("need", Text(role.Threshold)));
    }

    private static void RequireMark(byte[] bytes, FileMark mark, string name)
    {
        if (bytes.Length != mark.Length || !SHA256.HashData(bytes).AsSpan().SequenceEqual(mark.Sha256)) throw Refused(ContentErrors.OtherHash.With("file", name));
    }

    private static void RequireTime(DateTimeOffset expires, string name, DateTimeOffset now)
    {
        if (now > expires + Grace) throw Refused(ContentErrors.Expired.With("file", name).With("at", MetadataText.At(expires)));
    }

    private static Error Version(Error error, string file, long found, long known) => error.With("file", file).With("found", Text(found)).With("known", Text(known));

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static ContentRefusedException Refused(Error error) => new(error);
}
