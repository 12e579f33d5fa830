using Juming.Platform.Access;
using Juming.Platform.Notify;
using Juming.Site.Approvals.Cards;
using Juming.Site.Approvals.Data;
using Juming.Site.Approvals.Phone;
using MediatR;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Juming.Site.Approvals.Ask;

/// <summary>Tells those who may answer, each with a link of their own.</summary>
internal sealed class TellApprovers(ApprovalsDb db, PersonalLinks links, IPeople people, IServiceProvider services) : INotificationHandler<ApprovalAsked>
{
    public async Task Handle(ApprovalAsked notification, CancellationToken cancellationToken)
    {
        // Without a notification centre the console's list is where approvals are found.
        if (services.GetService<INotices>() is not { } notices) return;
        var row = await db.Approvals.AsNoTracking().FirstOrDefaultAsync(a => a.Id == notification.Approval, cancellationToken);
        if (row is not { State: ApprovalState.Asked }) return;
        var approvers = (await people.Holding(ApprovalsAnswer.Code, cancellationToken)).Where(p => row.RequestedBy != p.Id.ToString() && !p.Name.Equals(row.RequestedBy, StringComparison.OrdinalIgnoreCase)).ToList();
        await notices.Post(new Notice
        {
            Code = "approvals.asked",
            Weight = row.HighRisk ? NoticeWeight.Critical : NoticeWeight.Urgent,
            Arguments = new Dictionary<string, string> { ["code"] = row.Code, ["minutes"] = Math.Max(1, (int)(row.ExpiresAt - row.AskedAt).TotalMinutes).ToString(System.Globalization.CultureInfo.InvariantCulture) },
            Private = row.EffectValues,
            Path = "/approvals?open=" + row.Id,
            SameAs = "approval:" + row.Id,
            Question = new NoticeQuestion(CardAnswers.AboutOf(row.Id), CardAnswers.For(row)),
            People = [.. approvers.Select(p => p.Id)],
            OneTimePaths = await links.Make(row, approvers, cancellationToken),
        }, cancellationToken);
        // Decided while it was being told: those who were told of the decision before had no message yet.
        var standing = await db.Approvals.AsNoTracking().Where(a => a.Id == row.Id).Select(a => new { a.State, a.DecidedBy }).FirstOrDefaultAsync(cancellationToken);
        if (standing is { State: not ApprovalState.Asked } && services.GetService<INoticeQuestions>() is { } questions) await questions.End(CardAnswers.AboutOf(row.Id), EndCards.Of(standing.State, standing.DecidedBy), cancellationToken);
    }
}
