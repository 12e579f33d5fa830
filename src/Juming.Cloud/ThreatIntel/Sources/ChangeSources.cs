using FluentValidation;
using Juming.Cloud.ThreatIntel.Data;
using Juming.Cloud.ThreatIntel.Feeds;
using Juming.Cloud.ThreatIntel.Merge;
using Juming.Platform.Handlers;
using Juming.Platform.Vault;
using Microsoft.EntityFrameworkCore;

namespace Juming.Cloud.ThreatIntel.Sources;

/// <summary>Adds a source, or changes one. An empty secret leaves the one that is kept.</summary>
internal sealed record SaveSource : ICommand<Guid>, INeeds<ThreatIntelSetUp>
{
    /// <summary>The source; null for a new one.</summary>
    public Guid? Id { get; init; }

    /// <summary>The version that was changed.</summary>
    public long Version { get; init; }
    public string Name { get; init; } = "";
    public SourceKind Kind { get; init; } = SourceKind.Text;
    public string Address { get; init; } = "";
    public string Mapping { get; init; } = "";
    public string SecretHeader { get; init; } = "";
    public Secret Secret { get; init; }
    public Reliability Reliability { get; init; } = Reliability.F;
    public string Group { get; init; } = "";
    public Tlp Tlp { get; init; }
    public int Confidence { get; init; } = 60;
    public ThreatKind Threat { get; init; }
    public bool MayDistribute { get; init; }
    public int EveryMinutes { get; init; } = 60;
    public bool Enabled { get; init; } = true;
}

/// <summary>Takes a source away with all that it says.</summary>
internal sealed record RemoveSource(Guid Id) : ICommand<Done>, INeeds<ThreatIntelSetUp>;

/// <summary>Has a source read now.</summary>
internal sealed record RunSource(Guid Id, bool AcceptShorter) : ICommand<Done>, INeeds<ThreatIntelSetUp>;

file sealed class Validator : AbstractValidator<SaveSource>
{
    private const int LongestMapping = 4000;

    public Validator()
    {
        RuleFor(c => c.Name).NotEmpty().MaximumLength(100).Must(n => !n.Any(char.IsControl));
        RuleFor(c => c.Kind).IsInEnum().NotEqual(SourceKind.Manual);
        RuleFor(c => c.Address).MaximumLength(2000).Must(IsAddress).WithMessage("An address begins with https:// (or http:// inside) and has no name and password in it.");
        RuleFor(c => c.Mapping).NotNull().MaximumLength(LongestMapping);
        RuleFor(c => c.SecretHeader).NotNull().MaximumLength(100).Must(h => h.All(c => char.IsAsciiLetterOrDigit(c) || c == '-')).WithMessage("The name of a header has letters, digits and dashes.");
        RuleFor(c => c.Secret).Must(s => s.Value is null || (s.Value.Length <= 4000 && s.Value.All(c => c is >= ' ' and < '\u007F'))).WithMessage("A header's value has ASCII characters only.");
        RuleFor(c => c.Reliability).IsInEnum();
        RuleFor(c => c.Group).NotNull().MaximumLength(100);
        RuleFor(c => c.Tlp).IsInEnum();
        RuleFor(c => c.Confidence).InclusiveBetween(1, 100);
        RuleFor(c => c.Threat).IsInEnum();
        RuleFor(c => c.EveryMinutes).InclusiveBetween(5, 43_200);
    }

    private static bool IsAddress(string? text) => Uri.TryCreate(text, UriKind.Absolute, out var address) && address is { Scheme: "https" or "http", UserInfo.Length: 0 };
}

