using FluentValidation;
using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Site.Assets.Data;
using Juming.Site.Assets.Register;
using Juming.Site.Assets.Sightings;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Assets.Change;

/// <summary>Puts an asset into the register by hand; it is known by an address, a host name or both. Answers its identity.</summary>
internal sealed record EnterAsset(string Name, string Address, string Host) : ICommand<Guid>, INeeds<AssetsWrite>
{
    /// <summary>How much the site depends on it.</summary>
    public AssetImportance Importance { get; init; }

    /// <summary>Business system it serves.</summary>
    public string Business { get; init; } = "";

    /// <summary>Network zone.</summary>
    public string Zone { get; init; } = "";

    /// <summary>Who answers for it.</summary>
    public string Owner { get; init; } = "";
}

file sealed class Validator : AbstractValidator<EnterAsset>
{
    public Validator()
    {
        foreach (var field in new System.Linq.Expressions.Expression<Func<EnterAsset, string>>[] { c => c.Business, c => c.Zone, c => c.Owner }) RuleFor(field).NotNull().MaximumLength(200).Must(OneLine).WithMessage("Write one line.");
        RuleFor(c => c.Name).NotNull().MaximumLength(300).Must(OneLine).WithMessage("A name is one line.");
        RuleFor(c => c.Address).NotNull().MaximumLength(64);
        RuleFor(c => c.Host).NotNull().MaximumLength(300);
        RuleFor(c => c.Importance).IsInEnum();
    }

    private static bool OneLine(string? text) => text is null || !text.Any(char.IsControl);
}

file sealed class Handler(AssetTurn turn, AssetsDb db, CurrentActor current, TimeProvider clock) : ICommandHandler<EnterAsset, Guid>
{
    public async Task<Result<Guid>> Handle(EnterAsset request, CancellationToken cancellationToken)
    {
        var (address, host) = (request.Address.Trim().Length == 0 ? null : Identity.Address(request.Address), request.Host.Trim().Length == 0 ? null : Identity.Host(request.Host));
        if (address is null && request.Address.Trim().Length > 0) return AssetErrors.RowAddress.With("value", request.Address.Trim());
        if (host is null && request.Host.Trim().Length > 0) return AssetErrors.RowHost.With("value", request.Host.Trim());
        if (address is null && host is null) return AssetErrors.EnteredWithoutIdentity;
        using var held = await turn.Enter(cancellationToken);
        // What logs have told of already is opened and edited, not entered a second time.
        var holder = await db.Identities.Where(i => (i.Kind == IdentityKind.Address && i.Value == address) || (i.Kind == IdentityKind.Host && i.Value == host))
            .Join(db.Assets.Where(a => a.State != AssetState.Retired), i => i.AssetId, a => a.Id, (i, a) => new { i.Value, a.Name }).FirstOrDefaultAsync(cancellationToken);
        if (holder is not null) return AssetErrors.EnteredTwice.With("value", holder.Value).With("asset", holder.Name);
        var now = clock.GetUtcNow();
        var name = request.Name.Trim();
        var row = db.Add(new AssetRow
        {
            Name = name.Length > 0 ? name : host ?? address!,
            Named = name.Length > 0,
            Importance = (int)request.Importance,
            Business = request.Business.Trim(),
            Zone = request.Zone.Trim(),
            Owner = request.Owner.Trim(),
            Origin = AssetOrigin.Entered,
            FirstSeen = now,
            LastSeen = now,
            UpdatedAt = now,
            ChangedBy = current.Actor.Name,
        }).Entity;
        if (address is not null) db.Add(new IdentityRow { AssetId = row.Id, Kind = IdentityKind.Address, Value = address, FirstSeen = now, LastSeen = now });
        if (host is not null) db.Add(new IdentityRow { AssetId = row.Id, Kind = IdentityKind.Host, Value = host, FirstSeen = now, LastSeen = now });
        if (row.Importance > 0) await Reweighing.Publish(db, [row.Id], cancellationToken);
        await turn.Save(db, cancellationToken);
        return row.Id;
    }
}
