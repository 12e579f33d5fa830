using Juming.Platform.Access;
using Juming.Platform.Handlers;

namespace Juming.Site.Assets;

/// <summary>Sets and takes away tags of assets, each change under the key of its effect; the same key again changes nothing more.</summary>
public interface IAssetTags
{
    /// <summary>Tags of an asset with its parts, in order of their names.</summary>
    Task<IReadOnlyList<string>> Of(Guid asset, CancellationToken ct);

    /// <summary>Sets tags that are not there yet.</summary>
    Task<Result<Done>> Add(Guid asset, IReadOnlyList<string> tags, string key, Actor by, CancellationToken ct);

    /// <summary>Takes tags away that are there.</summary>
    Task<Result<Done>> Remove(Guid asset, IReadOnlyList<string> tags, string key, Actor by, CancellationToken ct);

    /// <summary>Takes back what an effect set or took away, and nothing else.</summary>
    Task<Result<Done>> TakeBack(string key, Actor by, CancellationToken ct);

    /// <summary>A tag as it is stored; null when a text can't be one.</summary>
    string? Read(string text);
}
