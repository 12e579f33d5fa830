using Juming.Platform.Handlers;
using Juming.Site.Assets;

namespace Juming.Site.Response.Actions;

/// <summary>Sets tags of an asset. The register remembers which of them this effect set, so that only those are taken back.</summary>
internal sealed class TagAsset(IAssetDirectory? assets = null, IAssetTags? tags = null) : TaggingAction(assets, tags)
{
    public override ActionSpec Spec { get; } = SpecOf("tag-asset", "untag-asset");

    protected override string PlanCode => "plan.tag";

    protected override bool Holds(IReadOnlyList<string> there, IReadOnlyList<string> wanted) => wanted.All(there.Contains);

    protected override Task<Result<Done>> Change(IAssetTags register, Guid asset, IReadOnlyList<string> wanted, ActionCall call, CancellationToken ct) => register.Add(asset, wanted, call.Key, RunActor.Of(call, AssetsWrite.Code), ct);
}

/// <summary>Takes tags of an asset away; taken back, those that were there are there again.</summary>
internal sealed class UntagAsset(IAssetDirectory? assets = null, IAssetTags? tags = null) : TaggingAction(assets, tags)
{
    public override ActionSpec Spec { get; } = SpecOf("untag-asset", "tag-asset");

    protected override string PlanCode => "plan.untag";

    protected override bool Holds(IReadOnlyList<string> there, IReadOnlyList<string> wanted) => !wanted.Any(there.Contains);

    protected override Task<Result<Done>> Change(IAssetTags register, Guid asset, IReadOnlyList<string> wanted, ActionCall call, CancellationToken ct) => register.Remove(asset, wanted, call.Key, RunActor.Of(call, AssetsWrite.Code), ct);
}

/// <summary>What both have in common.</summary>
internal abstract class TaggingAction(IAssetDirectory? assets, IAssetTags? tags) : IResponseAction
{
    private const int MostTags = 20;

    public abstract ActionSpec Spec { get; }

    public bool IsOffered => assets is not null && tags is not null;

    protected abstract string PlanCode { get; }

    public async Task<ActionPlan> Plan(ActionCall call, CancellationToken ct)
    {
        var (asset, wanted, refusal) = Read(call);
        if (asset is null) return new ActionPlan([PlanLine.Of("plan.no-asset", ("asset", call.Of("asset")))], refusal);
        var there = await tags!.Of(asset.Id, ct);
        return new ActionPlan([PlanLine.Of(Holds(there, wanted) ? PlanCode + "-already" : PlanCode, ("asset", asset.Name), ("tags", string.Join(", ", wanted)), ("there", there.Count == 0 ? "-" : string.Join(", ", there)))], refusal);
    }

    public async Task<ActionOutcome> Act(ActionCall call, CancellationToken ct)
    {
        var (asset, wanted, refusal) = Read(call);
        if (refusal is not null) return ActionOutcome.Failed(refusal);
        var done = await Change(tags!, asset!.Id, wanted, call, ct);
        return done.Error is { } error ? ActionOutcome.Failed(error.Code, evidence: new Dictionary<string, string> { ["refusal"] = error.ToString() }) : await Settle(call, ct);
    }

    public async Task<ActionOutcome> Settle(ActionCall call, CancellationToken ct)
    {
        var (asset, wanted, refusal) = Read(call);
        if (refusal is not null) return ActionOutcome.Failed(refusal);
        var there = await tags!.Of(asset!.Id, ct);
        if (!Holds(there, wanted)) return ActionOutcome.NotBegun;
        return ActionOutcome.Done(new Dictionary<string, string> { ["asset"] = asset.Name }, new Dictionary<string, string> { ["asset"] = asset.Name, ["tags"] = string.Join(", ", there) }, asset.Id.ToString());
    }

    public async Task<ActionOutcome> Undo(ActionCall call, CancellationToken ct) =>
        RunActor.Outcome(await tags!.TakeBack(call.Key, RunActor.Of(call, AssetsWrite.Code), ct));

    protected static ActionSpec SpecOf(string code, string inverse) => new() { Code = code, Group = "device", Permission = AssetsWrite.Code, Inputs = [new("asset", "address", true), new("tags", "text", true)], Outputs = ["asset"], Changes = true, Inverse = inverse };

    /// <summary>It is as it was wanted.</summary>
    protected abstract bool Holds(IReadOnlyList<string> there, IReadOnlyList<string> wanted);

    protected abstract Task<Result<Done>> Change(IAssetTags register, Guid asset, IReadOnlyList<string> wanted, ActionCall call, CancellationToken ct);

    private (AssetBrief? Asset, IReadOnlyList<string> Tags, string? Refusal) Read(ActionCall call)
    {
        var named = call.Of("asset");
        var asset = Guid.TryParse(named, out var id) ? assets!.Of(id) : assets!.Find(named);
        if (asset is null) return (null, [], "no-asset");
        var wanted = call.Of("tags").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(tags!.Read).Distinct().ToList();
        return wanted.Count is 0 or > MostTags || wanted.Contains(null) ? (asset, [], "bad-tag") : (asset, wanted!, null);
    }
}
