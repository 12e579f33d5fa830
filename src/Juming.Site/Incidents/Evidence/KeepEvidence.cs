using System.Security.Cryptography;
using System.Text.Json.Serialization;
using FluentValidation;
using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Site.Events;
using Juming.Site.Incidents.Data;
using Juming.Site.Incidents.Grouping;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Incidents.Evidence;

/// <summary>Puts a note or a file to an incident; a log event comes with <see cref="PinEvent"/>.</summary>
internal sealed record KeepEvidence(Guid Id, EvidenceKind Kind) : ICommand<Guid>, INeeds<IncidentsWrite>
{
    /// <summary>Most pieces of one incident.</summary>
    public const int MostPieces = 100;

    /// <summary>Most KiB of a file.</summary>
    public const int MostFileKiB = 1024;

    /// <summary>Name of the file.</summary>
    public string Name { get; init; } = "";

    /// <summary>What it shows.</summary>
    public string Note { get; init; } = "";

    /// <summary>The file. Audit keeps its hash by the evidence, not its bytes.</summary>
    [JsonIgnore]
    public byte[]? Content { get; init; }
}

/// <summary>Takes a piece of evidence away.</summary>
internal sealed record DropEvidence(Guid Id, Guid Evidence) : ICommand<Done>, INeeds<IncidentsWrite>;

/// <summary>Reads a file of the evidence, or the raw line of a log event.</summary>
internal sealed record ReadEvidenceFile(Guid Id, Guid Evidence) : IQuery<EvidenceFile>, INeeds<IncidentsRead>, IAudited;

/// <summary>A file of the evidence; a log event's is named by its time.</summary>
internal sealed record EvidenceFile(string Name, byte[] Content);

file sealed class Validator : AbstractValidator<KeepEvidence>
{
    public Validator()
    {
        RuleFor(c => c.Kind).IsInEnum().NotEqual(EvidenceKind.Event).WithMessage("Pin an event to keep it.");
        RuleFor(c => c.Name).MaximumLength(200).Must(n => !n.Any(char.IsControl)).WithMessage("A file's name has no control characters.");
        RuleFor(c => c.Note).MaximumLength(4000);
        RuleFor(c => c.Note).NotEmpty().When(c => c.Kind == EvidenceKind.Note);
        RuleFor(c => c.Content).NotEmpty().When(c => c.Kind == EvidenceKind.File);
        RuleFor(c => c.Name).NotEmpty().When(c => c.Kind == EvidenceKind.File);
    }
}

file sealed class KeepHandler(IncidentDesk desk, IncidentsDb db, CurrentActor current, TimeProvider clock) : ICommandHandler<KeepEvidence, Guid>
{
    public async Task<Result<Guid>> Handle(KeepEvidence request, CancellationToken cancellationToken)
    {
        using var turn = await desk.Enter(cancellationToken);
        if (await EvidenceRoom.Refusal(db, request.Id, cancellationToken) is { } refusal) return refusal;
        if (request.Content is { Length: > KeepEvidence.MostFileKiB * 1024 }) return IncidentErrors.FileTooLarge.With("most", "1024");
        var now = clock.GetUtcNow();
        var row = db.Add(new EvidenceRow
        {
            IncidentId = request.Id,
            Kind = request.Kind,
            Name = request.Kind == EvidenceKind.File ? Path.GetFileName(request.Name.Replace('\\', '/')) : "",
            Note = request.Note.Trim(),
            Content = request.Kind == EvidenceKind.File ? request.Content : null,
            Hash = request is { Kind: EvidenceKind.File, Content: { } content } ? Convert.ToHexStringLower(SHA256.HashData(content)) : "",
            By = current.Actor.Name,
            At = now,
        }).Entity;
        db.Add(Entries.Of(request.Id, now, "evidence", current.Actor.Name, ("kind", request.Kind), ("name", row.Name)));
        await db.SaveChangesAsync(cancellationToken);
        return row.Id;
    }
}

file sealed class DropHandler(IncidentDesk desk, IncidentsDb db, CurrentActor current, TimeProvider clock) : ICommandHandler<DropEvidence, Done>
{
    public async Task<Result<Done>> Handle(DropEvidence request, CancellationToken cancellationToken)
    {
        using var turn = await desk.Enter(cancellationToken);
        if (await EvidenceRoom.Over(db, request.Id, cancellationToken) is { } over) return over;
        if (await db.Evidence.FirstOrDefaultAsync(e => e.Id == request.Evidence && e.IncidentId == request.Id, cancellationToken) is not { } row) return IncidentErrors.NoSuchEvidence;
        db.Remove(row);
        db.Add(Entries.Of(request.Id, clock.GetUtcNow(), "evidence-dropped", current.Actor.Name, ("kind", row.Kind), ("name", row.Name.Length > 0 ? row.Name : row.EventId?.ToString() ?? ""), ("hash", row.Hash)));
        await db.SaveChangesAsync(cancellationToken);
        return Done.Value;
    }
}

file sealed class ReadHandler(IncidentsDb db, CurrentActor current) : IQueryHandler<ReadEvidenceFile, EvidenceFile>
{
    public async Task<Result<EvidenceFile>> Handle(ReadEvidenceFile request, CancellationToken cancellationToken)
    {
        if (await db.Evidence.AsNoTracking().FirstOrDefaultAsync(e => e.Id == request.Evidence && e.IncidentId == request.Id, cancellationToken) is not { Content: { } content } row) return IncidentErrors.NoSuchEvidence;
        // Kept or not, a log line is raw data: who may not read logs does not read it here either.
        if (row.Kind == EvidenceKind.Event && !current.Actor.Holds(EventsRead.Code)) return IncidentErrors.NoSuchEvidence;
        return new EvidenceFile(row.Kind == EvidenceKind.Event ? $"{row.EventAt:yyyyMMdd-HHmmss}.log" : row.Name, content);
    }
}
