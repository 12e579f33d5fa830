using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Juming.Platform.Access.Audit;
using Juming.Platform.Access.Tokens;
using Juming.Platform.Access.Users;
using Juming.Platform.Handlers;
using Juming.Platform.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Juming.Platform.Access;

/// <summary>What machines may ask about accounts, tokens and audit.</summary>
internal static class AccessEndpoints
{
    private const int MostExported = 10_000;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/users", async (Sender sender, CancellationToken ct) => (await sender.Send(new ListUsers(), ct)).ToHttp()).Answers<IReadOnlyList<UserLine>>("Accounts.");
        routes.MapGet("/sessions", async (Sender sender, CancellationToken ct) => (await sender.Send(new ListSessions(), ct)).ToHttp()).Answers<IReadOnlyList<SessionLine>>("Open sessions.");
        routes.MapGet("/tokens", async (Sender sender, CancellationToken ct) => (await sender.Send(new ListTokens(), ct)).ToHttp()).Answers<IReadOnlyList<TokenLine>>("API tokens without their text: one's own, or all for who administrates accounts.");
        routes.MapGet("/audit", async (Sender sender, [Description("Part of act, actor, address, arguments or outcome"), StringLength(200)] string? text, [Description("Only entries before this number")] long? before,
            [Description("Entries, 100 by default"), Range(1, 10_000)] int? limit, [Description("Part of the actor's name"), StringLength(64)] string? actor, [Description("Name of the act, whole"), StringLength(100)] string? act,
            [Description("At or after")] DateTimeOffset? from, [Description("Before")] DateTimeOffset? to, CancellationToken ct) =>
            (await sender.Send(new SearchAudit(text, before, limit ?? 100, actor, act, from, to), ct)).ToHttp()).Answers<IReadOnlyList<AuditLine>>("The audit trail, newest first.");
        routes.MapGet("/audit/verdict", async (Sender sender, CancellationToken ct) => (await sender.Send(new VerifyAudit(), ct)).ToHttp()).Answers<AuditVerdict>("Recomputes the whole chain of the audit trail.");
        routes.MapGet("/audit/export", Export).AnswersFile("The audit trail as a file: 10,000 entries as NDJSON, or all of them with format=csv.", "application/x-ndjson", "text/csv");
    }

    /// <summary>
    /// Up to 10,000 entries before a number as NDJSON, newest first; the last line's number is the next call's <c>before</c>.
    /// With <c>format=csv</c> all of them, as a file for people.
    /// </summary>
    private static async Task<IResult> Export(Sender sender, string? text, long? before, string? actor, string? act, DateTimeOffset? from, string? format, CancellationToken ct)
    {
        var search = new SearchAudit(text, before, MostExported, actor, act, from);
        var found = await sender.Send(search, ct);
        if (found.Error is { } error) return error.ToHttp();
        if (format == "csv") return Results.Stream(stream => AuditCsv.Write(stream, sender, search, found.Value, ct), "text/csv; charset=utf-8", "audit.csv");
        return Results.Stream(async stream =>
        {
            foreach (var line in found.Value)
            {
                await JsonSerializer.SerializeAsync(stream, line, JsonSerializerOptions.Web, ct);
                await stream.WriteAsync("\n"u8.ToArray(), ct);
            }
        }, "application/x-ndjson", "audit.ndjson");
    }
}
