using FluentValidation;
using Juming.Platform.Content;
using Juming.Platform.Handlers;

namespace Juming.Platform.Library.Packs;

/// <summary>Packs that this host publishes, and at an operator those of the cloud that pass it, with what became of them.</summary>
internal sealed record ListPacks : IQuery<IReadOnlyList<PackView>>, INeeds<LibraryRead>;

/// <summary>What became of a version at each host below.</summary>
internal sealed record ListPackSites(string Path, int Skip = 0, int Take = 50) : IQuery<PackSitePage>, INeeds<LibraryRead>;

/// <summary>A version of a pack.</summary>
/// <param name="Path">Its place in the signed list.</param>
/// <param name="Kind">rules, parsers, playbooks or recipes.</param>
/// <param name="Name">Its name.</param>
/// <param name="Version">Its version.</param>
/// <param name="Title">What it is called.</param>
/// <param name="Note">What is new in it, or why it was taken back.</param>
/// <param name="Stage">Share of the sites that take it, percent.</param>
/// <param name="Withdrawn">It was taken back.</param>
/// <param name="PublishedAt">When it was published.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Sha256">SHA-256 of its bytes.</param>
/// <param name="IsOwn">This host publishes it; otherwise the host above does.</param>
/// <param name="Sites">At how many sites it stands how.</param>
public sealed record PackView(string Path, string Kind, string Name, long Version, string Title, string Note, int Stage, bool Withdrawn, DateTimeOffset PublishedAt, long Bytes, string Sha256, bool IsOwn, PackCounts Sites);

/// <summary>What became of a version at a host below.</summary>
/// <param name="Id">Identity of the host on the link.</param>
/// <param name="Name">A site, or an operator with all its sites.</param>
/// <param name="Sites">At how many of its sites it stands how; one at a site.</param>
/// <param name="At">When it came to stand so, by the site's clock; null for an operator.</param>
/// <param name="ReceivedAt">When that was told here.</param>
public sealed record PackSite(Guid Id, string Name, PackCounts Sites, DateTimeOffset? At, DateTimeOffset ReceivedAt);

/// <summary>A page of them, and how many there are.</summary>
internal sealed record PackSitePage(IReadOnlyList<PackSite> Items, int Total);

file sealed class Validator : AbstractValidator<ListPackSites>
{
    public Validator()
    {
        RuleFor(q => q.Path).NotEmpty().MaximumLength(160);
        RuleFor(q => q.Skip).InclusiveBetween(0, 10_000_000);
        RuleFor(q => q.Take).InclusiveBetween(1, 500);
    }
}

file sealed class Handler(IContentPublisher publisher, IContent content, PackStandings standings) : IQueryHandler<ListPacks, IReadOnlyList<PackView>>, IQueryHandler<ListPackSites, PackSitePage>
{
    public async Task<Result<IReadOnlyList<PackView>>> Handle(ListPacks request, CancellationToken ct)
    {
        var (packs, told) = (new List<PackView>(), await standings.Read(ct));
        var passes = await publisher.Prefix(ct) is { Length: > 0 };
        foreach (var kind in ContentKinds.Packs)
        {
            foreach (var target in await publisher.Published(kind, ct)) Add(kind, target, isOwn: true);
            if (!passes) continue;
            foreach (var target in content.Targets.Where(t => t.Path.StartsWith(kind + "/", StringComparison.Ordinal))) Add(kind, target, isOwn: false);
        }
        return Result<IReadOnlyList<PackView>>.Of([.. packs.OrderBy(p => p.Kind, StringComparer.Ordinal).ThenBy(p => p.Name, StringComparer.Ordinal).ThenByDescending(p => p.IsOwn).ThenByDescending(p => p.Version)]);

        void Add(string kind, ContentTarget target, bool isOwn)
        {
            if (target.Path.Split('/') is [.., var name, _])
                packs.Add(new PackView(target.Path, kind, name, target.Version, target.Title, target.Note, target.Stage, target.Withdrawn, target.PublishedAt, target.Length, Convert.ToHexStringLower(target.Sha256), isOwn, PackStandings.Sum(told[PackIdentity.Of(target.Path)])));
        }
    }

    public async Task<Result<PackSitePage>> Handle(ListPackSites request, CancellationToken ct)
    {
        // What is amiss first: that is what somebody looks for.
        var words = (await standings.Read(ct))[PackIdentity.Of(request.Path)].OrderByDescending(w => w.Counts.Failed > 0).ThenByDescending(w => w.Counts.Refused + w.Counts.RolledBack > 0).ThenByDescending(w => w.Counts.Waiting > 0).ThenBy(w => w.Name, StringComparer.Ordinal).ToList();
        return new PackSitePage([.. words.Skip(request.Skip).Take(request.Take).Select(w => new PackSite(w.Peer, w.Name, w.Counts, w.At, w.ReceivedAt))], words.Count);
    }
}
