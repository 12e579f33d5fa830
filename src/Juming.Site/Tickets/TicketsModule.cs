using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Juming.Platform.Handlers;
using Juming.Platform.Http;
using Juming.Platform.Modules;
using Juming.Site.Tickets.Work;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Juming.Site.Tickets;

/// <summary>Keeps work for people that comes of incidents and playbooks.</summary>
public sealed class TicketsModule : Module
{
    /// <inheritdoc/>
    public override string Name => "tickets";

    /// <inheritdoc/>
    public override void AddServices(IServiceCollection services, IConfiguration settings) => services.AddSingleton<TicketTurn>().AddSingleton<ITickets, TicketBook>();

    /// <inheritdoc/>
    public override IEnumerable<MenuItem> Menu => [new("response", "Tickets", "/tickets", TicketsRead.Code, 43, "check", typeof(TicketsTexts), "/playbooks")];

    /// <inheritdoc/>
    public override void MapEndpoints(IEndpointRouteBuilder routes)
    {
        routes.MapGet("", async (Sender sender, [Description("Part of a title, name or incident; or a short number"), StringLength(200)] string? text, [Description("Default: Pending")] TicketView? view, [Range(0, 10_000_000)] int? skip, [Range(1, 500)] int? limit, CancellationToken ct) =>
            (await sender.Send(new ListTickets { Text = text, View = view ?? TicketView.Pending, Skip = skip ?? 0, Take = limit ?? 50 }, ct)).ToHttp()).Answers<TicketPage>("Tickets, what is due first at the top, one page at a time.");
        routes.MapGet("{ticket}", async (Sender sender, [Description("Identity, or short number such as TCK-2026-0012")] string ticket, CancellationToken ct) => (await sender.Send(new GetTicket(ticket), ct)).ToHttp()).Answers<TicketDossier>("One ticket with its story.");
        routes.MapPost("", async (Sender sender, TicketBody body, CancellationToken ct) =>
            (await sender.Send(new OpenTicket(body.Title ?? "", body.Details ?? "") { Assignee = body.Assignee ?? "", Priority = body.Priority ?? TicketPriority.Normal, DueAt = body.DueAt, Incident = body.Incident ?? "" }, ct)).ToHttp()).Answers<TicketStanding>("Opens a ticket.");
        routes.MapPatch("{id:guid}", async (Sender sender, Guid id, TicketPatch body, CancellationToken ct) =>
            (await sender.Send(new ChangeTicket(id, body.Version) { State = body.State, Assignee = body.Assignee, Priority = body.Priority, DueAt = body.DueAt, Note = body.Note }, ct)).ToHttp()).Answers<Done>("Changes a ticket or adds a note; what is absent stays as it is.");
    }
}

/// <summary>Body of a new ticket.</summary>
internal sealed record TicketBody(string? Title, string? Details, string? Assignee, TicketPriority? Priority, DateTimeOffset? DueAt, string? Incident);

/// <summary>Body of a change.</summary>
internal sealed record TicketPatch(long Version, TicketState? State, string? Assignee, TicketPriority? Priority, DateTimeOffset? DueAt, string? Note);
