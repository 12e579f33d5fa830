using FluentValidation;
using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Site.Assets.Data;
using Juming.Site.Assets.Impact;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Assets.Software;

/// <summary>Says that software is on an asset.</summary>
internal sealed record AddSoftware(Guid Asset, string Vendor, string Product, string Version, string Cpe) : ICommand<Guid>, INeeds<AssetsWrite>;

/// <summary>Says that software is not on an asset. A log that names it again brings it back.</summary>
internal sealed record RemoveSoftware(Guid Asset, Guid Software) : ICommand<Done>, INeeds<AssetsWrite>;

/// <summary>Takes that back.</summary>
internal sealed record RestoreSoftware(Guid Asset, Guid Software) : ICommand<Done>, INeeds<AssetsWrite>;

file sealed class Validator : AbstractValidator<AddSoftware>
{
    public Validator()
    {
        RuleFor(c => c.Vendor).NotNull().MaximumLength(SoftwareName.LongestVendor);
        RuleFor(c => c.Product).NotNull().MaximumLength(SoftwareName.LongestProduct);
        RuleFor(c => c.Version).NotNull().MaximumLength(SoftwareName.LongestVersion);
        RuleFor(c => c.Cpe).NotNull().MaximumLength(500);
    }
}

file sealed class Handler(SoftwareTurn turn, AssetsDb db, AssetsSettings settings, ImpactSignal signal, CurrentActor current, TimeProvider clock) : ICommandHandler<AddSoftware, Guid>, ICommandHandler<RemoveSoftware, Done>, ICommandHandler<RestoreSoftware, Done>
{
    public async Task<Result<Guid>> Handle(AddSoftware request, CancellationToken cancellationToken)
    {
        var name = SoftwareName.Read(request.Vendor, request.Product, request.Version, request.Cpe);
        if (name.Error is { } error) return error;
        using var held = await turn.Enter(cancellationToken);
        if (await db.Assets.AsNoTracking().FirstOrDefaultAsync(a => a.Id == request.Asset, cancellationToken) is not { } asset) return AssetErrors.NoSuchAsset;
        if (asset.State == AssetState.Merged) return AssetErrors.AlreadyMerged.With("asset", asset.Name);
        var resolver = new SoftwareResolver(db, settings.MostSoftware);
        await resolver.Load([asset.Id], [name.Value.Key], cancellationToken);
        if (resolver.Take(asset.Id, new SoftwareFact(name.Value, SoftwareSource.Person, "person", true, false, clock.GetUtcNow()), current.Actor.Name) == FactFate.Refused) return AssetErrors.NoRoomForSoftware;
        await db.SaveChangesAsync(cancellationToken);
        signal.Ring();
        return (await db.Software.AsNoTracking().FirstAsync(s => s.Key == name.Value.Key, cancellationToken)).Id;
    }

    public async Task<Result<Done>> Handle(RemoveSoftware request, CancellationToken cancellationToken)
    {
        using var held = await turn.Enter(cancellationToken);
        var rows = await Rows(request.Asset, request.Software).Where(i => i.GoneAt == null).ToListAsync(cancellationToken);
        if (rows.Count == 0) return AssetErrors.NoSuchSoftware;
        var now = clock.GetUtcNow();
        foreach (var row in rows) (row.GoneAt, row.By) = (now, current.Actor.Name);
        await db.SaveChangesAsync(cancellationToken);
        signal.Ring();
        return Done.Value;
    }

    public async Task<Result<Done>> Handle(RestoreSoftware request, CancellationToken cancellationToken)
    {
        using var held = await turn.Enter(cancellationToken);
        var rows = await Rows(request.Asset, request.Software).Where(i => i.GoneAt != null).ToListAsync(cancellationToken);
        if (rows.Count == 0) return AssetErrors.NoSuchSoftware;
        var last = rows.Max(r => r.GoneAt);
        foreach (var row in rows.Where(r => r.GoneAt == last)) (row.GoneAt, row.By) = (null, current.Actor.Name);
        await db.SaveChangesAsync(cancellationToken);
        signal.Ring();
        return Done.Value;
    }

    private IQueryable<InstallRow> Rows(Guid asset, Guid software)
    {
        var parts = db.Assets.Where(a => a.Id == asset || a.MergedInto == asset).Select(a => a.Id);
        return db.Installs.Where(i => i.SoftwareId == software && parts.Contains(i.AssetId));
    }
}