file sealed class Handler(ThreatIntelDb db, IVault vault, SourceClock sourceClock, MergeDesk desk, MergeTurn turn) : ICommandHandler<SaveSource, Guid>, ICommandHandler<RemoveSource, Done>, ICommandHandler<RunSource, Done>
{
    public async Task<Result<Guid>> Handle(SaveSource request, CancellationToken cancellationToken)
    {
        try
        {
            var mapping = FeedMapping.Read(request.Mapping);
            if (request.Kind == SourceKind.Csv && mapping.Value.Length == 0) return ThreatIntelErrors.NoValueColumn;
        }
        catch (FeedFailedException e)
        {
            return ThreatIntelErrors.BadMapping.With("reason", e.Detail);
        }
        if (await db.Sources.AnyAsync(s => s.Name == request.Name.Trim() && s.Id != request.Id, cancellationToken)) return ThreatIntelErrors.NameTaken.With("name", request.Name.Trim());
        var row = request.Id is { } id ? await db.Sources.FirstOrDefaultAsync(s => s.Id == id && s.Kind != SourceKind.Manual, cancellationToken) : db.Add(new SourceRow { Name = "" }).Entity;
        if (row is null) return ThreatIntelErrors.NoSuchSource;
        if (request.Id is not null && row.Version != request.Version) return ThreatIntelErrors.ChangedMeanwhile;
        Take(row, request);
        if (request.SecretHeader.Length == 0 && row.SecretId is { } old)
        {
            await vault.Remove(old, cancellationToken);
            row.SecretId = null;
        }
        else if (request is { SecretHeader.Length: > 0, Secret.Value.Length: > 0 })
        {
            if (row.SecretId is { } kept) await vault.Replace(kept, request.Secret, cancellationToken);
            else row.SecretId = await vault.Keep(FeedHttp.PlaceOf(row.Id), request.Secret, cancellationToken);
        }
        await db.SaveChangesAsync(cancellationToken);
        return row.Id;
    }

    public async Task<Result<Done>> Handle(RemoveSource request, CancellationToken cancellationToken)
    {
        if (await db.Sources.AsNoTracking().FirstOrDefaultAsync(s => s.Id == request.Id && s.Kind != SourceKind.Manual, cancellationToken) is not { } source) return ThreatIntelErrors.NoSuchSource;
        if (sourceClock.IsRunning(source.Id)) return ThreatIntelErrors.IsRunning;
        using (await turn.Enter(cancellationToken))
        {
            await desk.Merge(source, new Dictionary<Guid, Statement>(), isWhole: true, cancellationToken);
            await db.Claims.Where(c => c.SourceId == source.Id).ExecuteDeleteAsync(cancellationToken);
            await db.Runs.Where(r => r.SourceId == source.Id).ExecuteDeleteAsync(cancellationToken);
            await db.Quarantine.Where(q => q.SourceId == source.Id).ExecuteDeleteAsync(cancellationToken);
            await db.Sources.Where(s => s.Id == source.Id).ExecuteDeleteAsync(cancellationToken);
        }
        if (source.SecretId is { } secret) await vault.Remove(secret, cancellationToken);
        return Done.Value;
    }

    public async Task<Result<Done>> Handle(RunSource request, CancellationToken cancellationToken)
    {
        if (!await db.Sources.AnyAsync(s => s.Id == request.Id && s.Kind != SourceKind.Manual, cancellationToken)) return ThreatIntelErrors.NoSuchSource;
        sourceClock.Want(request.Id, request.AcceptShorter);
        return Done.Value;
    }

    private static void Take(SourceRow row, SaveSource request)
    {
        // What was kept of another place or form says nothing about this one.
        if (row.Address != request.Address || row.Kind != request.Kind || row.Mapping != request.Mapping) (row.Etag, row.Modified, row.Cursor, row.NextRunAt, row.Failures) = ("", "", "", null, 0);
        (row.Name, row.Kind, row.Address, row.Mapping, row.SecretHeader) = (request.Name.Trim(), request.Kind, request.Address, request.Mapping, request.SecretHeader);
        (row.Reliability, row.Group, row.Tlp, row.Confidence, row.Threat) = (request.Reliability, request.Group.Trim(), request.Tlp, request.Confidence, request.Threat);
        (row.MayDistribute, row.EveryMinutes, row.Enabled, row.Version) = (request.MayDistribute, request.EveryMinutes, request.Enabled, row.Version + 1);
    }
}
