using System.Security.Cryptography;
using Juming.Platform.Content.Format;
using Juming.Platform.Content.Keep;
using Juming.Platform.Content.Trust;

namespace Juming.Platform.Content.Sign;

/// <summary>
/// The repository as the cloud makes it: signs lists, then the snapshot, then the timestamp. What it makes goes through the same checks as what comes from elsewhere, so that it never
/// publishes what others would refuse.
/// </summary>
internal sealed class Repository(TrustBook book, BlobShelf shelf, SigningKeys keys, TimeProvider clock)
{
    public static readonly TimeSpan RootHolds = TimeSpan.FromDays(365);
    public static readonly TimeSpan ListHolds = TimeSpan.FromDays(90);
    private static readonly TimeSpan SnapshotHolds = TimeSpan.FromDays(30);
    private static readonly TimeSpan TimestampHolds = TimeSpan.FromHours(24);
    private static readonly TimeSpan TimestampEach = TimeSpan.FromHours(1);

    /// <summary>Makes the repository, when there is none; with the turn of the book.</summary>
    public async Task<TrustedMetadata> Made(CancellationToken ct)
    {
        if (book.Last is { Head: not null } view) return view.Trusted;
        // Broken off between the root and the rest: what was trusted stays, the rest is made now.
        var trusted = book.Last?.Trusted ?? TrustedMetadata.Begin(await FirstRoot(ct));
        var lists = new List<TargetsData>();
        var delegations = new Dictionary<string, RoleKeys>();
        foreach (var role in Roles.Delegated)
        {
            delegations[role] = RoleKeys.Of(ContentKey.Of(await keys.Newest(role, ct)));
            lists.Add(Next(role, null));
        }
        return await Sign(trusted, [Next(Roles.Targets, null) with { Delegations = delegations }, .. lists], ct);
    }

    /// <summary>Signs lists, and what names them; with the turn of the book.</summary>
    public async Task<TrustedMetadata> Sign(TrustedMetadata before, IReadOnlyList<TargetsData> lists, CancellationToken ct, (long Snapshot, long Timestamp) after = default)
    {
        var working = before.Copy();
        var now = clock.GetUtcNow();
        var marks = new Dictionary<string, FileMark>(working.Snapshot?.Data.Lists ?? new Dictionary<string, FileMark>());
        var files = new Dictionary<string, byte[]>();
        var top = lists.FirstOrDefault(l => l.Role == Roles.Targets) ?? working.Lists[Roles.Targets].Data;
        foreach (var list in lists)
        {
            files[list.Role] = SignedFile.Write(list.ToJson(), [await Key(list.Role, list.Role == Roles.Targets ? working.Root.Data.Roles[Roles.Targets] : top.Delegations[list.Role], ct)]);
            marks[list.Role] = await Mark(list.Version, files[list.Role], ct);
        }
        var snapshot = new SnapshotData(Math.Max(working.Snapshot?.Data.Version ?? 0, after.Snapshot) + 1, Until(now + SnapshotHolds), marks);
        var snapshotBytes = SignedFile.Write(snapshot.ToJson(), [await Key(Roles.Snapshot, working.Root.Data.Roles[Roles.Snapshot], ct)]);
        working.TakeTimestamp(await Timestamp(working, await Mark(snapshot.Version, snapshotBytes, ct), after.Timestamp, ct), now);
        working.TakeSnapshot(snapshotBytes, now);
        while (working.MissingLists() is [var (role, _), ..]) working.TakeList(role, files.TryGetValue(role, out var made) ? made : before.Lists[role].Bytes, now);
        await book.Keep(working, ct);
        return working;
    }

    /// <summary>Signs anew what grows old; with the turn of the book.</summary>
    /// <returns>True when something was signed.</returns>
    public async Task<bool> Renew(CancellationToken ct)
    {
        var trusted = await Made(ct);
        var now = clock.GetUtcNow();
        var old = trusted.Lists.Values.Where(l => !Roles.IsOwn(l.Data.Role) && l.Data.Expires - now < ListHolds / 2).Select(l => Next(l.Data.Role, l.Data)).ToList();
        if (old.Count > 0 || trusted.Snapshot!.Data.Expires - now < SnapshotHolds / 2)
        {
            await Sign(trusted, old, ct);
            return true;
        }
        if (trusted.Timestamp!.Data.Expires - now > TimestampHolds - TimestampEach) return false;
        var working = trusted.Copy();
        working.TakeTimestamp(await Timestamp(working, trusted.Timestamp.Data.Snapshot, 0, ct), now);
        await book.Keep(working, ct);
        return true;
    }

    /// <summary>The next version of a list.</summary>
    public TargetsData Next(string role, TargetsData? before) =>
        new(role, (before?.Version ?? 0) + 1, Until(clock.GetUtcNow() + ListHolds), before?.Targets ?? new Dictionary<string, ContentTarget>(), before?.Delegations ?? new Dictionary<string, RoleKeys>());

    /// <summary>An instant as signed files hold it, to the second.</summary>
    public static DateTimeOffset Until(DateTimeOffset at) => new(at.UtcTicks - (at.UtcTicks % TimeSpan.TicksPerSecond), TimeSpan.Zero);

    private async Task<byte[]> FirstRoot(CancellationToken ct)
    {
        var roles = new Dictionary<string, RoleKeys>();
        foreach (var role in Roles.Top) roles[role] = RoleKeys.Of(ContentKey.Of(await keys.Newest(role, ct)));
        return SignedFile.Write(new RootData(1, Until(clock.GetUtcNow() + RootHolds), roles).ToJson(), [await keys.Newest(Roles.Root, ct)]);
    }

    private async Task<byte[]> Timestamp(TrustedMetadata working, FileMark snapshot, long after, CancellationToken ct)
    {
        var timestamp = new TimestampData(Math.Max(working.Timestamp?.Data.Version ?? 0, after) + 1, Until(clock.GetUtcNow() + TimestampHolds), snapshot);
        return SignedFile.Write(timestamp.ToJson(), [await Key(Roles.Timestamp, working.Root.Data.Roles[Roles.Timestamp], ct)]);
    }

    private async Task<FileMark> Mark(long version, byte[] file, CancellationToken ct) => new(version, file.Length, await shelf.Put(file, ct));

    private async Task<ECDsa> Key(string role, RoleKeys counting, CancellationToken ct) =>
        await keys.Find(role, counting, ct) ?? throw new InvalidOperationException($"The key of '{role}' is not here; exchange the online keys with the root key: juming content root change --renew-online.");
}
