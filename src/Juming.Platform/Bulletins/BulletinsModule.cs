using System.ComponentModel.DataAnnotations;
using Juming.Platform.Handlers;
using Juming.Platform.Http;
using Juming.Platform.Modules;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Juming.Platform.Bulletins;

/// <summary>Bulletins that the cloud, or an operator for its own customers, writes, and how those below answer.</summary>
public sealed class BulletinsModule : Module
{
    /// <inheritdoc/>
    public override string Name => "bulletins";

    /// <inheritdoc/>
    public override void AddServices(IServiceCollection services, IConfiguration settings) => services.AddScoped<TellTallies>();

    /// <inheritdoc/>
    public override IEnumerable<MenuItem> Menu => [new("intel", "Bulletins", "/issued-bulletins", BulletinsRead.Code, 30, "bell", typeof(BulletinsTexts))];

    /// <inheritdoc/>
    public override IEnumerable<RecurringJob> Jobs => [new("bulletins-tallies", "*/5 * * * *", (services, ct) => services.GetRequiredService<TellTallies>().Run(ct))];

    /// <inheritdoc/>
    public override void MapEndpoints(IEndpointRouteBuilder routes)
    {
        routes.MapGet("", async (Sender sender, [Range(0, 100_000)] int? skip, [Range(1, 200)] int? limit, CancellationToken ct) => (await sender.Send(new ListBulletins(skip ?? 0, limit ?? 50), ct)).ToHttp()).Answers<BulletinPage>("Bulletins that this host publishes, the latest first.");
        routes.MapGet("{id:guid}", async (Sender sender, Guid id, CancellationToken ct) => (await sender.Send(new GetBulletin(id), ct)).ToHttp()).Answers<BulletinDossier>("One bulletin with the answers of those below.");
        routes.MapPost("", async (Sender sender, BulletinBody body, CancellationToken ct) =>
            (await sender.Send(new PublishBulletin(body.Title ?? "", body.Text ?? "", body.Severity, body.Due, body.Cves ?? [], body.References ?? [], body.Actions ?? []), ct)).ToHttp()).Answers<Guid>("Publishes a bulletin; answers with its identity.");
        routes.MapPost("{id:guid}/withdraw", async (Sender sender, Guid id, WithdrawalBody body, CancellationToken ct) => (await sender.Send(new WithdrawBulletin(id, body.Reason ?? ""), ct)).ToHttp()).Answers<Done>("Takes a bulletin back.");
    }
}

/// <summary>Body of a bulletin.</summary>
internal sealed record BulletinBody(string? Title, string? Text, [Range(0, 4)] int Severity, DateTimeOffset? Due, IReadOnlyList<string>? Cves, IReadOnlyList<string>? References, IReadOnlyList<string>? Actions);

/// <summary>Body of a withdrawal.</summary>
internal sealed record WithdrawalBody(string? Reason);
