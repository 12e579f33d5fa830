using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Juming.Platform.Vault.Sealing;

/// <summary>Makes the key of a new host at its first start, so that it can be kept apart before the first secret is.</summary>
internal sealed class FirstKey(IServiceScopeFactory scopes) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<DataKeys>().MakeFileOfNewHost(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
