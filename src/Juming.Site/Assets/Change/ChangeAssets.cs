using System.Globalization;
using FluentValidation;
using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Site.Assets.Data;
using Juming.Site.Assets.Register;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Assets.Change;

/// <summary>Changes what a person decides about assets; what is null stays as it is. All or none.</summary>
internal sealed record ChangeAssets : ICommand<Done>, INeeds<AssetsWrite>
{
    /// <summary>1 to 500 assets.</summary>
    public required IReadOnlyList<Guid> Ids { get; init; }

    /// <summary>Version that the change of one asset was made on; an older one is refused.</summary>
    public long? Version { get; init; }

    /// <summary>Name in a person's words, for one asset; empty goes back to what logs say.</summary>
    public string? Name { get; init; }

    /// <summary>How much the site depends on it.</summary>
    public AssetImportance? Importance { get; init; }

    /// <summary>Business system it serves.</summary>
    public string? Business { get; init; }

    /// <summary>Network zone.</summary>
    public string? Zone { get; init; }

    /// <summary>Who answers for it.</summary>
    public string? Owner { get; init; }

    /// <summary>Anything else.</summary>
    public string? Note { get; init; }

    /// <summary>True: no longer there; false: in use again.</summary>
    public bool? Retired { get; init; }
}

file sealed class Validator : AbstractValidator<ChangeAssets>
{
    public Validator()
    {
        RuleFor(c => c.Ids).Must(i => i.Count is >= 1 and <= 500).WithMessage("Change 1 to 500 assets at once.");
        RuleFor(c => c.Name).MaximumLength(300).Must(OneLine).WithMessage("A name is one line.");
        RuleFor(c => c.Name).Null().When(c => c.Ids.Count > 1).WithMessage("Name one asset at a time.");
        RuleFor(c => c.Business).MaximumLength(200).Must(OneLine).WithMessage("A business is one line.");
        RuleFor(c => c.Zone).MaximumLength(200).Must(OneLine).WithMessage("A zone is one line.");
        RuleFor(c => c.Owner).MaximumLength(200).Must(OneLine).WithMessage("An owner is one line.");
        RuleFor(c => c.Note).MaximumLength(4000);
        RuleFor(c => c.Importance).IsInEnum();
    }

    private static bool OneLine(string? text) => text is null || !text.Any(char.IsControl);
}

file sealed class Handler(AssetTurn turn, AssetsDb db, CurrentActor current, TimeProvider clock) : ICommandHandler<ChangeAssets, Done>
{
    public async Task<Result<Done>> Handle(ChangeAssets request, CancellationToken cancellationToken)
    {
        using var held = await turn.Enter(cancellationToken);
        var ids = request.Ids.Distinct().ToArray();
        var rows = await db.Assets.Where(a => ids.Contains(a.Id)).ToListAsync(cancellationToken);
        if (rows.Count != ids.Length) return AssetErrors.NoSuchAsset;
        if (rows.Find(r => r.State == AssetState.Merged) is { } merged) return AssetErrors.AlreadyMerged.With("asset", merged.Name);
        if (request.Version is { } version && rows.Count == 1 && rows[0].Version != version)
            return AssetErrors.ChangedMeanwhile.With("by", rows[0].ChangedBy).With("at", rows[0].UpdatedAt.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture));
        var reweighed = new List<Guid>();
        foreach (var row in rows)
        {
            if (request.Importance is { } importance && (int)importance != row.Importance)
            {
                row.Importance = (int)importance;
                reweighed.Add(row.Id);
            }
            if (request.Name is { } name) (row.Named, row.Name) = (name.Trim().Length > 0, name.Trim().Length > 0 ? name.Trim() : row.Name);
            if (request.Business is { } business) row.Business = business.Trim();
            if (request.Zone is { } zone) row.Zone = zone.Trim();
            if (request.Owner is { } owner) row.Owner = owner.Trim();
            if (request.Note is { } note) row.Note = note.Trim();
            if (request.Retired is { } retired) row.State = retired ? AssetState.Retired : AssetState.Active;
            (row.ChangedBy, row.UpdatedAt, row.Version) = (current.Actor.Name, clock.GetUtcNow(), row.Version + 1);
        }
        await Reweighing.Publish(db, reweighed, cancellationToken);
        await turn.Save(db, cancellationToken);
        return Done.Value;
    }
}
