using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Platform.Http;
using Juming.Platform.Links.Egress;
using Juming.Platform.Links.Health;
using Juming.Platform.Links.Identity;
using Juming.Platform.Links.Join;
using Juming.Platform.Links.Keep;
using Juming.Platform.Links.Lower;
using Juming.Platform.Links.Sync;
using Juming.Platform.Links.Upper;
using Juming.Platform.Modules;
using Juming.Platform.Notify;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Juming.Platform.Links;

/// <summary>Links a tier with the one above it and those below it.</summary>
/// <param name="isTop">Nobody is above this tier.</param>
public sealed class LinksModule(bool isTop) : Module
{
    /// <inheritdoc/>
    public override string Name => "links";

    /// <inheritdoc/>
    public override void AddServices(IServiceCollection services, IConfiguration settings)
    {
        services.AddSettings<LinksSettings>("Modules:Links");
        services.AddSingleton(new LinkPlace(isTop));
        services.AddSingleton<LinkWatch>().AddSingleton<ILinkAlarms>(p => p.GetRequiredService<LinkWatch>()).AddSingleton<ILinkIncidents>(p => p.GetRequiredService<LinkWatch>());
        services.AddSingleton<LinkTopics>().AddSingleton<Outgoing>().AddSingleton<LinkUpkeep>().AddSingleton<Authority>().AddSingleton<EnrolmentDesk>().AddSingleton<LinkDoor>().AddSingleton<Connections>().AddSingleton<Admission>().AddSingleton<LeaseBook>().AddSingleton<LinkListener>().AddSingleton<PeerNews>();
        services.AddSingleton<Membership>().AddSingleton<LinkStatus>().AddSingleton<UpperWake>().AddSingleton<DialSeat>();
        services.AddScoped<ILinkDesk, LinkDesk>();
        services.AddSingleton<BulkShelves>().AddSingleton<ILinkNews>(p => p.GetRequiredService<BulkShelves>());
        services.AddSingleton<UpperBulk>().AddSingleton<IUpperBulk>(p => p.GetRequiredService<UpperBulk>());
        services.AddSingleton(new NoticeKind(LinkWatch.IncidentNotice, typeof(LinksTexts), Role.SystemAdmin, Role.SecurityAdmin));
        services.AddSingleton(new NoticeKind(LinkWatch.AlarmNotice, typeof(LinksTexts), Role.SystemAdmin, Role.SecurityAdmin));
        services.AddEgress();
        services.AddHostedService(p => p.GetRequiredService<LinkWatch>());
        services.AddHostedService(p => p.GetRequiredService<LinkListener>());
        services.AddHostedService(p => p.GetRequiredService<PeerNews>());
        services.AddHostedService<AfterRush>();
        services.AddHostedService<Dialler>();
        services.AddHostedService<HealthReporter>();
    }

    /// <inheritdoc/>
    public override IEnumerable<MenuItem> Menu => [.. isTop ? [] : new[] { new MenuItem("admin", "Connection", "/connection", LinksRead.Code, 60, "link", typeof(LinksTexts)) }, .. EgressWiring.Menu];

    /// <inheritdoc/>
    public override IEnumerable<RecurringJob> Jobs => [new("links-upkeep", "17 * * * *", (services, ct) => services.GetRequiredService<LinkUpkeep>().Run(ct)), .. EgressWiring.Jobs];

    /// <inheritdoc/>
    public override void MapEndpoints(IEndpointRouteBuilder routes)
    {
        routes.MapGet("", async (Sender sender, CancellationToken ct) => (await sender.Send(new DescribeLinks(), ct)).ToHttp()).Answers<LinksView>("How this host's link to the one above stands, and how many below it are in which state.");
        EgressWiring.Map(routes);
    }
}

/// <summary>Where this host stands among the tiers.</summary>
/// <param name="IsTop">Nobody is above it.</param>
internal sealed record LinkPlace(bool IsTop);
