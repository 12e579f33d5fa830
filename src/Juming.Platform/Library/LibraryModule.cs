using System.ComponentModel.DataAnnotations;
using Juming.Platform.Handlers;
using Juming.Platform.Http;
using Juming.Platform.Library.Packs;
using Juming.Platform.Modules;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Juming.Platform.Library;

/// <summary>The packs that the cloud, or an operator for its own customers, publishes: rules, parsers, playbooks, recipes.</summary>
public sealed class LibraryModule : Module
{
    /// <inheritdoc/>
    public override string Name => "library";

    /// <inheritdoc/>
    public override void AddServices(IServiceCollection services, IConfiguration settings) => services.AddScoped<PackStandings>().AddScoped<TellTally>();

    /// <inheritdoc/>
    public override IEnumerable<RecurringJob> Jobs => [new("library-tally", "*/10 * * * *", (services, ct) => services.GetRequiredService<TellTally>().Run(ct))];

    /// <inheritdoc/>
    public override IEnumerable<MenuItem> Menu => [new("admin", "Library", "/library", LibraryRead.Code, 40, "parsers", typeof(LibraryTexts))];

    /// <inheritdoc/>
    public override void MapEndpoints(IEndpointRouteBuilder routes)
    {
        routes.MapGet("packs", async (Sender sender, CancellationToken ct) => (await sender.Send(new ListPacks(), ct)).ToHttp()).Answers<IReadOnlyList<PackView>>("Packs that this host publishes or passes on, the newest version of each name first, with the number of sites that took them.");
        routes.MapGet("packs/sites", async (Sender sender, [StringLength(160)] string? path, [Range(0, 10_000_000)] int? skip, [Range(1, 500)] int? limit, CancellationToken ct) => (await sender.Send(new ListPackSites(path ?? "", skip ?? 0, limit ?? 50), ct)).ToHttp()).Answers<PackSitePage>("What became of a version at each host below, what is amiss first.");
        routes.MapPost("packs", async (Sender sender, PackBody body, CancellationToken ct) =>
            (await sender.Send(new PublishPack(body.Kind ?? "", body.Name ?? "", body.Version, body.Title ?? "", body.Note ?? "", body.Stage ?? 1, body.Content ?? []), ct)).ToHttp()).Answers<Done>("Publishes a version of a pack to a share of sites.");
        routes.MapPost("packs/stage", async (Sender sender, StageBody body, CancellationToken ct) => (await sender.Send(new SetPackStage(body.Path ?? "", body.Stage), ct)).ToHttp()).Answers<Done>("Widens or narrows the share of sites that take a pack.");
        routes.MapPost("packs/withdraw", async (Sender sender, WithdrawBody body, CancellationToken ct) => (await sender.Send(new WithdrawPack(body.Path ?? "", body.Reason ?? ""), ct)).ToHttp()).Answers<Done>("Takes a version back; sites go back to the one before.");
    }
}

/// <summary>Body of a pack; its content as base64.</summary>
internal sealed record PackBody(string? Kind, string? Name, [Range(1, int.MaxValue)] int Version, string? Title, string? Note, [Range(1, 100)] int? Stage, byte[]? Content);

/// <summary>Body of a stage.</summary>
internal sealed record StageBody(string? Path, [Range(1, 100)] int Stage);

/// <summary>Body of a withdrawal.</summary>
internal sealed record WithdrawBody(string? Path, string? Reason);
