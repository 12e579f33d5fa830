using System.Text.Json;
using FluentValidation;
using Juming.Platform.Access.Data;
using Juming.Platform.Handlers;
using Microsoft.EntityFrameworkCore;

namespace Juming.Platform.Access.Audit;

/// <summary>Looks through the audit trail, newest first.</summary>
/// <param name="Text">Part of action, actor, address, arguments or outcome; empty for all.</param>
/// <param name="Before">Only entries before this number; null for the newest.</param>
/// <param name="Limit">1 to 10,000.</param>
/// <param name="Actor">Part of the actor's name; empty for all.</param>
/// <param name="Action">Name of the act, whole; empty for all.</param>
/// <param name="From">Only entries at or after this instant.</param>
/// <param name="To">Only entries before this instant.</param>
internal sealed record SearchAudit(string? Text, long? Before, int Limit = 100, string? Actor = null, string? Action = null, DateTimeOffset? From = null, DateTimeOffset? To = null) : IQuery<IReadOnlyList<AuditLine>>, INeeds<AuditRead>, IAudited;

/// <summary>One entry.</summary>
internal sealed record AuditLine(long Seq, DateTimeOffset At, string Action, string ActorKind, string ActorName, string? Address, string Arguments, string Outcome, string Hash);

/// <summary>The names of acts that the trail holds.</summary>
internal sealed record ListAuditActions : IQuery<IReadOnlyList<string>>, INeeds<AuditRead>;

/// <summary>Recomputes the whole chain and holds it against the head file.</summary>
/// <param name="Progress">Told the number of entries that were looked at, every few thousand.</param>
internal sealed record VerifyAudit(IProgress<long>? Progress = null) : IQuery<AuditVerdict>, INeeds<AuditRead>;

/// <summary>What verification found. <paramref name="Intact"/> false: the first bad entry and why ("edited", "missing", "cut-off", "added", "no-head").</summary>
/// <param name="Intact">Nothing was changed.</param>
/// <param name="Entries">Entries that were looked at.</param>
/// <param name="Head">Hash of the last of them.</param>
/// <param name="At">The first bad entry.</param>
/// <param name="Reason">Why it is bad.</param>
/// <param name="SealedFrom">Where the trail had to be sealed anew: the entry from which on the head vouches that none was cut off or added; null for all.</param>
internal sealed record AuditVerdict(bool Intact, long Entries, string Head, long? At, string? Reason, long? SealedFrom = null);

file sealed class Validator : AbstractValidator<SearchAudit>
{
    public Validator()
    {
        RuleFor(r => r.Limit).InclusiveBetween(1, 10_000);
        RuleFor(r => r.Text).MaximumLength(200);
        RuleFor(r => r.Actor).MaximumLength(64);
        RuleFor(r => r.Action).MaximumLength(100);
    }
}

file sealed class SearchHandler(AccessDb db) : IQueryHandler<SearchAudit, IReadOnlyList<AuditLine>>
{
    public async Task<Result<IReadOnlyList<AuditLine>>> Handle(SearchAudit request, CancellationToken ct)
    {
        var rows = db.Audit.AsNoTracking();
        if (request.Before is { } before) rows = rows.Where(a => a.Seq < before);
        if (!string.IsNullOrWhiteSpace(request.Text))
        {
            var text = request.Text.Trim();
            rows = rows.Where(a => a.Action.Contains(text) || a.ActorName.Contains(text) || a.Outcome.Contains(text) || a.Arguments.Contains(text) || (a.Address != null && a.Address.Contains(text)));
        }
        if (!string.IsNullOrWhiteSpace(request.Actor))
        {
            var actor = request.Actor.Trim();
            rows = rows.Where(a => a.ActorName.Contains(actor));
        }
        if (!string.IsNullOrWhiteSpace(request.Action)) rows = rows.Where(a => a.Action == request.Action);
        if (request.From is { } from) rows = rows.Where(a => a.At >= from);
        if (request.To is { } to) rows = rows.Where(a => a.At < to);
        var found = await rows.OrderByDescending(a => a.Seq).Take(request.Limit).ToListAsync(ct);
        return Result<IReadOnlyList<AuditLine>>.Of([.. found.Select(a => new AuditLine(a.Seq, a.At, a.Action, a.ActorKind, a.ActorName, a.Address, a.Arguments, a.Outcome, a.Hash))]);
    }
}

file sealed class ActionsHandler(AccessDb db) : IQueryHandler<ListAuditActions, IReadOnlyList<string>>
{
    public async Task<Result<IReadOnlyList<string>>> Handle(ListAuditActions request, CancellationToken ct) =>
        await db.Audit.AsNoTracking().Select(a => a.Action).Distinct().OrderBy(a => a).ToListAsync(ct);
}

file sealed class VerifyHandler(AccessDb db, AuditTrail trail) : IQueryHandler<VerifyAudit, AuditVerdict>
{
    private const int Told = 2_000;

    public async Task<Result<AuditVerdict>> Handle(VerifyAudit request, CancellationToken ct)
    {
        var (known, last) = await trail.End(db, ct);
        var (end, broken, sealedFrom) = (ChainEnd.Empty, (ChainBreak?)null, (long?)null);
        await foreach (var row in db.Audit.AsNoTracking().Where(a => a.Seq <= last).OrderBy(a => a.Seq).AsAsyncEnumerable().WithCancellation(ct))
        {
            if (row.Seq != end.Count + 1) return Bad(end, new ChainBreak(row.Seq < 1 ? "added" : "missing", row.Seq < 1 ? row.Seq : end.Count + 1));
            if (row.Hash != AuditChain.HashOf(end.Hash, row)) return Bad(end, new ChainBreak("edited", row.Seq));
            // A break that the program found earlier stays one; only where no head was known may root have said from where on it counts.
            if (row.Action == ChainBreak.Action) broken ??= Recorded(row);
            else if (row.Action == ChainBreak.SealAction && broken is null or { Reason: ChainBreak.NoHead }) (broken, sealedFrom) = (null, row.Seq);
            if (broken is not null and not { Reason: ChainBreak.NoHead }) return Bad(end, broken);
            end = new ChainEnd(row.Seq, row.Hash);
            if (end.Count % Told == 0) request.Progress?.Report(end.Count);
        }
        broken ??= ChainBreak.Of(known, end);
        return broken is not null ? Bad(end, broken) : new AuditVerdict(true, end.Count, end.Hash, null, null, sealedFrom);
    }

    private static ChainBreak Recorded(AuditRow row) => JsonSerializer.Deserialize<ChainBreak>(row.Arguments, JsonSerializerOptions.Web) is { Reason.Length: > 0 } told ? told : new ChainBreak("edited", row.Seq);

    private static AuditVerdict Bad(ChainEnd end, ChainBreak broken) => new(false, end.Count, end.Hash, broken.At, broken.Reason);
}
