using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Platform.Http;
using Juming.Platform.Modules;
using Juming.Platform.Notify;
using Juming.Site.Approvals.Answer;
using Juming.Site.Approvals.Ask;
using Juming.Site.Approvals.Cards;
using Juming.Site.Approvals.List;
using Juming.Site.Approvals.Phone;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Juming.Site.Approvals;

/// <summary>Asks people before something is done that they must answer for, at the console or on the phone.</summary>
public sealed class ApprovalsModule : Module
{
    /// <inheritdoc/>
    public override string Name => "approvals";

    /// <inheritdoc/>
    public override void AddServices(IServiceCollection services, IConfiguration settings)
    {
        services.AddSettings<ApprovalsSettings>("Modules:Approvals");
        services.AddScoped<IApprovalDesk, ApprovalDesk>().AddScoped<AnswerBook>().AddScoped<PersonalLinks>().AddScoped<ApprovalsUpkeep>().AddScoped<INoticeAnswers, CardAnswers>();
        services.AddSingleton(new NoticeKind("approvals.asked", typeof(ApprovalsTexts), Role.Analyst, Role.SecurityAdmin));
        services.AddSingleton<ApprovalClock>().AddHostedService(p => p.GetRequiredService<ApprovalClock>());
    }

    /// <inheritdoc/>
    public override IEnumerable<MenuItem> Menu => [new("response", "Approvals", "/approvals", ApprovalsRead.Code, 40, "check", typeof(ApprovalsTexts))];

    /// <inheritdoc/>
    public override IEnumerable<RecurringJob> Jobs => [new("approvals-upkeep", "41 3 * * *", (services, ct) => services.GetRequiredService<ApprovalsUpkeep>().Run(ct))];

    /// <inheritdoc/>
    public override void MapEndpoints(IEndpointRouteBuilder routes)
    {
        routes.MapGet("", async (Sender sender, [Description("waiting (default), decided or all")] string? view, ApprovalState? state, [Description("Text within what is to be done, who wants it or who decided"), StringLength(200)] string? text,
            [Description("Of one incident")] Guid? incident, [Description("Rows passed over"), Range(0, 100_000)] int? skip, [Description("Rows of the page, 50 by default"), Range(1, 200)] int? limit, CancellationToken ct) =>
            (await sender.Send(new ListApprovals { View = view ?? "waiting", State = state, Text = text, Incident = incident, Skip = skip ?? 0, Take = limit ?? 50 }, ct)).ToHttp()).Answers<ApprovalRows>("Approvals, one page at a time: those that wait by their deadline.");
        routes.MapGet("{id:guid}", async (Sender sender, Guid id, CancellationToken ct) => (await sender.Send(new GetApproval(id), ct)).ToHttp()).Answers<ApprovalDetail>("One approval with its evidence and answers.");
        routes.MapPost("{id:guid}/answer", async (Sender sender, Guid id, AnswerBody body, CancellationToken ct) =>
            (await sender.Send(new AnswerApproval(id, body.Agree, body.Reason ?? "", new Secret(body.Code ?? "")), ct)).ToHttp()).Answers<ApprovalAnswered>("Agrees or refuses, as a person who is signed in.");
    }

    /// <inheritdoc/>
    public override void MapPhonePages(IEndpointRouteBuilder routes) => PhonePages.Map(routes);
}

/// <summary>Body of an answer.</summary>
/// <param name="Agree">Yes or no.</param>
/// <param name="Reason">Why; needed for a no.</param>
/// <param name="Code">Fresh code of the authenticator app; needed to agree to what is of high risk.</param>
internal sealed record AnswerBody(bool Agree, string? Reason, string? Code);
