using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Juming.Contracts.Indicators;
using Juming.Operator.Intelligence.Manage;
using Juming.Operator.Intelligence.Press;
using Juming.Platform.Handlers;
using Juming.Platform.Http;
using Juming.Platform.Modules;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Juming.Operator.Intelligence;

/// <summary>Indicators that the operator gives its own customers' sites.</summary>
public sealed class OwnIntelModule : Module
{
    /// <inheritdoc/>
    public override string Name => "ownintel";

    /// <inheritdoc/>
    public override void AddServices(IServiceCollection services, IConfiguration settings)
    {
        services.AddSettings<OwnIntelSettings>("Modules:OwnIntel");
        services.AddSingleton<OwnTurn>().AddSingleton<PressSignal>().AddSingleton<OwnPress>().AddHostedService(p => p.GetRequiredService<OwnPress>());
        services.AddScoped<OwnIntelUpkeep>();
    }

    /// <inheritdoc/>
    public override IEnumerable<MenuItem> Menu => [new("intel", "Indicators", "/indicators", OwnIntelRead.Code, 10, "grid", typeof(OwnIntelTexts))];

    /// <inheritdoc/>
    public override IEnumerable<RecurringJob> Jobs => [new("ownintel-upkeep", "11 3 * * *", (services, ct) => services.GetRequiredService<OwnIntelUpkeep>().Run(ct))];

    /// <inheritdoc/>
    public override void MapEndpoints(IEndpointRouteBuilder routes)
    {
        routes.MapGet("", async (Sender sender, [AsParameters] OwnQuery query, CancellationToken ct) => (await sender.Send(query.ToRequest(), ct)).ToHttp()).Answers<OwnIndicatorPage>("The operator's own indicators, the latest first, one page at a time.");
        routes.MapGet("export", async (Sender sender, [AsParameters] OwnQuery query, CancellationToken ct) =>
        {
            var filter = OwnCsv.First(query.ToRequest());
            var first = await sender.Send(filter, ct);
            return first.Error is { } error ? error.ToHttp() : Results.Stream(stream => OwnCsv.Write(stream, sender, filter, first.Value, ct), "text/csv; charset=utf-8", "own-indicators.csv");
        }).AnswersFile("All indicators that fit.", "text/csv");
        routes.MapPost("", async (Sender sender, AddOwnIndicators add, CancellationToken ct) => (await sender.Send(add, ct)).ToHttp()).Answers<AddedOwn>("Gives values to the sites, one a line; says what became of each line that is none.");
        routes.MapPost("{id:guid}/withdraw", async (Sender sender, Guid id, CancellationToken ct) => (await sender.Send(new WithdrawOwnIndicator(id), ct)).ToHttp()).Answers<Done>("Withdraws an indicator; sites let it go.");
    }
}

/// <summary>Which of them.</summary>
internal sealed record OwnQuery
{
    [Description("Part of a value, name, technique or note"), StringLength(300)]
    public string? Text { get; init; }

    public IndicatorKind? Kind { get; init; }

    [Description("Those that have ended instead of those that count")]
    public bool? Ended { get; init; }

    [Range(0, 10_000_000)]
    public int? Skip { get; init; }

    [Range(1, 500)]
    public int? Limit { get; init; }

    public ListOwnIndicators ToRequest() => new() { Text = Text, Kind = Kind, Ended = Ended ?? false, Skip = Skip ?? 0, Take = Limit ?? 50 };
}
