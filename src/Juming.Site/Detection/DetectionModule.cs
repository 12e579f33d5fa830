using Juming.Platform.Modules;
using Juming.Site.Detection.Alerts;
using Juming.Site.Detection.Rules;
using Juming.Site.Events;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Juming.Site.Detection;

/// <summary>Asks rules about every stored event and keeps what they find as alerts.</summary>
public sealed class DetectionModule : Module
{
    /// <inheritdoc/>
    public override string Name => "detection";

    /// <inheritdoc/>
    public override void AddServices(IServiceCollection services, IConfiguration settings)
    {
        services.AddSettings<DetectionSettings>("Modules:Detection");
        services.AddSingleton<RuleModes>().AddSingleton<RulesInForce>().AddSingleton<WarmMarks>().AddSingleton(_ => new MatchQueue());
        services.AddSingleton<DetectionMatcher>().AddSingleton<IBatchMatcher>(p => p.GetRequiredService<DetectionMatcher>());
        services.AddSingleton<AlertWriter>().AddSingleton<IAlertIntake>(p => p.GetRequiredService<AlertWriter>());
        services.AddSingleton<CatchUp>();
        services.AddScoped<IAlertDirectory, AlertDirectory>();
        // Started in this order and stopped in the reverse: matches must find the writer at work.
        services.AddHostedService(p => p.GetRequiredService<AlertWriter>());
        services.AddHostedService(p => p.GetRequiredService<CatchUp>());
    }
}
