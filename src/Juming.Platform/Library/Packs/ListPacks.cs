using Juming.Platform.Content;
using Juming.Platform.Handlers;

namespace Juming.Platform.Library.Packs;

/// <summary>Packs that this host publishes.</summary>
internal sealed record ListPacks : IQuery<IReadOnlyList<PackView>>, INeeds<LibraryRead>;

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
public sealed record PackView(string Path, string Kind, string Name, long Version, string Title, string Note, int Stage, bool Withdrawn, DateTimeOffset PublishedAt, long Bytes, string Sha256);

file sealed class Handler(IContentPublisher publisher) : IQueryHandler<ListPacks, IReadOnlyList<PackView>>
{
    public async Task<Result<IReadOnlyList<PackView>>> Handle(ListPacks request, CancellationToken ct)
    {
        var packs = new List<PackView>();
        foreach (var kind in ContentKinds.Packs)
            foreach (var target in await publisher.Published(kind, ct))
                if (target.Path.Split('/') is [.., var name, _])
                    packs.Add(new PackView(target.Path, kind, name, target.Version, target.Title, target.Note, target.Stage, target.Withdrawn, target.PublishedAt, target.Length, Convert.ToHexStringLower(target.Sha256)));
        return Result<IReadOnlyList<PackView>>.Of([.. packs.OrderBy(p => p.Kind, StringComparer.Ordinal).ThenBy(p => p.Name, StringComparer.Ordinal).ThenByDescending(p => p.Version)]);
    }
}
