using FluentValidation;
using Juming.Platform.Handlers;
using Juming.Site.Collection.Data;
using Juming.Site.Collection.Sources;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Collection.ChangeSource;

/// <summary>Renames a sender, mutes it, pins its charset or zone, or assigns it to an asset.</summary>
internal sealed record ChangeSource(int Id, string Name, bool Muted, string? Charset, string? Zone, Guid? AssetId) : ICommand<Done>, INeeds<CollectionWrite>;

file sealed class Validator : AbstractValidator<ChangeSource>
{
    public Validator() => RuleFor(c => c.Name).NotEmpty().MaximumLength(200);
}

file sealed class Handler(CollectionDb db, SourceRegister register) : ICommandHandler<ChangeSource, Done>
{
    public async Task<Result<Done>> Handle(ChangeSource request, CancellationToken cancellationToken)
    {
        if (request.Zone is { Length: > 0 } zone && !TimeZoneInfo.TryFindSystemTimeZoneById(zone, out _)) return CollectionErrors.UnknownZone.With("zone", zone);
        if (request.Charset is { Length: > 0 } and not ("utf-8" or "gb18030" or "latin1")) return CollectionErrors.UnknownCharset;
        var row = await db.Sources.SingleOrDefaultAsync(s => s.Id == request.Id, cancellationToken);
        if (row is null) return CollectionErrors.NoSuchSource;
        row.Name = request.Name.Trim();
        row.Muted = request.Muted;
        row.Charset = request.Charset is { Length: > 0 } charset ? charset : null;
        row.Zone = request.Zone is { Length: > 0 } named ? named : null;
        row.AssetId = request.AssetId;
        await db.SaveChangesAsync(cancellationToken);
        register.Apply(row);
        return Done.Value;
    }
}
