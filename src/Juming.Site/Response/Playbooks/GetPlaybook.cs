using System.Text.Json.Nodes;
using Juming.Platform.Handlers;
using Juming.Site.Response.Actions;
using Juming.Site.Response.Cacao;
using Juming.Site.Response.Data;
using Juming.Site.Response.Runs;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Response.Playbooks;

/// <summary>One playbook with its draft, problems and versions.</summary>
internal sealed record GetPlaybook(Guid Id) : IQuery<PlaybookView>, INeeds<ResponseRead>;

/// <summary>A playbook as a CACAO 2.0 file.</summary>
/// <param name="Id">The playbook.</param>
/// <param name="Version">A published version; null for the draft.</param>
internal sealed record ExportPlaybook(Guid Id, int? Version) : IQuery<PlaybookFile>, INeeds<ResponseRead>, IAudited;

/// <summary>A file.</summary>
internal sealed record PlaybookFile(string Name, string Content);

file sealed class Handler(ResponseDb db, ActionBook book, ResponseSettings settings) : IQueryHandler<GetPlaybook, PlaybookView>
{
    private const int MostVersions = 100;

    public async Task<Result<PlaybookView>> Handle(GetPlaybook request, CancellationToken cancellationToken)
    {
        if (await db.Playbooks.AsNoTracking().FirstOrDefaultAsync(p => p.Id == request.Id, cancellationToken) is not { } row) return ResponseErrors.NoSuchPlaybook;
        var versions = await db.Versions.AsNoTracking().Where(v => v.PlaybookId == row.Id).OrderByDescending(v => v.Number).Take(MostVersions).Select(v => new VersionBrief(v.Number, v.Note, v.By, v.At)).ToListAsync(cancellationToken);
        var live = await db.Versions.AsNoTracking().Where(v => v.PlaybookId == row.Id && v.Number == row.Published).Select(v => v.Document).FirstOrDefaultAsync(cancellationToken);
        var reading = PlaybookReader.Read(row.Draft);
        return new PlaybookView
        {
            Id = row.Id,
            CacaoId = row.CacaoId,
            Name = row.Name,
            Draft = row.Draft,
            Revision = row.Revision,
            DraftBy = row.DraftBy,
            DraftAt = row.DraftAt,
            Published = row.Published,
            On = row.On,
            OnBy = row.OnBy,
            OnAt = row.OnAt,
            LookedAt = row.LookedAt,
            LookedBy = row.LookedBy,
            RunsThatAsk = row.On ? Math.Max(0, settings.FirstRunsAsk - await db.AutomaticRuns(row, cancellationToken)) : settings.FirstRunsAsk,
            Problems = Problems.Of(reading, book),
            Versions = versions,
            Changes = live is not null && reading.Document is not null && JsonNode.Parse(live) is JsonObject before ? PlaybookDiff.Of(before, reading.Document) : [],
        };
    }
}

file sealed class ExportHandler(ResponseDb db) : IQueryHandler<ExportPlaybook, PlaybookFile>
{
    public async Task<Result<PlaybookFile>> Handle(ExportPlaybook request, CancellationToken cancellationToken)
    {
        if (await db.Playbooks.AsNoTracking().FirstOrDefaultAsync(p => p.Id == request.Id, cancellationToken) is not { } row) return ResponseErrors.NoSuchPlaybook;
        if (request.Version is not { } number) return new PlaybookFile($"{row.CacaoId}.json", row.Draft);
        var document = await db.Versions.AsNoTracking().Where(v => v.PlaybookId == row.Id && v.Number == number).Select(v => v.Document).FirstOrDefaultAsync(cancellationToken);
        return document is null ? ResponseErrors.NoSuchVersion : new PlaybookFile($"{row.CacaoId}-v{number}.json", document);
    }
}
