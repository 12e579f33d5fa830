using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Juming.Platform.Modules;

/// <summary>A feature area. Everything in its namespace belongs to it: handlers, validators, event handlers, DbContexts and migrations are found there.</summary>
public abstract class Module
{
    /// <summary>Lower-case; names the settings section, table prefix, route prefix and permission prefix. Unique over all tiers.</summary>
    public abstract string Name { get; }

    /// <summary>Services that scanning does not find.</summary>
    public virtual void AddServices(IServiceCollection services, IConfiguration settings) { }

    /// <summary>Endpoints, already under <c>/api/{Name}</c> and already authenticated; authorisation is the guard's. Each says what it answers (<see cref="Http.Described"/>).</summary>
    public virtual void MapEndpoints(IEndpointRouteBuilder routes) { }

    /// <summary>
    /// Pages for phones, under <c>/m/{Name}</c>: static, without a session. Whoever holds a one-time link comes in; the handlers hold the link against who and
    /// what it was made for. They must not be kept or passed on by caches or referrers.
    /// </summary>
    public virtual void MapPhonePages(IEndpointRouteBuilder routes) { }

    /// <summary>
    /// Addresses that other programs call by themselves, under <c>/calls/{Name}</c>: without a session. Each call must show by a signature whose it is, and what
    /// GET brings changes nothing.
    /// </summary>
    public virtual void MapCalls(IEndpointRouteBuilder routes) { }

    /// <summary>Entries of the console's menu.</summary>
    public virtual IEnumerable<MenuItem> Menu => [];

    /// <summary>Work that recurs.</summary>
    public virtual IEnumerable<RecurringJob> Jobs => [];
}

/// <summary>An entry of the menu; shown only to those who hold the permission.</summary>
/// <param name="Group">Key of the group: overview, customers, response, intel, below, assets, compliance, admin.</param>
/// <param name="Title">Key of the title in the module's menu resources.</param>
/// <param name="Href">Address of the page, from the root.</param>
/// <param name="Permission">Code of the permission that the page's query needs; null for everyone who is signed in.</param>
/// <param name="Order">Place inside the group, ascending.</param>
/// <param name="Icon">Name of the icon in the sprite.</param>
/// <param name="Resources">Type whose resources hold the title.</param>
/// <param name="Under">Address of the entry of the same group that it belongs to: shown while one of that family is open, so that the menu stays short.</param>
public sealed record MenuItem(string Group, string Title, string Href, string? Permission, int Order, string Icon, Type Resources, string? Under = null);

/// <summary>Work that recurs. Its body may run twice and must do its effect once.</summary>
/// <param name="Name">Unique, lower-case.</param>
/// <param name="Cron">Five-field cron expression, UTC.</param>
/// <param name="Body">The work, in a scope of its own.</param>
public sealed record RecurringJob(string Name, string Cron, Func<IServiceProvider, CancellationToken, Task> Body);

/// <summary>What one process runs: a tier's name, number and modules.</summary>
public sealed record TierDefinition(string Name, int Number, int DefaultPort, IReadOnlyList<Module> Modules);

/// <summary>The tier that this host runs, and where it keeps its data.</summary>
/// <param name="Tier">The definition.</param>
/// <param name="DataFolder">Absolute path of the data folder.</param>
/// <param name="Offline">A verb runs in-process: nothing listens, no receiver starts.</param>
public sealed record TierContext(TierDefinition Tier, string DataFolder, bool Offline = false);
