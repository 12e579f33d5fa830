using FluentValidation;
using Juming.Platform.Handlers;
using Juming.Site.Assets;
using Juming.Site.Collection.Data;
using Juming.Site.Collection.Sources;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Collection.ChangeSource;

/// <summary>Renames a sender, mutes it, pins its charset or zone, or ties it to an asset: by the asset's number, its whole name, or an address or host name it holds; empty unties it.</summary>
internal sealed record ChangeSource(int Id, string Name, bool Muted, string? Charset, string? Zone, string? Asset) : ICommand<Done>, INeeds<CollectionWrite>;

file sealed class Validator : AbstractValidator<ChangeSource>
{
    public Validator()
    {
        RuleFor(c => c.Name).NotEmpty().MaximumLength(200);
        RuleFor(c => c.Asset).MaximumLength(200);
    }
}

file sealed class Handler(CollectionDb db, SourceRegister register, IAssetDirectory assets) : ICommandHandler<ChangeSource, Done>
{
    public async Task<Result<Done>> Handle(ChangeSource request, CancellationToken cancellationToken)
    {
        if (request.Zone is { Length: > 0 } zone && !TimeZoneInfo.TryFindSystemTimeZoneById(zone, out _)) return CollectionErrors.UnknownZone.With("zone", zone);
        if (request.Charset is { Length: > 0 } and not ("utf-8" or "gb18030" or "latin1")) return CollectionErrors.UnknownCharset;
        var row = await db.Sources.SingleOrDefaultAsync(s => s.Id == request.Id, cancellationToken);
        if (row is null) return CollectionErrors.NoSuchSource;
        var asset = request.Asset?.Trim() is { Length: > 0 } text ? Find(text) : null;
        if (asset is null && !string.IsNullOrWhiteSpace(request.Asset)) return CollectionErrors.NoSuchAsset.With("asset", request.Asset.Trim());
        row.Name = request.Name.Trim();
        row.Muted = request.Muted;
        row.Charset = request.Charset is { Length: > 0 } charset ? charset : null;
        row.Zone = request.Zone is { Length: > 0 } named ? named : null;
        row.AssetId = asset?.Id;
        await db.SaveChangesAsync(cancellationToken);
        register.Apply(row);
        return Done.Value;
    }

    private AssetBrief? Find(string text)
    {
        if (Guid.TryParse(text, out var id)) return assets.Of(id);
        var named = assets.Suggest(text, 20).Where(a => string.Equals(a.Name, text, StringComparison.OrdinalIgnoreCase)).ToList();
        return named.Count == 1 ? named[0] : assets.Find(text);
    }
}
