using Juming.Platform.Access;
using Juming.Platform.Content;
using Juming.Platform.Modules;
using Juming.Platform.Notify;
using Juming.Site.Deliveries.Indicators;
using Juming.Site.Deliveries.Packs;
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
        services.AddScoped<Subscription>();
        services.AddScoped<IContentTaker, IndicatorTaker>().AddScoped<IContentTaker, PackKeeper>();
        services.AddSingleton(new NoticeKind(PackKeeper.WaitingNotice, typeof(DeliveriesTexts), Role.SecurityAdmin));
    }
}
