using Juming.Platform.Notify;
using MediatR;
using Microsoft.Extensions.DependencyInjection;

namespace Juming.Site.Approvals.Cards;

/// <summary>Messages with buttons say who decided what, wherever it was decided.</summary>
internal sealed class EndCards(IServiceProvider services) : INotificationHandler<ApprovalDecided>
{
    public async Task Handle(ApprovalDecided notification, CancellationToken cancellationToken)
    {
        if (services.GetService<INoticeQuestions>() is { } questions) await questions.End(CardAnswers.AboutOf(notification.Approval), Of(notification.State, notification.By), cancellationToken);
    }

    /// <summary>The words of an end.</summary>
    public static NoticeEnd Of(ApprovalState state, string by) => new(state.ToString(), new Dictionary<string, string> { ["by"] = by });
}
