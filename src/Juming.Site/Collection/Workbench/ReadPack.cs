using Juming.Platform.Handlers;
using Juming.Site.Collection.Packs;
using Juming.Site.Events;

namespace Juming.Site.Collection.Workbench;

/// <summary>The text of a pack, for a new version of it. Its tests are log lines, so it is a look at raw events and audited.</summary>
/// <param name="Name">Name of the pack.</param>
internal sealed record ReadPack(string Name) : IQuery<PackText>, INeeds<EventsRead>, IAudited;

/// <summary>A pack as YAML, its version one above the highest that is there.</summary>
internal sealed record PackText(string Yaml);

file sealed class Handler(SitePacks packs) : IQueryHandler<ReadPack, PackText>
{
    public Task<Result<PackText>> Handle(ReadPack request, CancellationToken cancellationToken)
    {
        var found = packs.Entries.FirstOrDefault(e => e.Name == request.Name && e is { State: PackState.InForce, Pack: not null });
        return Task.FromResult<Result<PackText>>(found?.Pack is { } pack ? new PackText(PackYaml.Write(pack.Definition with { Version = packs.HighestVersion(pack.Name) + 1 })) : CollectionErrors.NoSuchPackFile);
    }
}
