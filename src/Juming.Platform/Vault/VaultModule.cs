using Juming.Platform.Modules;
using Juming.Platform.Vault.Sealing;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Juming.Platform.Vault;

/// <summary>Keeps the secrets that the program must present again, sealed. Every tier has it.</summary>
public sealed class VaultModule : Module
{
    /// <inheritdoc/>
    public override string Name => "vault";

    /// <inheritdoc/>
    public override void AddServices(IServiceCollection services, IConfiguration settings)
    {
        services.AddSettings<VaultSettings>("Modules:Vault");
        services.AddSingleton<KeyFile>().AddSingleton<VaultTurn>().AddSingleton<SealedKeyRing>().AddScoped<DataKeys>().AddScoped<IVault, SealedVault>();
        services.AddOptions<KeyManagementOptions>().Configure<SealedKeyRing>((options, ring) => options.XmlRepository = ring);
        services.AddSingleton<IReadiness, VaultReadiness>().AddHostedService<FirstKey>();
    }
}
