using System.Security.Cryptography;
using Juming.Platform.Content.Format;
using Juming.Platform.Content.Keep;
using Juming.Platform.Content.Sync;
using Juming.Platform.Modules;

namespace Juming.Platform.Content.Sign;

/// <summary>Publishes: at the cloud in the repository, at an operator in its own list alone.</summary>
internal sealed class Publisher(TrustBook book, BlobShelf shelf, Repository repository, SigningKeys keys, ContentDesk desk, TierContext tier, TimeProvider clock) : IContentPublisher
{
    private static readonly TimeSpan OwnHolds = TimeSpan.FromDays(14);

    private bool IsCloud => tier.Tier.Number == 1;

    /// <inheritdoc/>
    public async Task<string> Prefix(CancellationToken ct) => IsCloud ? "" : Roles.Of((await book.Host(ct)).Id) + "/";

    /// <inheritdoc/>
    public async Task<ContentPart> Keep(string name, ReadOnlyMemory<byte> bytes, CancellationToken ct) => new(name, await shelf.Put(bytes, ct), bytes.Length);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ContentTarget>> Published(string kind, CancellationToken ct)
    {
        var start = await Prefix(ct) + kind + "/";
        return [.. (await book.Now(ct))?.Targets.Where(t => t.Path.StartsWith(start, StringComparison.Ordinal)) ?? []];
    }

    /// <inheritdoc/>
    public async Task Publish(string kind, Action<IDictionary<string, ContentTarget>> change, CancellationToken ct)
    {
        var prefix = await Prefix(ct);
        using (await book.Enter(ct))
        {
            if (IsCloud) await PublishHere(kind, change, ct);
            else await PublishOwn(prefix[..^1], kind, change, ct);
        }
        desk.Changed();
    }

    /// <summary>Signs anew what grows old.</summary>
    public async Task Renew(CancellationToken ct)
    {
        bool changed;
        using (await book.Enter(ct)) changed = IsCloud ? await repository.Renew(ct) : await RenewOwn(ct);
        if (changed) desk.Changed();
    }

    private async Task PublishHere(string kind, Action<IDictionary<string, ContentTarget>> change, CancellationToken ct)
    {
        var trusted = await repository.Made(ct);
        var before = trusted.Lists[kind].Data;
        await repository.Sign(trusted, [repository.Next(kind, before) with { Targets = Changed(kind, kind + "/", before.Targets, change) }], ct);
    }

    private async Task PublishOwn(string role, string kind, Action<IDictionary<string, ContentTarget>> change, CancellationToken ct)
    {
        var before = book.Last?.Trusted.Lists.GetValueOrDefault(role)?.Data;
        await SignOwn(role, before, Changed(role, $"{role}/{kind}/", before?.Targets ?? new Dictionary<string, ContentTarget>(), change), ct);
    }

    private async Task<bool> RenewOwn(CancellationToken ct)
    {
        var role = Roles.Of((await book.Host(ct)).Id);
        if (book.Last?.Trusted.Lists.GetValueOrDefault(role)?.Data is not { } list || list.Expires - clock.GetUtcNow() > OwnHolds / 2) return false;
        await SignOwn(role, list, list.Targets, ct);
        return true;
    }

    private async Task SignOwn(string role, TargetsData? before, IReadOnlyDictionary<string, ContentTarget> targets, CancellationToken ct)
    {
        var key = await DelegatedKey(role, ct) ?? throw new ContentRefusedException(ContentErrors.NotDelegated);
        var list = new TargetsData(role, (before?.Version ?? 0) + 1, Repository.Until(clock.GetUtcNow() + OwnHolds), targets, new Dictionary<string, RoleKeys>());
        var working = book.Last!.Trusted.Copy();
        working.TakeOwn(role, SignedFile.Write(list.ToJson(), [key]), clock.GetUtcNow());
        await book.Keep(working, ct);
    }

    private async Task<ECDsa?> DelegatedKey(string role, CancellationToken ct) =>
        book.Last?.Trusted.Lists.GetValueOrDefault(Roles.Targets)?.Data.Delegations.GetValueOrDefault(role) is { } delegated ? await keys.Find(role, delegated, ct) : null;

    private static Dictionary<string, ContentTarget> Changed(string role, string start, IReadOnlyDictionary<string, ContentTarget> before, Action<IDictionary<string, ContentTarget>> change)
    {
        var mine = before.Where(t => t.Key.StartsWith(start, StringComparison.Ordinal)).ToDictionary(t => t.Key, t => t.Value);
        change(mine);
        foreach (var (path, target) in mine)
            if (!path.StartsWith(start, StringComparison.Ordinal) || path != target.Path || !Roles.Covers(role, path)) throw new ContentRefusedException(ContentErrors.BadPath.With("path", path));
        return before.Where(t => !t.Key.StartsWith(start, StringComparison.Ordinal)).Concat(mine).ToDictionary(t => t.Key, t => t.Value with { PublishedAt = Repository.Until(t.Value.PublishedAt) });
    }
}
