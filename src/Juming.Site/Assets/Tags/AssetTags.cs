using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Site.Assets.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Assets.Tags;

/// <summary>Tags for other modules: changes go through the same door as those of people.</summary>
internal sealed class AssetTags(AssetsDb db, Sender sender) : IAssetTags
{
    public async Task<IReadOnlyList<string>> Of(Guid asset, CancellationToken ct) =>
        await db.Tags.AsNoTracking().Where(t => t.Gone == null && (t.AssetId == asset || db.Assets.Any(a => a.Id == t.AssetId && a.MergedInto == asset))).Select(t => t.Name).Distinct().OrderBy(n => n).ToListAsync(ct);

    public Task<Result<Done>> Add(Guid asset, IReadOnlyList<string> tags, string key, Actor by, CancellationToken ct) => sender.SendAs(by, new TagAssets { Ids = [asset], Add = tags, Key = key }, ct);

    public Task<Result<Done>> Remove(Guid asset, IReadOnlyList<string> tags, string key, Actor by, CancellationToken ct) => sender.SendAs(by, new TagAssets { Ids = [asset], Remove = tags, Key = key }, ct);

    public Task<Result<Done>> TakeBack(string key, Actor by, CancellationToken ct) => sender.SendAs(by, new TakeTagsBack(key), ct);

    public string? Read(string text) => TagText.Read(text);
}
