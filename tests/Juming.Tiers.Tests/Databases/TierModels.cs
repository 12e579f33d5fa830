using Juming.Hosting;
using Juming.Platform.Data;
using Juming.Platform.Events;
using Juming.Platform.Modules;
using Juming.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Juming.Tiers.Tests.Databases;

/// <summary>A tier that is built but not started: its migrated database and every module's Entity Framework context.</summary>
internal sealed class TierModels : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly AsyncServiceScope _scope;

    private TierModels(WebApplication app)
    {
        (_app, _scope) = (app, app.Services.CreateAsyncScope());
        var modules = app.Services.GetRequiredService<IReadOnlyList<Module>>();
        Contexts = [.. PlatformServices.TypesOf(modules).Where(t => t.IsSubclassOf(typeof(ModuleDbContext)) && !t.IsAbstract).Append(typeof(OutboxDb)).Distinct()
            .Select(t => (DbContext)_scope.ServiceProvider.GetRequiredService(t))];
    }

    public IReadOnlyList<DbContext> Contexts { get; }

    public Database Database => _app.Services.GetRequiredService<Database>();

    public static TierModels Of(string tier, string folder, Dictionary<string, string?> settings)
    {
        settings["Log:File"] = "false";
        return new TierModels(TierHost.Build(new TierOptions(RunningTier.Definition(tier), folder) { Overrides = settings, Offline = true }));
    }

    public async ValueTask DisposeAsync()
    {
        await _scope.DisposeAsync();
        await _app.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
    }
}
