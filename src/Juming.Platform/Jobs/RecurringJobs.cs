using Hangfire;
using Hangfire.InMemory;
using Hangfire.PostgreSql;
using Juming.Platform.Access;
using Juming.Platform.Data;
using Juming.Platform.Modules;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Juming.Platform.Jobs;

/// <summary>Ticks the modules' recurring jobs: in memory on SQLite, stored on PostgreSQL. Each host of the process has a storage of its own.</summary>
public static class RecurringJobs
{
    /// <summary>Adds the ticker.</summary>
    public static IServiceCollection AddRecurringJobs(this IServiceCollection services, Database database)
    {
        services.AddSingleton<JobStorage>(_ => database.IsPostgres
            ? new PostgreSqlStorage(new Hangfire.PostgreSql.Factories.NpgsqlConnectionFactory(database.ConnectionString, new PostgreSqlStorageOptions()), new PostgreSqlStorageOptions { SchemaName = "hangfire" })
            : new InMemoryStorage());
        services.AddHangfire((provider, configuration) => configuration.UseSimpleAssemblyNameTypeSerializer().UseRecommendedSerializerSettings().UseActivator(new ScopeActivator(provider)));
        services.AddHangfireServer(options =>
        {
            options.WorkerCount = 2;
            options.SchedulePollingInterval = TimeSpan.FromSeconds(5);
        });
        services.AddTransient<JobRunner>();
        services.AddHostedService<Registration>();
        return services;
    }

    private sealed class ScopeActivator(IServiceProvider provider) : JobActivator
    {
        public override object ActivateJob(Type jobType) => provider.GetRequiredService(jobType);
    }

    private sealed class Registration(IRecurringJobManager manager, IReadOnlyList<Module> modules) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            foreach (var job in modules.SelectMany(m => m.Jobs))
                manager.AddOrUpdate<JobRunner>(job.Name, runner => runner.Run(job.Name, CancellationToken.None), job.Cron);
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}

/// <summary>Runs one tick of one job in a scope of its own, as the system.</summary>
public sealed class JobRunner(IServiceScopeFactory scopes, IReadOnlyList<Module> modules)
{
    /// <summary>Runs the named job.</summary>
    [AutomaticRetry(Attempts = 0)]
    [DisableConcurrentExecution(600)]
    public async Task Run(string name, CancellationToken ct)
    {
        var job = modules.SelectMany(m => m.Jobs).First(j => j.Name == name);
        await using var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CurrentActor>().Actor = Actor.System;
        await job.Body(scope.ServiceProvider, ct);
    }
}
