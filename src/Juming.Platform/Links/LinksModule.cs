using Juming.Platform.Access;
using Juming.Platform.Links.Identity;
using Juming.Platform.Links.Keep;
using Juming.Platform.Links.Lower;
using Juming.Platform.Links.Sync;
using Juming.Platform.Links.Upper;
using Juming.Platform.Modules;
using Juming.Platform.Notify;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Juming.Platform.Links;

/// <summary>Links a tier with the one above it and those below it. Every tier has it; the settings say whether those below may come in.</summary>
public sealed class LinksModule : Module
{
    /// <inheritdoc/>
    public override string Name => "links";

    /// <inheritdoc/>
    public override void AddServices(IServiceCollection services, IConfiguration settings)
    {
        services.AddSettings<LinksSettings>("Modules:Links");
        services.AddSingleton<LinkWatch>().AddSingleton<ILinkAlarms>(p => p.GetRequiredService<LinkWatch>()).AddSingleton<ILinkIncidents>(p => p.GetRequiredService<LinkWatch>());
        services.AddSingleton<LinkTopics>().AddSingleton<Outgoing>().AddSingleton<Authority>().AddSingleton<EnrolmentDesk>().AddSingleton<LinkDoor>().AddSingleton<Connections>().AddSingleton<LinkListener>();
        services.AddSingleton<Membership>().AddSingleton<LinkStatus>().AddSingleton<UpperWake>();
        services.AddScoped<ILinkDesk, LinkDesk>();
        services.AddSingleton<BulkShelves>().AddSingleton<ILinkNews>(p => p.GetRequiredService<BulkShelves>());
        services.AddSingleton<UpperBulk>().AddSingleton<IUpperBulk>(p => p.GetRequiredService<UpperBulk>());
        services.AddSingleton(new NoticeKind(LinkWatch.IncidentNotice, typeof(LinksTexts), Role.SystemAdmin, Role.SecurityAdmin));
        services.AddSingleton(new NoticeKind(LinkWatch.AlarmNotice, typeof(LinksTexts), Role.SystemAdmin, Role.SecurityAdmin));
        services.AddHostedService(p => p.GetRequiredService<LinkWatch>());
        services.AddHostedService(p => p.GetRequiredService<LinkListener>());
        services.AddHostedService<Dialler>();
    }
}
