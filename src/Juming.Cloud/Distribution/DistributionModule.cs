using Juming.Cloud.Distribution.Press;
using Juming.Platform.Modules;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Juming.Cloud.Distribution;

/// <summary>Publishes the merged indicators and the vulnerabilities as signed content.</summary>
public sealed class DistributionModule : Module
{
    /// <inheritdoc/>
    public override string Name => "distribution";

    /// <inheritdoc/>
    public override void AddServices(IServiceCollection services, IConfiguration settings)
    {
        services.AddSettings<DistributionSettings>("Modules:Distribution");
        services.AddSingleton<IndicatorPress>().AddSingleton<VulnerabilityPress>().AddHostedService<PressLoop>();
    }
}
