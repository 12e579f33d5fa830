using System.Text.Json;
using Google.Protobuf;
using Juming.Contracts.Bulletins;
using Juming.Contracts.Egress;
using Juming.Platform.Content;
using Juming.Platform.Data;
using Juming.Platform.Links;
using Juming.Site.Assets;
using Juming.Site.ThreatIntel.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.ThreatIntel.Bulletins;

/// <summary>Takes bulletins from above: enters those that are new, as received, and marks those that were taken back.</summary>
internal sealed class TakeBulletins(IntelDb db, BulletinAnswers answers, TimeProvider clock) : IContentTaker
{
    private const string Above = ContentKinds.Intelligence + "/" + BulletinDocument.Folder;
    private const string Operators = "operators/";

    public async Task Take(IContent content, CancellationToken ct)
    {
        var targets = content.Targets.Where(t => t.Path.StartsWith(Above, StringComparison.Ordinal) || (t.Path.StartsWith(Operators, StringComparison.Ordinal) && t.Path.Contains("/" + Above, StringComparison.Ordinal))).ToList();
        if (targets.Count == 0) return;
        var known = await db.Bulletins.Where(b => b.RemoteId != null).ToDictionaryAsync(b => b.RemoteId!.Value, ct);
        foreach (var target in targets)
        {
            if (!Guid.TryParseExact(target.Path[(target.Path.LastIndexOf('/') + 1)..], "N", out var id)) continue;
            if (known.TryGetValue(id, out var row))
            {
                if (!target.Withdrawn || row.WithdrawnFor is not null) continue;
                (row.WithdrawnFor, row.ChangedAt, row.Revision) = (target.Note, clock.GetUtcNow(), row.Revision + 1);
                await db.SaveChangesAsync(ct);
            }
            else if (!target.Withdrawn && BulletinDocument.Read(await content.Get(target.Sha256, target.Length, ct)) is { } document && document.Id == id)
            {
                await Enter(document, target.Path.StartsWith(Operators, StringComparison.Ordinal) ? BulletinOrigin.Operator : BulletinOrigin.Cloud, ct);
            }
        }
    }

    private async Task Enter(BulletinDocument document, BulletinOrigin origin, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var row = db.Add(new BulletinRow
        {
            Title = document.Title,
            Text = document.Text,
            Severity = (Detection.Severity)document.Severity,
            ReceivedAt = now,
            Due = document.Due,
            Actions = JsonSerializer.Serialize(document.Actions.Select(a => new BulletinAction(a))),
            ChangedAt = now,
            By = "system",
            History = JsonSerializer.Serialize(new[] { new BulletinStep(BulletinState.Received, "system", now) }),
            Origin = origin,
            RemoteId = document.Id,
            Cves = string.Join(' ', document.Cves),
            References = string.Join('\n', document.References),
        }).Entity;
        await answers.SendWith(row, ct);
        await db.SaveChangesAsync(ct);
    }
}

/// <summary>Answers a bulletin from above: how far it is, and how many assets; no word that anybody wrote.</summary>
internal sealed class BulletinAnswers(IntelDb db, IEgress egress, IImpact impact, TimeProvider clock)
{
    /// <summary>Answers with the change that is about to be saved; nothing for a bulletin of the site's own.</summary>
    public async Task SendWith(BulletinRow row, CancellationToken ct)
    {
        if (row.RemoteId is not { } id) return;
        var answer = new BulletinAnswer
        {
            Bulletin = ByteString.CopyFrom(id.ToByteArray(bigEndian: true)),
            Stage = row.State switch { BulletinState.Acknowledged => BulletinStage.Acknowledged, BulletinState.Done => BulletinStage.Done, BulletinState.Answered => BulletinStage.Answered, _ => BulletinStage.Received },
            At = PlainStatements.Micros(clock.GetUtcNow()),
        };
        if (row.Cves.Split(' ', StringSplitOptions.RemoveEmptyEntries) is { Length: > 0 } cves)
        {
            var (open, mended) = await impact.CountOf(cves, ct);
            (answer.AssetsAffected, answer.AssetsFixed) = ((uint)Math.Min(open, 10_000_000), (uint)Math.Min(mended, 10_000_000));
            answer.Finding = open > 0 ? BulletinFinding.Affected : mended > 0 ? BulletinFinding.Fixed : BulletinFinding.NotAffected;
        }
        egress.SendWith(db, answer);
    }
}
