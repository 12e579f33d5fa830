using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Juming.Platform.Handlers;
using Juming.Platform.Http;
using Juming.Platform.Modules;
using Juming.Site.Watching.Entries;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Juming.Site.Watching;

/// <summary>Keeps addresses, hosts and accounts that are to be told apart wherever they turn up.</summary>
public sealed class WatchingModule : Module
{
    /// <inheritdoc/>
    public override string Name => "watching";

    /// <inheritdoc/>
    public override void AddServices(IServiceCollection services, IConfiguration settings)
    {
        services.AddSettings<WatchingSettings>("Modules:Watching");
        services.AddSingleton<WatchTurn>().AddSingleton<WatchBook>().AddHostedService(p => p.GetRequiredService<WatchBook>());
        services.AddSingleton<IWatchList, WatchList>().AddScoped<WatchUpkeep>();
    }

    /// <inheritdoc/>
    public override IEnumerable<MenuItem> Menu => [new("assets", "WatchList", "/watch", WatchingRead.Code, 15, "search", typeof(WatchingTexts), "/assets")];

    /// <inheritdoc/>
    public override IEnumerable<RecurringJob> Jobs => [new("watching-upkeep", "43 3 * * *", (services, ct) => services.GetRequiredService<WatchUpkeep>().Run(ct))];

    /// <inheritdoc/>
    public override void MapEndpoints(IEndpointRouteBuilder routes)
    {
        routes.MapGet("", async (Sender sender, [Description("Part of a value, reason, incident or name"), StringLength(300)] string? text, WatchKind? kind, [Description("Default: Lasting")] WatchState? state, [Range(0, 10_000_000)] int? skip, [Range(1, 500)] int? limit, CancellationToken ct) =>
            (await sender.Send(new ListWatches { Text = text, Kind = kind, State = state ?? WatchState.Lasting, Skip = skip ?? 0, Take = limit ?? 50 }, ct)).ToHttp()).Answers<WatchPage>("Watched values, the latest first, one page at a time.");
        routes.MapPost("", async (Sender sender, WatchBody body, CancellationToken ct) => (await sender.Send(new WatchValue(body.Kind, body.Value ?? "", body.Reason ?? "", body.Until, body.Incident ?? ""), ct)).ToHttp()).Answers<Guid>("Watches a value; answers with the entry's identity.");
        routes.MapPatch("{id:guid}", async (Sender sender, Guid id, WatchChange body, CancellationToken ct) => (await sender.Send(new ChangeWatch(id, body.Version, body.Reason ?? "", body.Until), ct)).ToHttp()).Answers<Done>("Changes why a value is watched and until when.");
        routes.MapPost("{id:guid}/end", async (Sender sender, Guid id, CancellationToken ct) => (await sender.Send(new EndWatches { Id = id }, ct)).ToHttp()).Answers<IReadOnlyList<Guid>>("Ends an entry; answers with what ended.");
    }
}

/// <summary>Body of a new entry.</summary>
internal sealed record WatchBody(WatchKind Kind, string? Value, string? Reason, DateTimeOffset? Until, string? Incident);

/// <summary>Body of a change.</summary>
internal sealed record WatchChange(long Version, string? Reason, DateTimeOffset? Until);
