using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Site.Assets.Change;
using Juming.Site.Assets.Data;
using Juming.Site.Assets.Register;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Assets.Merge;

/// <summary>Says that two assets are one; everything stays stored with its part, so that it can be undone.</summary>
internal sealed record MergeAssets(Guid Into, Guid From) : ICommand<Done>, INeeds<AssetsWrite>;

/// <summary>Takes a part out of the asset that it was merged into.</summary>
internal sealed record UndoMerge(Guid Part) : ICommand<Done>, INeeds<AssetsWrite>;

file sealed class Handler(AssetTurn turn, AssetsDb db, CurrentActor current, TimeProvider clock) : ICommandHandler<MergeAssets, Done>, ICommandHandler<UndoMerge, Done>
{
    public async Task<Result<Done>> Handle(MergeAssets request, CancellationToken cancellationToken)
    {
        if (request.Into == request.From) return AssetErrors.MergeWithItself;
        using var held = await turn.Enter(cancellationToken);
        var rows = await db.Assets.Where(a => a.Id == request.Into || a.Id == request.From).ToListAsync(cancellationToken);
        if (rows.Count != 2) return AssetErrors.NoSuchAsset;
        if (rows.Find(r => r.State == AssetState.Merged) is { } merged) return AssetErrors.AlreadyMerged.With("asset", merged.Name);
        var from = rows.First(r => r.Id == request.From);
        var into = rows.First(r => r.Id == request.Into);
        // One level only: the parts of the part move along, so that an undo of one never touches another.
        foreach (var part in await db.Assets.Where(a => a.MergedInto == from.Id).ToListAsync(cancellationToken)) part.MergedInto = into.Id;
        (from.State, from.MergedInto) = (AssetState.Merged, into.Id);
        // Nothing that matters becomes less by a merge; the part keeps its own weight for the day it is taken out again.
        into.Importance = Math.Max(into.Importance, from.Importance);
        Touch(from);
        Touch(into);
        await Reweighing.Publish(db, [into.Id, from.Id], cancellationToken);
        await turn.Save(db, cancellationToken);
        return Done.Value;
    }

    public async Task<Result<Done>> Handle(UndoMerge request, CancellationToken cancellationToken)
    {
        using var held = await turn.Enter(cancellationToken);
        if (await db.Assets.FirstOrDefaultAsync(a => a.Id == request.Part, cancellationToken) is not { } part) return AssetErrors.NoSuchAsset;
        if (part.MergedInto is not { } into) return AssetErrors.NotMerged;
        (part.State, part.MergedInto) = (AssetState.Active, null);
        Touch(part);
        await Reweighing.Publish(db, [into, part.Id], cancellationToken);
        await turn.Save(db, cancellationToken);
        return Done.Value;
    }

    private void Touch(AssetRow row) => (row.ChangedBy, row.UpdatedAt, row.Version) = (current.Actor.Name, clock.GetUtcNow(), row.Version + 1);
}
