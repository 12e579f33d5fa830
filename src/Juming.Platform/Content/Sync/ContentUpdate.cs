using System.Security.Cryptography;
using Juming.Platform.Content.Format;
using Juming.Platform.Content.Keep;
using Juming.Platform.Content.Trust;
using Juming.Platform.Links;
using Juming.Platform.Modules;

namespace Juming.Platform.Content.Sync;

/// <summary>Brings what this host believes up to date from an origin: roots one after the other, then everything else as a whole, or nothing.</summary>
internal sealed class ContentUpdate(TrustBook book, BlobShelf shelf, ContentReach reach, ContentSettings settings, TierContext tier, TimeProvider clock)
{
    private const int MostOwn = 4;

    // Whoever passes content on has all of it before those below hear of it; a site fetches what it uses.
    private bool KeepsAll => tier.Tier.Number < 3;

    /// <summary>Updates.</summary>
    /// <param name="from">Where it comes from.</param>
    /// <param name="whole">Fetches all that the lists name, since the origin will not be there later.</param>
    /// <param name="ct">Cancels; what was believed before stays.</param>
    /// <returns>True when something is new.</returns>
    /// <exception cref="ContentRefusedException">Something is not as it must be; what was believed before stays.</exception>
    public async Task<bool> Run(IContentOrigin from, bool whole, CancellationToken ct)
    {
        using var turn = await book.Enter(ct);
        if (book.Last is null) await Begin(from, ct);
        var known = book.Last!;
        if (await from.Head(known.Head?.Hash ?? [], ct) is not { } head)
        {
            CheckTime(known.Trusted);
            return false;
        }
        var working = await FollowRoots(from, head, known.Trusted.Copy(), ct);
        await TakeFiles(from, head, working, ct);
        if (KeepsAll || whole) await reach.FetchAll(working, from, ct);
        if (Same(known.Head, working)) return false;
        await book.Keep(working, ct);
        return true;
    }

    /// <summary>Looks for a first root, and takes it when somebody has vouched for it.</summary>
    private async Task Begin(IContentOrigin from, CancellationToken ct)
    {
        var host = await book.Host(ct);
        var offered = await from.Root(1, ct);
        if (offered is null) throw new ContentRefusedException(ContentErrors.NothingYet);
        var trusted = TrustedMetadata.Begin(offered);
        if (trusted.Root.Data.Version != 1) throw new ContentRefusedException(ContentErrors.Unreadable.With("file", Roles.Root).With("reason", "it is not the first root"));
        var fingerprint = TrustBook.FingerprintOf(offered);
        if (fingerprint == settings.Root || fingerprint == host.Vouched)
        {
            await book.Keep(trusted, ct);
            return;
        }
        if (host.Offered is null || !host.Offered.AsSpan().SequenceEqual(offered)) await book.Offer(offered, ct);
        throw new ContentRefusedException(ContentErrors.NoRoot.With("fingerprint", fingerprint));
    }

    private async Task<TrustedMetadata> FollowRoots(IContentOrigin from, BulkHead head, TrustedMetadata working, CancellationToken ct)
    {
        for (var n = 0; n < Limits.MostRoots && working.Root.Data.Version < head.RootVersion; n++)
        {
            if (await from.Root(working.Root.Data.Version + 1, ct) is not { } next) break;
            working.TakeRoot(next);
            // Believed from here on, whatever comes of the rest: a key that was taken out must not come back by an error further on.
            await book.Keep(working.Copy(), ct);
        }
        return working;
    }

    private async Task TakeFiles(IContentOrigin from, BulkHead head, TrustedMetadata working, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        working.TakeTimestamp(head.Timestamp, now);
        if (working.Snapshot is not { } snapshot || !SHA256.HashData(snapshot.Bytes).AsSpan().SequenceEqual(working.Timestamp!.Data.Snapshot.Sha256))
            working.TakeSnapshot(await File(from, Roles.Snapshot, working.Timestamp!.Data.Snapshot, ct), now);
        // Each list that comes may say that another has to come anew.
        for (var n = 0; n < 32 && working.MissingLists() is [var (role, mark), ..]; n++) working.TakeList(role, await File(from, role, mark, ct), now);
        foreach (var own in head.Own.Take(MostOwn)) working.TakeOwn(RoleIn(own), own, now);
        if (!working.IsWhole) throw new ContentRefusedException(ContentErrors.Unreadable.With("file", Roles.Snapshot).With("reason", "the lists that it names do not belong together"));
    }

    private async Task<byte[]> File(IContentOrigin from, string what, FileMark mark, CancellationToken ct)
    {
        if (await shelf.Read(mark.Sha256, mark.Length, ct) is { } here) return here;
        if (!await from.Fetch(mark.Sha256, mark.Length, ct) || await shelf.Read(mark.Sha256, mark.Length, ct) is not { } came) throw new ContentRefusedException(ContentErrors.OtherHash.With("file", what));
        return came;
    }

    /// <summary>The role that a list says to be of; what it says is believed once it is signed by that role's keys.</summary>
    private static string RoleIn(byte[] own)
    {
        try
        {
            return TargetsData.Read(SignedFile.Read(own, Limits.MostList).Signed).Role;
        }
        catch (ContentFormatException e)
        {
            throw new ContentRefusedException(ContentErrors.Unreadable.With("file", "operators").With("reason", e.Message));
        }
    }

    /// <summary>Nothing new comes, and what is known is too old: somebody holds the news back.</summary>
    private void CheckTime(TrustedMetadata trusted)
    {
        var (at, role) = trusted.NextExpiry();
        if (clock.GetUtcNow() > at + TrustedMetadata.Grace) throw new ContentRefusedException(ContentErrors.Expired.With("file", role).With("at", MetadataText.At(at)));
    }

    private static bool Same(BulkHead? head, TrustedMetadata working) =>
        head is not null && head.RootVersion == working.Root.Data.Version && head.Hash.AsSpan().SequenceEqual(TrustBook.HashOf(working.Timestamp!.Bytes, working.Lists.Where(l => Roles.IsOwn(l.Key)).OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => l.Value.Bytes)));
}
