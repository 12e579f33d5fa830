using Juming.Platform.Access;
using Juming.Platform.Content.Keep;
using Juming.Platform.Content.Sign;
using Juming.Platform.Content.Sync;
using Juming.Platform.Links;
using Juming.Platform.Modules;
using Juming.Platform.Notify;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Juming.Platform.Content;

/// <summary>Signed content that travels from the cloud down: what is trusted, where it lies, how it comes and goes on. Every tier has it.</summary>
public sealed class ContentModule : Module
{
    /// <inheritdoc/>
    public override string Name => "content";

    /// <inheritdoc/>
    public override void AddServices(IServiceCollection services, IConfiguration settings)
    {
        services.AddSettings<ContentSettings>("Modules:Content");
        services.AddSingleton<BlobShelf>().AddSingleton<TrustBook>().AddSingleton<ContentReach>().AddSingleton<ContentUpdate>().AddSingleton<ContentStatus>().AddSingleton<ContentWatch>();
        services.AddSingleton<ContentDesk>().AddSingleton<IContent>(p => p.GetRequiredService<ContentDesk>()).AddSingleton<IBulkShelf>(p => p.GetRequiredService<ContentDesk>());
        services.AddSingleton<SigningKeys>().AddSingleton<Repository>().AddSingleton<Publisher>().AddSingleton<IContentPublisher>(p => p.GetRequiredService<Publisher>());
        services.AddSingleton(new NoticeKind(ContentWatch.RefusedNotice, typeof(ContentTexts), Role.SystemAdmin, Role.SecurityAdmin));
        services.AddSingleton(new NoticeKind(ContentWatch.StaleNotice, typeof(ContentTexts), Role.SystemAdmin, Role.SecurityAdmin));
        services.AddHostedService<Renewal>();
        services.AddHostedService<ContentUse>();
        services.AddHostedService<ContentLoop>();
    }
}
