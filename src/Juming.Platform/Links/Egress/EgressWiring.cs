using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Platform.Http;
using Juming.Platform.Links.Egress.Gate;
using Juming.Platform.Links.Egress.Held;
using Juming.Platform.Links.Egress.Ledger;
using Juming.Platform.Links.Egress.Policy;
using Juming.Platform.Modules;
using Juming.Platform.Notify;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Juming.Platform.Links.Egress;

/// <summary>What the module of the links brings for the gate and its ledger.</summary>
internal static class EgressWiring
{
    public static IEnumerable<MenuItem> Menu => [new("admin", "Egress", "/egress", EgressRead.Code, 85, "ledger", typeof(LinksTexts))];

    public static IEnumerable<RecurringJob> Jobs =>
    [
        new("links-ledger-heads", "2 * * * *", (services, ct) => services.GetRequiredService<LedgerHeads>().SignWhatEnded(ct)),
        new("links-ledger-upkeep", "52 3 * * *", (services, ct) => services.GetRequiredService<LedgerUpkeep>().Run(ct)),
    ];

    public static void AddEgress(this IServiceCollection services)
    {
        services.AddSingleton<EgressGate>().AddSingleton<EgressWatch>().AddSingleton<EgressDesk>();
        services.AddSingleton<IEgress>(p => p.GetRequiredService<EgressDesk>()).AddSingleton<IOutboundLedger>(p => p.GetRequiredService<EgressDesk>());
        services.AddSingleton<LedgerDoubts>().AddScoped<IHeldLedgers, HeldLedgers>();
        services.AddScoped<LedgerHeads>().AddScoped<LedgerUpkeep>();
        services.AddSingleton(new NoticeKind(EgressWatch.Notice, typeof(LinksTexts), Role.SystemAdmin, Role.SecurityAdmin));
        foreach (var code in new[] { LedgerDoubts.Theirs, LedgerDoubts.Ours }) services.AddSingleton(new NoticeKind(code, typeof(LinksTexts), Role.SystemAdmin, Role.SecurityAdmin, Role.AuditAdmin));
        services.AddHostedService(p => p.GetRequiredService<EgressDesk>());
    }

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("egress", async (Sender sender, [Description("Part of destination or subject"), StringLength(100)] string? text, [Description("Where to: Upper, Outside, Inside, Proxy"), StringLength(20)] string? place,
            [Description("Number of a message; 0 for calls and mails")] int? type, [Description("At or after")] DateTimeOffset? from, [Description("Before")] DateTimeOffset? to, [Description("Only entries before this number")] long? before,
            [Description("Entries, 50 by default"), Range(1, 200)] int? take, CancellationToken ct) =>
            (await sender.Send(new ListLedger(text, Enum.TryParse<EgressPlace>(place, true, out var wanted) ? wanted : null, type, from, to, before, take ?? 50), ct)).ToHttp()).Answers<LedgerPage>("What left this host, newest first.");
        routes.MapGet("egress/{seq:long}", async (Sender sender, [Description("Number of the entry")] long seq, CancellationToken ct) => (await sender.Send(new OpenLedgerEntry(seq), ct)).ToHttp()).Answers<LedgerEntry>("One entry, with its exact content decoded field by field.");
        routes.MapGet("egress/refused", async (Sender sender, [Description("Rows passed over"), Range(0, 1_000_000)] int? skip, [Description("Rows of the page, 50 by default"), Range(1, 200)] int? take, CancellationToken ct) =>
            (await sender.Send(new ListRefusals(skip ?? 0, take ?? 50), ct)).ToHttp()).Answers<RefusalPage>("What the gate refused, latest first.");
        routes.MapGet("egress/policy", async (Sender sender, CancellationToken ct) => (await sender.Send(new DescribePolicy(), ct)).ToHttp()).Answers<PolicyView>("What may leave at which level, and which level holds.");
        routes.MapGet("egress/verdict", async (Sender sender, CancellationToken ct) => (await sender.Send(new VerifyEgress(), ct)).ToHttp()).Answers<LedgerVerdict>("Recomputes the whole chain of the ledger.");
        routes.MapGet("egress/days", async (Sender sender, [Description("Days passed over"), Range(0, 100_000)] int? skip, [Description("Days of the page, 50 by default"), Range(1, 200)] int? take, CancellationToken ct) =>
            (await sender.Send(new ListOwnDays(skip ?? 0, take ?? 50), ct)).ToHttp()).Answers<OwnDays>("Signed days of this host's ledger, latest first, with what the host above holds of each.");
        routes.MapGet("egress/export", LedgerExport.Answer).AnswersFile("The whole ledger as NDJSON, oldest first, with all that is needed to verify it elsewhere.", "application/x-ndjson");
    }
}
