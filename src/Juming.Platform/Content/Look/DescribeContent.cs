using Juming.Platform.Content.Format;
using Juming.Platform.Content.Keep;
using Juming.Platform.Content.Sign;
using Juming.Platform.Content.Sync;
using Juming.Platform.Content.Trust;
using Juming.Platform.Handlers;
using Juming.Platform.Modules;

namespace Juming.Platform.Content.Look;

/// <summary>How signed content stands on this host.</summary>
internal sealed record DescribeContent : IQuery<ContentView>, INeeds<ContentRead>;

/// <summary>How signed content stands.</summary>
internal sealed record ContentView
{
    /// <summary>1 the cloud, which signs; 2 an operator, which passes on; 3 a site.</summary>
    public required int Tier { get; init; }

    /// <summary>Fingerprint of the first root that is trusted; null before one is.</summary>
    public string? Fingerprint { get; init; }

    /// <summary>Fingerprint of a root that waits for somebody to vouch for it.</summary>
    public string? Offered { get; init; }

    /// <summary>Signed files, the root first.</summary>
    public IReadOnlyList<SignedView> Files { get; init; } = [];

    /// <summary>Operators that something is delegated to.</summary>
    public IReadOnlyList<Guid> Operators { get; init; } = [];

    /// <summary>When the host above was asked last; null where nobody is asked.</summary>
    public DateTimeOffset? AskedAt { get; init; }

    /// <summary>When that went well last.</summary>
    public DateTimeOffset? GoodAt { get; init; }

    /// <summary>Why it did not; null when it did.</summary>
    public Error? Problem { get; init; }

    /// <summary>Why content that came could not be used; null when it could.</summary>
    public Error? TakeProblem { get; init; }

    /// <summary>Bytes of content that lie here.</summary>
    public long Bytes { get; init; }

    /// <summary>The root key still lies here and should be exported.</summary>
    public bool RootKeyIsHere { get; init; }

    /// <summary>Root keys, and how many of them must sign.</summary>
    public IReadOnlyList<string> RootKeys { get; init; } = [];

    /// <summary>How many of them must sign.</summary>
    public int RootThreshold { get; init; }
}

/// <summary>A signed file.</summary>
/// <param name="Role">Its role.</param>
/// <param name="Version">Its version.</param>
/// <param name="Expires">How long it is good.</param>
/// <param name="Age">Good, Stale within the days of grace, or Over.</param>
/// <param name="Targets">Pieces of content that it names.</param>
internal sealed record SignedView(string Role, long Version, DateTimeOffset Expires, string Age, int Targets);

file sealed class Handler(TrustBook book, BlobShelf shelf, SigningKeys keys, ContentStatus status, TierContext tier, TimeProvider clock) : IQueryHandler<DescribeContent, ContentView>
{
    public async Task<Result<ContentView>> Handle(DescribeContent request, CancellationToken ct)
    {
        var now = status.Now;
        var view = new ContentView { Tier = tier.Tier.Number, AskedAt = now.AskedAt, GoodAt = now.GoodAt, Problem = now.Problem, TakeProblem = now.TakeProblem };
        if (await book.Now(ct) is not { } held)
        {
            var offered = (await book.Host(ct)).Offered;
            return view with { Offered = offered is null ? null : TrustBook.FingerprintOf(offered) };
        }
        var (trusted, root) = (held.Trusted, held.Trusted.Root.Data);
        var files = new List<SignedView> { View(Roles.Root, root.Version, root.Expires, 0) };
        if (trusted.Timestamp is { } timestamp) files.Add(View(Roles.Timestamp, timestamp.Data.Version, timestamp.Data.Expires, 0));
        if (trusted.Snapshot is { } snapshot) files.Add(View(Roles.Snapshot, snapshot.Data.Version, snapshot.Data.Expires, 0));
        files.AddRange(trusted.Lists.Values.OrderBy(l => l.Data.Role != Roles.Targets).ThenBy(l => l.Data.Role, StringComparer.Ordinal).Select(l => View(l.Data.Role, l.Data.Version, l.Data.Expires, l.Data.Targets.Count)));
        return view with
        {
            Fingerprint = await book.Fingerprint(ct),
            Files = files,
            Operators = [.. trusted.Lists.GetValueOrDefault(Roles.Targets)?.Data.Delegations.Keys.Where(Roles.IsOwn).Select(r => Guid.ParseExact(r[Roles.OperatorPrefix.Length..], "N")) ?? []],
            Bytes = shelf.Total(),
            RootKeyIsHere = tier.Tier.Number == 1 && await keys.Find(Roles.Root, root.Roles[Roles.Root], ct) is not null,
            RootKeys = [.. root.Roles[Roles.Root].Keys.Select(k => k.Id)],
            RootThreshold = root.Roles[Roles.Root].Threshold,
        };
    }

    private SignedView View(string role, long version, DateTimeOffset expires, int targets)
    {
        var now = clock.GetUtcNow();
        return new SignedView(role, version, expires, now <= expires ? "Good" : now <= expires + TrustedMetadata.Grace ? "Stale" : "Over", targets);
    }
}
