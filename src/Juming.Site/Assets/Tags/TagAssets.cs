using System.Globalization;
using FluentValidation;
using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Site.Assets.Data;
using Juming.Site.Assets.Register;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Assets.Tags;

/// <summary>Sets tags of assets and takes others away; all or none.</summary>
internal sealed record TagAssets : ICommand<Done>, INeeds<AssetsWrite>
{
    /// <summary>1 to 500 assets.</summary>
    public required IReadOnlyList<Guid> Ids { get; init; }

    /// <summary>Tags to set.</summary>
    public IReadOnlyList<string> Add { get; init; } = [];

    /// <summary>Tags to take away.</summary>
    public IReadOnlyList<string> Remove { get; init; } = [];

    /// <summary>Key of the effect; empty for a person's change.</summary>
    public string Key { get; init; } = "";
}

/// <summary>Takes back what one effect set or took away.</summary>
internal sealed record TakeTagsBack(string Key) : ICommand<Done>, INeeds<AssetsWrite>;

file sealed class Validator : AbstractValidator<TagAssets>
{
    public Validator()
    {
        RuleFor(c => c.Ids).Must(i => i.Count is >= 1 and <= 500).WithMessage("Tag 1 to 500 assets at once.");
        RuleFor(c => c.Add).Must(AreTags).WithMessage(TagText.Rule);
        RuleFor(c => c.Remove).Must(AreTags).WithMessage(TagText.Rule);
        RuleFor(c => c).Must(c => c.Add.Count + c.Remove.Count > 0).WithMessage("Name a tag.");
        RuleFor(c => c.Key).MaximumLength(100);
    }

    private static bool AreTags(IReadOnlyList<string> tags) => tags.Count <= TagText.Most && tags.All(t => TagText.Read(t) is not null);
}

file sealed class BackValidator : AbstractValidator<TakeTagsBack>
{
    public BackValidator() => RuleFor(c => c.Key).Length(1, 100);
}

file sealed class Handler(AssetTurn turn, AssetsDb db, CurrentActor current, TimeProvider clock) : ICommandHandler<TagAssets, Done>, ICommandHandler<TakeTagsBack, Done>
{
    public async Task<Result<Done>> Handle(TagAssets request, CancellationToken cancellationToken)
    {
        using var held = await turn.Enter(cancellationToken);
        var ids = request.Ids.Distinct().ToArray();
        var rows = await db.Assets.Where(a => ids.Contains(a.Id)).ToListAsync(cancellationToken);
        if (rows.Count != ids.Length) return AssetErrors.NoSuchAsset;
        if (rows.Find(r => r.State == AssetState.Merged) is { } merged) return AssetErrors.AlreadyMerged.With("asset", merged.Name);
        var parts = await db.Assets.Where(a => a.MergedInto != null && ids.Contains(a.MergedInto.Value)).Select(a => new { a.Id, Into = a.MergedInto!.Value }).ToListAsync(cancellationToken);
        var all = ids.Concat(parts.Select(p => p.Id)).ToArray();
        var tags = await db.Tags.Where(t => all.Contains(t.AssetId)).ToListAsync(cancellationToken);
        foreach (var row in rows)
        {
            var own = parts.Where(p => p.Into == row.Id).Select(p => p.Id).Append(row.Id).ToHashSet();
            var here = tags.Where(t => own.Contains(t.AssetId)).ToList();
            var changed = Remove(request, here) | Add(request, row, here);
            if (here.Where(t => t.Gone is null).DistinctBy(t => t.Name).Count() > TagText.Most) return AssetErrors.TooManyTags.With("asset", row.Name).With("most", TagText.Most.ToString(CultureInfo.InvariantCulture));
            if (changed) Touch(row);
        }
        await turn.Save(db, cancellationToken);
        return Done.Value;
    }

    public async Task<Result<Done>> Handle(TakeTagsBack request, CancellationToken cancellationToken)
    {
        using var held = await turn.Enter(cancellationToken);
        var tags = await db.Tags.Where(t => t.Cause == request.Key || t.Gone == request.Key).ToListAsync(cancellationToken);
        foreach (var tag in tags)
        {
            if (tag.Gone == request.Key) tag.Gone = null;
            else db.Remove(tag);
        }
        var ids = tags.Select(t => t.AssetId).Distinct().ToArray();
        foreach (var row in await db.Assets.Where(a => ids.Contains(a.Id)).ToListAsync(cancellationToken)) Touch(row);
        await turn.Save(db, cancellationToken);
        return Done.Value;
    }

    private bool Add(TagAssets request, AssetRow row, List<TagRow> here)
    {
        var changed = false;
        foreach (var name in request.Add.Select(t => TagText.Read(t)!).Distinct().Where(n => !here.Any(t => t.Name == n && t.Gone is null)))
        {
            if (here.Find(t => t.Name == name && t.AssetId == row.Id) is not { } tag)
            {
                here.Add(tag = new TagRow { AssetId = row.Id, Name = name, By = "" });
                db.Add(tag);
            }
            (tag.By, tag.At, tag.Cause, tag.Gone) = (current.Actor.Name, clock.GetUtcNow(), request.Key, null);
            row.Tagged = changed = true;
        }
        return changed;
    }

    private bool Remove(TagAssets request, List<TagRow> here)
    {
        var names = request.Remove.Select(t => TagText.Read(t)!).ToHashSet();
        var going = here.Where(t => names.Contains(t.Name) && t.Gone is null).ToList();
        foreach (var tag in going)
        {
            // What an effect took away is kept aside, so that it can be given back; what a person took away is gone.
            if (request.Key.Length > 0) tag.Gone = request.Key;
            else
            {
                db.Remove(tag);
                here.Remove(tag);
            }
        }
        return going.Count > 0;
    }

    private void Touch(AssetRow row) => (row.ChangedBy, row.UpdatedAt, row.Version) = (current.Actor.Name, clock.GetUtcNow(), row.Version + 1);
}
