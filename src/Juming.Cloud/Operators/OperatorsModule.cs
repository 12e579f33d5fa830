using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Juming.Cloud.Operators.Manage;
using Juming.Platform.Handlers;
using Juming.Platform.Http;
using Juming.Platform.Links;
using Juming.Platform.Modules;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Juming.Cloud.Operators;

/// <summary>Keeps the operators that are linked with this host.</summary>
public sealed class OperatorsModule : Module
{
    /// <inheritdoc/>
    public override string Name => "operators";

    /// <inheritdoc/>
    public override void AddServices(IServiceCollection services, IConfiguration settings) => services.AddScoped<IPeerNames, OperatorNames>();

    /// <inheritdoc/>
    public override IEnumerable<MenuItem> Menu => [new("below", "Operators", "/operators", OperatorsRead.Code, 10, "grid", typeof(OperatorsTexts))];

    /// <inheritdoc/>
    public override void MapEndpoints(IEndpointRouteBuilder routes)
    {
        routes.MapGet("", async (Sender sender, [Description("Archived ones instead of the others")] bool? archived, CancellationToken ct) => (await sender.Send(new ListOperators(archived ?? false), ct)).ToHttp()).Answers<IReadOnlyList<OperatorView>>("Operators with how they stand.");
        routes.MapPost("", async (Sender sender, OperatorBody body, CancellationToken ct) => (await sender.Send(new AddOperator(body.Name ?? ""), ct)).ToHttp()).Answers<Guid>("Enters an operator; answers with its identity.");
        routes.MapPatch("{id:guid}", async (Sender sender, Guid id, OperatorPatch body, CancellationToken ct) => (await sender.Send(new ChangeOperator(id, body.Version, body.Name, body.Archived), ct)).ToHttp()).Answers<Done>("Changes an operator; what is absent stays as it is.");
        routes.MapGet("{id:guid}/ledger-days", async (Sender sender, Guid id, [Description("Days passed over"), Range(0, 1_000_000)] int? skip, [Description("Days of the page, 50 by default"), Range(1, 500)] int? limit, CancellationToken ct) =>
            (await sender.Send(new ListOperatorLedgerDays(id, skip ?? 0, limit ?? 50), ct)).ToHttp()).Answers<HeldDays>("Signed days of an operator's egress ledger as they are held here, latest first.");
        routes.MapGet("{id:guid}/ledger-days/export", async (Sender sender, Guid id, CancellationToken ct) =>
        {
            var first = await sender.Send(new ListOperatorLedgerDays(id, 0, HeldExport.Rows), ct);
            return first.Error is { } error ? error.ToHttp() : Results.Stream(stream => HeldExport.Write(stream, first.Value, skip => sender.Send(new ListOperatorLedgerDays(id, skip, HeldExport.Rows), ct), ct), "application/x-ndjson", "held-days.ndjson");
        }).AnswersFile("All days that are held of an operator's egress ledger, for juming egress check --held.", "application/x-ndjson");
        routes.MapPost("{id:guid}/token", async (Sender sender, Guid id, CancellationToken ct) => (await sender.Send(new InviteOperator(id), ct)).ToHttp()).Answers<Invitation>("Makes a token with which the operator joins, once, within 24 hours; an earlier one is void.");
        routes.MapPost("{id:guid}/shut-out", async (Sender sender, Guid id, CancellationToken ct) => (await sender.Send(new ShutOperatorOut(id), ct)).ToHttp()).Answers<Done>("Shuts an operator out for good.");
        routes.MapPost("{id:guid}/release", async (Sender sender, Guid id, CancellationToken ct) => (await sender.Send(new ReleaseOperator(id), ct)).ToHttp()).Answers<Done>("Lets an operator in again that was shut out for an alarm.");
    }
}

/// <summary>Body of a new operator.</summary>
internal sealed record OperatorBody(string? Name);

/// <summary>Body of a change.</summary>
internal sealed record OperatorPatch(long Version, string? Name, bool? Archived);
