using System.Text;
using System.Text.Json.Nodes;
using Juming.Platform.Content;
using Juming.Platform.Handlers;
using Juming.Site.Response.Actions;
using Juming.Site.Response.Cacao;
using Juming.Site.Response.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Response.Playbooks.Delivered;

/// <summary>Playbooks that come from above, after a person of the site agreed: a new version that is in force and starts by nobody's hand before somebody looked at its rehearsal.</summary>
internal sealed class PlaybookPacks(ResponseDb db, ActionBook book, TimeProvider clock) : IPackTaker
{
    public string Kind => ContentKinds.Playbooks;

    public bool Acts => true;

    public async Task<Result<IReadOnlyList<PackChange>>> Compare(Pack pack, CancellationToken ct)
    {
        var read = Read(pack);
        if (read.Error is { } error) return error;
        var (row, last) = await Find(read.Value.Model!.Id, ct);
        var before = last is null ? [] : JsonNode.Parse(last.Document)!.AsObject();
        return Result<IReadOnlyList<PackChange>>.Of([.. PlaybookDiff.Of(before, read.Value.Document!).Select(c => new PackChange(c.Member.Length > 0 ? $"{c.Part} · {c.Member}" : c.Part, c.Before, c.After))]);
    }

    public async Task<Result<Done>> Take(Pack pack, CancellationToken ct)
    {
        var read = Read(pack);
        if (read.Error is { } error) return error;
        var (model, document) = (read.Value.Model!, PlaybookReader.Write(read.Value.Document!));
        var now = clock.GetUtcNow();
        var (row, last) = await Find(model.Id, ct);
        if (row is not null && last is not null && row.Published == last.Number && JsonNode.DeepEquals(JsonNode.Parse(last.Document), JsonNode.Parse(document))) return Done.Value;
        if (row is null) db.Add(row = new PlaybookRow { CacaoId = model.Id, Name = model.Name, Draft = document, DraftBy = pack.By, DraftAt = now, CreatedAt = now, Ready = OriginOf(pack.Name, pack.Operator) });
        // A draft that somebody works on stays theirs.
        else if (last is not null && JsonNode.DeepEquals(JsonNode.Parse(last.Document), JsonNode.Parse(row.Draft))) (row.Draft, row.DraftBy, row.DraftAt, row.Name) = (document, pack.By, now, model.Name);
        var version = new VersionRow { PlaybookId = row.Id, Number = (last?.Number ?? 0) + 1, Document = document, Note = $"{pack.Name} v{pack.Version}", By = pack.By, At = now };
        db.Add(version);
        (row.Published, row.On, row.Revision, row.Ready) = (version.Number, false, row.Revision + 1, OriginOf(pack.Name, pack.Operator));
        await db.SaveChangesAsync(ct);
        return Done.Value;
    }

    public async Task<Result<Done>> Remove(string name, string operatorId, CancellationToken ct)
    {
        var origin = OriginOf(name, operatorId);
        foreach (var row in await db.Playbooks.Where(p => p.Ready == origin).ToListAsync(ct)) (row.Published, row.On, row.Revision) = (0, false, row.Revision + 1);
        await db.SaveChangesAsync(ct);
        return Done.Value;
    }

    private async Task<(PlaybookRow? Row, VersionRow? Last)> Find(string cacaoId, CancellationToken ct)
    {
        var row = await db.Playbooks.FirstOrDefaultAsync(p => p.CacaoId == cacaoId, ct);
        return (row, row is null ? null : await db.Versions.Where(v => v.PlaybookId == row.Id).OrderByDescending(v => v.Number).FirstOrDefaultAsync(ct));
    }

    private Result<PlaybookReading> Read(Pack pack)
    {
        var reading = PlaybookReader.Read(Encoding.UTF8.GetString(pack.Content.Span));
        if (reading.Model is not { } model) return Problems.Refusal(ResponseErrors.NotAPlaybook, reading.Problems);
        var problems = reading.Problems.Concat(book.Check(model)).Where(p => p.Rank > ProblemRank.Warning).ToList();
        if (problems.Count > 0) return Problems.Refusal(ResponseErrors.HasProblems, problems);
        InlineSecrets.Drop(reading.Document!);
        return reading;
    }

    private static string OriginOf(string name, string operatorId) => $"pack:{operatorId}/{name}";
}
