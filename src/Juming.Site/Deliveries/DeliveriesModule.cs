using System.ComponentModel.DataAnnotations;
using Juming.Contracts.Indicators;
using Juming.Platform.Access;
using Juming.Platform.Content;
using Juming.Platform.Handlers;
using Juming.Platform.Http;
using Juming.Platform.Modules;
using Juming.Platform.Notify;
using Juming.Site.Deliveries.Data;
using Juming.Site.Deliveries.Indicators;
using Juming.Site.Deliveries.Packs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Juming.Site.Deliveries;

/// <summary>Puts to use at this site what comes from above: indicators, rules, parsers, and, with the site's consent, playbooks and recipes.</summary>
public sealed class DeliveriesModule : Module
{
    /// <inheritdoc/>
    public override string Name => "deliveries";

    /// <inheritdoc/>
    public override void AddServices(IServiceCollection services, IConfiguration settings)
    {
        services.AddScoped<Subscription>().AddScoped<TellPacks>().AddSingleton<ToldPacks>();
        services.AddScoped<IContentTaker, IndicatorTaker>().AddScoped<IContentTaker, OperatorTaker>().AddScoped<IContentTaker, PackKeeper>();
        services.AddSingleton(new NoticeKind(PackKeeper.WaitingNotice, typeof(DeliveriesTexts), Role.SecurityAdmin));
    }

    /// <inheritdoc/>
    public override IEnumerable<MenuItem> Menu => [new("admin", "Deliveries", "/deliveries", DeliveriesRead.Code, 40, "parsers", typeof(DeliveriesTexts))];

    /// <inheritdoc/>
    public override IEnumerable<RecurringJob> Jobs => [new("deliveries-tell", "*/10 * * * *", (services, ct) => services.GetRequiredService<TellPacks>().Run(ct))];

    /// <inheritdoc/>
    public override void MapEndpoints(IEndpointRouteBuilder routes)
    {
        routes.MapGet("", async (Sender sender, PackState? state, string? kind, [Range(0, 100_000)] int? skip, [Range(1, 200)] int? limit, CancellationToken ct) =>
            (await sender.Send(new ListDeliveries { State = state, Kind = kind, Skip = skip ?? 0, Take = limit ?? 50 }, ct)).ToHttp()).Answers<DeliveryPage>("Packs that came from above, those that wait for a decision first.");
        routes.MapGet("{id:guid}/changes", async (Sender sender, Guid id, CancellationToken ct) => (await sender.Send(new CompareDelivery(id), ct)).ToHttp()).Answers<DeliveryChanges>("What a pack would change against what is in force.");
        routes.MapPost("{id:guid}/decision", async (Sender sender, Guid id, DecisionBody body, CancellationToken ct) => (await sender.Send(new DecideDelivery(id, body.Agree, body.Sha256 ?? "", body.Reason ?? ""), ct)).ToHttp()).Answers<Done>("Agrees to a pack that acts, or turns it down.");
        routes.MapPost("{id:guid}/rollback", async (Sender sender, Guid id, BackBody body, CancellationToken ct) => (await sender.Send(new RollBackDelivery(id, body.Reason ?? ""), ct)).ToHttp()).Answers<Done>("Goes back from a version in force to the one before.");
        routes.MapGet("wish", async (Sender sender, CancellationToken ct) => (await sender.Send(new GetWish(), ct)).ToHttp()).Answers<WishView>("Which indicators this site wants.");
        routes.MapPut("wish", async (Sender sender, WishBody body, CancellationToken ct) => (await sender.Send(new WishForIndicators(body.Kinds ?? [], body.LeastConfidence), ct)).ToHttp()).Answers<Done>("Says which indicators this site wants.");
    }
}

/// <summary>Body of a decision.</summary>
internal sealed record DecisionBody(bool Agree, string? Sha256, string? Reason);

/// <summary>Body of a way back.</summary>
internal sealed record BackBody(string? Reason);

/// <summary>Body of a wish.</summary>
internal sealed record WishBody(IReadOnlyList<IndicatorKind>? Kinds, [Range(0, 100)] int LeastConfidence);
