using System.Text.Json;
using Juming.Platform.Access.Data;
using Juming.Platform.Handlers;
using Microsoft.EntityFrameworkCore;

namespace Juming.Platform.Access.Users;

/// <summary>Resets of the last thirty days, newest first, for all administrators: whoever resets an account can be its next holder.</summary>
internal sealed record ListResets : IQuery<IReadOnlyList<ResetLine>>, INeeds<UsersRead>;

/// <summary>One reset: when, who, which act, whose account.</summary>
internal sealed record ResetLine(long Seq, DateTimeOffset At, string Actor, string Act, string Name);

file sealed class Handler(AccessDb db, TimeProvider clock) : IQueryHandler<ListResets, IReadOnlyList<ResetLine>>
{
    public async Task<Result<IReadOnlyList<ResetLine>>> Handle(ListResets request, CancellationToken ct)
    {
        var from = clock.GetUtcNow().AddDays(-30);
        var rows = await db.Audit.AsNoTracking()
            .Where(a => a.At >= from && a.Outcome == "done" && (a.Action == nameof(ResetUser) || a.Action == nameof(ResetSecondFactor)))
            .OrderByDescending(a => a.Seq).Take(50).ToListAsync(ct);
        return Result<IReadOnlyList<ResetLine>>.Of([.. rows.Select(a => new ResetLine(a.Seq, a.At, a.ActorName, a.Action, NameIn(a.Arguments)))]);
    }

    private static string NameIn(string arguments)
    {
        using var json = JsonDocument.Parse(arguments);
        return json.RootElement.TryGetProperty("name", out var name) ? name.GetString() ?? "" : "";
    }
}
