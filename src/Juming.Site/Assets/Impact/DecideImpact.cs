using FluentValidation;
using Juming.Contracts.Vulnerabilities;
using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Site.Assets.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Assets.Impact;

/// <summary>Says that a vulnerability does not concern assets, with the reason; or takes it out of sight.</summary>
internal sealed record DecideImpact : ICommand<Done>, INeeds<AssetsWrite>
{
    /// <summary>The vulnerability.</summary>
    public string Cve { get; init; } = "";

    /// <summary>Assets; none for all of the site.</summary>
    public IReadOnlyList<Guid> Assets { get; init; } = [];

    /// <summary>What is decided; only for all of the site may it be muted.</summary>
    public DecisionKind Kind { get; init; }

    /// <summary>Why.</summary>
    public string Reason { get; init; } = "";
}

/// <summary>Takes a decision back.</summary>
internal sealed record UndecideImpact(string Cve, Guid? Asset) : ICommand<Done>, INeeds<AssetsWrite>;

file sealed class Validator : AbstractValidator<DecideImpact>
{
    public Validator()
    {
        RuleFor(c => c.Cve).NotEmpty().MaximumLength(20);
        RuleFor(c => c.Reason).NotEmpty().MaximumLength(500);
        RuleFor(c => c.Kind).IsInEnum().Must((c, kind) => kind != DecisionKind.Muted || c.Assets.Count == 0).WithMessage("Mute a vulnerability for the whole site; for single assets say why they are not affected.");
        RuleFor(c => c.Assets).NotNull().Must(a => a is null || a.Count <= 500).WithMessage("Name at most 500 assets at once.");
    }
}

file sealed class BackValidator : AbstractValidator<UndecideImpact>
{
    public BackValidator() => RuleFor(c => c.Cve).NotEmpty().MaximumLength(20);
}

file sealed class Handler(AssetsDb db, ImpactDesk desk, CurrentActor current, TimeProvider clock) : ICommandHandler<DecideImpact, Done>, ICommandHandler<UndecideImpact, Done>
{
    public async Task<Result<Done>> Handle(DecideImpact request, CancellationToken cancellationToken)
    {
        if (CveId.Of(request.Cve) is not { } cve || !await db.Vulnerabilities.AnyAsync(v => v.Cve == cve, cancellationToken)) return AssetErrors.NoSuchVulnerability;
        IReadOnlyList<Guid> assets = request.Assets.Count == 0 ? [Guid.Empty] : [.. request.Assets.Distinct()];
        if (request.Assets.Count > 0 && await db.Assets.CountAsync(a => assets.Contains(a.Id), cancellationToken) != assets.Count) return AssetErrors.NoSuchAsset;
        var rows = await db.Decisions.Where(d => d.Cve == cve && assets.Contains(d.AssetId)).ToDictionaryAsync(d => d.AssetId, cancellationToken);
        foreach (var asset in assets)
        {
            if (!rows.TryGetValue(asset, out var row)) db.Add(row = new DecisionRow { Cve = cve, AssetId = asset });
            (row.Kind, row.Reason, row.By, row.At) = (request.Kind, request.Reason.Trim(), current.Actor.Name, clock.GetUtcNow());
        }
        await db.SaveChangesAsync(cancellationToken);
        await desk.Recount(cancellationToken);
        return Done.Value;
    }

    public async Task<Result<Done>> Handle(UndecideImpact request, CancellationToken cancellationToken)
    {
        var asset = request.Asset ?? Guid.Empty;
        if (CveId.Of(request.Cve) is not { } cve || await db.Decisions.FirstOrDefaultAsync(d => d.Cve == cve && d.AssetId == asset, cancellationToken) is not { } row) return AssetErrors.NothingDecided;
        db.Remove(row);
        await db.SaveChangesAsync(cancellationToken);
        await desk.Recount(cancellationToken);
        return Done.Value;
    }
}
