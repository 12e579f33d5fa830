using Juming.Platform.Handlers;
using Juming.Platform.Links.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Platform.Links.Egress.Ledger;

/// <summary>Shows exactly what left, field by field.</summary>
internal sealed record OpenLedgerEntry(long Seq) : IQuery<LedgerEntry>, INeeds<EgressRead>, IAudited;

/// <summary>One entry with its content.</summary>
/// <param name="Line">The entry.</param>
/// <param name="State">Whether the content is here.</param>
/// <param name="Fields">A message's fields that are set; a mail's headers.</param>
/// <param name="Text">Content that is text.</param>
/// <param name="Hex">Content that is none, and of messages the exact bytes.</param>
internal sealed record LedgerEntry(LedgerLine Line, ContentState State, IReadOnlyList<ShownField> Fields, string? Text, string? Hex);

/// <summary>Whether the content of an entry is here.</summary>
internal enum ContentState
{
    /// <summary>All of it.</summary>
    Exact,

    /// <summary>All but one-time links in it.</summary>
    Masked,

    /// <summary>There was none.</summary>
    None,

    /// <summary>It was too large, or its time is over; its hash is here.</summary>
    HashOnly,

    /// <summary>It is not what left: somebody changed it.</summary>
    Changed,
}

file sealed class Handler(LinksDb db) : IQueryHandler<OpenLedgerEntry, LedgerEntry>
{
    public async Task<Result<LedgerEntry>> Handle(OpenLedgerEntry request, CancellationToken ct)
    {
        if (await db.Ledger.AsNoTracking().FirstOrDefaultAsync(r => r.Seq == request.Seq, ct) is not { } row) return LinksErrors.NoSuchEntry;
        var content = await db.LedgerContents.AsNoTracking().Where(c => c.Seq == row.Seq).Select(c => c.Content).FirstOrDefaultAsync(ct);
        var line = LedgerLine.Of(row);
        if (content is null) return new LedgerEntry(line, row.Sha256.AsSpan().SequenceEqual(ShownContent.HashOfNothing) ? ContentState.None : ContentState.HashOnly, [], null, null);
        var state = !ShownContent.IsKept(row, content) ? ContentState.Changed : row.Masked ? ContentState.Masked : ContentState.Exact;
        var (fields, text, hex) = await ShownContent.Of(row, content, ct);
        return new LedgerEntry(line, state, fields, text, hex);
    }
}
