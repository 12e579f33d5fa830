using System.Reflection;
using FluentValidation;
using Juming.Platform.Access;
using Juming.Platform.Data;
using Juming.Platform.Events;
using Juming.Platform.Handlers;
using Juming.Platform.Http;
using Juming.Platform.Jobs;
using MediatR;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Juming.Platform.Modules;

/// <summary>Wires a tier: platform services, then everything that its modules' namespaces hold.</summary>
public static class PlatformServices
{
    /// <summary>Adds all services of a tier to one host.</summary>
    public static IServiceCollection AddTier(this IServiceCollection services, TierContext context, IConfiguration configuration)
    {
        var database = Database.From(configuration.GetSection("Database").Get<DatabaseSettings>() ?? new DatabaseSettings(), context.DataFolder);
        var modules = Enabled(context.Tier, configuration);
        services.AddSingleton(context).AddSingleton(context.Tier).AddSingleton<IReadOnlyList<Module>>(modules).AddSingleton(database);
        services.AddSettings<DatabaseSettings>("Database").AddSettings<OutboundSettings>("Outbound");
        services.AddSingleton<INameLookup, SystemNames>().AddSingleton<GuardedConnections>().AddSingleton<GuardedHttp>();
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(new HostScope(new Scope(context.Tier.Name, "self")));
        services.AddSingleton<IReadiness, DatabaseReadiness>().AddSingleton<IFigures, ProcessFigures>();
        services.AddSingleton<CommitQueue>().AddHostedService(p => p.GetRequiredService<CommitQueue>());
        services.AddScoped<CurrentActor>();
        services.AddScoped<Sender>();
        services.AddScoped<ServiceFactory>(p => p.GetRequiredService);
        services.AddScoped<IMediator, Mediator>();
        services.AddScoped(typeof(IPipelineBehavior<,>), typeof(Guard<,>));
        AddFromNamespaces(services, modules, database);
        services.AddSingleton<OutboxDispatcher>().AddHostedService(p => p.GetRequiredService<OutboxDispatcher>());
        services.AddRecurringJobs(database);
        foreach (var module in modules) module.AddServices(services, configuration.GetSection("Modules:" + module.Name));
        return services;
    }

    /// <summary>All assemblies of a tier's modules, the platform's own first.</summary>
    public static IReadOnlyList<Assembly> Assemblies(IEnumerable<Module> modules) =>
        [typeof(PlatformServices).Assembly, .. modules.Select(m => m.GetType().Assembly).Distinct().Where(a => a != typeof(PlatformServices).Assembly)];

    /// <summary>All types that belong to a set of modules.</summary>
    public static IReadOnlyList<Type> TypesOf(IEnumerable<Module> modules)
    {
        var roots = modules.Select(m => (m.GetType().Assembly, Root: m.GetType().Namespace!)).ToList();
        return [.. roots.Select(r => r.Assembly).Distinct().SelectMany(a => a.GetTypes())
            .Where(t => roots.Any(r => r.Assembly == t.Assembly && t.Namespace is { } n && (n == r.Root || n.StartsWith(r.Root + ".", StringComparison.Ordinal))))];
    }

    private static List<Module> Enabled(TierDefinition tier, IConfiguration configuration)
    {
        var twice = tier.Modules.GroupBy(m => m.Name).FirstOrDefault(g => g.Count() > 1);
        if (twice is not null) throw new InvalidOperationException($"Two modules are named '{twice.Key}'.");
        return [.. tier.Modules.Where(m => Settings.IsEnabled(configuration, m))];
    }

    private static void AddFromNamespaces(IServiceCollection services, IReadOnlyList<Module> modules, Database database)
    {
        var types = TypesOf(modules);
        foreach (var type in types.Where(t => t is { IsAbstract: false, IsGenericTypeDefinition: false }))
            foreach (var face in type.GetInterfaces().Where(i => i.IsGenericType))
            {
                var definition = face.GetGenericTypeDefinition();
                if (definition == typeof(IRequestHandler<,>) || definition == typeof(IValidator<>) || definition == typeof(INotificationHandler<>)) services.AddScoped(face, type);
            }
        services.AddSingleton(new PermissionMap(types.Where(t => typeof(IPermission).IsAssignableFrom(t) && !t.IsInterface)));
        services.AddSingleton(new EventTypes(types.Where(t => typeof(IModuleEvent).IsAssignableFrom(t) && !t.IsInterface)));
        foreach (var context in types.Where(t => t.IsSubclassOf(typeof(ModuleDbContext)) && !t.IsAbstract).Append(typeof(OutboxDb)).Distinct())
            AddDb.MakeGenericMethod(context).Invoke(null, [services, database]);
        foreach (var request in types.Where(IsRequest)) RequestPolicies.PermissionOf(request);
    }

    /// <summary>True for commands and queries.</summary>
    public static bool IsRequest(Type type) => !type.IsInterface && !type.IsAbstract && type.GetInterfaces().Any(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IRequest<>));

    private static readonly MethodInfo AddDb = typeof(PlatformServices).GetMethod(nameof(AddContext), BindingFlags.NonPublic | BindingFlags.Static)!;

    private static void AddContext<T>(IServiceCollection services, Database database) where T : ModuleDbContext =>
        services.AddDbContext<T>(options =>
        {
            if (database.IsPostgres) options.UseNpgsql(database.ConnectionString);
            else options.UseSqlite(database.ConnectionString).AddInterceptors(new SqlitePragmas());
        });
}
